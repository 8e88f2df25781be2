import type { TablePreview } from '../../domain/results.ts';
import { clean, codeBlock, count, cutColumns, displayWidth } from '../../domain/words.ts';
import { shownName } from './files.ts';

/** A table's first rows in a code block that a phone shows without wrapping. */

const WIDTH = 34;
const CELL_MAX = 16;
const GAP = '  ';
const NUMERIC = /^[+-]?(?:\d[\d,]*)?(?:\.\d*)?(?:e[+-]?\d+)?%?$/i;

const isNumber = (cell: string): boolean => cell === '' || (NUMERIC.test(cell) && /\d/.test(cell));

const pad = (cell: string, width: number, right: boolean): string => {
  const room = ' '.repeat(Math.max(0, width - displayWidth(cell)));
  return right ? room + cell : cell + room;
};

type Column = { readonly cells: readonly string[]; readonly width: number; readonly right: boolean };

function column(name: string, values: readonly string[]): Column {
  const cells = [name, ...values].map((cell) => cutColumns(clean(cell.slice(0, 1_000)).trim(), CELL_MAX));
  return {
    cells,
    width: Math.max(1, ...cells.map(displayWidth)),
    right: values.some((cell) => cell !== '') && values.every((cell) => isNumber(cell.trim())),
  };
}

const widthOf = (columns: readonly Column[]): number =>
  columns.reduce((sum, { width }) => sum + width, 0) + GAP.length * Math.max(0, columns.length - 1);

/**
 * The lines of the block: a heading and at most `rows` rows, at most 34 columns wide; columns that do not fit are dropped from
 * the right and counted behind the heading.
 */
export function tableLines(table: TablePreview, rows: number): string[] {
  const shownRows = table.rows.slice(0, rows);
  // More columns than characters can never fit.
  const columns = table.columns.slice(0, WIDTH).map((name, index) =>
    column(
      name,
      shownRows.map((cells) => cells[index] ?? ''),
    ),
  );
  const noteOf = (kept: number): string =>
    kept === table.columns.length ? '' : `${GAP}+${count(table.columns.length - kept)} more`;
  let kept = columns.length;
  while (kept > 1 && widthOf(columns.slice(0, kept)) + noteOf(kept).length > WIDTH) kept -= 1;
  const shown = columns.slice(0, kept);
  return Array.from({ length: shownRows.length + 1 }, (_, line) => {
    const cells = shown.map(({ cells, width, right }) => pad(cells[line] ?? '', width, right)).join(GAP);
    return line === 0 ? `${cells}${noteOf(kept)}` : cells.trimEnd();
  });
}

/** `submission.csv, rows 1–4 of 18,634` and the block; empty without rows. */
export function previewText(table: TablePreview, rows: number): string {
  const shown = Math.min(rows, table.rows.length);
  if (shown === 0 || table.columns.length === 0) return '';
  const range = shown === 1 ? 'row 1' : `rows 1–${shown}`;
  const of = table.rowCount === null ? '' : ` of ${count(Math.max(shown, table.rowCount))}`;
  return `${shownName(table.name)}, ${range}${of}\n${codeBlock(tableLines(table, rows))}`;
}
