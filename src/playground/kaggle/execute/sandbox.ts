import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import type { Mount } from './executor.ts';

/** The folders that stand for `/kaggle` in one run. */
export type Sandbox = {
  /** Stands for `/kaggle`; a real path with `/` between its parts. */
  readonly root: string;
  readonly working: string;
  readonly home: string;
  readonly packages: string;
  /** Programs that are found before those of this computer. */
  readonly programs: string;
  /** Files of ours that the code does not look for. */
  readonly notes: string;
};

const slashed = (path: string): string => path.split(sep).join('/');

export function makeSandbox(folder: string, mounts: readonly Mount[]): Sandbox {
  const root = join(folder, 'sandbox');
  const made = (name: string): string => {
    mkdirSync(join(root, name), { recursive: true });
    return slashed(join(realpathSync(root), name));
  };
  const input = made('input');
  for (const mount of mounts) place(input, mount);
  made('temp');
  made('src');
  mkdirSync(join(folder, 'notes'), { recursive: true });
  return {
    root: slashed(realpathSync(root)),
    working: made('working'),
    home: made('home'),
    packages: made('packages'),
    programs: withStandIns(made('programs')),
    notes: slashed(realpathSync(join(folder, 'notes'))),
  };
}

/**
 * There is no GPU of Kaggle here, and code that asks is told so in nvidia-smi's own form, with a memory of nothing: also where this
 * computer has a GPU, which is none of Kaggle's.
 */
function withStandIns(folder: string): string {
  const line = 'Stand-in for a GPU: the CPU of this computer, 0 MiB, 0';
  if (process.platform === 'win32') writeFileSync(join(folder, 'nvidia-smi.cmd'), `@echo ${line}\r\n`);
  else writeFileSync(join(folder, 'nvidia-smi'), `#!/bin/sh\necho "${line}"\n`, { mode: 0o755 });
  return folder;
}

function place(input: string, mount: Mount): void {
  const [first, ...others] = mount.at;
  const folder = below(input, first);
  mkdirSync(folder, { recursive: true });
  for (const { name, bytes } of mount.files) {
    const path = below(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    if (bytes instanceof Uint8Array) writeFileSync(path, bytes);
    else copyFileSync(bytes.path, path);
  }
  // The other layout is a link, so that code which walks through the folder does not meet each file twice.
  for (const other of others) {
    const path = below(input, other);
    if (existsSync(path)) continue;
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(folder, path, 'junction');
  }
}

/** Names come from outside: none may lead out of the folder. */
function below(folder: string, name: string): string {
  const path = resolve(folder, name);
  if (!path.startsWith(folder + sep)) throw new Error(`not a name below the folder: ${name}`);
  return path;
}

/** What stays after the end: the outputs. */
export function clearSandbox(folder: string): void {
  for (const name of ['input', 'home', 'packages', 'programs', 'temp', 'src'])
    rmSync(join(folder, 'sandbox', name), { recursive: true, force: true });
}

const OWN_PLACES = /(?<![\w.-])\/kaggle\/(?=(?:working|input|temp|src)\b)/g;

/** Absolute paths of Kaggle in code become paths in the sandbox. */
export const mapPaths = (code: string, sandbox: Sandbox): string => code.replace(OWN_PLACES, `${sandbox.root}/`);

/** The notebook with its code mapped; other parts stay as they are. @throws Error when it is no notebook. */
export function mapNotebook(text: string, sandbox: Sandbox): string {
  const notebook = JSON.parse(text) as { cells?: unknown };
  if (!Array.isArray(notebook.cells)) throw new Error('Notebook does not appear to be JSON: no cells');
  const cells = notebook.cells.map((cell: { source?: unknown }) => {
    const { source } = cell;
    const code = Array.isArray(source) ? source.join('') : typeof source === 'string' ? source : '';
    return { ...cell, source: mapPaths(code, sandbox) };
  });
  return JSON.stringify({ ...notebook, cells });
}

/** Kaggle keeps these out of the outputs. */
const NOT_OUTPUT = new Set(['.ipynb_checkpoints', '.virtual_documents', '__notebook__.ipynb', '__results__.html']);
const OUTPUTS_MAX = 10_000;

/** Every regular file below the folder, by relative name. Links are left out: they could lead anywhere. */
export function filesBelow(folder: string): { name: string; path: string; size: number; at: number }[] {
  const found: { name: string; path: string; size: number; at: number }[] = [];
  const walk = (at: string, prefix: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      if (NOT_OUTPUT.has(entry.name) || found.length >= OUTPUTS_MAX) continue;
      const path = join(at, entry.name);
      if (entry.isDirectory()) walk(path, `${prefix}${entry.name}/`);
      if (!entry.isFile()) continue;
      const { size, mtimeMs } = lstatSync(path);
      found.push({ name: `${prefix}${entry.name}`, path, size, at: Math.round(mtimeMs) });
    }
  };
  if (existsSync(folder)) walk(folder, '');
  return found;
}
