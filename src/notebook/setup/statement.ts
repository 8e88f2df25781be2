import { type LogicalLine, logicalLines } from '../python-lines.ts';
import type { Source } from '../read.ts';
import { type Call, callsOf } from './calls.ts';

/** What stands around a statement and decides whether it runs, and whether its failing ends the run. */
export type Around = {
  /** Under `try:` with an `except`, or in the `except` itself, or under `with suppress(…)`. */
  readonly caught: boolean;
  /** Conditions over it, the outermost first; of an `else`, the condition that was not met. */
  readonly conditions: readonly string[];
  /** The outermost function it stands in. */
  readonly inFunction: string | null;
  readonly inClass: string | null;
  readonly inLoop: boolean;
};

export type Statement = LogicalLine & {
  /** The n-th code cell, 1-based; null in a script. */
  readonly cell: number | null;
  readonly around: Around;
  /** An error in this cell does not end the run (tag `raises-exception` or `skip-execution`). */
  readonly forgiven: boolean;
  readonly calls: readonly Call[];
};

type Block = { indent: number; head: string; kind: string };

/** Python itself gives up behind a hundred levels of indentation. */
const DEEPEST = 100;

const HEAD =
  /^\s*(async\s+def|async\s+for|async\s+with|def|class|if|elif|else|for|while|try|except|finally|with|match|case)\b/;

/** What follows the colon that ends a block's head, in one line with it: `if x: y()`. */
function hasBody(code: string): boolean {
  let depth = 0;
  for (let at = 0; at < code.length; at += 1) {
    const char = code[at] ?? '';
    if ('([{'.includes(char)) depth += 1;
    else if (')]}'.includes(char)) depth -= 1;
    else if (char === ':' && depth === 0 && code[at + 1] !== '=') return code.slice(at + 1).trim() !== '';
  }
  return false;
}

function aroundOf(blocks: readonly Block[]): Around {
  const conditions = blocks
    .filter((one) => /^(?:if|elif|else|while|case|match)$/.test(one.kind))
    .map((one) => one.head)
    .filter((head) => !/^\s*if\s+(?:__name__\b|True\s*:|1\s*:)|^\s*while\s+(?:True|1)\s*:/.test(head));
  return {
    caught: blocks.some((one) => one.kind === 'try' || one.kind === 'except' || /\bsuppress\s*\(/.test(one.head)),
    conditions,
    inFunction: /def\s+(\w+)/.exec(blocks.find((one) => one.kind.endsWith('def'))?.head ?? '')?.[1] ?? null,
    inClass: /class\s+(\w+)/.exec(blocks.find((one) => one.kind === 'class')?.head ?? '')?.[1] ?? null,
    inLoop: blocks.some((one) => one.kind.endsWith('for') || one.kind === 'while'),
  };
}

function statementsOf(cell: string, number: number | null, forgiven: boolean): Statement[] {
  const blocks: Block[] = [];
  /** The `if` an `else` of the same indent belongs to. */
  let lastIf = '';
  return logicalLines(cell).map((line) => {
    const code = line.kind === 'python' ? line.code : '';
    while ((blocks.at(-1)?.indent ?? -1) >= line.indent) {
      const left = blocks.pop();
      if (left !== undefined && /^(?:if|elif|for|while|try|except)$/.test(left.kind)) lastIf = left.head;
    }
    const kind = HEAD.exec(code)?.[1]?.replace(/\s+/g, ' ');
    let around = aroundOf(blocks);
    if (kind !== undefined) {
      // `try: … else:` and `for … else:` run on success, so only the `else` of an `if` is a condition.
      const isElse = kind === 'else' && !/^\s*(?:el)?if\b/.test(lastIf);
      const block: Block = {
        indent: line.indent,
        head: kind === 'else' ? `else of ${lastIf}` : line.text,
        kind: isElse ? 'other' : kind,
      };
      if (blocks.length < DEEPEST) blocks.push(block);
      if (hasBody(code) && !kind.endsWith('def') && kind !== 'class') around = aroundOf(blocks);
    }
    return { ...line, cell: number, around, forgiven, calls: code.includes('(') ? callsOf(code) : [] };
  });
}

/** Cells whose error does not end the run, by Jupyter's tags, as papermill's nbclient reads them. */
function forgivenCells(source: Source): ReadonlySet<number> {
  const found = new Set<number>();
  if (source.kind !== 'notebook' || !/raises-exception|skip-execution/.test(source.text)) return found;
  const { cells } = JSON.parse(source.text) as { cells: { cell_type: string; metadata?: { tags?: unknown } }[] };
  cells
    .filter((cell) => cell.cell_type === 'code')
    .forEach(({ metadata }, index) => {
      const tags = metadata?.tags;
      if (Array.isArray(tags) && tags.some((tag) => tag === 'raises-exception' || tag === 'skip-execution'))
        found.add(index + 1);
    });
  return found;
}

/** All statements of a Python source in the order in which it runs. */
export function statements(source: Source): Statement[] {
  const forgiven = forgivenCells(source);
  return source.cellSources.flatMap((cell, index) =>
    statementsOf(cell, source.kind === 'script' ? null : index + 1, forgiven.has(index + 1)),
  );
}

/** The place of a sign in a statement, as people count: the n-th code cell and its line. */
export function placeOf(statement: Statement, offset = 0): { cell: number | null; line: number } {
  let line = statement.line;
  for (let at = statement.text.indexOf('\n'); at !== -1 && at < offset; at = statement.text.indexOf('\n', at + 1))
    line += 1;
  return { cell: statement.cell, line };
}
