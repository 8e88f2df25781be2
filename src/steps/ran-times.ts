import { SECOND } from '../clock.ts';
import { pushedOf, type Run } from '../domain/run.ts';
import { watchedTimes } from './watch.ts';

/** What a log says about when its session went on, in seconds since the start of the session. */
export type LogTimes = {
  /** Of its last line. */
  readonly last: number;
  /** Of the line that Kaggle writes when all cells are over; null when there is none, as of a session that was killed. */
  readonly over: number | null;
};

/** Kaggle turns the executed notebook into a page as the last thing a session does (source: logs of real sessions). */
const OVER = /\[NbConvertApp\] Writing \d{1,12} bytes to __results__\.html/;

/** Whether this piece of a log says that all cells are over. */
export const saysOver = (text: string): boolean => OVER.test(text);

/** What Kaggle does before the first and after the last line, and what a look takes: no more is made of the difference. */
const SLACK_MS = 30 * SECOND;

/**
 * When a run really went on. What was seen can be hours late: the program was away, Kaggle was, or many runs of one account
 * waited for their look. The log is timed from the session's start, so it says how long the run took.
 * @returns null when nothing better is known than what was seen.
 */
export function ranTimes(run: Run, log: LogTimes): { startedAt: number; endedAt: number } | null {
  if (run.settings.origin.from === 'watch') return watchedTimes(run, log.last);
  const pushedAt = pushedOf(run.state)?.at ?? null;
  if (run.state.phase !== 'finishing' || pushedAt === null) return null;
  const { startedAt, endedAt } = run.state;
  const from = startedAt ?? pushedAt;
  // A program that prints this line itself goes on after it.
  if (log.over !== null && (log.last - log.over) * SECOND <= SLACK_MS) {
    const over = from + Math.round(log.over * SECOND);
    if (endedAt - over > SLACK_MS) return { startedAt: from, endedAt: over };
  }
  // Its lines prove that it ran longer than it was seen to.
  const ranMs = Math.round(log.last * SECOND);
  if (startedAt === null || ranMs - (endedAt - startedAt) <= SLACK_MS) return null;
  return { startedAt: Math.min(startedAt, Math.max(pushedAt, endedAt - ranMs)), endedAt };
}
