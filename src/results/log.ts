import { z } from 'zod';
import type { ReceiptRecord } from '../domain/receipt.ts';
import type { Progress } from '../domain/results.ts';
import { KeptText } from './kept-text.ts';
import { LineBuilder } from './log-line.ts';
import { isNoiseAfter } from './noise.ts';
import { ProgressReading } from './progress.ts';
import { inOwnCells, ReceiptWatch } from './receipt.ts';
import { LineRedaction } from './redact.ts';

/** One piece of a log: any part of a line, or many. `time` in seconds since the start of the session. */
export type LogChunk = { readonly stream: 'stdout' | 'stderr'; readonly time: number; readonly text: string };

const Stored = z.object({
  stream_name: z.string().optional(),
  time: z.coerce.number().catch(0),
  data: z.string(),
});

function chunkOf(record: unknown): LogChunk[] {
  const read = Stored.safeParse(record);
  if (!read.success) return [];
  const { stream_name, time, data } = read.data;
  return [
    { stream: stream_name === 'stderr' ? 'stderr' : 'stdout', time: Number.isFinite(time) ? time : 0, text: data },
  ];
}

/** The end of the JSON object that begins at `from`, or -1 when the text is cut before it. Records hold no objects. */
function endOfRecord(text: string, from: number): number {
  const mark = /["}]/g;
  const string = /(?:[^"\\]|\\.)*"/sy;
  mark.lastIndex = from;
  for (let match = mark.exec(text); match !== null; match = mark.exec(text)) {
    if (match[0] === '}') return match.index + 1;
    string.lastIndex = match.index + 1;
    if (!string.test(text)) return -1;
    mark.lastIndex = string.lastIndex;
  }
  return -1;
}

function salvage(text: string): LogChunk[] {
  const chunks: LogChunk[] = [];
  for (let at = text.indexOf('{'); at >= 0; ) {
    const end = endOfRecord(text, at);
    if (end < 0) break;
    try {
      chunks.push(...chunkOf(JSON.parse(text.slice(at, end))));
    } catch {
      // A record that is broken in itself is left out; the next one may be whole.
    }
    at = text.indexOf('{', end);
  }
  return chunks;
}

/**
 * Reads a log as Kaggle stores it: a JSON array of records (source: Kaggle's own client). An array that is cut off gives the
 * records that are whole; what is no such array is taken as plain text, as Kaggle's own client does.
 */
export function storedChunks(log: string): LogChunk[] {
  const text = log.replace(/^\ufeff/, '');
  if (text.trim() === '') return [];
  if (!/^\s*\[\s*(?:\{|\]|$)/.test(text.slice(0, 1_000))) return [{ stream: 'stdout', time: 0, text }];
  try {
    const records = JSON.parse(text) as unknown;
    if (Array.isArray(records)) return records.flatMap(chunkOf);
  } catch {
    // Cut off, or not JSON at all.
  }
  const chunks = salvage(text);
  return chunks.length > 0 || /^\s*\[\s*\{\s*"/.test(text) ? chunks : [{ stream: 'stdout', time: 0, text }];
}

/** The end of a tqdm bar: `| 12/70 [00:10<00:48, 1.2it/s, loss=0.3]`. */
const WHOLE_BAR = /\d\/\d+\s*\[[^\]]{0,400}\]\s*$/;

/** A log of any size is held to this; the whole of it is on Kaggle. In bytes of UTF-8. */
const KEPT_BYTES = 8_000_000;

/**
 * Reads a log piece by piece, as it is streamed or stored, in bounded memory. Lines are cleaned of control sequences and
 * redacted before anything is kept.
 */
export class LogReading {
  readonly #kept = new KeptText(KEPT_BYTES);
  readonly #progress = new ProgressReading();
  readonly #receipt = new ReceiptWatch();
  readonly #redactions = { stdout: new LineRedaction(), stderr: new LineRedaction() };
  readonly #streams: Record<LogChunk['stream'], LineBuilder>;
  #lines = 0;
  #before: string | null = null;
  #time = 0;

  constructor() {
    const builder = (stream: LogChunk['stream']): LineBuilder =>
      new LineBuilder({
        line: (text) => this.#line(text, stream),
        state: (text) => this.#progress.state(text, this.#time),
      });
    this.#streams = { stdout: builder('stdout'), stderr: builder('stderr') };
  }

  /** Takes the next piece. Pieces of the two streams may alternate in the middle of a line. */
  push(chunk: LogChunk): void {
    this.#time = chunk.time;
    this.#streams[chunk.stream].push(chunk.text);
  }

  #line(text: string, stream: LogChunk['stream']): void {
    if (this.#receipt.take(text, stream)) return;
    const line = this.#redactions[stream].line(this.#receipt.record === null ? text : inOwnCells(text));
    this.#kept.add(line);
    if (!isNoiseAfter(line, this.#before)) this.#lines += 1;
    this.#before = line;
    this.#progress.line(text, this.#time);
  }

  #open(): string[] {
    return (['stdout', 'stderr'] as const)
      .map((stream) => this.#redactions[stream].open(this.#streams[stream].open))
      .filter((line) => line.trim() !== '');
  }

  /** What the check cell said of the machine; null before it did, and where there is none. Its line is not among the others. */
  get receipt(): ReceiptRecord | null {
    return this.#receipt.record;
  }

  /** Lines so far, without those every run prints; a line that is still being written counts. */
  get lineCount(): number {
    return this.#lines + this.#open().length;
  }

  /** Seconds since the start of the session at the newest piece. */
  get time(): number {
    return this.#time;
  }

  /** The last `lines` lines without those every run prints and without blank ones at their end; bars in their last state. */
  tail(lines: number): string[] {
    const found = this.#open().reverse().slice(0, lines);
    const isBlankEnd = (line: string): boolean => found.length === 0 && line.trim() === '';
    let pending: string | null = null;
    for (const line of this.#kept.backwards()) {
      if (found.length >= lines) break;
      if (pending !== null && !isNoiseAfter(pending, line) && !isBlankEnd(pending)) found.push(pending);
      pending = line;
    }
    if (pending !== null && found.length < lines && !isNoiseAfter(pending, null) && !isBlankEnd(pending))
      found.push(pending);
    return found.slice(0, lines).reverse();
  }

  /**
   * The log is over: what stands on the last line is whole, with or without a line break. What was pushed after a cut-off is
   * not.
   */
  end(): void {
    for (const stream of [this.#streams.stdout, this.#streams.stderr]) stream.flush();
  }

  /**
   * What the log says of epochs, steps, folds and their numbers; null when it says nothing. A line that is still being written
   * counts only when it is a bar up to its closing bracket: of any other, the last digits may be missing.
   */
  progress(): Progress | null {
    for (const { open } of [this.#streams.stdout, this.#streams.stderr])
      if (WHOLE_BAR.test(open)) this.#progress.state(open, this.#time);
    return this.#progress.read();
  }

  /** The log as text, every line of it, or its last `maxBytes` bytes from a whole line on. At most 8 MB are there. */
  text(maxBytes: number): string {
    const open = this.#open();
    const end = open.length === 0 ? '' : `${open.join('\n')}\n`;
    return `${this.#kept.text(Math.max(0, maxBytes - Buffer.byteLength(end)))}${end}`;
  }
}
