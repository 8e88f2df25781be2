import { schedule } from 'node-cron';
import { errorFields, type Log } from './log.ts';

/**
 * Beats by a node-cron expression (with seconds, UTC). A beat does not wait for the one before: `beat` takes only what nobody
 * has in hand, so that one slow answer holds up nothing but itself.
 * @returns a function that ends it and waits for the beats under way.
 */
export function startHeartbeat(cron: string, beat: () => Promise<void>, log: Log): () => Promise<void> {
  const underWay = new Set<Promise<void>>();
  const task = schedule(
    cron,
    () => {
      const one = beat()
        .catch((error: unknown) => log.error({ err: errorFields(error) }, 'a beat failed'))
        .finally(() => underWay.delete(one));
      underWay.add(one);
    },
    // It would print its own coloured line for each beat that a busy moment swallowed; the next one does that work as well.
    { timezone: 'UTC', suppressMissedWarning: true },
  );
  return async () => {
    await task.destroy();
    await Promise.all(underWay);
  };
}
