import { afterEach, beforeEach, expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../src/clock.ts';
import { type StepsWorld, startSteps } from './world.ts';

let world: StepsWorld;

beforeEach(async () => {
  world = await startSteps();
});

afterEach(() => world[Symbol.asyncDispose]());

test('a notebook goes from the order to a message with its files, and the launcher alone is notified', async () => {
  world.site.plan({
    queueSeconds: 20,
    seconds: 600,
    prints: [{ at: 5, text: 'hello\n' }],
    writes: [
      { name: 'model.pt', content: 1_000_000 },
      { name: 'submission.csv', content: 'id,label\n1,0\n2,1\n' },
    ],
  });
  const run = await world.commit();
  await world.tick();
  expect(world.phase(run)).toBe('queued');
  expect(world.messages()).toHaveLength(1);
  await world.pass(40 * SECOND);
  expect(world.phase(run)).toBe('running');
  await world.pass(12 * MINUTE);
  expect(world.phase(run)).toBe('complete');
  const [card, end] = world.messages();
  expect(world.messages()).toHaveLength(2);
  expect(end?.content).toMatch(/^✅ \*\*#1 complete\*\*/);
  expect(end?.content).toContain('model.pt');
  expect(end?.content).toContain('submission.csv');
  expect(end?.message_reference?.message_id).toBe(card?.id);
  expect(end?.attachments.map(({ filename }) => filename)).toEqual(['submission.csv']);
  expect(world.discord.notified(end?.id ?? '')).toEqual([world.mara.id]);
  expect(world.textOf(card)).toContain('#1 complete');
  expect(world.site.pushes).toBe(1);
  expect(world.needs.runs.outputs(run.key).map(({ name }) => name)).toEqual(['model.pt', 'submission.csv']);
});
