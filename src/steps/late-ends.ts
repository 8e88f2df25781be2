import { type Notice, placeOf } from '../../db/notices.ts';
import { MINUTE, SECOND } from '../clock.ts';
import type { Run } from '../domain/run.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';

type LateNeeds = Pick<Needs, 'runs' | 'notices' | 'clock'>;

/** Later than this a message says why it comes so late. */
const LATE_MS = 10 * MINUTE;
/** The longest wait between two tries of one message. */
export const LONGEST_WAIT_MS = 30 * SECOND;

/** So many ends told late at once notify once. */
const MANY = 5;
export const ALONE = { silent: false, moreBelow: 0 };

/** Whether an end that is told late is the first of many for the same person and place, or one of those that follow it. */
export function amongOthers(run: Run, needs: LateNeeds): { silent: boolean; moreBelow: number } {
  if (memoryOf(needs).toldFirst.has(batchOf(run))) return { silent: true, moreBelow: 0 };
  const others = needs.notices.endsOwed(run.launcher.id, placeOf(run)).filter((key) => key !== run.key).length;
  return others + 1 >= MANY ? { silent: false, moreBelow: others } : ALONE;
}

export const batchOf = (run: Run): string => `${run.launcher.id} ${placeOf(run)}`;

/** Whoever had tried before could not reach Discord; else we were not there ourselves. */
export const lateness = (
  { owedAt, firstTryAt }: Pick<Notice, 'owedAt' | 'firstTryAt'>,
  now: number,
): { what: 'discord' | 'bot'; until: number } | null =>
  now - owedAt <= LATE_MS ? null : { what: firstTryAt === null ? 'bot' : 'discord', until: now };

/**
 * Whose turn it is among several ends that are told late: they go in the order they ended, however their tries were
 * put off. One that waits longer than any try does has a trouble of its own and keeps nobody.
 * @returns the notice to send now; null when this one was put off behind an earlier one.
 */
export function turnOf(notice: Notice, run: Run, { notices, clock }: LateNeeds): Notice | null {
  const now = clock.now();
  if (notice.kind !== 'end' || lateness(notice, now) === null) return notice;
  const first = notices.firstEndOwed(run.launcher.id, placeOf(run));
  if (first === null || first.notice.id === notice.id || first.dueAt > now + LONGEST_WAIT_MS) return notice;
  if (first.dueAt <= now) return first.notice;
  notices.later(notice, first.dueAt + 1);
  return null;
}
