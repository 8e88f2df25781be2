import { errorFields } from '../log.ts';
import type { InHand } from './in-hand.ts';
import type { Needs } from './needs.ts';

/** Makes the backup that is due. A failure is logged, shown by /healthz and tried again later. @returns whether one was due. */
export async function backUpNext(
  { backups, clock, log }: Pick<Needs, 'backups' | 'clock' | 'log'>,
  _inHand: InHand = new Set(),
): Promise<boolean> {
  if (!backups.isDue(clock.now())) return false;
  try {
    await backups.make(clock.now());
    log.info({}, 'a backup was made');
  } catch (error) {
    log.error({ err: errorFields(error) }, 'no backup could be made');
  }
  return true;
}
