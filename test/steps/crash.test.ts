import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../src/clock.ts';
import { submit } from '../../src/steps/submit.ts';
import { type StepsWorld, startSteps } from './world.ts';

let world: StepsWorld;

beforeEach(async () => {
  world = await startSteps();
  world.site.plan({ queueSeconds: 10, seconds: 120, writes: [{ name: 'model.pt', content: 1_000 }] });
});

afterEach(() => world[Symbol.asyncDispose]());

const VERSIONS = 'mara-k/leaf-disease';

/** Whatever happened: one version at Kaggle, one card, one message about the end, and the run is over. */
async function endsOnce(): Promise<void> {
  await world.pass(12 * MINUTE);
  expect(world.site.versions(VERSIONS)).toHaveLength(1);
  expect(world.messages().map(({ content }) => content.slice(0, 20))).toEqual([
    '',
    expect.stringContaining('#1 complete'),
  ]);
  expect(world.needs.notices.countOwed()).toBe(0);
}

describe('killed around the push', () => {
  test('accepted and never pushed: it is pushed after the restart, and the same interaction makes no second run (C2, C3)', async () => {
    const order = world.order();
    await submit(order, world.needs);
    world.restart();
    expect((await submit(order, world.needs)).isNew).toBe(false);
    await endsOnce();
  });

  test('the intent is stored and nothing was sent: looked for twice over a minute, then pushed (C4)', async () => {
    const run = await world.commit();
    await world.killAt('kaggle', 'push', 'before');
    expect(world.phase(run)).toBe('pushing');
    await world.tick();
    expect(world.run(run).state).toMatchObject({ phase: 'pushing', doubt: { looks: 1 } });
    await world.pass(55 * SECOND);
    expect(world.site.pushes).toBe(0);
    await endsOnce();
  });

  test('the answer was not read: the version is found and adopted, and none is made (C5, C6)', async () => {
    const run = await world.commit();
    await world.killAt('kaggle', 'push', 'after');
    expect(world.phase(run)).toBe('pushing');
    await world.tick();
    expect(world.run(run).state).toMatchObject({ phase: 'queued', pushed: { version: 1 } });
    await endsOnce();
  });

  test('killed again while looking: it is looked for again', async () => {
    await world.commit();
    await world.killAt('kaggle', 'push', 'after');
    await world.killAt('kaggle', 'kernel', 'after');
    await endsOnce();
  });
});

describe('killed while it is followed', () => {
  test('the end was seen and not stored: it is seen again (C7, C8)', async () => {
    await world.commit();
    await world.tick();
    await world.pass(30 * SECOND);
    world.clock.advance(4 * MINUTE);
    await world.killAt('kaggle', 'session', 'after');
    await endsOnce();
  });

  test.each(['outputs', 'files', 'quota'] as const)(
    'killed while collecting %s: collected from the start (C9)',
    async (method) => {
      await world.commit();
      await world.tick();
      await world.pass(30 * SECOND);
      world.clock.advance(4 * MINUTE);
      await world.killAt('kaggle', method, 'after');
      await endsOnce();
    },
  );
});

describe('killed around a message', () => {
  test.each(['before', 'after'] as const)('%s the card was sent: there is one card (C10, C11, C12)', async (when) => {
    await world.commit();
    await world.killAt('chat', 'post', when);
    await endsOnce();
  });

  test.each(['before', 'after'] as const)('%s the end was told: it is told once (C10, C11, C12)', async (when) => {
    await world.commit();
    await world.tick();
    await world.pass(30 * SECOND);
    world.clock.advance(4 * MINUTE);
    await world.killAt('chat', 'post', when);
    await endsOnce();
  });

  test('sent and not stored, and away for longer than Discord remembers: the channel is read, and nothing sent (C12)', async () => {
    await world.commit();
    await world.tick();
    await world.pass(30 * SECOND);
    world.clock.advance(4 * MINUTE);
    await world.killAt('chat', 'post', 'after');
    world.clock.advance(20 * MINUTE);
    await endsOnce();
  });

  test('not sent, and away for long: the channel is read, and it is sent', async () => {
    await world.commit();
    await world.tick();
    await world.pass(30 * SECOND);
    world.clock.advance(4 * MINUTE);
    await world.killAt('chat', 'post', 'before');
    world.clock.advance(20 * MINUTE);
    await endsOnce();
  });

  test('killed at an edit: the card shows the end all the same (C13)', async () => {
    await world.commit();
    await world.tick();
    await world.pass(30 * SECOND);
    world.clock.advance(4 * MINUTE);
    await world.killAt('chat', 'edit', 'before');
    await endsOnce();
    expect(world.textOf(world.messages()[0])).toContain('#1 complete');
  });
});
