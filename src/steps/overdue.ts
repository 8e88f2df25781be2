import { DAY, HOUR, MINUTE } from '../clock.ts';
import { type Run, startedAtOf } from '../domain/run.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';

/** Kaggle ends a session at its limit; so long after it something is not as it should be. */
const PAST_LIMIT_MS = HOUR;
/** A run that was never seen to start: queued longer than any session lasts. */
const LONGEST_QUEUED_MS = 13 * HOUR;

/** When a run that goes on at Kaggle is past every limit, in ms since the epoch. */
const overdueAt = (run: Run, pushedAt: number): number => {
  const startedAt = startedAtOf(run.state);
  return startedAt === null
    ? pushedAt + LONGEST_QUEUED_MS
    : startedAt + run.settings.limitMinutes * MINUTE + PAST_LIMIT_MS;
};

/**
 * Owes a message about a run that goes on long past its limit, once a day: it is followed on and never dropped.
 * To be called when Kaggle has just said that it goes on.
 */
export function tellOverdue(run: Run, { runs, notices, clock }: Pick<Needs, 'runs' | 'notices' | 'clock'>): void {
  const { state } = run;
  const now = clock.now();
  memoryOf({ runs }).seenAt.set(run.key, now);
  if ((state.phase === 'queued' || state.phase === 'running') && now >= overdueAt(run, state.pushed.at))
    notices.oweEach(run.key, 'overdue', DAY, now);
}

/** Whether that is still worth telling: by now it may have ended. */
export const isStillOverdue = ({ state }: Run): boolean => state.phase === 'queued' || state.phase === 'running';
