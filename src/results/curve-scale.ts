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

function logTicks(min: number, max: number): number[] {
  const from = Math.floor(Math.log10(min));
  const to = Math.ceil(Math.log10(max));
  for (const steps of [[1, 2, 5], [1, 3], [1]]) {
    const ticks: number[] = [];
    for (let power = from; power <= to; power += 1) ticks.push(...steps.map((step) => step * 10 ** power));
    const inside = ticks.filter((tick) => tick >= min * 0.999 && tick <= max * 1.001);
    if (inside.length <= MOST && inside.length >= 2) return inside;
  }
  const every = Math.ceil((to - from + 1) / MOST);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
    .filter((power) => (power - from) % every === 0)
    .map((power) => 10 ** power);
}

const logText = (value: number): string =>
  value >= 1e5 || value < 1e-4 ? value.toExponential(0).replace('e+', 'e') : String(Number(value.toPrecision(2)));

function linearTicks(min: number, max: number): { ticks: number[]; texts: string[]; from: number; to: number } {
  // A loss is read from zero; what lives far from it, like an accuracy near one, from the line below it.
  const from = min > 0 && min / max < 0.6 ? 0 : min;
  const spread = max - from || Math.abs(max) || 1;
  for (const wanted of [5, 6, 4, 7, 3, 8]) {
    const scale = scaleLinear().domain([from, from + spread]);
    const step = (scale.ticks(wanted)[1] ?? 0) - (scale.ticks(wanted)[0] ?? 0);
    if (step <= 0) continue;
    const bottom = Math.floor(from / step + 1e-9) * step;
    const ticks: number[] = [];
    for (let n = 0; bottom + n * step <= from + spread + step * 1e-6 && n < 20; n += 1) ticks.push(bottom + n * step);
    if (ticks.length < FEWEST || ticks.length > MOST) continue;
    const format = scaleLinear()
      .domain([bottom, from + spread])
      .tickFormat(wanted);
    const top = Math.max(from + spread * 1.04, ticks.at(-1) ?? 0);
    return { ticks, texts: ticks.map((tick) => format(tick).replace('−', '-')), from: bottom, to: top };
  }
  return { ticks: [from, from + spread], texts: [String(from), String(from + spread)], from, to: from + spread };
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
  const texts = isLog ? ticks.map(logText) : linear.texts;
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
  const step = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500].find((one) => (one / span) * width >= room);
  const by = step ?? 10 ** Math.ceil(Math.log10((room / width) * span));
  const ticks: number[] = [];
  for (let tick = Math.ceil((first + 1e-9) / by) * by; tick < last; tick += by) ticks.push(tick);
  const far = ((tick: number) => (Math.min(tick - first, last - tick) / span) * width >= room * 0.8) satisfies (
    tick: number,
  ) => boolean;
  return [first, ...ticks.filter(far), last];
}
