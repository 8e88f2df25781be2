import type { Progress, Series } from '../domain/results.ts';
import { metric } from '../domain/words.ts';
import { isLoss, phaseIn, stemOf } from './metric-name.ts';

export type Point = readonly [number, number];

/** One line of the picture. */
export type Drawn = {
  readonly name: string;
  /** The last value as it is written at the line's end. */
  readonly last: string;
  readonly points: readonly Point[];
  readonly best: { readonly at: number; readonly value: number; readonly text: string } | null;
};

export type Picked = {
  /** What is drawn, in a word: `loss`, `val_acc`. */
  readonly what: string;
  /** The main line first. */
  readonly lines: readonly Drawn[];
  /** Thin lines behind, one for each fold. */
  readonly folds: readonly (readonly Point[])[];
};

/** End labels are 78 px apart: six fit. */
export const MOST_LINES = 6;

// What was stored as JSON has null where a NaN was.
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);
const isFinitePoint = ([, value]: Point): boolean => Number.isFinite(value);
const asPoints = (points: Series['points']): Point[] => points.map(([x, value]) => [x, numberOf(value)] as const);
const hasLine = ({ points }: Pick<Series, 'points'>): boolean => asPoints(points).filter(isFinitePoint).length >= 2;

function drawnOf({ name, points, lastText, best }: Series): Drawn {
  return {
    name,
    last: metric(lastText),
    points: asPoints(points),
    best: best === null ? null : { at: best.at, value: best.value, text: metric(best.text) },
  };
}

/** The series of one unit: the losses together; only without any, those that measure what the main one does. */
function oneUnit(series: readonly Series[]): Series[] {
  const losses = series.filter(({ name }) => isLoss(name));
  if (losses.length > 0) {
    const main = losses.find(({ name }) => phaseIn(name) !== null && phaseIn(name) !== 'train') ?? losses[0];
    return [...losses].sort((a, b) => Number(b === main) - Number(a === main));
  }
  const [main] = series;
  return main === undefined ? [] : series.filter(({ name }) => stemOf(name) === stemOf(main.name));
}

/** The mean over the folds that went as far as the longest, where each of them has a number. */
function meanOf(folds: readonly (readonly Point[])[]): Point[] {
  const end = Math.max(...folds.map((fold) => fold.at(-1)?.[0] ?? 0));
  const whole = folds.filter((fold) => fold.at(-1)?.[0] === end).map((fold) => new Map(fold));
  const [first] = whole;
  if (first === undefined) return [];
  return [...first.keys()].flatMap((x) => {
    const values = whole.map((fold) => fold.get(x) ?? Number.NaN);
    return values.every(Number.isFinite) ? [[x, values.reduce((a, b) => a + b, 0) / values.length] as const] : [];
  });
}

function meanLine(series: Series, folds: readonly (readonly Point[])[]): Drawn | null {
  const points = meanOf(folds);
  const last = points.at(-1);
  if (points.length < 2 || last === undefined) return null;
  const sign = series.better === 'higher' ? -1 : 1;
  const [at, value] = points.reduce((best, point) => (sign * point[1] < sign * best[1] ? point : best));
  const best = series.better === null ? null : { at, value, text: metric(value.toFixed(4)) };
  return { name: 'mean', last: metric(last[1].toFixed(4)), points, best };
}

/** A series under another name, e.g. its run's; null when there are not two numbers to draw a line between. */
export const pickLine = (name: string, series: Series): Drawn | null =>
  hasLine(series) ? { ...drawnOf(series), name } : null;

/** What of a progress is drawn; null when there are not two numbers to draw a line between. */
export function pickSeries(progress: Progress): Picked | null {
  const chosen = oneUnit(progress.series.filter(hasLine));
  const [main] = chosen;
  if (main === undefined) return null;
  const folds = (main.folds ?? []).map(asPoints).filter((fold) => fold.filter(isFinitePoint).length >= 2);
  if (folds.length >= 2) {
    const mean = meanLine(main, folds);
    if (mean !== null) return { what: main.name, lines: [mean], folds };
  }
  return { what: isLoss(main.name) ? 'loss' : main.name, lines: chosen.slice(0, MOST_LINES).map(drawnOf), folds: [] };
}
