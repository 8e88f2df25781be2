import { readFileSync } from 'node:fs';
import type { Source } from './read.ts';

/**
 * The receipt: a cell before the person's own first one that proves the GPU of a run. It is a cell of its own, so
 * `from __future__` lines and `%%` cells of the notebook stay where they must stand. Scripts get none: code before their first
 * line would shift the lines people see, and `from __future__` has to come first.
 */

const CELL = readFileSync(new URL('./receipt-cell.py', import.meta.url), 'utf8');
const TAG = 'nightshift-receipt';
/** The cell's first line: by it a receipt is known again whose metadata an editor has dropped. */
const FIRST_LINE = CELL.slice(0, CELL.indexOf('\n'));

type Cell = { cell_type?: unknown; source?: unknown; metadata?: unknown };
type Framework = 'torch' | 'tensorflow' | 'jax';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (source: unknown): string =>
  Array.isArray(source) ? source.join('') : typeof source === 'string' ? source : '';

/** Whether a cell of a notebook is a receipt of ours, of this or an earlier run. */
export function isReceiptCell(cell: unknown): boolean {
  if (!isObject(cell)) return false;
  const { cell_type, metadata, source } = cell as Cell;
  if (cell_type !== 'code') return false;
  const tags = isObject(metadata) ? metadata.tags : undefined;
  const text = textOf(source);
  // The tag alone may have been put on a cell of their own by somebody who split or copied ours.
  return text.startsWith(FIRST_LINE) || (Array.isArray(tags) && tags.includes(TAG) && /_nightshift_receipt/.test(text));
}

/** Packages that cannot be used without their framework, so that it is imported in any case. */
const BY_MODULE: readonly (readonly [Framework, string])[] = [
  ['torch', 'torch|torchvision|torchaudio|fastai|lightning|pytorch_lightning|timm|ultralytics'],
  ['tensorflow', 'tensorflow|tensorflow_addons|tensorflow_hub'],
  ['jax', 'jax|flax|optax'],
];
const importing = (modules: string): RegExp =>
  new RegExp(`^[ \\t]{0,40}(?:import|from)[ \\t]{1,8}(?:${modules})(?=[\\s.,;]|$)`, 'm');
const IMPORTS = BY_MODULE.map(([framework, modules]) => [framework, importing(modules)] as const);
/** These use a GPU by themselves: what one framework says of it is then not the whole truth. */
const OTHER_USERS = importing(
  'cupy|cudf|cuml|rapids\\w{0,20}|numba|xgboost|lightgbm|catboost|keras|mxnet|paddle|paddleocr|onnxruntime|vllm|llama_cpp|pycuda',
);
const INSTALLS = /^[ \t]{0,40}[!%].{0,200}\b(?:install|sync|add|uninstall|update|upgrade)\b(.{0,2000})$/gm;

/**
 * Which framework the check uses, read from the code, and whether its word alone may end the run. One that the notebook
 * installs itself is left alone: the version in the image says nothing about the one it will use.
 */
export function frameworkOf(code: string): { framework: Framework | null; decisive: boolean } {
  const imported = IMPORTS.filter(([, pattern]) => pattern.test(code)).map(([framework]) => framework);
  const installed = [...code.matchAll(INSTALLS)].map((match) => match[1] ?? '').join('\n');
  const framework = imported.find((one) => !new RegExp(`\\b${one}`).test(installed)) ?? null;
  // A list of requirements, or a wheel out of a dataset, may hold any framework.
  const unknown = /(?:^|\s)(?:-r|--requirement)\b|\.whl|--find-links/.test(installed);
  const decisive = framework !== null && imported.length === 1 && !unknown && !OTHER_USERS.test(code);
  return { framework, decisive };
}

function cellFor(code: string, minor: number): Record<string, unknown> {
  const { framework, decisive } = frameworkOf(code);
  const source = CELL.replace('__FRAMEWORK__', framework === null ? 'None' : `"${framework}"`).replace(
    '__DECISIVE__',
    decisive ? 'True' : 'False',
  );
  return {
    // Cells have ids since format 4.5, and must not have them before.
    ...(minor >= 5 ? { id: TAG } : {}),
    cell_type: 'code',
    execution_count: null,
    // Both forms of "folded", Kaggle's and Jupyter's.
    metadata: { tags: [TAG], '_kg_hide-input': true, jupyter: { source_hidden: true } },
    outputs: [],
    source: source.trimEnd(),
  };
}

function ownCells(notebook: Record<string, unknown>): unknown[] {
  return Array.isArray(notebook.cells) ? notebook.cells.filter((cell) => !isReceiptCell(cell)) : [];
}

/** Notebook JSON without any receipt of ours; what holds none, or is no notebook, comes back unchanged. */
export function withoutReceipt(text: string): string {
  if (!text.includes('ightshift')) return text;
  const notebook = parsed(text);
  if (notebook === null || !Array.isArray(notebook.cells) || !notebook.cells.some(isReceiptCell)) return text;
  return JSON.stringify({ ...notebook, cells: ownCells(notebook) });
}

function parsed(text: string): Record<string, unknown> | null {
  if (!text.trimStart().startsWith('{')) return null;
  try {
    const json = JSON.parse(text) as unknown;
    return isObject(json) ? json : null;
  } catch {
    return null;
  }
}

/**
 * The notebook with a receipt before its first cell, in place of an older one.
 * @param source a source as readSource gives it
 * @returns null where none can be: in a script, in a notebook that is not Python.
 */
export function withReceipt({ kind, language, text }: Pick<Source, 'kind' | 'language' | 'text'>): string | null {
  if (kind !== 'notebook' || language !== 'python') return null;
  const notebook = parsed(text);
  if (notebook === null || !Array.isArray(notebook.cells)) return null;
  const own = ownCells(notebook);
  const code = own
    .filter((cell): cell is Cell => isObject(cell) && cell.cell_type === 'code')
    .map(({ source }) => textOf(source))
    .join('\n\n');
  const minor = typeof notebook.nbformat_minor === 'number' ? notebook.nbformat_minor : 0;
  return JSON.stringify({ ...notebook, cells: [cellFor(code, minor), ...own] });
}
