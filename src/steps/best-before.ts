import type { Runs } from '../../db/runs.ts';
import type { EndView } from '../discord/views.ts';
import { acceleratorFacts } from '../domain/accelerator.ts';
import { formatInput } from '../domain/input.ts';
import { formatLimit } from '../domain/limit.ts';
import type { Series } from '../domain/results.ts';
import type { Run } from '../domain/run.ts';
import { numberedBy } from '../domain/scope.ts';
import { plural } from '../domain/words.ts';
import { changedCells, type Stored } from '../notebook/cells.ts';

const LOOK_BACK = 50;

const mainOf = (run: Run): Series | null => run.report?.progress?.series[0] ?? null;

/**
 * The best earlier complete run of the same kernel by the same main metric, if it is known which direction is better, and
 * what has been changed since. Null when there is none.
 */
export function bestBefore(run: Run, runs: Pick<Runs, 'earlierOfKernel' | 'source'>): EndView['bestBefore'] {
  const main = mainOf(run);
  if (main === null || main.better === null) return null;
  const isShare = main.lastText.endsWith('%');
  const sign = main.better === 'higher' ? -1 : 1;
  const book = numberedBy(run.place, run.launcher.id);
  const best = runs
    .earlierOfKernel(run, LOOK_BACK)
    .flatMap((one) => {
      const series = mainOf(one);
      if (one.state.phase !== 'complete' || series?.name !== main.name || series.best === null) return [];
      // 91.2% and 0.93 are numbers of two scales.
      if (series.lastText.endsWith('%') !== isShare) return [];
      return numberedBy(one.place, one.launcher.id) === book ? [{ run: one, best: series.best }] : [];
    })
    .sort((a, b) => sign * (a.best.value - b.best.value))[0];
  if (best === undefined) return null;
  return {
    key: best.run.key,
    number: best.run.number,
    text: best.best.text,
    value: best.best.value,
    changed: whatChanged(best.run, run, storedOf(best.run, runs), storedOf(run, runs)),
  };
}

/** The source of a run as it is stored. */
export const storedOf = (run: Run, runs: Pick<Runs, 'source'>): Stored => ({
  kind: run.settings.kind,
  source: runs.source(run.sourceHash),
});

/** The first two of what differs between two runs, in few words; `same notebook` when nothing does. Pure. */
export function whatChanged(before: Run, now: Run, sourceBefore: Stored, sourceNow: Stored): string {
  const [a, b] = [before.settings, now.settings];
  const cells = changedCells(sourceBefore, sourceNow)?.count ?? 0;
  const inputs = (run: Run): string => run.settings.inputs.map(formatInput).sort().join(' ');
  const changes = [
    cells > 0 ? (b.kind === 'script' ? 'the script changed' : `${plural(cells, 'cell')} changed`) : null,
    a.accelerator === b.accelerator
      ? null
      : `${acceleratorFacts(a.accelerator).short} → ${acceleratorFacts(b.accelerator).short}`,
    inputs(before) === inputs(now) ? null : 'inputs changed',
    a.limitMinutes === b.limitMinutes ? null : `limit ${formatLimit(a.limitMinutes)} → ${formatLimit(b.limitMinutes)}`,
  ].filter((change) => change !== null);
  return changes.length === 0 ? 'same notebook' : changes.slice(0, 2).join(', ');
}
