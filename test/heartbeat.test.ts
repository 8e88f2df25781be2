import { afterEach, expect, test, vi } from 'vitest';
import { HOUR, SECOND } from '../src/clock.ts';
import { startHeartbeat } from '../src/heartbeat.ts';
import { silentLog } from '../src/log.ts';
import { Pulse } from '../src/pulse.ts';
import { HandClock } from './hand-clock.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

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

test.each([-24 * HOUR, -HOUR, HOUR, 24 * HOUR])(
  'a wall clock that is set by %i ms makes no silence and no burst',
  async (ms) => {
    let set = 0;
    const RealDate = Date;
    vi.stubGlobal(
      'Date',
      class extends RealDate {
        constructor(...given: [] | [number]) {
          super(...((given.length === 0 ? [RealDate.now() + set] : given) as [number]));
        }
        static override now(): number {
          return RealDate.now() + set;
        }
      },
    );
    let beats = 0;
    const stop = startHeartbeat(
      '* * * * * *',
      async () => {
        beats += 1;
      },
      silentLog,
    );
    await expect.poll(() => beats, { timeout: 5_000, interval: 20 }).toBeGreaterThanOrEqual(1);
    set = ms;
    const before = beats;
    const from = performance.now();
    await expect.poll(() => beats - before, { timeout: 10_000, interval: 20 }).toBeGreaterThanOrEqual(2);
    // One a second, and one more for the second the clock was set in.
    expect(beats - before).toBeLessThanOrEqual((performance.now() - from) / SECOND + 2);
    await stop();
  },
);

test('the pulse tells when the program could not run, and for how long', () => {
  const clock = new HandClock();
  const said: [string, object, string][] = [];
  const say = (level: string) => (fields: object, sentence: string) => said.push([level, fields, sentence]);
  const pulse = new Pulse({ clock, log: { ...silentLog, warn: say('warn'), error: say('error') } });
  for (const ms of [0, 1_000, 1_900, 4_000, 1_000, 41_000]) {
    clock.advance(ms);
    pulse.beat();
  }
  clock.jump(HOUR);
  pulse.beat();
  expect(said).toEqual([
    ['warn', { ms: 3_000 }, 'the event loop was blocked'],
    ['error', { ms: 40_000 }, 'the program stood still: no beat could be done'],
  ]);
  expect(pulse.metrics().map(({ values }) => values[0]?.value)).toEqual([43, 40]);
});
