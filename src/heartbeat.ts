import { schedule } from 'node-cron';
import { errorFields, type Log } from './log.ts';

/**
 * Beats by a node-cron expression (with seconds, UTC). A beat that comes while the last one still works is left out: due
 * times are dates in rows, so nothing is missed by it.
 * @returns a function that ends it and waits for the beat under way.
 */
export function startHeartbeat(cron: string, beat: () => Promise<void>, log: Log): () => Promise<void> {
  let underWay: Promise<void> | null = null;
  const task = schedule(
    cron,
    () => {
      if (underWay !== null) return;
      underWay = beat()
        .catch((error: unknown) => log.error({ err: errorFields(error) }, 'a beat failed'))
        .finally(() => {
          underWay = null;
        });
    },
    { timezone: 'UTC' },
  );
  return async () => {
    await task.destroy();
    await underWay;
  };
}
