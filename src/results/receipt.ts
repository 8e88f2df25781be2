import { z } from 'zod';
import type { ReceiptRecord } from '../domain/receipt.ts';
import { clean } from '../domain/words.ts';
import { isNoise } from './noise.ts';
import { redact } from './redact.ts';

/** What stands before the JSON of the check cell's line. */
const MARK = 'NIGHTSHIFT-RECEIPT ';
/** What the check cell says when it ends a run; the reason follows. */
const ENDED = /^(?:[A-Za-z]{1,40}: )?Nightshift ended this run before cell 1: (.{1,400})/;

const short = (most: number) => z.string().transform((text) => redact(clean(text)).trim().slice(0, most));

const Line = z.object({
  v: z.literal(1),
  verdict: z.enum(['works', 'failed', 'dead', 'missing', 'unsure']),
  by: short(20).nullable(),
  gpus: z.array(z.tuple([short(80), short(20), short(30)])).max(16),
  error: short(300).nullable(),
});

/** Reads one line of a log; null when it is not one the check cell prints. The text is a stranger's until it is read. */
export function readReceipt(line: string): ReceiptRecord | null {
  if (!line.startsWith(MARK) || line.length > 4_000) return null;
  try {
    const { verdict, by, gpus, error } = Line.parse(JSON.parse(line.slice(MARK.length)));
    return { verdict, by, error, gpus: gpus.map(([name, memory, driver]) => ({ name, memory, driver })) };
  } catch {
    return null;
  }
}

/**
 * Watches the beginning of a log for the receipt. The check cell runs first, so only the first line of output can be one: what a
 * notebook prints later that looks like it counts for nothing and stays in the log.
 */
export class ReceiptWatch {
  #record: ReceiptRecord | null = null;
  #isOver = false;

  get record(): ReceiptRecord | null {
    return this.#record;
  }

  /** @returns whether the line is the receipt, which is not shown to people. */
  take(line: string, stream: 'stdout' | 'stderr'): boolean {
    // Kaggle's runner and libraries warn on stderr before the first cell says anything.
    if (this.#isOver || stream === 'stderr' || line.trim() === '' || isNoise(line)) return false;
    this.#isOver = true;
    this.#record = readReceipt(line);
    return this.#record !== null;
  }
}

const IN: readonly RegExp[] = [
  /^(Exception encountered at "In \[)(\d{1,6})(?=\]":)/,
  /^(\s{0,8}(?:Cell|Input) In ?\[)(\d{1,6})(?=\])/,
  /^((?:File )?<ipython-input-)(\d{1,6})(?=-)/,
];

/**
 * A line of a log in the person's own numbers of cells: Kaggle's runner counts the check cell as the first one, so every `In [N]`
 * of a traceback is one too high. 0 is the check cell itself.
 */
export function inOwnCells(line: string): string {
  for (const pattern of IN)
    if (pattern.test(line))
      return line.replace(
        pattern,
        (_, before: string, number: string) => `${before}${Math.max(0, Number(number) - 1)}`,
      );
  return line;
}

/** Why the check cell ended the run, as a sentence; null when this error is not one of it. */
export function endedByReceipt(error: string): string | null {
  const reason = ENDED.exec(error)?.[1]?.trim();
  return reason === undefined ? null : `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`;
}
