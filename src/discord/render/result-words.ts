import type { Run } from '../../domain/run.ts';
import {
  duration,
  escapeMarkdown,
  failureClass,
  headlineValue,
  metricName,
  progressOf,
  progressWords,
  ranMs,
  stateWord,
} from '../../domain/words.ts';
import { AT_KAGGLE, isAtKaggle } from './failure-class.ts';

/** How a run ended or stands, in a few words for lists. Markdown, but for `plain`. */

const plainly = (markdown: string): string => markdown.replace(/\\(.)/g, '$1').replace(/[*\u2068\u2069]/g, '');

/** `failed: GPU out of memory`, `complete`, `stopped`. */
export function endedWord(run: Run): string {
  if (run.state.phase !== 'error' || run.state.why === 'refused') return stateWord(run.state);
  const named = failureClass(run);
  if (named === null) return 'failed';
  return isAtKaggle(named) ? AT_KAGGLE : `failed: ${escapeMarkdown(named)}`;
}

/**
 * The result of a run in a line of /runs: `val_acc **0.9124**, 6 h 58 min`, `GPU out of memory`, `running 2 h 10 min`.
 * `isBest` makes the number bold. Times are in ms.
 */
export function resultWords(run: Run, now: number, isBest = false): string {
  const { state } = run;
  const ran = ranMs(state);
  const main = progressOf(run, run.report)?.series[0];
  switch (state.phase) {
    case 'complete': {
      const value = main === undefined ? null : headlineValue(main);
      const number = main === undefined ? null : `${metricName(main, 16)} ${isBest ? `**${value}**` : value}`;
      return [number, ran === null ? null : duration(ran)].filter((part) => part !== null).join(', ') || 'complete';
    }
    case 'error': {
      if (state.why === 'refused') return stateWord(state);
      const named = failureClass(run);
      return named === null ? 'failed' : isAtKaggle(named) ? 'failed at Kaggle' : escapeMarkdown(named);
    }
    case 'cancelled':
      return ran === null || state.how === 'withdrawn' ? stateWord(state) : `stopped, ${duration(ran)}`;
    case 'running':
      return `${stateWord(state)} ${duration(now - state.startedAt)}`;
    default:
      return stateWord(state);
  }
}

/** The same without markdown, for the descriptions of a select. */
export const plainResult = (run: Run, now: number): string => plainly(resultWords(run, now));

/** `epoch 31 of 70`, else `no progress known`. */
export const howFar = (run: Run): string => progressWords(run.progress) ?? 'no progress known';

/** One line on a run that is alive: `**#42** of Leaf disease is running, epoch 31 of 70.` comes from these words. */
export const standing = (run: Run): string =>
  [stateWord(run.state), progressWords(run.progress)].filter(Boolean).join(', ');
