import type { OutFile } from '../discord/chat.ts';
import type { CellsChanged, CompareView } from '../discord/render/compare.ts';
import { acceleratorFacts } from '../domain/accelerator.ts';
import { seriesNamed, sharedNames } from '../domain/compare.ts';
import { formatInput } from '../domain/input.ts';
import { formatKernel } from '../domain/kernel.ts';
import { formatLimit } from '../domain/limit.ts';
import { kernelOf, type Run } from '../domain/run.ts';
import { clean, cutEnd, facts, labelTitle, progressOf } from '../domain/words.ts';
import { changedCells } from '../notebook/cells.ts';
import { drawComparison } from '../results/curve.ts';
import { storedOf } from './best-before.ts';
import { type DrawNeeds, themeOf } from './curve.ts';

export type CompareNeeds = DrawNeeds;

const MOST_INPUTS = 3;

/**
 * What is told of two to six runs side by side, from what is stored of them.
 * @param runs the later one last
 * @param names how each is called, in the same order
 */
export function compareRuns(runs: readonly Run[], names: readonly string[], needs: CompareNeeds): CompareView {
  const [first] = runs;
  return {
    runs,
    names,
    differing: differingSettings(runs),
    cells: runs.map((run) => (first === undefined || run === first ? null : cellsChanged(first, run, needs))),
    curve: drawnTogether(runs, names, needs),
  };
}

function cellsChanged(before: Run, now: Run, { runs }: CompareNeeds): CellsChanged | null {
  const { kind } = now.settings;
  if (before.settings.kind !== kind) return null;
  const changed = changedCells(storedOf(before, runs), storedOf(now, runs));
  return changed === null ? null : { ...changed, kind };
}

/** The settings that are not the same for all, in the words of the card. */
function differingSettings(runs: readonly Run[]): CompareView['differing'] {
  const of = (what: string, value: (run: Run) => string): { what: string; values: string[] } => ({
    what,
    values: runs.map(value),
  });
  return [
    of('Notebook', (run) => formatKernel(kernelOf(run))),
    of('Kind', ({ settings }) => settings.kind),
    of('Accelerator', ({ settings }) => acceleratorFacts(settings.accelerator).short),
    of('Inputs', inputsOf),
    of('Limit', ({ settings }) => formatLimit(settings.limitMinutes)),
    of('Internet', ({ settings }) => (settings.internet ? 'on' : 'off')),
    of('Visibility', ({ settings }) => (settings.isPublic ? 'public' : 'private')),
  ].filter(({ values }) => new Set(values).size > 1);
}

function inputsOf({ settings }: Run): string {
  const all = settings.inputs.map(formatInput).sort();
  if (all.length === 0) return 'none';
  const more = all.length - MOST_INPUTS;
  return `${all.slice(0, MOST_INPUTS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** One metric of all of them in one picture: the first that most of them have a line of. The latest run is the main line. */
function drawnTogether(runs: readonly Run[], names: readonly string[], needs: CompareNeeds): CompareView['curve'] {
  const all = runs.map((run, index) => ({ run, name: names[index] ?? '', progress: progressOf(run, run.report) }));
  const shared = sharedNames(
    all.map(({ progress }) => progress),
    20,
  );
  let best: { metric: string; having: typeof all } | null = null;
  for (const metric of shared) {
    const unit = all.findLast(({ progress }) => seriesNamed(progress, metric) !== null)?.progress?.unit;
    const having = all.filter(
      ({ progress }) => progress?.unit === unit && (seriesNamed(progress, metric)?.points.length ?? 0) >= 2,
    );
    if (having.length >= 2 && having.length > (best?.having.length ?? 0)) best = { metric, having };
  }
  if (best === null) return null;
  const { metric, having } = best;
  const file = draw(metric, having.toReversed(), needs);
  const without = runs.filter((run) => !having.some((one) => one.run === run)).map(({ number }) => number);
  return file === null ? null : { file, metric, without };
}

type Having = { readonly run: Run; readonly name: string; readonly progress: ReturnType<typeof progressOf> };

function draw(metric: string, having: readonly Having[], { guilds, settings }: CompareNeeds): OutFile | null {
  const [main] = having;
  if (main === undefined) return null;
  const titles = [...new Set(having.map(({ run }) => labelTitle(run, 40)))];
  const drawn = drawComparison({
    theme: themeOf(main.run, { guilds }),
    heading: `${cutEnd(clean(metric), 24)} of ${
      having.length === 2
        ? having
            .toReversed()
            .map(({ name }) => name)
            .join(' and ')
        : `${having.length} runs`
    }`,
    line: facts(...titles),
    unit: main.progress?.unit ?? 'epoch',
    runs: having.flatMap(({ name, progress }) => {
      const series = seriesNamed(progress, metric);
      return series === null ? [] : [{ label: name, series }];
    }),
    ...(settings.fonts === undefined ? {} : { fonts: settings.fonts }),
  });
  if (drawn === null) return null;
  const name = `curves-${having.map(({ run }) => run.number).join('-')}.png`;
  return { name, bytes: drawn.png, description: drawn.description };
}
