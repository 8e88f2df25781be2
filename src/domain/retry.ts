import { MINUTE, SECOND } from '../clock.ts';

const FIRST = SECOND;
export const LONGEST_WAIT = MINUTE;
/** However long a platform asks us to wait, we ask again after this. */
const LONGEST_ASKED = 15 * MINUTE;

/**
 * How long to wait after a failed call: decorrelated jitter between 1 s and 60 s, or what was asked for.
 * @param previous What was waited before; null the first time. @param random 0 to 1. @returns ms.
 */
export function retryIn(previous: number | null, asked: number | null, random: number): number {
  if (asked !== null) return Math.min(Math.max(asked, FIRST), LONGEST_ASKED);
  const upTo = Math.min(LONGEST_WAIT, (previous ?? FIRST) * 3);
  return Math.round(FIRST + random * (upTo - FIRST));
}

/** While in line for a session: 60 s at first, then half of the time waited so far, at most 10 min. */
export const askForSlotIn = (waitedMs: number): number =>
  Math.min(10 * MINUTE, Math.max(MINUTE, Math.round(waitedMs / 2)));

/** While waiting for hours: when they come back (a minute late, so that Kaggle has counted), else each 30 min. */
export function askForHoursIn(now: number, refillAt: number | null): number {
  const each = 30 * MINUTE;
  return refillAt === null || refillAt + MINUTE <= now ? each : Math.min(each, refillAt + MINUTE - now);
}
