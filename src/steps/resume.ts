import type { Run } from '../domain/run.ts';
import { accountOf } from './credential.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';

export type ResumeNeeds = Pick<Needs, 'runs' | 'cards' | 'accounts' | 'clock'>;

/**
 * After a person has linked an account (anew, or another one): their runs of that account are followed again, those that were
 * lost when it was unlinked too; runs of an account that is no longer linked are followed no more.
 * @returns how many are followed from now on, and how many no more.
 */
export function followAgain(launcher: string, needs: ResumeNeeds): { followed: number; left: number } {
  const { runs, cards, accounts, clock } = needs;
  const account = accounts.kaggleUserOf(launcher);
  const now = clock.now();
  memoryOf(needs).unauthorized.delete(launcher);
  const left = leaveRuns(
    runs.aliveOfLauncher(launcher).filter((run) => accountOf(run) !== account),
    needs,
  );
  if (account === null) return { followed: 0, left };
  for (const run of runs.lostOfLauncher(launcher)) {
    const { state } = run;
    if (accountOf(run) !== account || state.phase !== 'lost' || state.why !== 'unlinked' || state.givenUp) continue;
    runs.move(run, { type: 'lookAgain', at: now }, { dueAt: now });
  }
  // Whoever's push is in doubt on this account: there is somebody now who can look.
  runs.wakeAll(['pushing'], account, now);
  const alive = runs.aliveOfLauncher(launcher).filter((run) => accountOf(run) === account);
  for (const run of alive) {
    runs.wake(run.key, now);
    cards.want(run.key, now);
  }
  return { followed: alive.length, left };
}

/**
 * Lets go of runs whose account is no longer linked; they go on at Kaggle. A run whose push is in doubt stays in doubt: what
 * is forgotten of it here could be pushed twice later.
 * @returns how many that were.
 */
export function leaveRuns(alive: readonly Run[], { runs, clock }: Pick<Needs, 'runs' | 'clock'>): number {
  let left = 0;
  for (const run of alive) {
    if (run.state.phase === 'pushing') continue;
    if (runs.move(run, { type: 'lostSight', at: clock.now(), why: 'unlinked' }, { dueAt: null }) !== null) left += 1;
  }
  return left;
}
