import { afterEach, expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/clock.ts';
import { STREAM_BYTES_PER_HOUR } from '../../src/domain/stream-again.ts';
import type { Kaggle, LogEvent } from '../../src/kaggle/kaggle.ts';
import { LogFollower } from '../../src/steps/log-follower.ts';
import { type StepsWorld, startSteps } from './world.ts';

const REF = 'mara-k/leaf-disease';
const CUT_AFTER_MS = 180 * SECOND;
const PIECE_MS = 5 * SECOND;

let world: StepsWorld;
afterEach(() => world[Symbol.asyncDispose]());

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/**
 * A log that grows evenly, read from its first byte by each connection, which is cut after three minutes. It keeps its own
 * count of what it has sent, with the time.
 */
function growingLog(bytesPerHour: number) {
  const sent: { at: number; bytes: number }[] = [];
  let connections = 0;
  let startedAt = 0;
  const line = `${'x'.repeat(999)}\n`;
  const log: Kaggle['log'] = async function* (_, _kernel, _version, signal, reading): AsyncGenerator<LogEvent> {
    const { clock } = world;
    connections += 1;
    const cutAt = clock.mono() + CUT_AFTER_MS;
    let lines = 0;
    while (clock.mono() < cutAt && !signal?.aborted) {
      const written = Math.floor((((clock.mono() - startedAt) / HOUR) * bytesPerHour) / line.length);
      while (lines < written) {
        const some = Math.min(64, written - lines);
        lines += some;
        sent.push({ at: clock.mono(), bytes: some * line.length });
        reading?.onBytes?.(some * line.length);
        yield { kind: 'chunk', stream: 'stdout', time: 0, text: line.repeat(some) };
      }
      await clock.sleep(PIECE_MS, signal);
    }
  };
  /** The most that was sent within any hour. */
  const worstHour = (): number => {
    let worst = 0;
    let from = 0;
    let sum = 0;
    for (const { at, bytes } of sent) {
      sum += bytes;
      for (let old = sent[from]; old !== undefined && old.at <= at - HOUR; old = sent[from]) {
        sum -= old.bytes;
        from += 1;
      }
      worst = Math.max(worst, sum);
    }
    return worst;
  };
  return {
    log,
    worstHour,
    start: () => {
      startedAt = world.clock.mono();
    },
    get connections() {
      return connections;
    },
  };
}

async function follow(bytesPerHour: number, hours: number) {
  const growing = growingLog(bytesPerHour);
  world = await startSteps({
    follower: (needs) => new LogFollower({ ...needs, kaggle: { ...needs.kaggle, log: growing.log } }),
  });
  const run = await world.commit({ limit: '12h' });
  await world.tick();
  world.site.session(REF, 1).start();
  growing.start();
  for (let passed = 0; passed < hours * HOUR; passed += PIECE_MS) {
    world.clock.advance(PIECE_MS);
    await turns();
    await world.tick();
  }
  expect(world.phase(run)).toBe('running');
  world.site.session(REF, 1).complete();
  const endedAt = world.clock.mono();
  while (world.phase(run) !== 'complete' && world.clock.mono() - endedAt < HOUR) {
    await world.pass(SECOND, SECOND);
    await turns();
  }
  return { growing, told: world.clock.mono() - endedAt };
}

test('a log of 30 MB in twelve hours, cut every three minutes, costs at most 20 MB an hour and hides no end', async () => {
  const { growing, told } = await follow(2_500_000, 11.9);
  expect(growing.worstHour()).toBeLessThanOrEqual(STREAM_BYTES_PER_HOUR);
  // It is really followed, as long as its bytes allow.
  expect(growing.connections).toBeGreaterThan(25);
  expect(growing.worstHour()).toBeGreaterThan(STREAM_BYTES_PER_HOUR / 2);
  expect(told).toBeLessThanOrEqual(2 * MINUTE);
}, 120_000);

test('a log that outgrows an hour’s bytes at once is left to polling for good', async () => {
  const { growing, told } = await follow(60_000_000, 2);
  expect(growing.worstHour()).toBeLessThanOrEqual(STREAM_BYTES_PER_HOUR);
  expect(growing.connections).toBeLessThan(15);
  expect(told).toBeLessThanOrEqual(2 * MINUTE);
}, 120_000);
