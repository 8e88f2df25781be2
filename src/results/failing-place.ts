import { redact } from './redact.ts';
import type { Frame, Traceback } from './traceback.ts';

/** Where a run failed, in the person's own source. */
export type Place = {
  readonly cell: number | null;
  readonly line: number | null;
  readonly excerpt: readonly string[];
  readonly excerptFrom: number;
  readonly frames: readonly string[];
};

const AROUND = 2;
const LONGEST_LINE = 200;
const MOST_FRAMES = 6;

/**
 * The sources of the cells as a run counts them. Kaggle's runner gives `In [N]` to every code cell that holds something, from
 * 1, and the editor shows the same N beside the cell after Save & Run All; so empty cells are not counted here either.
 */
function cellsOf(source: string): string[] {
  try {
    const notebook = JSON.parse(source) as { cells?: unknown };
    if (!Array.isArray(notebook.cells)) return [];
    return notebook.cells.flatMap((cell: unknown) => {
      const { cell_type, source } = (cell ?? {}) as { cell_type?: unknown; source?: unknown };
      if (cell_type !== 'code') return [];
      const text = Array.isArray(source) ? source.join('') : source;
      return typeof text === 'string' && text.trim() !== '' ? [text] : [];
    });
  } catch {
    return [];
  }
}

const linesOf = (text: string | undefined): string[] => (text === undefined ? [] : text.split(/\r\n|\r|\n/));

/** Code that IPython makes of a magic: it stands nowhere in the source. */
const isMagic = ({ code }: Frame): boolean => code?.startsWith('get_ipython().') === true;

/**
 * The line in the person's own cell: IPython runs a cell without the empty lines it begins with, and the body of a cell magic
 * counted from elsewhere. Where the quoted code stands there is beyond doubt; else the number is left as it is.
 */
function ownLine({ line, code }: Frame, lines: readonly string[]): number | null {
  const quoted = code === null || code === '' ? null : code;
  if (line === null) {
    // R names the call alone.
    const calls = quoted === null ? [] : lines.flatMap((text, at) => (text.includes(quoted) ? [at + 1] : []));
    return calls.length === 1 ? (calls[0] ?? null) : null;
  }
  const first = lines.findIndex((text) => text.trim() !== '');
  const shifted = line + Math.max(0, first);
  if (quoted === null || quoted.startsWith('get_ipython().')) return shifted;
  for (const at of [shifted, line]) if (lines[at - 1]?.trim() === quoted) return at;
  const same = lines.flatMap((text, at) => (text.trim() === quoted ? [at + 1] : []));
  return same.length === 1 ? (same[0] ?? line) : line;
}

/** The place of a file that IPython made for a cell without saying which: the one cell that has this line there. */
function cellWith(cells: readonly string[], { line, code }: Frame): number | null {
  if (line === null || code === null || code === '') return null;
  const fitting = cells.flatMap((text, index) => (linesOf(text)[line - 1]?.trim() === code ? [index + 1] : []));
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}

const shorten = (line: string): string => redact(line).replace(/\t/g, '    ').trimEnd().slice(0, LONGEST_LINE);

function around(lines: readonly string[], line: number): Pick<Place, 'excerpt' | 'excerptFrom'> {
  const from = Math.max(1, line - AROUND);
  const excerpt = lines.slice(from - 1, line + AROUND).map(shorten);
  // A blank line at an edge shows nothing.
  while (excerpt.length > 0 && excerpt.at(-1) === '' && from + excerpt.length - 1 > line) excerpt.pop();
  return { excerpt, excerptFrom: from };
}

function fromContext(context: Traceback['context'], line: number): Pick<Place, 'excerpt' | 'excerptFrom'> {
  const excerpt: string[] = [];
  let from = line;
  for (let at = line - AROUND; at <= line + AROUND; at += 1) {
    const text = context.get(at);
    if (text === undefined) {
      if (at > line) break;
      continue;
    }
    if (excerpt.length === 0) from = at;
    excerpt.push(shorten(text));
  }
  return { excerpt, excerptFrom: from };
}

function describe(frame: Frame, line: number | null, lines: readonly string[]): string {
  const where = frame.cell !== null ? `cell ${frame.cell}` : frame.file;
  const place = [where, line === null ? null : `line ${line}`].filter((part) => part !== null).join(', ');
  const code = (line === null ? undefined : lines[line - 1]?.trim()) ?? frame.code ?? '';
  return shorten(`${place}   ${code}`);
}

/**
 * Finds the failing place: the frame in the cell that ended the run, with the lines around it out of the source that was pushed;
 * of a script its innermost own line. Where the source is not known, the traceback's own quotation is taken.
 */
export function failingPlace(traceback: Traceback, source: string | null, kind: 'notebook' | 'script'): Place {
  const cells = source === null ? [] : kind === 'notebook' ? cellsOf(source) : [source];
  const sourceOf = (frame: Frame): string[] =>
    kind === 'script' && (frame.file === null || /^(?:script|__script__)\.\w+$/.test(frame.file))
      ? linesOf(cells[0])
      : frame.cell === null
        ? []
        : linesOf(cells[frame.cell - 1]);
  const placed = traceback.frames.map((frame) =>
    frame.cell === null && frame.file === null && kind === 'notebook'
      ? { ...frame, cell: cellWith(cells, frame) }
      : frame,
  );
  const { cell } = traceback;
  // `%%time` runs the cell's body as code of its own: what the magic became says nothing beside it.
  const frames = placed
    .filter((frame, at) => !(isMagic(frame) && placed.some((other, later) => later > at && other.cell === frame.cell)))
    .map((frame) => ({ ...frame, line: ownLine(frame, sourceOf(frame)) }));
  const first = frames.find((frame) => frame.cell === cell) ?? null;
  const failing = kind === 'script' ? (frames.at(-1) ?? null) : cell === null ? null : first;
  const line = failing?.line ?? null;
  const lines = failing === null ? [] : sourceOf(failing);
  // If the quoted code is not what stands there, the line is counted in something else (an older version of the cell).
  const isThere =
    line !== null &&
    (failing === null || failing.code === null || isMagic(failing) || (lines[line - 1] ?? '').includes(failing.code));
  const empty = { excerpt: [], excerptFrom: 1 };
  const shown =
    line === null
      ? empty
      : isThere && line <= lines.length
        ? around(lines, line)
        : fromContext(traceback.context, line);
  return {
    cell: kind === 'notebook' ? cell : null,
    line,
    ...shown,
    frames: frames
      .filter(({ cell, file, line, code }) => (cell !== null || file !== null) && (line !== null || code !== null))
      .slice(-MOST_FRAMES)
      .map((frame) => describe(frame, frame.line, frame.code === null || isMagic(frame) ? sourceOf(frame) : [])),
  };
}
