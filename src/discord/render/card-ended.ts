import type { Run, StateOf } from '../../domain/run.ts';
import {
  clean,
  cutEnd,
  duration,
  escapeMarkdown,
  escapeText,
  facts,
  failureClass,
  GLYPHS,
  NBSP,
  nameOf,
  progressOf,
  progressWords,
  ranMs,
  when,
  whenAndDistance,
} from '../../domain/words.ts';
import type { CardView } from '../views.ts';
import { buttonsOf, type Face } from './card-face.ts';
import { droppedLines, headlineMetric, lastSeenLine, machineWords, savedLine, twinLine } from './card-lines.ts';
import { ACCENTS } from './components.ts';
import { AT_KAGGLE, isAtKaggle } from './failure-class.ts';

/** `**Ran** 6 h 58 min on 2 × Tesla T4, ended …` */
function ranLine(view: CardView, endedAt: number, withMachine = true): string | null {
  const ran = ranMs(view.run.state);
  if (ran === null) return null;
  const on = withMachine ? ` on ${machineWords(view.run, view.playground, view.receipt)}` : '';
  return `**Ran** ${duration(ran)}${on}, ended ${when(endedAt, view.now)}`;
}

export function endedFace(view: CardView): Face {
  const { state } = view.run;
  if (state.phase === 'complete') return completeFace(view, state);
  if (state.phase === 'error') return state.why === 'refused' ? refusedPushFace(view, state) : failedFace(view, state);
  const cancelled = state as StateOf<'cancelled'>;
  return cancelled.how === 'withdrawn' ? withdrawnFace(view) : stoppedFace(view, cancelled);
}

function completeFace(view: CardView, state: StateOf<'complete'>): Face {
  const { run, outputs } = view;
  const buttons = buttonsOf(view);
  const number = headlineMetric(progressOf(run, run.report));
  return {
    heading: `${GLYPHS.complete} #${run.number} complete${number === null ? '' : `, ${number}`}`,
    accent: outputs.length === 0 ? ACCENTS.amber : ACCENTS.green,
    groups: [[ranLine(view, state.endedAt), savedLine(outputs, run.report), ...droppedLines(run), twinLine(run)]],
    small: null,
    buttons: [buttons.toResult, outputs.length === 0 ? null : buttons.outputs, buttons.log, buttons.again],
  };
}

/** `cell 14, line 9 · epoch 12 of 70` */
function whereLine(run: Run): string | null {
  const failure = run.report?.failure ?? null;
  const cell =
    failure === null || failure.cell === null
      ? null
      : `cell${NBSP}${failure.cell}${failure.line === null ? '' : `, line${NBSP}${failure.line}`}`;
  const where = facts(cell, progressWords(progressOf(run, run.report)));
  return where === '' ? null : `**Where** ${where}`;
}

/** Kaggle's words as a line of their own; null when it said nothing. */
export const kaggleSaidLine = (message: string | null): string | null => {
  const said = clean(message ?? '').trim();
  return said === '' ? null : `**Kaggle said** ${escapeText(cutEnd(said, 300))}`;
};

function failedFace(view: CardView, state: StateOf<'error'>): Face {
  const { run, outputs } = view;
  const buttons = buttonsOf(view);
  const named = failureClass(run);
  const atKaggle = isAtKaggle(named);
  const words = named === null ? 'failed' : atKaggle ? AT_KAGGLE : `failed: ${escapeMarkdown(named)}`;
  return {
    heading: `${GLYPHS.failed} #${run.number} ${words}`,
    accent: ACCENTS.red,
    groups: [
      [
        atKaggle ? kaggleSaidLine(state.message) : whereLine(run),
        ranLine(view, state.endedAt),
        outputs.length === 0 ? null : savedLine(outputs, run.report),
        ...droppedLines(run),
        twinLine(run),
      ],
    ],
    small: null,
    buttons: [buttons.toReport, outputs.length === 0 ? null : buttons.outputs, buttons.log, buttons.again],
  };
}

/** Kaggle did not take the push: there is no version. */
function refusedPushFace(view: CardView, state: StateOf<'error'>): Face {
  const buttons = buttonsOf(view);
  return {
    heading: `${GLYPHS.failed} #${view.run.number} refused by Kaggle`,
    accent: ACCENTS.red,
    groups: [[kaggleSaidLine(state.message), 'No version was made and no GPU hours were used.']],
    small: null,
    buttons: [buttons.toReport, buttons.again],
  };
}

function stoppedFace(view: CardView, state: StateOf<'cancelled'>): Face {
  const { run, outputs } = view;
  const buttons = buttonsOf(view);
  return {
    heading: `${GLYPHS.stopped} #${run.number} stopped on Kaggle by a person`,
    accent: ACCENTS.grey,
    groups: [
      [
        facts(ranLine(view, state.endedAt, false), progressWords(progressOf(run, run.report))),
        savedLine(outputs, run.report),
        twinLine(run),
      ],
    ],
    small: null,
    buttons: [buttons.toResult, outputs.length === 0 ? null : buttons.outputs, buttons.log, buttons.again],
  };
}

function withdrawnFace(view: CardView): Face {
  const { run } = view;
  const by = run.state.phase === 'cancelled' ? run.state.by : null;
  // A name is what somebody chose, also when it looks like an id: it is never made a mention.
  const who = by === null ? nameOf(run) : escapeText(cutEnd(clean(by), 32));
  return {
    heading: `${GLYPHS.stopped} #${run.number} withdrawn`,
    accent: ACCENTS.grey,
    groups: [[`By ${who} before it was pushed. No GPU hours were used.`]],
    small: null,
    buttons: [buttonsOf(view).again],
  };
}

export function lostFace(view: CardView): Face {
  const { run, now } = view;
  const state = run.state as StateOf<'lost'>;
  const buttons = buttonsOf(view);
  const newest = view.newerVersion === null ? '' : `, v${view.newerVersion}`;
  const why = {
    gone: '**Why** Kaggle answers that this notebook does not exist or is not yours. It may have been deleted or renamed.',
    unlinked: `**Why** The Kaggle account of ${nameOf(run)} is no longer linked here.`,
    unreadable: '**Why** Kaggle’s answers about this notebook cannot be read.',
    superseded: `**Why** Kaggle shows a newer version of this notebook${newest}, and no longer this one.`,
  }[state.why];
  return {
    heading: `${GLYPHS.warning} #${run.number} lost from sight`,
    accent: ACCENTS.amber,
    groups: [
      [
        `**Since** ${whenAndDistance(state.since, now)}`,
        why,
        lastSeenLine(run),
        state.givenUp ? '**Given up** it is not looked for any more.' : null,
      ],
    ],
    small: state.why === 'unlinked' && state.pushed !== null ? 'The run itself goes on at Kaggle.' : null,
    buttons: [
      state.why === 'unlinked' && !state.givenUp ? buttons.linkKaggle : null,
      buttons.lookAgain,
      state.givenUp ? null : buttons.giveUp,
      buttons.open,
    ],
  };
}
