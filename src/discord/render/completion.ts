import { outputPage } from '../../domain/links.ts';
import type { OutputFile, Progress, Series } from '../../domain/results.ts';
import { kernelOf } from '../../domain/run.ts';
import {
  clean,
  count,
  countKinds,
  cutEnd,
  duration,
  escapeText,
  facts,
  GLYPHS,
  headlineValue,
  link,
  metric,
  metricName,
  pointWords,
  progressOf,
  progressReached,
  progressWords,
  ranMs,
  size,
  totalSize,
} from '../../domain/words.ts';
import { sortOutputs } from '../../results/outputs.ts';
import type { MessageBody } from '../chat.ts';
import type { EndView } from '../views.ts';
import { machineWords, pageOf, titleLine } from './card-lines.ts';
import { button, linkButton, row, select } from './components.ts';
import {
  fileName,
  firstLine,
  gapsLine,
  hoursLine,
  inputMissingLine,
  joined,
  lastLines,
  notice,
  privateLine,
  tableSizes,
} from './end-lines.ts';
import { fileLine, fileOptions } from './files.ts';
import { fitted, NOTICE_MAX } from './fit.ts';
import { previewText } from './table-preview.ts';

/** Completion, and the same shape for a run a person stopped. */

type Plan = {
  readonly rows: number;
  readonly smallPrint: boolean;
  readonly files: number;
  readonly second: boolean;
  readonly title: number;
};

const FULL: Plan = { rows: 4, smallPrint: true, files: 6, second: true, title: 50 };

/** In this order things are dropped when a notice is too long. */
const DROPS: readonly ((plan: Plan) => Plan)[] = [
  (plan) => ({ ...plan, rows: 2 }),
  (plan) => ({ ...plan, rows: 0 }),
  (plan) => ({ ...plan, smallPrint: false }),
  (plan) => ({ ...plan, files: 3 }),
  (plan) => ({ ...plan, second: false }),
  (plan) => ({ ...plan, title: 28 }),
  (plan) => ({ ...plan, files: 0 }),
];

/** Better than every earlier complete run with the same number; ties are not. */
function isBestSoFar({ bestBefore }: EndView, main: Series | undefined): boolean {
  if (bestBefore === null || main?.better == null || main.best === null) return false;
  return main.better === 'higher' ? main.best.value > bestBefore.value : main.best.value < bestBefore.value;
}

function completeLine(view: EndView, progress: Progress | null): string {
  const { run, outputs, report } = view;
  const main = progress?.series[0];
  const ran = ranMs(run.state);
  const time = ran === null ? null : duration(ran);
  if (outputs.length === 0 && !report.unlisted)
    return firstLine(view, [[`${GLYPHS.complete} **#${run.number} complete, but it saved no files**`, time]]);
  const head = `${GLYPHS.complete} **#${run.number} complete**`;
  const kinds = countKinds(outputs, ['model', 'table']) || countKinds(outputs);
  if (main === undefined) return firstLine(view, [[head, kinds, time]]);
  const best = isBestSoFar(view, main) ? ', best so far' : '';
  return firstLine(view, [
    ...[24, 16, 8].map((most) => [head, `${metricName(main, most)} ${headlineValue(main)}${best}`, time]),
    [head, kinds, time],
  ]);
}

function stoppedLine(view: EndView, progress: Progress | null): string {
  const ran = ranMs(view.run.state);
  const after = ran === null ? null : `after ${duration(ran)}`;
  const head = `${GLYPHS.stopped} **#${view.run.number} stopped** on Kaggle by a person`;
  return firstLine(view, [
    [head, progressWords(progress), after],
    [head, after],
  ]);
}

/** `**val_acc** 0.9124 at epoch 58, last 0.9098` */
function seriesLine(progress: Progress, series: Series): string {
  const last = `last ${metric(series.lastText)}`;
  const name = `**${metricName(series)}**`;
  if (series.isOnce === true) return `${name} ${metric(series.lastText)}`;
  return series.best === null
    ? `${name} ${last}`
    : `${name} ${metric(series.best.text)} at ${pointWords(progress, series.best.at)}, ${last}`;
}

