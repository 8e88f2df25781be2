import type { APIButtonComponent } from 'discord-api-types/v10';
import { acceleratorFacts } from '../../domain/accelerator.ts';
import { formatLimit } from '../../domain/limit.ts';
import type { StateOf } from '../../domain/run.ts';
import {
  at,
  clean,
  cutEnd,
  duration,
  escapeText,
  facts,
  formatRange,
  GLYPHS,
  hours,
  nameOf,
  numbers,
  progressWords,
  when,
  whenAndDistance,
} from '../../domain/words.ts';
import type { CardView } from '../views.ts';
import { barLine, droppedLines, lastSeenLine, machineLine, metricLines, newerLine, pageOf } from './card-lines.ts';
import { ACCENTS, button, linkButton } from './components.ts';
import { endsLine, limitWords } from './forecast.ts';

/** What differs from state to state: heading, facts in groups (each group stands by itself), small print, buttons. */
export type Face = {
  readonly heading: string;
  readonly accent: number;
  readonly groups: readonly (readonly (string | null)[])[];
  readonly small: string | null;
  readonly buttons: readonly (APIButtonComponent | null)[];
};

const HALF_A_DAY = 12 * 3_600_000;

/** The buttons of cards, each bound to the run it stands on. */
export const buttonsOf = ({ run, web, endLink }: CardView) => {
  const one = (label: string, verb: string) => button(label, { verb, key: run.key });
  return {
    refresh: one('Refresh', 'refresh'),
    log: one('Log', 'log'),
    curve: one('Curve', 'curve'),
    stop: one('Stop…', 'stop'),
    withdraw: one('Withdraw', 'withdraw'),
    outputs: one('Outputs', 'outputs'),
    again: one('Run again…', 'again'),
    onCpu: button('Run on CPU…', { verb: 'again', key: run.key, argument: 'none' }),
    quota: button('Quota', { verb: 'quota', key: run.key }),
    lookAgain: one('Look again', 'lookAgain'),
    giveUp: one('Give up on it…', 'giveUp'),
    linkKaggle: button('Link Kaggle…', { verb: 'link', key: '-' }),
    open: linkButton('Open on Kaggle', pageOf(run, web)),
    toResult: linkButton('Go to the result', endLink),
    toReport: linkButton('Go to the report', endLink),
  };
};

const heading = (view: CardView, words: string, glyph: string): string => `${glyph} #${view.run.number} ${words}`;

/** Kaggle refuses the token: nothing can be pushed or followed until a new one is linked. */
function refusedFace(view: CardView, since: number, doing: 'waiting' | 'queued' | 'running'): Face {
  const { run } = view;
  const buttons = buttonsOf(view);
  const name = nameOf(run);
  return {
    heading: heading(view, `${doing}, but Kaggle refuses the token`, GLYPHS.warning),
    accent: ACCENTS.amber,
    groups: [
      [
        `**Since** ${whenAndDistance(since, view.now)}`,
        doing === 'running' ? lastSeenLine(run) : null,
        doing === 'waiting'
          ? `**Then** it is pushed as soon as ${name} links a new token`
          : `**Then** it is followed again as soon as ${name} links a new token`,
      ],
    ],
    small: doing === 'waiting' ? 'Waiting uses no GPU hours.' : 'The run itself goes on at Kaggle.',
    buttons: [buttons.linkKaggle, doing === 'waiting' ? buttons.withdraw : null, buttons.open],
  };
}

/** Kaggle answers nobody. */
function downFace(view: CardView, down: NonNullable<CardView['kaggleDown']>, doing: 'queued' | 'running'): Face {
  const buttons = buttonsOf(view);
  return {
    heading: heading(view, `${doing}, Kaggle is not answering`, doing === 'running' ? GLYPHS.running : GLYPHS.waiting),
    accent: ACCENTS.amber,
    groups: [
      [
        `**Since** ${whenAndDistance(down.since, view.now)}, for every run, not only this one`,
        lastSeenLine(view.run),
        `**Next look** ${at(down.nextLookAt, 'R')}`,
      ],
    ],
    small: 'The run itself goes on at Kaggle. Nothing needs to be done.',
    buttons: [buttons.refresh, buttons.open],
  };
}

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

