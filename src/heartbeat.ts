import { createTask } from 'node-cron';
import { errorFields, type Log } from './log.ts';

/** setTimeout takes no more than this. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/**
 * Beats by a node-cron expression (with seconds, UTC). A beat does not wait for the one before: `beat` takes only what nobody
 * has in hand, so that one slow answer holds up nothing but itself.
 *
 * node-cron tells when the next beat is; the wait is our own, by monotonic time. Its own one stands still for an hour when the
 * wall clock is set back by an hour, and goes through every missed second, with the process blocked, when it is set forward.
 * @returns a function that ends it and waits for the beats under way.
 */
export function startHeartbeat(cron: string, beat: () => Promise<void>, log: Log): () => Promise<void> {
  const underWay = new Set<Promise<void>>();
  const times = createTask(cron, () => {}, { timezone: 'UTC' });
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const next = times.getNextRuns(1)[0]?.getTime() ?? Date.now() + LONGEST_WAIT_MS;
    timer = setTimeout(fire, Math.min(LONGEST_WAIT_MS, Math.max(1, next - Date.now())));
  };
  const fire = (): void => {
    const one = beat()
      .catch((error: unknown) => log.error({ err: errorFields(error) }, 'a beat failed'))
      .finally(() => underWay.delete(one));
    underWay.add(one);
    wait();
  };
  wait();
  return async () => {
    clearTimeout(timer);
    await times.destroy();
    await Promise.all(underWay);
  };
}
