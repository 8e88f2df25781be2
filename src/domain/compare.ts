import type { Progress, Series } from './results.ts';
import { headlineValue } from './words-run.ts';

/** Numbers of several runs side by side. Pure. */

/** `+0.0083`, from two numbers as they are shown, with as many decimals as the finer one; null where there is no difference to take. */
export function difference(before: string, now: string): string | null {
  const [a, b] = [readShown(before), readShown(now)];
  if (a === null || b === null || a.isPercentage !== b.isPercentage) return null;
  const by = b.value - a.value;
  const decimals = Math.max(a.decimals, b.decimals);
  // What is shown with an exponent differs by less than four decimals tell.
  const text = decimals > 6 ? by.toExponential(1) : by.toFixed(decimals);
  const sign = by > 0 ? '+' : '';
  return `${Number(text) === 0 ? text.replace('-', '') : `${sign}${text}`}${a.isPercentage ? '%' : ''}`;
}

function readShown(text: string): { value: number; decimals: number; isPercentage: boolean } | null {
  const match = /^([+-]?\d+(?:\.(\d+))?(?:e([+-]?\d+))?)(%?)$/.exec(text);
  if (match === null) return null;
  const decimals = Math.max(0, (match[2] ?? '').length - Number(match[3] ?? 0));
  return { value: Number(match[1]), decimals, isPercentage: match[4] === '%' };
}

/** The series of that name, whatever its case. */
export const seriesNamed = (progress: Progress | null, name: string): Series | null =>
  progress?.series.find((one) => one.name.toLowerCase() === name.toLowerCase()) ?? null;

/**
 * The names worth a line: those the later runs measured, the ones that most runs have first.
 * @param all the progress of each run, the later ones last
 */
export function sharedNames(all: readonly (Progress | null)[], most: number): string[] {
  const names = new Map<string, string>();
  for (const progress of all.toReversed())
    for (const { name } of progress?.series ?? [])
      if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
  const having = (name: string): number => all.filter((progress) => seriesNamed(progress, name) !== null).length;
  return [...names.values()]
    .map((name, order) => ({ name, order, runs: having(name) }))
    .filter(({ runs }) => runs >= Math.min(2, all.length))
    .sort((a, b) => b.runs - a.runs || a.order - b.order)
    .slice(0, most)
    .map(({ name }) => name);
}

/** The number a run is compared by, as it is shown; `–` when it has none. */
export function comparedValue(progress: Progress | null, name: string): string {
  const series = seriesNamed(progress, name);
  return series === null ? '–' : headlineValue(series);
}
