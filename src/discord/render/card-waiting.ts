import { acceleratorFacts } from '../../domain/accelerator.ts';
import type { StateOf } from '../../domain/run.ts';
import {
  at,
  clean,
  cutEnd,
  duration,
  escapeText,
  GLYPHS,
  hoursGranted,
  numbers,
  when,
  whenAndDistance,
} from '../../domain/words.ts';
import type { CardView } from '../views.ts';
import { buttonsOf, type Face, heading, refusedFace } from './card-face.ts';
import { ACCENTS } from './components.ts';

/** The card before the push. */

const HALF_A_DAY = 12 * 3_600_000;

export function beforePushFace(view: CardView): Face {
  const { state } = view.run;
  if (state.phase === 'pushing') return pushingFace(view, state);
  if (view.tokenRefusedSince !== null) return refusedFace(view, view.tokenRefusedSince, 'waiting');
  if (state.phase === 'waiting' && state.reason.for === 'run') return otherRunFace(view, state.reason.number);
  if (state.phase === 'waiting' && state.reason.for === 'hours') return hoursFace(view, state);
  return lineFace(view, state.phase === 'waiting' ? state : null);
}

function pushingFace(view: CardView, state: StateOf<'pushing'>): Face {
  const inDoubt = state.doubt !== null;
  return {
    heading: heading(view, inDoubt ? 'pushing to Kaggle, answer lost' : 'pushing to Kaggle', GLYPHS.waiting),
    accent: ACCENTS.grey,
    groups: [
      [
        inDoubt
          ? 'Kaggle’s answer did not arrive. Looking whether the version exists before anything is sent again. It will not start twice.'
          : 'Saving a version with Save & Run All.',
      ],
    ],
    small: null,
    buttons: [],
  };
}

const foreignWords = (n: number): string =>
  n === 1 ? 'one that was not started here' : `${n === 2 ? 'two' : n} that were not started here`;

function slotsLine(view: CardView, said: string | null): string {
  const account = escapeText(view.run.settings.kernel.owner);
  const { line } = view;
  const kaggleSaid = said === null || clean(said).trim() === '' ? null : escapeText(cutEnd(clean(said), 140));
  if (line === null)
    return kaggleSaid === null
      ? '**Why** It was accepted just now and is pushed next.'
      : `**Why** Kaggle said ${kaggleSaid}`;
  const total = line.holders.length + line.foreign;
  const which = [
    line.holders.length === 0 ? null : numbers(line.holders.slice(0, 5)),
    line.foreign === 0 ? null : foreignWords(line.foreign),
  ].filter((part) => part !== null);
  const in_use =
    total === 1
      ? `The ${line.kind} session of ${account} is in use`
      : `${total === 2 ? 'Both' : 'All'} ${line.kind} sessions of ${account} are in use`;
  return `**Why** ${in_use}${which.length === 0 ? '' : `: ${which.join(' and ')}`}.`;
}

function nextSlotLine(slotAt: number, line: NonNullable<CardView['line']>, now: number): string {
  const run = line.nextSlotRun === null ? null : `#${line.nextSlotRun}`;
  if (line.nextSlotBy === 'limit')
    return `**Next slot** at the latest ${whenAndDistance(slotAt, now)}${run === null ? '' : `, when ${run} reaches its limit`}`;
  return `**Next slot** about ${whenAndDistance(slotAt, now)}${run === null ? '' : `, when ${run} should end`}`;
}

function lineFace(view: CardView, state: StateOf<'waiting'> | null): Face {
  const { line, now, kaggleDown } = view;
  const buttons = buttonsOf(view);
  const said = state?.reason.for === 'slot' ? state.reason.said : null;
  const next = line === null || line.nextSlotAt === null ? null : nextSlotLine(line.nextSlotAt, line, now);
  const long = state !== null && now - state.since > HALF_A_DAY;
  return {
    heading: heading(view, line === null ? 'waiting in line' : `waiting in line, place ${line.place}`, GLYPHS.waiting),
    accent: ACCENTS.grey,
    groups: [
      [
        kaggleDown === null || state !== null
          ? slotsLine(view, said)
          : `**Why** Kaggle is not answering since ${when(kaggleDown.since, now)}. It is pushed as soon as Kaggle answers.`,
        next,
        long ? `**Waiting** for ${duration(now - state.since)}, since ${when(state.since, now)}` : null,
      ],
    ],
    small:
      state === null && line === null
        ? null
        : 'Waiting uses no GPU hours. The notebook is pushed by itself when a slot is free.',
    buttons: [buttons.withdraw, buttons.quota],
  };
}

function hoursFace(view: CardView, state: StateOf<'waiting'>): Face {
  const { now, run } = view;
  const buttons = buttonsOf(view);
  const kind = acceleratorFacts(run.settings.accelerator).kind === 'tpu' ? 'TPU' : 'GPU';
  const total = view.hours === null ? '' : `${hoursGranted(view.hours.total).split('\u00a0')[0]} `;
  const refillAt = view.hours?.refillAt ?? null;
  const long = now - state.since > HALF_A_DAY;
  return {
    heading: heading(view, `waiting for ${kind} hours`, GLYPHS.waiting),
    accent: ACCENTS.grey,
    groups: [
      [
        `**Why** The ${total}${kind} hours of this week are used.`,
        refillAt === null ? null : `**Next hours** ${at(refillAt, 'F')}, ${at(refillAt, 'R')}`,
        `**Or** run it now without a ${kind}`,
        long ? `**Waiting** for ${duration(now - state.since)}, since ${when(state.since, now)}` : null,
      ],
    ],
    small: null,
    buttons: [buttons.withdraw, buttons.onCpu, buttons.quota],
  };
}

const otherRunFace = (view: CardView, other: number): Face => ({
  heading: heading(view, `waiting for #${other}`, GLYPHS.waiting),
  accent: ACCENTS.grey,
  groups: [[`**Why** It was asked to start after #${other}.`]],
  small: null,
  buttons: [buttonsOf(view).withdraw],
});
