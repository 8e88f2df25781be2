import { formatLimit } from '../../domain/limit.ts';
import type { Failure, Progress } from '../../domain/results.ts';
import {
  at,
  clean,
  codeBlock,
  codePoints,
  cutColumns,
  cutEnd,
  duration,
  escapeMarkdown,
  escapeText,
  facts,
  failureClass,
  GLYPHS,
  NBSP,
  pace,
  plural,
  progressOf,
  progressWords,
  ranMs,
  size,
} from '../../domain/words.ts';
import { sortOutputs } from '../../results/outputs.ts';
import type { MessageBody } from '../chat.ts';
import type { EndView } from '../views.ts';
import { kaggleSaidLine } from './card-ended.ts';
import { machineWords, pageOf, titleLine } from './card-lines.ts';
import { button, linkButton, row } from './components.ts';
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
} from './end-lines.ts';
import { excerptLines } from './excerpt.ts';
import { AT_KAGGLE, endedEarly, isAtKaggle } from './failure-class.ts';
import { fitted, NOTICE_MAX } from './fit.ts';
import { logTail } from './log.ts';
import { repairButton } from './repair.ts';

/** The report of a run that failed. */

type Plan = {
  readonly frames: number;
  readonly around: boolean;
  readonly kept: boolean;
  readonly smallPrint: boolean;
  readonly logLines: number;
  readonly title: number;
};

const FULL: Plan = { frames: 6, around: true, kept: true, smallPrint: true, logLines: 8, title: 50 };

/** In this order things are dropped; never the first line, the error or the advice. */
const DROPS: readonly ((plan: Plan) => Plan)[] = [
  (plan) => ({ ...plan, frames: 3 }),
  (plan) => ({ ...plan, frames: 1 }),
  (plan) => ({ ...plan, around: false }),
  (plan) => ({ ...plan, kept: false }),
  (plan) => ({ ...plan, smallPrint: false }),
  (plan) => ({ ...plan, logLines: 4 }),
  (plan) => ({ ...plan, title: 28 }),
  (plan) => ({ ...plan, logLines: 0 }),
];

const FRAMES_MAX = 700;
const ADVICE_MAX = 300;

type Case = {
  readonly view: EndView;
  readonly named: string | null;
  readonly progress: Progress | null;
  readonly failure: Failure | null;
};

function headLine({ view, named, progress, failure }: Case): string {
  const { run } = view;
  const { state } = run;
  const ran = ranMs(state);
  const after = ran === null ? null : `after ${duration(ran)}`;
  const head = (words: string): string => `${GLYPHS.failed} **#${run.number} ${words}**`;
  if (state.phase === 'error' && state.why === 'refused')
    return firstLine(view, [[head('refused by Kaggle'), 'nothing was started']]);
  if (isAtKaggle(named)) return firstLine(view, [[head(AT_KAGGLE), after]]);
  if (named !== null && endedEarly(named)) return firstLine(view, [[head(`ended early: ${named}`), after]]);
  const words = named === null ? 'failed' : `failed: ${escapeMarkdown(named)}`;
  if (state.phase === 'error' && state.why === 'timeLimit')
    return firstLine(view, [
      [head(words), progressWords(progress) ?? after],
      [head(words), after],
      [head('failed'), after],
    ]);
  const cell = failure?.cell == null ? '' : `, cell${NBSP}${failure.cell}`;
  return firstLine(view, [
    [`${head(words)}${cell}`, after],
    [`${head('failed')}${cell}`, after],
  ]);
}

function secondLine({ view, named, progress }: Case, most: number): string {
  const { run, playground, receipt, report } = view;
  const { state } = run;
  const title = titleLine(view, most);
  if (state.phase === 'error' && state.why === 'refused') return title;
  if (isAtKaggle(named) && report.logLines === 0) return `${title}, no cell had started`;
  const on = `${title} on ${machineWords(run, playground, receipt)}`;
  if (isAtKaggle(named)) return on;
  if (state.phase === 'error' && state.why === 'timeLimit')
    return progress?.paceMs == null ? on : `${on}, ${pace(progress.paceMs)} per ${progress.unit}`;
  const reached = progressWords(progress) ?? (view.speaksOfEpochs === true ? 'before the first epoch' : null);
  return reached === null ? on : `${on}, ${reached}`;
}

/** The error in at most three lines of 160. */
const errorLines = (error: string | null): string[] =>
  (error ?? '')
    .slice(0, 4_000)
    .split('\n')
    .map((line) => cutColumns(clean(line).trimEnd(), 160))
    .filter((line) => line.trim() !== '')
    // `assert x` without words, and a KeyboardInterrupt, say only their name.
    .map((line, index, all) => (all.length === 1 && index === 0 ? line.replace(/^([\w.]{1,100}):$/, '$1') : line))
    .slice(0, 3);

/** The last frames and the error in one block of at most 700; the error always stands. */
function framesBlock(frames: readonly string[], error: readonly string[], most: number): string {
  const room = FRAMES_MAX - codePoints(error.join('\n'));
  return codeBlock([...logTail(frames, room, most, 100), ...error]);
}

