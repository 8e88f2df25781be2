import type { Runs } from '../../db/runs.ts';
import type { EndView } from '../discord/views.ts';
import { acceleratorFacts } from '../domain/accelerator.ts';
import { formatInput } from '../domain/input.ts';
import { formatLimit } from '../domain/limit.ts';
import type { Series } from '../domain/results.ts';
import type { Run } from '../domain/run.ts';
import { numberedBy } from '../domain/scope.ts';
import { plural } from '../domain/words.ts';

const LOOK_BACK = 50;

const mainOf = (run: Run): Series | null => run.report?.progress?.series[0] ?? null;

/**
 * The best earlier complete run of the same kernel by the same main metric, if it is known which direction is better, and
 * what has been changed since (ux.md 5). Null when there is none.
 */
export function bestBefore(run: Run, runs: Pick<Runs, 'earlierOfKernel' | 'source'>): EndView['bestBefore'] {
  const main = mainOf(run);
  if (main === null || main.better === null) return null;
  const sign = main.better === 'higher' ? -1 : 1;
  const book = numberedBy(run.place, run.launcher.id);
  const best = runs
    .earlierOfKernel(run, LOOK_BACK)
    .flatMap((one) => {
      const series = mainOf(one);
      if (one.state.phase !== 'complete' || series?.name !== main.name || series.best === null) return [];
      return numberedBy(one.place, one.launcher.id) === book ? [{ run: one, best: series.best }] : [];
    })
    .sort((a, b) => sign * (a.best.value - b.best.value))[0];
  if (best === undefined) return null;
  return {
    number: best.run.number,
    text: best.best.text,
    value: best.best.value,
    changed: whatChanged(best.run, run, runs.source(best.run.sourceHash), runs.source(run.sourceHash)),
  };
}

/** The first two of what differs between two runs, in the words of ux.md 5; `same notebook` when nothing does. Pure. */
export function whatChanged(before: Run, now: Run, sourceBefore: string | null, sourceNow: string | null): string {
  const [a, b] = [before.settings, now.settings];
  const cells = changedCells(cellsOf(a.kind, sourceBefore), cellsOf(b.kind, sourceNow));
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

/** The code cells of a stored source, which is normalised; a script is one cell without its last line, the mark. */
function cellsOf(kind: 'notebook' | 'script', source: string | null): string[] {
  if (source === null) return [];
  if (kind === 'script') return [source.trimEnd().split('\n').slice(0, -1).join('\n')];
  const { cells } = JSON.parse(source) as { cells: { cell_type: string; source: string }[] };
  return cells.filter((cell) => cell.cell_type === 'code').map((cell) => cell.source);
}

/** How many cells of the longer one are not in the other, wherever they stand. */
function changedCells(before: readonly string[], now: readonly string[]): number {
  const missingIn = (cells: readonly string[], others: readonly string[]): number => {
    const left = [...others];
    return cells.filter((cell) => {
      const at = left.indexOf(cell);
      if (at !== -1) left.splice(at, 1);
      return at === -1;
    }).length;
  };
  return Math.max(missingIn(now, before), missingIn(before, now));
}
