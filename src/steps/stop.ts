import type { Run } from '../domain/run.ts';
import { accountOf } from './credential.ts';
import type { Needs } from './needs.ts';

export type WithdrawNeeds = Pick<Needs, 'runs' | 'cards' | 'clock'>;

const isWithdrawable = (run: Run | null): run is Run =>
  run !== null && (run.state.phase === 'accepted' || run.state.phase === 'waiting');

/**
 * Takes a run back that is not pushed yet.
 * @param by The name of the person, as the card says it.
 * @returns the run as it is then; null when it is too late: it is being pushed, or further.
 */
export function withdraw(run: Run, by: string, { runs, cards, clock }: WithdrawNeeds): Run | null {
  const now = runs.byKey(run.key);
  if (!isWithdrawable(now)) return null;
  const withdrawn = runs.move(now, { type: 'withdrawn', at: clock.now(), by }, { dueAt: null });
  // Those behind it move up: their cards say their place.
  for (const one of runs.aliveOfAccount(accountOf(run)))
    if (one.state.phase === 'waiting') cards.want(one.key, clock.now());
  return withdrawn;
}
