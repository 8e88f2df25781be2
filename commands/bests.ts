import { formatKernel } from '../src/domain/kernel.ts';
import { kernelOf, type Run } from '../src/domain/run.ts';
import { progressOf } from '../src/domain/words.ts';

/**
 * The keys of the runs that are the best of their kernel: by the main metric of the kernel's newest complete run, where its
 * better direction is known and at least two runs have it. Of equals the earliest counts.
 * @param completeOf the complete runs of one kernel, newest first
 */
export function bestOfKernels(shown: readonly Run[], completeOf: (kernel: string) => readonly Run[]): Set<string> {
  const kernels = new Set(
    shown.filter(({ state }) => state.phase === 'complete').map((run) => formatKernel(kernelOf(run))),
  );
  return new Set([...kernels].flatMap((kernel) => bestOf(completeOf(kernel)) ?? []));
}

function bestOf(newestFirst: readonly Run[]): string | null {
  const main = (run: Run) => progressOf(run, run.report)?.series[0];
  const newest = newestFirst.map(main).find((series) => series !== undefined);
  const better = newest?.better ?? null;
  if (newest === undefined || better === null) return null;
  // 91.2% and 0.93 are numbers of two scales.
  const isShare = newest.lastText.endsWith('%');
  const numbers = newestFirst.flatMap((run) => {
    const series = main(run);
    const isAlike = series?.name === newest.name && series.lastText.endsWith('%') === isShare;
    const value = isAlike ? series.best?.value : undefined;
    return value === undefined || !Number.isFinite(value) ? [] : [{ key: run.key, value }];
  });
  if (numbers.length < 2) return null;
  const ahead = (a: number, b: number): boolean => (better === 'lower' ? a <= b : a >= b);
  return numbers.reduce((best, one) => (ahead(one.value, best.value) ? one : best)).key;
}
