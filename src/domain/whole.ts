import type { Progress } from './results.ts';
import { foldsIn } from './words-run.ts';

/** How much of the whole training is done and left, over all its folds. Pure. */

/**
 * Units (epochs, steps) done and in all, every fold counted; null while one of the numbers is not known. Folds are counted by
 * the histories that are there, since programs number them from 0 or from 1.
 */
export function wholeOf(progress: Progress): { readonly done: number; readonly of: number } | null {
  const { at, of, fold } = progress;
  if (at === null || of === null || of <= 0) return null;
  if (fold === undefined) return { done: Math.min(at, of), of };
  if (fold.of === null) return null;
  const before = Math.min(fold.of, foldsIn(progress.series)) - 1;
  return { done: Math.min(at, of) + before * of, of: of * fold.of };
}

/** From so many epochs on, or so large a share of the steps, the pace tells when the end comes. */
const EPOCHS = 3;
const SHARE = 0.05;

/**
 * How much longer the training takes by its pace, in ms from the moment its present unit was reached; null while that is too
 * early to say.
 */
export function remainingMs(progress: Progress): number | null {
  const whole = wholeOf(progress);
  if (whole === null || progress.paceMs === null) return null;
  const isKnown = (progress.unit !== 'step' && whole.done >= EPOCHS) || whole.done >= whole.of * SHARE;
  return isKnown ? (whole.of - whole.done) * progress.paceMs : null;
}
