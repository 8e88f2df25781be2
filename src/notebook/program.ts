import { type Masked, maskCell } from './mask.ts';
import { logicalLines } from './python-lines.ts';

/** One statement of the whole notebook, or the header of a block. */
export type Statement = {
  readonly index: number;
  /** 1-based row in the joined text: its first physical line. */
  readonly row: number;
  readonly rows: number;
  /** The n-th code cell, 1-based, and the line in it. */
  readonly cell: number;
  readonly line: number;
  readonly text: string;
  /** As in LogicalLine: nothing in it is a comment or stands between quotes. */
  readonly code: string;
  readonly indent: number;
  /** The header of the block it stands in; -1 at the top. */
  readonly parent: number;
  /** `if`, `def`, … where it opens a block; null for any other statement. */
  readonly head: string | null;
};

/** All cells as one Python text, and where each row of it comes from. */
export type Program = {
  readonly cells: readonly Masked[];
  readonly rows: readonly string[];
  /** Row (1-based) of the first line of each cell. */
  readonly starts: readonly number[];
  readonly statements: readonly Statement[];
};

const HEAD = /^\s*(?:async\s+)?(if|elif|else|for|while|with|try|except|finally|def|class|match|case)\b/;

/** Index of the last entry that is not above `wanted`, in a rising list; 0 when all are. */
export function lastUpTo(rising: readonly number[], wanted: number): number {
  let low = 0;
  let high = rising.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((rising[middle] ?? 0) <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** @param plain a script: it is Python as it stands, magics are errors in it */
export function joinCells(sources: readonly string[], plain: boolean): Program {
  const cells = sources.map((source) =>
    plain
      ? { lines: source.replace(/\r\n?/g, '\n').split('\n'), opaque: false, words: new Set<string>(), misplaced: [] }
      : maskCell(source),
  );
  const rows: string[] = [];
  const starts: number[] = [];
  const statements: Statement[] = [];
  for (const [at, cell] of cells.entries()) {
    const start = rows.length + 1;
    starts.push(start);
    for (const line of cell.lines) rows.push(line);
    const open: Statement[] = [];
    for (const { line, text, code, indent } of logicalLines(cell.lines.join('\n'))) {
      while ((open.at(-1)?.indent ?? -1) >= indent) open.pop();
      const one: Statement = {
        index: statements.length,
        row: start + line - 1,
        rows: text.split('\n').length,
        cell: at + 1,
        line,
        text,
        code,
        indent,
        parent: open.at(-1)?.index ?? -1,
        head: HEAD.exec(code)?.[1] ?? null,
      };
      statements.push(one);
      open.push(one);
    }
  }
  return { cells, rows, starts, statements };
}

/** Cell and line (1-based) of a row of the joined text. */
export function placeOf(program: Program, row: number): { cell: number; line: number } {
  const at = lastUpTo(program.starts, row);
  return { cell: at + 1, line: row - (program.starts[at] ?? 1) + 1 };
}

/** The statement a row belongs to; null between statements. */
export function statementAt(program: Program, rowsOf: readonly number[], row: number): Statement | null {
  const one = program.statements[lastUpTo(rowsOf, row)];
  return one !== undefined && row >= one.row && row < one.row + one.rows ? one : null;
}

/** Index in the statement's text of a row and column (1-based) of the joined text. */
export function offsetIn(one: Statement, row: number, column: number): number {
  let at = 0;
  for (let rest = row - one.row; rest > 0; rest--) at = one.text.indexOf('\n', at) + 1;
  return at + column - 1;
}
