import { expect, test } from 'vitest';
import { startHeartbeat } from '../src/heartbeat.ts';
import { silentLog } from '../src/log.ts';

test('a beat that hangs or fails does not keep the next ones from coming, and the end waits for those under way', async () => {
  const { promise: hanging, resolve: release } = Promise.withResolvers<void>();
  let beats = 0;
  const stop = startHeartbeat(
    '* * * * * *',
    async () => {
      beats += 1;
      if (beats === 1) await hanging;
      else throw new Error('a mistake');
    },
    silentLog,
  );
  await expect.poll(() => beats, { timeout: 5_000, interval: 20 }).toBeGreaterThanOrEqual(3);
  let stopped = false;
  const stopping = stop().then(() => {
    stopped = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(stopped).toBe(false);
  release();
  await stopping;
});
