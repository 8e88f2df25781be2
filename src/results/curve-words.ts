import type { Progress } from '../domain/results.ts';
import { clean, count, cutEnd, facts, metric } from '../domain/words.ts';
import type { CurveFacts } from './curve.ts';
import type { Drawn, Picked } from './curve-series.ts';

/** What is said in and about the picture of a curve. */

const upTo = (progress: Progress): string | null => {
  const { unit, at, of } = progress;
  if (at === null) return null;
  return of === null ? `${unit} ${count(at)}` : `${unit} ${count(at)} of ${count(of)}`;
};

const lengthOf = (picked: Picked): number => picked.lines[0]?.points.at(-1)?.[0] ?? 0;

/** `over 70 epochs`; of a count that began at 0, as many as were counted. */
export function span(picked: Picked, progress: Progress): string {
  const points = picked.lines[0]?.points ?? [];
  const units = progress.at ?? Math.floor(lengthOf(picked));
  // With decimals, 0 is the beginning of the first epoch and not one of its own.
  const fromZero = points[0]?.[0] === 0 && progress.unit === 'epoch' && points.every(([x]) => Number.isInteger(x));
  return `over ${count(fromZero ? units + 1 : units)} ${progress.unit}s`;
}

/** The second line of the picture. */
export function secondLine({ line, progress, running, at }: CurveFacts, picked: Picked, isLog: boolean): string {
  const scale = isLog ? 'logarithmic' : null;
  const time = running ? `${new Date(at).toISOString().slice(11, 16)} UTC` : null;
  if (picked.folds.length > 0) {
    const lasts = picked.folds.map((fold) => fold.findLast(([, value]) => Number.isFinite(value))?.[1] ?? 0);
    const range = `last ${metric(Math.min(...lasts).toFixed(4))} to ${metric(Math.max(...lasts).toFixed(4))}`;
    return facts(`${clean(picked.what)} of ${picked.folds.length} folds`, range, scale, running && 'running', time);
  }
  if (running) {
    const place = upTo(progress);
    return facts(place === null ? picked.what : `${picked.what}, ${place}`, scale, 'running', time);
  }
  return facts(line === '' ? `${picked.what} ${span(picked, progress)}` : line, scale);
}

/** A metric's own name stays as it is. */
const opening = (what: string): string => (what === 'loss' ? 'Loss' : cutEnd(clean(what), 40));

function course({ name, points, last, best }: Drawn, unit: string, isMain: boolean): string {
  const said = name === 'mean' ? 'The mean' : cutEnd(clean(name), 40);
  if (!isMain) return `${said} ends at ${last}.`;
  const first = points.find(([, value]) => Number.isFinite(value))?.[1] ?? 0;
  const [endAt, end] = points.findLast(([, value]) => Number.isFinite(value)) ?? [0, 0];
  // What ends without a number ends, as far as one can say, at its last number.
  const isWhole = endAt === points.at(-1)?.[0];
  const to = isWhole ? last : metric(Number(end.toPrecision(4)));
  const way = end < first ? 'falls' : end > first ? 'rises' : 'goes';
  const isBestLast = best !== null && best.at === endAt;
  const peak = best === null ? '' : isBestLast ? ', its best' : `, best ${best.text} at ${unit} ${count(best.at)}`;
  return `${said} ${way} from ${metric(Number(first.toPrecision(4)))} to ${to}${peak}.`;
}

/** The text for those who do not see the picture. */
export function describeCurve({ number, progress, running }: CurveFacts, picked: Picked): string {
  const { unit } = progress;
  const what = opening(picked.what);
  const place = running && progress.at !== null ? `up to ${upTo(progress)}` : span(picked, progress);
  const head =
    picked.folds.length > 0
      ? `${what} of ${picked.folds.length} folds of run #${number}, ${place}.`
      : `${what} ${place} of run #${number}.`;
  const nan = nanGap(picked.lines[0]?.points ?? []);
  const gap = nan === null ? '' : ` ${gapWords(nan, unit)}.`;
  const courses = picked.lines.map((line, index) => course(line, unit, index === 0));
  return `${[head, ...courses].join(' ')}${gap}`;
}

/** The same of a comparison of several runs. */
export function describeComparison({ what, lines }: Picked, unit: string): string {
  const names = lines.map(({ name }) => cutEnd(clean(name), 40)).join(', ');
  const courses = lines.map((line) => course(line, unit, true));
  return [`${opening(what)} of ${names}.`, ...courses].join(' ');
}

/**
 * Where the main line has no number, after it had one: from which unit on, and up to which when numbers follow; null for no
 * gap.
 */
export function nanGap(points: Drawn['points']): { readonly from: number; readonly to: number | null } | null {
  const begun = points.findIndex(([, value]) => Number.isFinite(value));
  const from = points.findIndex(([, value], index) => index > begun && !Number.isFinite(value));
  const first = points[from];
  if (first === undefined) return null;
  const next = points.findIndex(([, value], index) => index > from && Number.isFinite(value));
  return { from: first[0], to: next === -1 ? null : (points[next - 1]?.[0] ?? null) };
}

/** `NaN from epoch 18`, `NaN from epoch 18 to 22`, `NaN at epoch 18` */
export function gapWords({ from, to }: { from: number; to: number | null }, unit: string): string {
  if (to === from) return `NaN at ${unit} ${count(from)}`;
  return `NaN from ${unit} ${count(from)}${to === null ? '' : ` to ${count(to)}`}`;
}
