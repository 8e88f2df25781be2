import type { startHeartbeat as real } from '../../src/heartbeat.ts';
import { errorFields } from '../../src/log.ts';

/** Real ms between two beats. A cron expression cannot say less than a second. */
const EACH_MS = 100;

/** Stands in for the heartbeat of the program, which beats no more often than once a real second. */
export const startHeartbeat: typeof real = (_cron, beat, log) => {
  const underWay = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const one = beat()
      .catch((error: unknown) => log.error({ err: errorFields(error) }, 'a beat failed'))
      .finally(() => underWay.delete(one));
    underWay.add(one);
  }, EACH_MS);
  return async () => {
    clearInterval(timer);
    await Promise.all(underWay);
  };
};