function beforeLine({ bestBefore }: EndView): string | null {
  if (bestBefore === null) return null;
  const changed = clean(bestBefore.changed).trim();
  return `**Best before** ${facts(
    `${metric(bestBefore.text)}, #${bestBefore.number}`,
    changed !== '' && escapeText(cutEnd(changed, 80)),
  )}`;
}

/** The files worth a line: models and tables, at least some of each when there are many of both. */
function chosen(files: readonly OutputFile[], most: number): OutputFile[] {
  const models = files.filter(({ kind }) => kind === 'model');
  const tables = files.filter(({ kind }) => kind === 'table');
  const forTables = Math.min(tables.length, Math.max(Math.floor(most / 3), most - models.length));
  return [...models.slice(0, most - forTables), ...tables.slice(0, forTables)];
}

function filesBlock(view: EndView, most: number): string[] {
  const sorted = sortOutputs(view.outputs);
  const shown = chosen(sorted, most);
  const sizes = tableSizes(view);
  const group = (kind: 'model' | 'table', heading: string): string[] => {
    const here = shown.filter((file) => file.kind === kind);
    return here.length === 0 ? [] : [heading, ...here.map((file) => fileLine(fileName(view, file), file, sizes))];
  };
  const main = sorted.filter(({ kind }) => kind === 'model' || kind === 'table').length;
  const left = main - shown.length;
  return [
    ...group('model', '**Models**'),
    ...group('table', '**Tables**'),
    ...(left > 0 ? [`- ${shown.length === 0 ? count(left) : `and ${count(left)} more`} in Outputs`] : []),
    ...alsoLine(view, sorted),
  ];
}

function alsoLine({ run, web, report }: EndView, files: readonly OutputFile[]): string[] {
  if (files.length === 0 && report.unlisted)
    return [`**Files**, if there are any, stand on the ${link('output page', outputPage(web, kernelOf(run)))}`];
  if (files.length === 0) return [];
  const others = countKinds(files, ['image', 'other']);
  const total = totalSize(files);
  const page = `on the ${link('output page', outputPage(web, kernelOf(run)))}`;
  const sum = total === null ? null : size(total);
  if (others === '') return [sum === null ? `**All** ${page}` : `**In all** ${sum} ${page}`];
  return [`**Also** ${sum === null ? `${others} ${page}` : facts(others, `${sum} in all ${page}`)}`];
}

function content(view: EndView, progress: Progress | null, isStopped: boolean, plan: Plan): string {
  const { run, report, playground, receipt } = view;
  const reached = progressReached(progress);
  const on = ` on ${machineWords(run, playground, receipt)}${reached === null ? '' : `, ${reached}`}`;
  const [main, second] = progress?.series ?? [];
  const numbers =
    progress === null
      ? []
      : [
          main === undefined ? null : seriesLine(progress, main),
          second === undefined || !plan.second ? null : seriesLine(progress, second),
        ];
  return joined([
    [
      isStopped ? stoppedLine(view, progress) : completeLine(view, progress),
      `${titleLine(view, plan.title)}${on}`,
      inputMissingLine(view),
    ],
    [...numbers, isStopped ? null : beforeLine(view)],
    filesBlock(view, plan.files),
    [
      report.table === null ? null : previewText(report.table, plan.rows),
      plan.smallPrint ? hoursLine(view) : null,
      plan.smallPrint ? privateLine(view) : null,
      gapsLine(view),
      ...lastLines(view),
    ],
  ]);
}

export function renderCompletion(view: EndView): MessageBody {
  const { run, report, web, outputs, bestBefore: before } = view;
  const { key } = run;
  const progress = progressOf(run, report);
  const isStopped = run.state.phase === 'cancelled';
  const written = fitted(NOTICE_MAX, FULL, DROPS, (plan) => content(view, progress, isStopped, plan));
  return notice(view, written, [
    row(
      outputs.length === 0 ? null : button('Outputs', { verb: 'outputs', key }, 'primary'),
      button('Log', { verb: 'log', key }),
      button('Run again…', { verb: 'again', key }),
      before?.key === undefined || isStopped
        ? null
        : button(`Compare with #${before.number}`, { verb: 'compare', key, argument: before.key }),
      linkButton('Open on Kaggle', pageOf(run, web)),
    ),
    select('Get a download link', { verb: 'links', key }, fileOptions(sortOutputs(outputs))),
  ]);
}
