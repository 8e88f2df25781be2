import { isStorageFull } from '../../db/storage.ts';
import { MINUTE } from '../clock.ts';
import type { Run } from '../domain/run.ts';
import { errorFields } from '../log.ts';
import { accountOf } from './credential.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';

/** What is being worked on at this moment, by the workers of one step: Kaggle accounts, channels. */
export type InHand = Set<string>;

/** A mistake of ours with one run must not come up every second. */
const AFTER_A_FAULT_MS = MINUTE;

/**
 * Works on one run while its account is in hand. What goes wrong unforeseen is logged, and the run put off: one bad run
 * must not stop the others, nor spin.
 */
export async function workOn(
  run: Run,
  { runs, clock, log }: Pick<Needs, 'runs' | 'clock' | 'log'>,
  inHand: InHand,
  work: () => Promise<void>,
): Promise<void> {
  const account = accountOf(run);
  inHand.add(account);
  try {
    await work();
  } catch (error) {
    // Nothing can be stored of any run; the beat sees to that.
    if (isStorageFull(error)) throw error;
    log.error({ err: errorFields(error), run: run.key }, 'a step failed on a run');
    const again = runs.byKey(run.key);
    if (again !== null && again.dueAt !== null) runs.putOff(again, clock.now() + AFTER_A_FAULT_MS);
  } finally {
    inHand.delete(account);
    const now = runs.byKey(run.key);
    if (now === null || now.dueAt === null) memoryOf({ runs }).forget(run.key);
  }
}