function lineFace(view: CardView, state: StateOf<'waiting'> | null): Face {
  const { line, now, kaggleDown } = view;
  const buttons = buttonsOf(view);
  const said = state?.reason.for === 'slot' ? state.reason.said : null;
  const next =
    line === null || line.nextSlotAt === null
      ? null
      : `**Next slot** about ${whenAndDistance(line.nextSlotAt, now)}${line.nextSlotRun === null ? '' : `, when #${line.nextSlotRun} should end`}`;
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
  const total = view.hours === null ? '' : `${hours(view.hours.total).split('\u00a0')[0]} `;
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

export function queuedFace(view: CardView): Face {
  const { run, now, queueWaits } = view;
  if (view.tokenRefusedSince !== null) return refusedFace(view, view.tokenRefusedSince, 'queued');
  if (view.kaggleDown !== null) return downFace(view, view.kaggleDown, 'queued');
  const { pushed } = run.state as StateOf<'queued'>;
  const buttons = buttonsOf(view);
  return {
    heading: heading(view, 'queued at Kaggle', GLYPHS.waiting),
    accent: ACCENTS.grey,
    groups: [
      [
        `**Waiting for a machine** since ${whenAndDistance(pushed.at, now)}`,
        queueWaits == null ? null : `**Usual here** ${formatRange(queueWaits.minMs, queueWaits.maxMs)}`,
        ...droppedLines(run),
        newerLine(view),
      ],
    ],
    small: null,
    buttons: [buttons.refresh, buttons.stop, buttons.open],
  };
}

export function runningFace(view: CardView, updated: string): Face {
  const { run } = view;
  const { state } = run;
  if (state.phase === 'finishing') return finishingFace(view, state);
  if (view.tokenRefusedSince !== null) return refusedFace(view, view.tokenRefusedSince, 'running');
  if (view.kaggleDown !== null) return downFace(view, view.kaggleDown, 'running');
  const running = state as StateOf<'running'>;
  return running.stopping ? stoppingFace(view) : progressFace(view, running, updated);
}

function stoppingFace(view: CardView): Face {
  const buttons = buttonsOf(view);
  return {
    heading: heading(view, 'stopping', GLYPHS.stopped),
    accent: ACCENTS.amber,
    groups: [
      ['Kaggle has the stop request; the session ends within some minutes.', lastSeenLine(view.run), newerLine(view)],
    ],
    small: null,
    buttons: [buttons.refresh, buttons.open],
  };
}

/** Kaggle has ended; what the run left is being collected. */
function finishingFace(view: CardView, state: StateOf<'finishing'>): Face {
  const { now, kaggleDown } = view;
  const buttons = buttonsOf(view);
  const from = state.startedAt ?? state.pushed.at;
  return {
    heading: heading(view, 'running, now collecting its files', GLYPHS.running),
    accent: kaggleDown === null ? ACCENTS.blue : ACCENTS.amber,
    groups: [
      [
        `**Ended at Kaggle** ${when(state.endedAt, now)}, after ${duration(state.endedAt - from)}`,
        lastSeenLine(view.run),
        kaggleDown === null ? null : `**Kaggle** is not answering since ${when(kaggleDown.since, now)}`,
      ],
    ],
    small: 'What it saved is read from Kaggle. The result follows as a new message.',
    buttons: [buttons.refresh, buttons.log, buttons.open],
  };
}

function progressFace(view: CardView, state: StateOf<'running'>, updated: string): Face {
  const { run, now, logLines } = view;
  const { progress } = run;
  const buttons = buttonsOf(view);
  const how = progressWords(progress);
  const numbersSeen = metricLines(progress);
  const known = how !== null || numbersSeen.length > 0;
  const hasCurve = progress?.series.some(({ points }) => points.length > 0) === true && view.curve == null;
  return {
    heading: heading(view, how === null ? 'running' : `running, ${how}`, GLYPHS.running),
    accent: view.receipt?.kind === 'otherThanAsked' ? ACCENTS.amber : ACCENTS.blue,
    groups: [
      [barLine(progress)],
      [
        known ? null : `**Started** ${whenAndDistance(state.startedAt, now)}`,
        ...numbersSeen,
        known ? endsLine(view) : null,
        machineLine(view),
        known ? null : `**Progress** ${logLines === 0 ? 'the log is empty so far' : 'no epochs found in the log yet'}`,
        known ? null : endsLine(view),
        ...droppedLines(run),
        newerLine(view),
      ],
    ],
    small: facts(
      limitWords(view, formatLimit(run.settings.limitMinutes)),
      updated === '' ? 'updated' : `updated ${updated}`,
    ),
    buttons: [buttons.refresh, buttons.log, hasCurve ? buttons.curve : null, buttons.stop, buttons.open],
  };
}
