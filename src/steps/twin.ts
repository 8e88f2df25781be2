import { MINUTE } from '../clock.ts';
import type { Run } from '../domain/run.ts';
import { pushedOf } from '../domain/run.ts';
import { type Credential, KaggleError } from '../kaggle/kaggle.ts';
import { isOurs } from './find-ours.ts';
import type { Needs } from './needs.ts';

export type TwinNeeds = Pick<Needs, 'runs' | 'kaggle' | 'clock' | 'log'>;

/** So long after the second push the first one is still looked for; nothing was ever seen to land that late. */
const LOOKED_FOR_MS = 15 * MINUTE;
/** Ours is next to the one that is followed. */
const MOST_VERSIONS = 5;

/**
 * Looks whether an earlier push of the run has landed after all, so that Kaggle runs it twice: that cannot be undone from
 * here, but it must be said.
 * @returns the run as it is now; null when somebody else changed it meanwhile.
 */
export async function lookForTwin(run: Run, credential: Credential, needs: TwinNeeds): Promise<Run | null> {
  const { runs, kaggle, clock, log } = needs;
  const pushed = pushedOf(run.state);
  if (pushed?.earlier === undefined || pushed.twin !== undefined) return run;
  if (clock.now() - pushed.at > LOOKED_FOR_MS) return run;
  try {
    const { currentVersion } = await kaggle.kernel(credential, pushed.kernel);
    const first = Math.max(pushed.earlier.baseVersion + 1, pushed.version - MOST_VERSIONS);
    for (let version = first; version <= Math.min(currentVersion, pushed.version + MOST_VERSIONS); version++) {
      if (version === pushed.version) continue;
      const seen = await kaggle.kernel(credential, pushed.kernel, version);
      if (!isOurs(run, seen.source)) continue;
      log.warn({ run: run.key, version }, 'an earlier push of a run landed after all: Kaggle runs it twice');
      return runs.move(run, { type: 'twinSeen', at: clock.now(), version }, { dueAt: run.dueAt });
    }
  } catch (error) {
    // The next look tells; how the run stands is known all the same.
    if (!(error instanceof KaggleError)) throw error;
  }
  return run;
}
