import { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import Papa from 'papaparse';
import type { TablePreview } from '../domain/results.ts';

const ROWS = 10;
/** Cells and columns beyond these are not kept: a preview is at most some dozen columns wide. */
const LONGEST_CELL = 80;
const MOST_COLUMNS = 1_000;
/** A table with more than this is not counted to its end. In bytes. */
const MOST_BYTES = 64_000_000;
const SLICE = 64 * 1024;

const isNumber = (cell: string): boolean => /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*$/i.test(cell);

/** How the text of a table is written; null when it is no text. */
export function decoderFor(bytes: Buffer): TextDecoder | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be');
  const head = bytes.subarray(0, SLICE);
  // A NUL in the first bytes: something else that is only called .csv.
  if (head.includes(0)) return null;
  // Spreadsheets still write windows-1252; the last bytes of the slice may cut a character in two.
  const fatal = new TextDecoder('utf-8', { fatal: true });
  try {
    fatal.decode(head, { stream: true });
    return new TextDecoder('utf-8');
  } catch {
    return new TextDecoder('windows-1252');
  }
}

/** Slices as text; a character that is cut in two by a slice comes with the next. */
export function* textOf(bytes: Buffer, decoder: TextDecoder): Generator<string> {
  for (let at = 0; at < bytes.length; at += SLICE) {
    const text = decoder.decode(bytes.subarray(at, at + SLICE), { stream: true });
    if (text !== '') yield text;
  }
}

type Read = { readonly rows: string[][]; readonly count: number; readonly lastIsWhole: boolean };

/** papaparse on a stream, 64 KiB at a time, so that nothing else waits; never with its `preview`, which does not end on one. */
function parse(bytes: Buffer, decoder: TextDecoder, delimiter: string, countAll: boolean): Promise<Read> {
  return new Promise((resolve, reject) => {
    const rows: string[][] = [];
    let count = 0;
    const stream = Readable.from(textOf(bytes, decoder));
    const done = (lastIsWhole: boolean): void => {
      stream.destroy();
      resolve({ rows, count, lastIsWhole });
    };
    Papa.parse<string[]>(stream, {
      delimiter,
      skipEmptyLines: 'greedy',
      step: ({ data }, parser) => {
        count += 1;
        if (rows.length <= ROWS + 1) rows.push(data);
        else if (!countAll) {
          parser.abort();
          done(true);
        }
      },
      complete: () => done(false),
      error: reject,
    });
  });
}

/** What a spreadsheet would take for a formula is marked as text, for whoever pastes it into one. */
const asText = (cell: string): string => (/^[=@\t]|^[+-](?![\d.\s]|inf|nan|$)/i.test(cell) ? `'${cell}` : cell);

const shorten = (cells: readonly string[]): string[] =>
  cells.slice(0, MOST_COLUMNS).map((cell) => {
    const flat = cell.replace(/[\s\u0000-\u001f]+/g, ' ').trim();
    const safe = asText(flat);
    return safe.length <= LONGEST_CELL ? safe : `${safe.slice(0, LONGEST_CELL - 1)}…`;
  });

/**
 * The first rows of a CSV or TSV file. Ragged rows stay as they are; the delimiter is found by itself.
 * @param bytes the file, or its beginning
 * @param whole whether `bytes` is all of it: only then the rows are counted, and its last row is whole
 * @returns null when it is not such a table or holds nothing
 */
export async function previewTable(name: string, bytes: Buffer, whole: boolean): Promise<TablePreview | null> {
  const ending = /\.(csv|tsv)$/i.exec(name)?.[1]?.toLowerCase();
  if (ending === undefined || bytes.length === 0) return null;
  const decoder = decoderFor(bytes);
  if (decoder === null) return null;
  const countAll = whole && bytes.length <= MOST_BYTES;
  const { rows, count, lastIsWhole } = await parse(bytes, decoder, ending === 'tsv' ? '\t' : '', countAll);
  const sure = whole || lastIsWhole || rows.length > ROWS + 1 ? rows : rows.slice(0, -1);
  const [first, ...rest] = sure;
  if (first === undefined) return null;
  // A table of numbers alone has no header; its first row is a row.
  const headless = rest.length > 0 && first.every(isNumber);
  const columns = headless ? first.map((_, index) => `column ${index + 1}`) : first;
  const shown = (headless ? sure : rest).slice(0, ROWS);
  return {
    name,
    columns: shorten(columns),
    rows: shown.map(shorten),
    rowCount: countAll ? count - (headless ? 0 : 1) : null,
  };
}
