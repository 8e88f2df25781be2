import { formatLimit } from '../../domain/limit.ts';
import type { StateOf } from '../../domain/run.ts';
import {
  at,
  duration,
  facts,
  formatRange,
  GLYPHS,
  nameOf,
  progressWords,
  when,
  whenAndDistance,
} from '../../domain/words.ts';
import type { CardView } from '../views.ts';
import { buttonsOf, type Face, heading, refusedFace } from './card-face.ts';
import { barLine, droppedLines, lastSeenLine, machineLine, metricLines, newerLine, twinLine } from './card-lines.ts';
import { ACCENTS } from './components.ts';
import { endsLine, limitWords, missesLimit } from './forecast.ts';

/** The card from the push to the end at Kaggle. */

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
        twinLine(run),
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
      [
        'Kaggle has the stop request; the session ends within some minutes.',
        lastSeenLine(view.run),
        twinLine(view.run),
        newerLine(view),
      ],
    ],
    small: null,
    buttons: [buttons.refresh, buttons.open],
  };
}

/** Kaggle has ended; what the run left is being collected. */
function finishingFace(view: CardView, state: StateOf<'finishing'>): Face {
  const { now, kaggleDown, tokenRefusedSince } = view;
  const buttons = buttonsOf(view);
  const isHeld = kaggleDown !== null || tokenRefusedSince !== null;
  const from = state.startedAt ?? state.pushed.at;
  return {
    heading: heading(view, 'running, now collecting its files', GLYPHS.running),
    accent: isHeld ? ACCENTS.amber : ACCENTS.blue,
    groups: [
      [
        `**Ended at Kaggle** ${when(state.endedAt, now)}, after ${duration(state.endedAt - from)}`,
        lastSeenLine(view.run),
        kaggleDown === null ? null : `**Kaggle** is not answering since ${when(kaggleDown.since, now)}`,
        tokenRefusedSince === null
          ? null
          : `**Kaggle** refuses the token since ${when(tokenRefusedSince, now)}; the files are read as soon as ${nameOf(view.run)} links a new one`,
      ],
    ],
    small: 'What it saved is read from Kaggle. The result follows as a new message.',
    buttons: [tokenRefusedSince === null ? null : buttons.linkKaggle, buttons.refresh, buttons.log, buttons.open],
  };
}

function progressFace(view: CardView, state: StateOf<'running'>, updated: string): Face {
  const { run, now, logLines } = view;
  const { progress } = run;
  const buttons = buttonsOf(view);
  const how = progressWords(progress);
  const numbersSeen = metricLines(progress);
  const known = how !== null || numbersSeen.length > 0;
  const hasCurve =
    progress?.series.some(({ points, isOnce }) => points.length > 0 && isOnce !== true) === true && view.curve == null;
  return {
    heading: heading(view, how === null ? 'running' : `running, ${how}`, GLYPHS.running),
    accent:
      view.receipt?.kind === 'otherThanAsked' || view.receipt?.kind === 'fails' || missesLimit(view)
        ? ACCENTS.amber
        : ACCENTS.blue,
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
        twinLine(run),
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
