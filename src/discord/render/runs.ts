import type { Run } from '../../domain/run.ts';
import {
  clean,
  cutEnd,
  escapeText,
  facts,
  glyph,
  labelTitle,
  listTitle,
  numbers,
  versionSuffix,
} from '../../domain/words.ts';
import type { MessageBody } from '../chat.ts';
import { button, framed, row, select, separator, small, text } from './components.ts';
import { plainResult, resultWords } from './result-words.ts';

/** /runs. */
export type RunsView = {
  /** The server's name; null in a direct message. */
  readonly server: string | null;
  /** Whose runs are listed: a name; null for everyone. */
  readonly who: string | null;
  /** The filter on states in words; null for every state. */
  readonly state: string | null;
  /** The filter on one kernel; null for all. */
  readonly kernel: string | null;
  readonly page: number;
  readonly pages: number;
  /** Those of this page, newest first; at most ten are shown. */
  readonly runs: readonly Run[];
  /** Keys of the runs that are the best of their kernel. */
  readonly bests: ReadonlySet<string>;
  /** Arguments of `runsPage` that lead to the other pages; null at an end. At most 80 characters. */
  readonly newer: string | null;
  readonly older: string | null;
  /** The argument of `runsPage` for *Only mine* or *Everyone*; null where there is no such choice. */
  readonly mine: { readonly label: 'Only mine' | 'Everyone'; readonly argument: string } | null;
  /** Numbers of the asker's runs that ended while nobody could be told. */
  readonly untold?: readonly number[];
  readonly now: number;
};

export const RUNS_PER_PAGE = 10;

export function renderRuns(view: RunsView): MessageBody {
  const { server, who, state, kernel, page, pages, runs, bests, newer, older, mine, now } = view;
  const shown = runs.slice(0, RUNS_PER_PAGE);
  const turn = (label: string, argument: string | null, off: string) =>
    button(label, { verb: 'runsPage', key: '-', argument: argument ?? off }, 'secondary', argument === null);
  const name = ({ launcher }: Run): string | null =>
    server === null ? null : escapeText(cutEnd(clean(launcher.name), 20));
  const lines = shown.map((run) =>
    facts(
      `${glyph(run.state)} **#${run.number}** ${listTitle(run)}${versionSuffix(run)}`,
      name(run),
      resultWords(run, now, bests.has(run.key)),
    ),
  );
  return framed(null, [
    text(
      server === null ? '### Your runs' : `### Runs of ${escapeText(cutEnd(clean(server), 50))}`,
      small(
        facts(
          who === null ? (server === null ? null : 'everyone') : escapeText(cutEnd(clean(who), 32)),
          state ?? 'every state',
          kernel === null ? null : escapeText(cutEnd(clean(kernel), 60)),
          `page ${page} of ${Math.max(1, pages)}`,
        ),
      ),
    ),
    view.untold === undefined || view.untold.length === 0
      ? null
      : text(`**Not told before** ${numbers(view.untold)} ended, and the message about it could not be delivered.`),
    separator(),
    text(...(lines.length === 0 ? ['There are no runs here.'] : lines)),
    select(
      'Open a run',
      { verb: 'runsOpen', key: '-' },
      shown.map((run) => ({
        value: run.key,
        label: `#${run.number} ${labelTitle(run)}${versionSuffix(run)}`,
        description: plainResult(run, now),
      })),
    ),
    row(
      newer === null && older === null ? null : turn('Newer', newer, 'newest'),
      newer === null && older === null ? null : turn('Older', older, 'oldest'),
      mine === null ? null : button(mine.label, { verb: 'runsPage', key: '-', argument: mine.argument }),
    ),
  ]);
}