function storyBlocks({ view, failure }: Case, plan: Plan): (string | null)[] {
  const { report } = view;
  const error = errorLines(failure?.error ?? null);
  const spoken = error.map((line) => escapeText(line));
  // Of `sys.exit(1)` the log names the cell, but no line and no frame: what it printed before tells more.
  const hasPlace =
    failure !== null && (failure.line !== null || failure.excerpt.length > 0 || failure.frames.length > 1);
  if (failure === null || failure.cell === null || !hasPlace) {
    const tail = codeBlock(logTail(report.logTail, 700, plan.logLines));
    return [tail === '' ? null : `**Last lines of the log**\n${tail}`, ...spoken];
  }
  const line = failure.line === null ? '' : `, line${NBSP}${failure.line}`;
  const excerpt = codeBlock(excerptLines(failure, plan.around));
  const frames = failure.frames.slice(-plan.frames);
  const cell = `**Cell${NBSP}${failure.cell}${line}**`;
  if (failure.frames.length <= 1) return [cell, excerpt, ...spoken];
  return [cell, excerpt, '**Last frames of your code**', framesBlock(frames, error, plan.frames)];
}

/** `[checkpoint_11.pt](…) · 97.8 MB and 2 other files` */
function keptLine(view: EndView): string | null {
  const [first, ...others] = sortOutputs(view.outputs);
  if (first === undefined) return null;
  const more = others.length === 0 ? '' : ` and ${plural(others.length, 'other file')}`;
  return `**Kept** ${facts(fileName(view, first), first.size !== null && size(first.size))}${more}`;
}

/**
 * Advice is plain text that may name foreign things. Only the refill is a time, so that line is made here.
 */
function adviceLine({ view, named, failure }: Case): string | null {
  const { state } = view.run;
  if (state.phase === 'error' && state.why === 'refused')
    return '**Try** changing what Kaggle names, then run it again.';
  if (isAtKaggle(named)) {
    const also = view.alsoFailed ?? 0;
    const met = also === 0 ? '' : `; ${plural(also, 'other run')} met the same in the last hour`;
    return `**Try** running it again${met}.`;
  }
  const refillAt = view.report.quota?.refillAt ?? null;
  if (named === 'GPU hours used up' && refillAt !== null)
    return `**Try** waiting for the refill ${at(refillAt, 'R')}, or a CPU run.`;
  const advice = clean(failure?.advice ?? '').trim();
  if (advice !== '') return `**Try** ${escapeMarkdown(cutEnd(advice, ADVICE_MAX))}`;
  if (state.phase === 'error' && state.why === 'timeLimit')
    return `**Try** fewer epochs, a limit above ${formatLimit(view.run.settings.limitMinutes)}, or going on from a checkpoint.`;
  return null;
}

function content(of: Case, plan: Plan): string {
  const { view, named } = of;
  const { state } = view.run;
  const refused = state.phase === 'error' && state.why === 'refused';
  const message = state.phase === 'error' ? state.message : null;
  const last = [
    adviceLine(of),
    plan.kept && !refused ? keptLine(view) : null,
    plan.smallPrint && !refused ? hoursLine(view) : null,
    plan.smallPrint && !refused && view.outputs.length > 0 ? privateLine(view) : null,
    gapsLine(view),
    ...lastLines(view),
  ];
  const head = [headLine(of), secondLine(of, plan.title), inputMissingLine(view)];
  if (refused)
    return joined([head, [kaggleSaidLine(message), 'No version was made and no GPU hours were used.', ...last]]);
  if (isAtKaggle(named)) return joined([head, [kaggleSaidLine(message), ...last]]);
  const story = storyBlocks(of, plan);
  const early = endedEarlyLine(of);
  // Behind a code block there is room enough; after a line an empty one parts the advice from the error.
  const endsInBlock = (story.findLast((line) => line !== null && line !== '') ?? '').endsWith('```');
  if (early !== null) return joined([head, [early, ...errorLines(of.failure?.error ?? null).map(escapeText)], last]);
  return endsInBlock ? joined([head, [...story, ...last]]) : joined([head, story, last]);
}

function endedEarlyLine({ view, named }: Case): string | null {
  const ran = ranMs(view.run.state);
  if (!endedEarly(named) || ran === null) return null;
  return `The check before cell${NBSP}1 ended the run, so only ${duration(ran)} were spent.`;
}

export function renderFailure(view: EndView): MessageBody {
  const { run, report, web, outputs } = view;
  const { key, state } = run;
  const named = failureClass(run, report);
  const of: Case = { view, named, progress: progressOf(run, report), failure: report.failure };
  const written = fitted(NOTICE_MAX, FULL, DROPS, (plan) => content(of, plan));
  const startsAtOnce = isAtKaggle(named) || endedEarly(named);
  const refused = state.phase === 'error' && state.why === 'refused';
  return notice(view, written, [
    row(
      startsAtOnce
        ? button('Run again', { verb: 'againGo', key, argument: run.settings.accelerator }, 'primary')
        : button('Run again…', { verb: 'again', key }, 'primary'),
      refused ? null : repairButton(run, named, view.ceilingMinutes ?? null, report.failure?.attach ?? null),
      outputs.length === 0 ? null : button('Outputs', { verb: 'outputs', key }),
      refused ? null : button('Log', { verb: 'log', key }),
      linkButton('Open on Kaggle', pageOf(run, web)),
    ),
  ]);
}
