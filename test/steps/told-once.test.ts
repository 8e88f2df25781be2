import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../src/clock.ts';
import type { Run } from '../../src/domain/run.ts';
import { type StepsWorld, startSteps, TOKEN } from './world.ts';

let world: StepsWorld;

beforeEach(async () => {
  world = await startSteps();
});

afterEach(() => world[Symbol.asyncDispose]());

const said = (channelId?: string): string[] =>
  world
    .messages(channelId)
    .map(({ content }) => content)
    .filter((content) => content !== '');

/** Discord takes the next message and loses its answer; then it is away for half an hour, and back. */
async function outageAfterTheNextMessage(): Promise<void> {
  world.discord.faults.next('createMessage', { kind: 'status', status: 502, when: 'after' });
  world.discord.faults.next('createMessage', { kind: 'status', status: 503, when: 'before' }, 12);
  world.discord.faults.next('listMessages', { kind: 'status', status: 503, when: 'before' }, 40);
  await world.pass(40 * MINUTE, 10 * SECOND);
  expect(world.needs.notices.countOwed()).toBe(0);
}

describe('after an outage longer than Discord remembers a nonce', () => {
  test('a refused token was told once', async () => {
    await world.commit();
    await world.tick();
    await world.pass(20 * SECOND);
    world.site.revoke(TOKEN);
    await outageAfterTheNextMessage();
    const told = said(world.mara.directMessages());
    expect(told.filter((content) => content.includes('refuses your token'))).toHaveLength(1);
  });

  test('an end without buttons was told once', async () => {
    world.site.plan({ queueSeconds: 5, seconds: 60 });
    await world.commit();
    await world.tick();
    await world.pass(20 * SECOND);
    world.clock.advance(2 * MINUTE);
    const refusal = { kind: 'refused', status: 400, code: 50035, message: 'Invalid Form Body' } as const;
    world.discord.faults.next('createMessage', refusal, 2);
    await outageAfterTheNextMessage();
    expect(said()).toHaveLength(1);
    expect(world.messages().at(-1)?.components).toEqual([]);
  });

  test('two ends without buttons are two messages', async () => {
    world.site.plan({ queueSeconds: 5, seconds: 60 });
    for (const name of ['fold-1-train.py', 'fold-2-train.py'])
      await world.commit({ from: { kind: 'file', name, text: 'print(1)\n' }, accelerator: 'cpu' });
    await world.tick();
    await world.pass(20 * SECOND);
    world.clock.advance(2 * MINUTE);
    world.discord.faults.next('createMessage', { kind: 'status', status: 503, when: 'before' }, 2);
    await world.pass(SECOND, SECOND);
    world.db.prepare("update notices set reduced = 2 where kind = 'end'").run();
    await outageAfterTheNextMessage();
    expect(said()).toHaveLength(2);
  });
});

test('ends that are told late go in the order they ended, the first with a mention', async () => {
  const runs: Run[] = [];
  for (const n of [1, 2, 3, 4, 5])
    runs.push(
      await world.commit({
        from: { kind: 'file', name: `fold-${n}-train.py`, text: 'print(1)\n' },
        accelerator: 'cpu',
      }),
    );
  await world.tick();
  await world.pass(20 * SECOND);
  for (const n of [1, 2, 3, 4, 5]) world.site.session(`mara-k/fold-${n}-train`, 1).start();
  world.discord.faults.next('createMessage', { kind: 'status', status: 503, when: 'before' }, 400);
  // They end in another order than they began, some minutes apart, so that their tries are put off by different times.
  for (const n of [3, 1, 5, 2, 4]) {
    world.site.session(`mara-k/fold-${n}-train`, 1).complete();
    await world.pass(3 * MINUTE + 7 * SECOND, 11 * SECOND);
  }
  await world.pass(12 * MINUTE, 11 * SECOND);
  world.discord.faults.clear();
  // The first of them is the last one to be due.
  const [, , third] = runs;
  if (third === undefined) throw new Error('not committed');
  await world.pass(2 * MINUTE, SECOND);
  const numbers = said().map((content) => /#(\d)/.exec(content)?.[1]);
  expect(numbers).toEqual(['3', '1', '5', '2', '4']);
  expect(said()[0]).toContain('and 4 more below');
  expect(said().map((content) => content.includes(`<@${world.mara.id}>`))).toEqual([true, false, false, false, false]);
});

test('a late end that cannot be made keeps the others for no longer than a try', async () => {
  for (const n of [1, 2])
    await world.commit({ from: { kind: 'file', name: `fold-${n}-train.py`, text: 'print(1)\n' }, accelerator: 'cpu' });
  await world.tick();
  await world.pass(20 * SECOND);
  for (const n of [1, 2]) world.site.session(`mara-k/fold-${n}-train`, 1).start();
  world.discord.faults.next('createMessage', { kind: 'status', status: 503, when: 'before' }, 400);
  for (const n of [1, 2]) {
    world.site.session(`mara-k/fold-${n}-train`, 1).complete();
    await world.pass(3 * MINUTE, 10 * SECOND);
  }
  world.db.prepare("update runs set report = '{}' where number = 1").run();
  await world.pass(12 * MINUTE, 10 * SECOND);
  world.discord.faults.clear();
  await world.pass(2 * MINUTE, SECOND);
  expect(said()).toEqual([expect.stringContaining('#2 complete')]);
});
