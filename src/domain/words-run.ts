import { acceleratorFacts } from './accelerator.ts';
import type { Progress, Report, Series } from './results.ts';
import { endedAtOf, pushedOf, type Run, type RunState, startedAtOf } from './run.ts';
import { clean, cutColumns, cutEnd, escapeText, NBSP } from './text.ts';
import { count, duration, metric } from './words-numbers.ts';

/** How a run, its state and its progress are spoken of. Pure. */

export const GLYPHS = {
  waiting: '⏳',
  running: '🔵',
  stopped: '⏹️',
  complete: '✅',
  failed: '❌',
  warning: '⚠️',
} as const;

/** The six glyphs are all there are; each stands before the word that says the same. */
export function glyph(state: RunState): string {
  switch (state.phase) {
    case 'accepted':
    case 'waiting':
    case 'pushing':
    case 'queued':
      return GLYPHS.waiting;
    case 'running':
      return state.stopping ? GLYPHS.stopped : GLYPHS.running;
    case 'finishing':
      return GLYPHS.running;
    case 'complete':
      return GLYPHS.complete;
    case 'error':
      return GLYPHS.failed;
    case 'cancelled':
      return GLYPHS.stopped;
    case 'lost':
      return GLYPHS.warning;
  }
}

/** The state in a word or two: for lists and choices, where there is no room for a heading. */
export function stateWord(state: RunState): string {
  switch (state.phase) {
    case 'accepted':
      return 'waiting in line';
    case 'waiting':
      if (state.reason.for === 'run') return `waiting for #${state.reason.number}`;
      return state.reason.for === 'hours' ? 'waiting for GPU hours' : 'waiting in line';
    case 'pushing':
      return 'pushing to Kaggle';
    case 'queued':
      return 'queued at Kaggle';
    case 'running':
      return state.stopping ? 'stopping' : 'running';
    case 'finishing':
      return 'running';
    case 'complete':
      return 'complete';
    case 'error':
      return state.why === 'refused' ? 'refused by Kaggle' : 'failed';
    case 'cancelled':
      return state.how === 'withdrawn' ? 'withdrawn' : 'stopped';
    case 'lost':
      return 'lost from sight';
  }
}

/** The title as it is shown, plain: an empty one becomes the slug. */
const plainTitle = (run: Pick<Run, 'settings'>): string => {
  const title = clean(run.settings.title).replace(/ +/g, ' ').trim();
  return title === '' ? run.settings.kernel.slug : title;
};

/** The title in at most `most` graphemes, as markdown. */
export const titleOf = (run: Pick<Run, 'settings'>, most = 50): string => escapeText(cutEnd(plainTitle(run), most));

/** The title for a line of a list, `columns` wide, as markdown. */
export const listTitle = (run: Pick<Run, 'settings'>, columns = 28): string =>
  escapeText(cutColumns(plainTitle(run), columns));

/** The title for labels of selects and buttons, where markdown is not read. */
export const labelTitle = (run: Pick<Run, 'settings'>, columns = 28): string => cutColumns(plainTitle(run), columns);

/** ` v3`, or nothing before the push. */
export function versionSuffix(run: Pick<Run, 'state'>): string {
  const pushed = pushedOf(run.state);
  return pushed === null ? '' : ` v${pushed.version}`;
}

/** A person's name in a line, as markdown. */
export const nameOf = (run: Pick<Run, 'launcher'>): string => escapeText(cutEnd(clean(run.launcher.name), 32));

/** How long it ran, in ms; from the push when the start was never seen. Null when it did not run or has not ended. */
export function ranMs(state: RunState): number | null {
  const from = startedAtOf(state) ?? pushedOf(state)?.at ?? null;
  const to = endedAtOf(state);
  return from === null || to === null ? null : Math.max(0, to - from);
}

/** `epoch 31 of 70`, `step 1,200 of 8,000`, `fold 2 of 5, epoch 7 of 20`; null while no number is known. */
export function progressWords(progress: Progress | null): string | null {
  if (progress === null || progress.at === null) return null;
  const { unit, at, of, fold } = progress;
  const place = (name: string, one: number, all: number | null): string =>
    `${name}${NBSP}${count(one)}${all === null ? '' : ` of ${count(all)}`}`;
  return `${fold === undefined ? '' : `${place('fold', fold.at, fold.of)}, `}${place(unit, at, of)}`;
}

/** How many folds have a history; 1 where none is told apart. */
export const foldsIn = (series: readonly Series[]): number =>
  Math.max(1, ...series.map(({ folds }) => folds?.length ?? 1));

/** `70 of 70 epochs`; `5 of 5 folds`, counted by their histories, since programs number folds from 0 or from 1. */
export function progressReached(progress: Progress | null): string | null {
  if (progress === null || progress.at === null || progress.of === null) return null;
  const { fold, series } = progress;
  if (fold !== undefined)
    return fold.of === null ? null : `${count(Math.min(fold.of, foldsIn(series)))} of ${count(fold.of)} folds`;
  return `${count(progress.at)} of ${count(progress.of)} ${progress.unit}s`;
}

/** `epoch 29`: the unit of a series' points. Folds count epochs inside. */
export const pointWords = (progress: Progress, point: number): string =>
  `${progress.unit === 'step' ? 'step' : 'epoch'}${NBSP}${count(point)}`;

/** An account of Kaggle as markdown. */
export const accountOf = (account: string): string => escapeText(cutEnd(clean(account), 50));

/** A metric's name as markdown, in at most `most` graphemes. */
export const metricName = (series: Series, most = 24): string => escapeText(cutEnd(clean(series.name), most));

/** The number to name a run by: the best, else the last. */
export function headlineValue(series: Series): string {
  const value = metric(series.best?.text ?? series.lastText);
  // With several folds it is one of them, the last.
  const folds = series.folds?.length ?? 0;
  return folds > 1 ? `${value} in fold${NBSP}${folds}` : value;
}

/** The progress of a run: what its report kept, else what was seen last. */
export const progressOf = (run: Pick<Run, 'progress'>, report: Report | null): Progress | null =>
  report?.progress ?? run.progress;

/** The words for a failure: `GPU out of memory`, `time limit of 9 h reached`; null when the class is not known. */
export function failureClass(run: Pick<Run, 'state' | 'settings' | 'report'>, report = run.report): string | null {
  if (report?.failure !== null && report?.failure !== undefined) return cutEnd(clean(report.failure.class), 50);
  if (run.state.phase === 'error' && run.state.why === 'timeLimit')
    return `time limit of ${duration(run.settings.limitMinutes * 60_000)} reached`;
  return null;
}

/** `GPU T4 x2`, `CPU` */
export const acceleratorLabel = (run: Pick<Run, 'settings'>): string =>
  acceleratorFacts(run.settings.accelerator).label;
