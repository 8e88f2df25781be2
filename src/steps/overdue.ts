import { DAY, HOUR, MINUTE } from '../clock.ts';
import { type Run, startedAtOf } from '../domain/run.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';

/**
 * Kaggle ends a session at its limit; so long after it something is not as it should be. Measured from when this process saw
 * it past its limit, by a clock that nobody sets: else a computer whose date was wrong would call every run overdue.
 */
const PAST_LIMIT_MS = HOUR;
/** A run that was never seen to start: queued as long as any session lasts. */
const LONGEST_QUEUED_MS = 12 * HOUR;

/** When a run that goes on at Kaggle should have ended, in ms since the epoch. */
const limitAt = (run: Run, pushedAt: number): number => {
  const startedAt = startedAtOf(run.state);
  return startedAt === null ? pushedAt + LONGEST_QUEUED_MS : startedAt + run.settings.limitMinutes * MINUTE;
};

/**
 * Owes a message about a run that goes on long past its limit, once a day: it is followed on and never dropped.
 * To be called when Kaggle has just said that it goes on.
 */
export function tellOverdue(run: Run, { runs, notices, clock }: Pick<Needs, 'runs' | 'notices' | 'clock'>): void {
  const { state } = run;
  const now = clock.now();
  const { seenAt, pastLimit } = memoryOf({ runs });
  seenAt.set(run.key, now);
  if (state.phase !== 'queued' && state.phase !== 'running') return;
  if (now < limitAt(run, state.pushed.at)) {
    pastLimit.delete(run.key);
    return;
  }
  const since = pastLimit.get(run.key) ?? clock.mono();
  pastLimit.set(run.key, since);
  if (clock.mono() - since >= PAST_LIMIT_MS) notices.oweEach(run.key, 'overdue', DAY, now);
}

/** Whether that is still worth telling: by now it may have ended. */
export const isStillOverdue = ({ state }: Run): boolean => state.phase === 'queued' || state.phase === 'running';
