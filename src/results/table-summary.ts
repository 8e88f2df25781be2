import { Readable } from 'node:stream';
import Papa from 'papaparse';
import { decoderFor, previewTable, textOf } from './table.ts';
import { summarizeParquet } from './table-parquet.ts';
import { type ColumnSummary, MOST_SUMMED, type TableSummary } from './table-words.ts';

/** What is seen of one column while its cells go by; nothing of them is kept but the ends. */
class Column {
  readonly #name: string;
  #missing = 0;
  #wholes = 0;
  #numbers = 0;
  #dates = 0;
  #truths = 0;
  #texts = 0;
  #least = Number.POSITIVE_INFINITY;
  #most = Number.NEGATIVE_INFINITY;
  #first: string | null = null;
  #last: string | null = null;

  constructor(name: string) {
    this.#name = name;
  }

  add(cell: string): void {
    // A cell of megabytes is text, whatever it begins with.
    const text = cell.slice(0, 80).trim();
    if (text === '' || MISSING.test(text)) this.#missing += 1;
    else if (NUMBER.test(text)) this.#number(text);
    else if (DATE.test(text)) {
      this.#dates += 1;
      if (this.#first === null || text < this.#first) this.#first = text;
      if (this.#last === null || text > this.#last) this.#last = text;
    } else if (/^(?:true|false)$/i.test(text)) this.#truths += 1;
    else this.#texts += 1;
  }

  #number(text: string): void {
    const value = Number(text);
    if (/^[-+]?\d+$/.test(text)) this.#wholes += 1;
    else this.#numbers += 1;
    if (value < this.#least) this.#least = value;
    if (value > this.#most) this.#most = value;
  }

  get summary(): ColumnSummary {
    const numbers = this.#wholes + this.#numbers;
    const seen = numbers + this.#dates + this.#truths + this.#texts;
    const base = { name: this.#name, missing: this.#missing };
    if (seen === 0) return { ...base, type: 'empty', range: null };
    // One stray word makes a column text: nothing is said of it that does not hold for every cell.
    if (numbers === seen)
      return {
        ...base,
        type: this.#numbers === 0 ? 'whole' : 'number',
        range: [String(this.#least), String(this.#most)],
      };
    if (this.#dates === seen) return { ...base, type: 'date', range: [this.#first ?? '', this.#last ?? ''] };
    return { ...base, type: this.#truths === seen ? 'truth' : 'text', range: null };
  }
}

const MISSING = /^(?:na|n\/a|nan|null|none|#n\/a|<na>)$/i;
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[-+]\d{2}:?\d{2})?)?$/;

/**
 * What a table holds: rows, columns, the type, range and gaps of each column, the first rows. CSV and TSV by papaparse in a
 * stream, Parquet from its own statistics.
 * @param whole whether `bytes` is all of the file; of a part the numbers hold for the part, and rows are not counted
 * @returns null when it is no table that can be read
 */
export async function summarizeTable(name: string, bytes: Buffer, whole: boolean): Promise<TableSummary | null> {
  if (/\.(?:parquet|pq)$/i.test(name)) return whole ? summarizeParquet(name, bytes) : null;
  const preview = await previewTable(name, bytes, whole);
  const decoder = preview === null ? null : decoderFor(bytes);
  if (preview === null || decoder === null) return null;
  const columns = preview.columns.slice(0, MOST_SUMMED).map((column) => new Column(column));
  const isHeadless = preview.columns.every((column, at) => column === `column ${at + 1}`);
  const delimiter = /\.tsv$/i.test(name) ? '\t' : '';
  let row = 0;
  let ragged = 0;
  await new Promise<void>((resolve, reject) => {
    let before: string[] | null = null;
    const take = (cells: string[]): void => {
      row += 1;
      if (cells.length !== preview.columns.length) ragged += 1;
      for (const [at, column] of columns.entries()) column.add(cells[at] ?? '');
    };
    let isFirst = true;
    Papa.parse<string[]>(Readable.from(textOf(bytes, decoder)), {
      delimiter,
      skipEmptyLines: 'greedy',
      step: ({ data }) => {
        if (before !== null) take(before);
        before = isFirst && !isHeadless ? null : data;
        isFirst = false;
      },
      complete: () => {
        // The last row of a part may be cut.
        if (before !== null && whole) take(before);
        resolve();
      },
      error: reject,
    });
  });
  return { preview, columns: columns.map(({ summary }) => summary), rowsRead: row, ragged };
}
