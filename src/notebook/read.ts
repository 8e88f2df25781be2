import { UserError } from '../domain/user-error.ts';
import { count, cutMiddle, escapeText, NBSP, plural } from '../domain/words.ts';
import { scanJson } from './json-scan.ts';
import { withMarker } from './marker.ts';
import { Notebook4 } from './nbformat.ts';
import { languageOf, normalise } from './normalise.ts';
import { isForeignFormat } from './not-a-notebook.ts';
import { isReceiptCell } from './receipt.ts';

/** A source as it can be pushed to Kaggle, but for the run's mark. */
export type Source = {
  readonly kind: 'notebook' | 'script';
  readonly language: 'python' | 'r' | 'rmarkdown';
  /** Notebook JSON, already normalised, or the script's text. */
  readonly text: string;
  /** Code cells of a notebook; 1 for a script. */
  readonly cells: number;
  readonly fileName: string;
  /** The code cells' sources in order, empty ones too. A script is one. */
  readonly cellSources: readonly string[];
};

/** What Kaggle takes (source: Kaggle's own client), in bytes of UTF-8 with the mark in it. */
export const MAX_SOURCE_BYTES = 1_000_000;
const MAX_CELLS = 5_000;
const MAX_DEPTH = 32;
/** As long as every run key is. */
const SOME_KEY = 'x'.repeat(22);

const SCRIPT_LANGUAGES: ReadonlyMap<string, Source['language']> = new Map([
  ['py', 'python'],
  ['r', 'r'],
  ['rmd', 'rmarkdown'],
]);

const extensionOf = (fileName: string): string => /\.([A-Za-z0-9]+)$/.exec(fileName)?.[1]?.toLowerCase() ?? '';

/** A file's name as it may stand in a sentence: any text at all, so cut and escaped. */
const escapeName = (name: string): string => escapeText(cutMiddle(name, 48));

const notANotebook = (fileName: string): UserError =>
  new UserError(`${escapeName(fileName)} is not a notebook.`, 'Attach an `.ipynb` or `.py` file.');

const unreadable = (fileName: string, reason: string, as = 'notebook'): UserError =>
  new UserError(`${escapeName(fileName)} is not readable as a ${as}:`, `${reason}.`);

function decode(fileName: string, bytes: Uint8Array, as: string): string {
  try {
    // Takes a byte order mark off.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    throw unreadable(fileName, wide ? 'it is UTF-16 text; save it as UTF-8' : 'it is not UTF-8 text', as);
  }
}

function weigh(source: Source): Source {
  const bytes = Buffer.byteLength(withMarker(source, SOME_KEY));
  if (bytes <= MAX_SOURCE_BYTES) return source;
  // Just above the limit, "1.0 MB; Kaggle takes 1 MB" would tell nothing.
  const exact = bytes < 1.05 * MAX_SOURCE_BYTES;
  const size = exact ? plural(bytes, 'byte') : `${(bytes / 1_000_000).toFixed(1)}${NBSP}MB`;
  const takes = exact ? plural(MAX_SOURCE_BYTES, 'byte') : `1${NBSP}MB`;
  const without = source.kind === 'notebook' ? ' without outputs' : '';
  throw new UserError(`${escapeName(source.fileName)} is ${size}${without}; Kaggle takes ${takes}.`);
}

function parseNotebook(fileName: string, text: string): Notebook4 {
  if (/^\s*<(?:!doctype|html|\?xml)/i.test(text))
    throw unreadable(fileName, 'it is a web page, not the file behind it');
  const fault = scanJson(text, MAX_DEPTH);
  if (fault !== null) {
    const place = fault.reason === 'it is empty' ? '' : `line ${fault.line}, column ${fault.column}: `;
    throw unreadable(fileName, `${place}${fault.reason}`);
  }
  const json = JSON.parse(text) as unknown;
  const format = typeof json === 'object' && json !== null && 'nbformat' in json ? json.nbformat : undefined;
  if (typeof format === 'number' && format !== 4) {
    const age = format < 4 ? `the old format ${format}` : `format ${format}, which Kaggle does not know`;
    throw unreadable(fileName, `it is in ${age}. Open it in Jupyter and save it once`);
  }
  const read = Notebook4.safeParse(json);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const place = issue?.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  const where = place === undefined || place === '' ? 'the whole' : `\`${place.replace(/^\./, '').slice(0, 60)}\``;
  throw unreadable(fileName, `${where} is missing or not as notebook format 4 has it`);
}

