import { afterEach, beforeEach, expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../src/clock.ts';
import { ChatError } from '../../src/discord/chat.ts';
import type { Run } from '../../src/domain/run.ts';
import { tick } from '../../src/tick.ts';
import { type StepsWorld, startSteps } from './world.ts';

let world: StepsWorld;

beforeEach(async () => {
  world = await startSteps();
});

afterEach(() => world[Symbol.asyncDispose]());

const fold = (n: number) => ({ from: { kind: 'file', name: `fold-${n}-train.py`, text: 'print(1)\n' } as const });

test('a mistake of ours with one run stops no other, and comes up once a minute, not all the time', async () => {
  const bad = await world.commit(fold(1));
  const good = await world.commit(fold(2));
  const { needs } = world;
  let calls = 0;
  const broken = {
    ...needs,
    kaggle: {
      ...needs.kaggle,
      session: (...asked: Parameters<typeof needs.kaggle.session>) => {
        if (asked[1].slug !== 'fold-1-train') return needs.kaggle.session(...asked);
        calls += 1;
        throw new TypeError('a mistake');
      },
    },
  };
  await tick(broken);
  for (const n of [1, 2]) world.site.session(`mara-k/fold-${n}-train`, 1).start();
  for (let n = 0; n < 12; n++) {
    world.clock.advance(5 * SECOND);
    await tick(broken);
  }
  expect([world.phase(bad), world.phase(good)]).toEqual(['queued', 'running']);
  expect(calls).toBeLessThanOrEqual(2);
  await world.pass(2 * MINUTE);
  expect(world.phase(bad)).toBe('running');
});

test('beats at the same time do the work once', async () => {
  const runs: Run[] = [];
  for (const n of [1, 2]) runs.push(await world.commit(fold(n)));
  await Promise.all([world.tick(), world.tick(), world.tick()]);
  await world.tick();
  expect(world.site.pushes).toBe(2);
  expect(world.messages()).toHaveLength(2);
});

test('without its own token the bot says that it cannot go on', async () => {
  await world.commit();
  world.discord.faults.next('createMessage', { kind: 'refused', status: 401, code: 0, message: '401: Unauthorized' });
  await expect(world.tick()).rejects.toThrow(ChatError);
});

test('a wall clock that is set back an hour makes nobody wait for an hour', async () => {
  const run = await world.commit();
  await world.tick();
  world.site.session('mara-k/leaf-disease', 1).start();
  await world.pass(10 * SECOND);
  world.clock.jump(-60 * MINUTE);
  world.site.session('mara-k/leaf-disease', 1).complete();
  await world.pass(3 * MINUTE);
  expect(world.phase(run)).toBe('complete');
  expect(world.messages()).toHaveLength(2);
});
