import { MINUTE } from '../clock.ts';
import type { Run } from '../domain/run.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';

/** What Kaggle does not show for this long is gone, if it stays with it. */
export const GONE_AFTER_MS = 10 * MINUTE;
export const GONE_LOOKS = 3;

/**
 * Takes in that Kaggle has said "not there" of a run once more. Counted in memory: after a restart it begins anew, so a run is
 * given up later then, never sooner.
 * @returns whether it counts as gone.
 */
export function isGone(run: Run, { runs, clock }: Pick<Needs, 'runs' | 'clock'>): boolean {
  const { unseen } = memoryOf({ runs });
  const { looks, since } = unseen.get(run.key) ?? { looks: 0, since: clock.mono() };
  unseen.set(run.key, { looks: looks + 1, since });
  return looks + 1 >= GONE_LOOKS && clock.mono() - since >= GONE_AFTER_MS;
}