/**
 * Whether there is a line that is not a comment; of Python and R. A line begins behind what is named here and nothing else:
 * `^` of a multiline pattern also begins within white space, which costs the square of it.
 */
const hasCode = (source: string): boolean => /(?:^|[\n\r])[^\S\n\r]*[^\s#]/.test(source);

function notebookOf(fileName: string, text: string): Source {
  const parsed = parseNotebook(fileName, text);
  // A receipt of an earlier run is not the person's: the next run brings its own.
  const notebook = { ...parsed, cells: parsed.cells.filter((cell) => !isReceiptCell(cell)) };
  const cellSources = notebook.cells.filter((cell) => cell.cell_type === 'code').map((cell) => cell.source);
  if (!cellSources.some(hasCode)) {
    throw new UserError(`${escapeName(fileName)} has no code cells.`);
  }
  if (notebook.cells.length > MAX_CELLS) {
    const cells = plural(notebook.cells.length, 'cell');
    throw new UserError(`${escapeName(fileName)} has ${cells};`, `at most ${count(MAX_CELLS)} are taken.`);
  }
  const language = languageOf(notebook);
  if (language.known === null) {
    const said = escapeName(language.said.slice(0, 30));
    throw new UserError(`${escapeName(fileName)} is written in ${said};`, 'Kaggle runs Python and R.');
  }
  const plain = JSON.stringify(normalise(notebook, language.known));
  const cells = cellSources.length;
  return weigh({ kind: 'notebook', language: language.known, text: plain, cells, fileName, cellSources });
}

function scriptOf(fileName: string, text: string, language: Source['language']): Source {
  if (text.includes('\0')) throw unreadable(fileName, 'it contains a NUL byte', 'script');
  if (text.trim() === '') throw unreadable(fileName, 'it is empty', 'script');
  // In R Markdown a # begins a heading.
  if (language !== 'rmarkdown' && !hasCode(text)) throw new UserError(`${escapeName(fileName)} has no code.`);
  return weigh({ kind: 'script', language, text, cells: 1, fileName, cellSources: [text] });
}

const looksLikeNotebook = (text: string): boolean =>
  /^\s*\{/.test(text) && /"nbformat"\s*:\s*\d/.test(text) && /"(?:cells|worksheets)"\s*:\s*\[/.test(text);

/**
 * Reads an attached file. What it is, is decided by its name and its content, never by a content type: magic bytes first,
 * then a notebook by `.ipynb` or by what it holds (`train.ipynb.txt`), then a script by `.py`, `.R` or `.Rmd`.
 * @param bytes the whole file
 * @throws UserError in the words people see, when Kaggle would not take it
 */
export function readSource(fileName: string, bytes: Uint8Array): Source {
  const extension = extensionOf(fileName);
  const language = SCRIPT_LANGUAGES.get(extension);
  if (isForeignFormat(bytes)) throw notANotebook(fileName);
  if (extension === 'ipynb') return notebookOf(fileName, decode(fileName, bytes, 'notebook'));
  if (language !== undefined) {
    const text = decode(fileName, bytes, 'script');
    return looksLikeNotebook(text) ? notebookOf(fileName, text) : scriptOf(fileName, text, language);
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (looksLikeNotebook(text)) return notebookOf(fileName, text);
  } catch (error) {
    if (error instanceof UserError) throw error;
  }
  throw notANotebook(fileName);
}

/**
 * Reads the source of a kernel as Kaggle gives it back.
 * @param language as Kaggle says it: `python`, `r`, `rmarkdown`; anything else is read as Python
 * @param name `owner/slug`, for what is said to people
 * @throws UserError as readSource
 */
export function readPulled(kind: Source['kind'], language: string, text: string, name: string): Source {
  if (kind === 'notebook') return notebookOf(name, text.replace(/^\ufeff/, ''));
  const plain = language.toLowerCase();
  return scriptOf(name, text, plain === 'r' || plain === 'rmarkdown' ? plain : 'python');
}
