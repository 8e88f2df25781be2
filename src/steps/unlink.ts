import type { Needs } from './needs.ts';
import { leaveRuns } from './resume.ts';

export type UnlinkNeeds = Pick<Needs, 'runs' | 'accounts' | 'clock' | 'log'>;

/**
 * Forgets a person's Kaggle account at once; their runs are no longer followed and go on at Kaggle.
 * @returns the account and how many runs are followed no more; null when nothing was linked.
 */
export function unlink(
  launcher: string,
  { runs, accounts, clock, log }: UnlinkNeeds,
): { kaggleUser: string; left: number } | null {
  const kaggleUser = accounts.kaggleUserOf(launcher);
  // The credential goes first: if the program ends here, the steps find none and let go of the runs themselves.
  if (kaggleUser === null || !accounts.unlink(launcher)) return null;
  const left = leaveRuns(runs.aliveOfLauncher(launcher), { runs, clock });
  log.info({ person: launcher, left }, 'a Kaggle account is unlinked');
  return { kaggleUser, left };
}
