import { logPage } from '../../domain/links.ts';
import { kernelOf, type Run } from '../../domain/run.ts';
import { at, clean, codeBlock, codePoints, count, cutColumns, facts } from '../../domain/words.ts';
import type { MessageBody, OutFile } from '../chat.ts';
import { button, file, linkButton, panel, row, text } from './components.ts';

/** The tail of a log. */
export type LogView = {
  readonly run: Run;
  readonly web: string;
  /** The last lines, oldest first; shown are at most 15 of them, 90 columns wide. */
  readonly lines: readonly string[];
  /** How many lines there are in all; null when only the end was read. */
  readonly total: number | null;
  /** Whether this answer is edited while the log grows. */
  readonly following: boolean;
  /** When following paused, in ms; null while it follows or when it never did. */
  readonly paused: number | null;
  /** Whether it can be followed, although this answer does not follow by itself. */
  readonly mayFollow?: boolean;
};

const LINES = 15;
const COLUMNS = 90;
const BLOCK_MAX = 1_600;

/** The last lines that fit a code block of at most `most` code points, each cut to `columns`. */
export function logTail(lines: readonly string[], most: number, longest = LINES, columns = COLUMNS): string[] {
  const kept: string[] = [];
  let length = 0;
  for (const line of lines.slice(-longest).reverse()) {
    // Cut roughly first: a line may have megabytes.
    const shown = cutColumns(clean(line.slice(0, 64 * columns)).trimEnd(), columns);
    length += codePoints(shown) + 1;
    if (length > most) break;
    kept.unshift(shown);
  }
  return kept;
}

export function renderLog({ run, web, lines, total, following, paused, mayFollow = false }: LogView): MessageBody {
  const shown = logTail(lines, BLOCK_MAX);
  const block = codeBlock(shown);
  const amount =
    block === ''
      ? ' is empty so far'
      : total === null
        ? `, last ${count(shown.length)} lines`
        : `, last ${count(shown.length)} of ${count(Math.max(total, shown.length))} lines`;
  const head = facts(
    `**Log of #${run.number}**${amount}`,
    following && paused === null && 'follows for 10\u00a0min',
    paused !== null && `paused at ${at(paused, 't')}`,
  );
  return panel([
    text(head, block),
    row(
      following || paused !== null || mayFollow
        ? button(mayFollow ? 'Follow for 10 min' : 'Follow for 10 min more', { verb: 'logMore', key: run.key })
        : null,
      block === '' ? null : button('Whole log', { verb: 'logWhole', key: run.key }),
      linkButton('Open on Kaggle', logPage(web, kernelOf(run))),
    ),
  ]);
}

/** The whole log as a file. `whole` false: its end, because it is larger than a file may be here. */
export const renderWholeLog = (of: {
  readonly run: Run;
  readonly file: OutFile;
  readonly whole: boolean;
}): MessageBody =>
  panel(
    [
      text(
        of.whole
          ? `**Log of #${of.run.number}**`
          : `**Log of #${of.run.number}**, its end: the whole is larger than a file may be here`,
      ),
      file(of.file),
    ],
    [of.file],
  );
