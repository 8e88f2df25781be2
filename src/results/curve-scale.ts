import { scaleLinear, scaleLog } from 'd3-scale';
import type { Drawn, Picked, Point } from './curve-series.ts';

/** Where values lie in the picture. Pixels. */
export type Frame = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };

export type Axis = {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly isLog: boolean;
  readonly lines: readonly { readonly value: number; readonly text: string }[];
};

/** From this ratio on, a linear scale would press the end of the main line flat. */
const LOG_FROM = 50;
const FEWEST = 4;
const MOST = 6;

const finite = (points: readonly Point[]): number[] => points.map(([, value]) => value).filter(Number.isFinite);

function needsLog(main: Drawn | undefined, all: readonly number[]): boolean {
  const values = finite(main?.points ?? []);
  return all.every((value) => value > 0) && Math.max(...values) / Math.min(...values) > LOG_FROM;
}

/** Round lines that enclose all values, four to six of them where the span allows it. */
function logTicks(min: number, max: number): number[] {
  const from = Math.floor(Math.log10(min) + 1e-9);
  const to = Math.ceil(Math.log10(max) - 1e-9);
  for (const steps of [[1, 2, 5], [1, 3], [1]]) {
    const all: number[] = [];
    for (let power = from; power <= to; power += 1) all.push(...steps.map((step) => step * 10 ** power));
    const first = all.findLastIndex((tick) => tick <= min * 1.001);
    const last = all.findIndex((tick) => tick >= max * 0.999);
    const ticks = all.slice(Math.max(0, first), last === -1 ? undefined : last + 1);
    if (ticks.length <= MOST) return ticks;
  }
  const every = Math.ceil((to - from) / (MOST - 1));
  const count = Math.ceil((to - from) / every) + 1;
  return Array.from({ length: count }, (_, index) => 10 ** (from + index * every));
}

const logText = (value: number): string =>
  value >= 1e5 || value < 1e-4 ? value.toExponential(0).replace('e+', 'e') : String(Number(value.toPrecision(2)));

type Linear = { readonly ticks: readonly number[]; readonly from: number; readonly to: number; readonly step: number };

/** Round steps of which four to six lines enclose all values, as tightly as they can. */
function linearTicks(smallest: number, largest: number): Linear {
  // A line without any change lies in the middle, not on the frame.
  const room = smallest < largest ? 0 : Math.abs(smallest) / 2 || 1;
  const [min, max] = [smallest - room, largest + room];
  // A loss is read from zero; what lives far from it, like an accuracy near one, from the line below it.
  const low = min > 0 && min / max < 0.6 ? 0 : min;
  const spread = max - low;
  const power = Math.floor(Math.log10(spread / MOST));
  const fitting: Linear[] = [];
  for (const factor of [1, 2, 2.5, 5, 10, 20, 25, 50]) {
    const step = factor * 10 ** power;
    const first = Math.floor(low / step + 1e-9);
    const last = Math.ceil((low + spread) / step - 1e-9);
    const count = last - first + 1;
    if (count < FEWEST || count > MOST) continue;
    const ticks = Array.from({ length: count }, (_, n) => (first + n) * step);
    fitting.push({ ticks, from: first * step, to: last * step, step });
  }
  const tightest = fitting.reduce<Linear | null>((best, one) => {
    return best === null || one.to - one.from < best.to - best.from - 1e-12 ? one : best;
  }, null);
  return tightest ?? { ticks: [low, low + spread], from: low, to: low + spread, step: spread };
}

function linearText(value: number, step: number): string {
  const size = Math.max(Math.abs(value), step);
  if (size >= 1e6 || size < 1e-4)
    return value === 0 ? '0' : String(Number(value.toPrecision(3)).toExponential()).replace('e+', 'e');
  const decimals = [0, 1, 2, 3, 4, 5, 6].find((n) => Math.abs(step * 10 ** n - Math.round(step * 10 ** n)) < 1e-6) ?? 6;
  return value
    .toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
    .replace('-0.0', '0.0');
}

/**
 * The scales of a picture: linear, or logarithmic when the main line spans more than fifty times its smallest value.
 * @param xs first and last unit of the axis
 */
export function axisOf(picked: Picked, xs: readonly [number, number]): (frame: Frame) => Axis {
  const all = [...picked.lines.map((line) => line.points), ...picked.folds].flatMap(finite);
  const min = Math.min(...all);
  const max = Math.max(...all);
  const isLog = needsLog(picked.lines[0], all);
  const linear = linearTicks(min, max);
  const ticks = isLog ? logTicks(min, max) : linear.ticks;
  const texts = ticks.map((tick) => (isLog ? logText(tick) : linearText(tick, linear.step)));
  const domain = isLog
    ? ([Math.min(min, ticks[0] ?? min) / 1.05, Math.max(max, ticks.at(-1) ?? max) * 1.05] as const)
    : ([linear.from, linear.to] as const);
  return ({ left, right, top, bottom }) => {
    const y = (isLog ? scaleLog() : scaleLinear()).domain(domain).range([bottom, top]);
    const x = scaleLinear().domain(xs).range([left, right]);
    return { x, y, isLog, lines: ticks.map((value, index) => ({ value, text: texts[index] ?? '' })) };
  };
}

/** The units that are labelled: the first, the last, and round ones between with room around them. */
export function unitTicks([first, last]: readonly [number, number], room: number, width: number): number[] {
  const span = last - first;
  if (span <= 0) return [first];
  const least = (room / width) * span;
  const power = 10 ** Math.floor(Math.log10(least));
  const by = Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= least * 0.999) ?? least);
  const ticks: number[] = [];
  for (let tick = Math.ceil((first + 1e-9) / by) * by; tick < last; tick += by) ticks.push(tick);
  const isFree = (tick: number): boolean => (Math.min(tick - first, last - tick) / span) * width >= room * 0.8;
  return [first, ...ticks.filter(isFree), last];
}
