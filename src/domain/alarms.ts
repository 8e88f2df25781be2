import type { Progress } from './results.ts';
import { remainingMs, wholeOf } from './whole.ts';

/**
 * What may be wrong with a run that goes on, with the facts its message tells: they are stored with the notice.
 * Times in ms. Pure.
 */
export type Alarm =
  | {
      readonly kind: 'notANumber';
      /** The series' name as the log prints it. */
      readonly name: string;
      readonly value: 'NaN' | 'infinite';
      readonly unit: Progress['unit'];
      /** The first unit without a number, up to now. */
      readonly since: number;
      readonly last: { readonly value: number; readonly at: number } | null;
    }
  | {
      readonly kind: 'silent';
      /** When the last line came. */
      readonly since: number;
      readonly usualMs: number;
      readonly line: string | null;
    }
  | {
      readonly kind: 'overLimit';
      /** How long the run needs in all, by its pace. */
      readonly needsMs: number;
      readonly limitMs: number;
      readonly paceMs: number;
      readonly unit: Progress['unit'];
      readonly cutAt: number;
      /** The unit in which it would be cut off; null when it trains several folds. */
      readonly cutIn: number | null;
      readonly of: number | null;
    };

export type AlarmKind = Alarm['kind'];

/** Each at most once per run. */
export const ALARM_KINDS = ['notANumber', 'silent', 'overLimit'] as const satisfies readonly AlarmKind[];

export const isAlarmKind = (kind: string): kind is AlarmKind => (ALARM_KINDS as readonly string[]).includes(kind);

const MINUTE = 60_000;
/** Before that many things look wrong that are not: nothing is said. */
export const ALARMS_FROM_MS = 5 * MINUTE;
/** A log may be silent for so many times its usual gap. */
const GAPS = 20;
/** The forecast must exceed the limit by this share, in so many units running. */
const OVER = 1.05;
const UNITS_RUNNING = 3;
const STEPS_APART = 0.01;

/** The first of the losses that has no number any more; `isLoss` tells by a name whether it is one. */
export function notANumber(progress: Progress, isLoss: (name: string) => boolean): Alarm | null {
  for (const { name, points, lastText } of progress.series) {
    if (!isLoss(name)) continue;
    const end = points.length - 1;
    // What was stored as JSON has null where a number is missing.
    const from = points.findLastIndex(([, value]) => Number.isFinite(value)) + 1;
    const first = points[from];
    if (first === undefined || from > end) continue;
    const last = points[from - 1];
    return {
      kind: 'notANumber',
      name,
      value: /inf/i.test(lastText) ? 'infinite' : 'NaN',
      unit: progress.unit,
      since: first[0],
      last: last === undefined ? null : { value: last[1], at: last[0] },
    };
  }
  return null;
}

/** @param afterMs the server's setting; @param usualMs the usual gap between two lines */
export const isSilent = (quietMs: number, afterMs: number, usualMs: number): boolean =>
  quietMs >= Math.max(afterMs, GAPS * usualMs);

/** In how many units running the forecast has exceeded the limit, up to unit `at`. */
export type Overrun = { readonly at: number; readonly times: number };

/**
 * Takes one more look at the forecast. It counts once in each unit, when that is first seen.
 * @returns the count to go on with, and the alarm once it is due
 */
export function overLimit(
  progress: Progress,
  run: { readonly startedAt: number; readonly limitMs: number; readonly now: number },
  before: Overrun | null,
): { readonly overrun: Overrun | null; readonly alarm: Alarm | null } {
  const left = remainingMs(progress);
  const whole = wholeOf(progress);
  const { paceMs, unit, of, fold } = progress;
  if (left === null || whole === null || paceMs === null) return { overrun: null, alarm: null };
  // Epochs are counted one by one; steps are many, so those count that lie apart.
  const apart = unit === 'step' ? Math.max(1, whole.of * STEPS_APART) : 1;
  if (before !== null && whole.done >= before.at && whole.done < before.at + apart)
    return { overrun: before, alarm: null };
  const needsMs = run.now + left - run.startedAt;
  if (needsMs <= run.limitMs * OVER) return { overrun: null, alarm: null };
  const times = before === null || whole.done < before.at ? 1 : before.times + 1;
  const overrun = { at: whole.done, times };
  if (times < UNITS_RUNNING) return { overrun, alarm: null };
  const cutAt = run.startedAt + run.limitMs;
  const cutIn = Math.floor(whole.done + Math.max(0, cutAt - run.now) / paceMs) + 1;
  const alarm: Alarm = {
    kind: 'overLimit',
    needsMs,
    limitMs: run.limitMs,
    paceMs,
    unit,
    cutAt,
    cutIn: fold === undefined ? Math.min(cutIn, whole.of) : null,
    of: fold === undefined ? of : null,
  };
  return { overrun, alarm };
}
