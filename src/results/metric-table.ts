import type { Marks } from './marks.ts';
import { isMetric } from './metric-name.ts';
import type { Named } from './named-numbers.ts';

/**
 * Tables that are printed row by row while training: fastai, skorch, Ultralytics, tabulate. A header that begins with "epoch"
 * (or "step") opens one; rows have as many columns, the first of them a count.
 */
export type TableRow = { readonly marks: Marks; readonly numbers: readonly Named[] };

const FIRST = /^(epochs?|steps?|iter(?:ation)?s?|rounds?)$/i;
const ROW_COUNT = /^(\d+)(?:\/(\d+))?$/;
const NUMBER = /^[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|nan|-?inf)%?$/i;
const PATIENCE = 40;

function cellsOf(line: string): string[] {
  const plain = line.replace(/:\s*\d{1,3}%[ |].*$/, '').trim();
  if (plain.includes('|') || plain.includes('│')) {
    return plain
      .replace(/^[|│]|[|│]$/g, '')
      .split(/[|│]/)
      .map((cell) => cell.trim());
  }
  return plain.split(plain.includes('\t') ? /\s*\t\s*/ : /\s{2,}/).length > 2
    ? plain.split(plain.includes('\t') ? /\s*\t\s*/ : /\s{2,}/)
    : plain.split(/\s+/);
}

export class MetricTable {
  #header: readonly string[] | null = null;
  #strangers = 0;

  get isOpen(): boolean {
    return this.#header !== null;
  }

  /** Whether the line is a header; it opens a table. */
  openedBy(line: string): boolean {
    if (!/^[\s|│]*(?:epoch|step|iter|round)/i.test(line) || /[:=]/.test(line)) return false;
    const cells = cellsOf(line);
    const isHeader =
      cells.length >= 3 &&
      FIRST.test(cells[0] ?? '') &&
      cells.every((cell) => /^[A-Za-z][\w@.()/ -]{0,30}$/.test(cell));
    if (!isHeader) return false;
    this.#header = cells.map((cell) => cell.replace(/\s+/g, '_'));
    this.#strangers = 0;
    return true;
  }

  /** The row on this line, if a table is open and the line is one. */
  row(line: string): TableRow | null {
    let header = this.#header;
    if (header === null || /^[\s|│+─=-]*$/.test(line)) return null;
    const cells = cellsOf(line);
    // The first fastai wrote the time of an epoch in brackets, in a column without a name.
    if (cells.length === header.length + 1 && /^\(\d+:\d\d(?::\d\d)?\)$/.test(cells.at(-1) ?? '')) cells.pop();
    // skorch marks in `cp` where it saved, and leaves the column empty elsewhere.
    if (cells.length === header.length - 1) header = header.filter((name) => name !== 'cp');
    const count = ROW_COUNT.exec(cells[0] ?? '');
    if (count === null || cells.length !== header.length) {
      this.#strangers += 1;
      if (this.#strangers > PATIENCE) this.#header = null;
      return null;
    }
    this.#strangers = 0;
    const mark = { at: Number(count[1]), of: count[2] === undefined ? null : Number(count[2]) };
    const isEpoch = /^epoch/i.test(header[0] ?? '');
    const numbers = header.flatMap((name, index) => {
      const text = cells[index] ?? '';
      if (index === 0 || !NUMBER.test(text) || !isMetric(name)) return [];
      const value = /nan/i.test(text) ? Number.NaN : Number(text.replace('%', '').replace(/inf/i, 'Infinity'));
      return [{ name, value, text }];
    });
    return {
      marks: { epoch: isEpoch ? mark : null, step: isEpoch ? null : mark, fold: null, isElsewhere: false },
      numbers,
    };
  }
}
