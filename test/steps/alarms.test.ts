import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../src/clock.ts';
import type { Run } from '../../src/domain/run.ts';
import { LogFollower } from '../../src/steps/log-follower.ts';
import { muteAlarms } from '../../src/steps/mute.ts';
import { textOf } from '../world.ts';
import { type StepsWorld, startSteps } from './world.ts';

const REF = 'mara-k/leaf-disease';
let world: StepsWorld;

beforeEach(async () => {
  world = await startSteps({
    follower: (needs) => new LogFollower(needs, { pause: () => new Promise((resolve) => setImmediate(resolve)) }),
  });
});
afterEach(() => world[Symbol.asyncDispose]());

const session = () => world.site.session(REF, 1);
const alarms = (): string[] =>
  world
    .messages()
    .map(textOf)
    .filter((text) => text.startsWith('⚠️'));

async function running(limit = '9h'): Promise<Run> {
  const run = await world.commit({ limit });
  await world.tick();
  session().start();
  await print(run, 'begin\n');
  await world.pass(SECOND, SECOND);
  expect(world.phase(run)).toBe('running');
  return run;
}

/** Prints and waits until the bot has read it. */
async function print(run: Run, text: string): Promise<void> {
  const before = world.needs.follower.tail(run.key, 0)?.total ?? 0;
  session().print(text);
  await expect
    .poll(() => world.needs.follower.tail(run.key, 0)?.total, { interval: 5 })
    .toBe(before + text.split('\n').length - 1);
}

async function epochs(run: Run, from: number, to: number, eachMs: number, line: (n: number) => string): Promise<void> {
  for (let epoch = from; epoch <= to; epoch += 1) {
    await world.pass(eachMs, 20 * SECOND);
    await print(run, `${line(epoch)}\n`);
  }
  await world.pass(20 * SECOND, 10 * SECOND);
}

const losses =
  (nanFrom = 999) =>
  (n: number): string =>
    n >= nanFrom ? `Epoch ${n}/70 - loss: nan - val_loss: nan` : `Epoch ${n}/70 - loss: 0.5 - val_loss: 0.4127`;

describe('a loss that is NaN', () => {
  test('is told once, as an answer to the card, to the launcher alone, with the last number', async () => {
    const run = await running();
    await epochs(run, 1, 20, MINUTE, losses(18));
    expect(alarms()).toEqual([
      [
        `⚠️ **#1: val\\_loss is NaN** since epoch 18 · <@${world.mara.id}>`,
        'The last number was 0.4127 at epoch 17. The run goes on and uses GPU hours until it ends or is stopped.',
        '[Log]',
        '[Stop…]',
        '[No more alarms for #1]',
      ].join('\n'),
    ]);
    const [card, alarm] = world.messages();
    expect(alarm?.message_reference?.message_id).toBe(card?.id);
    expect(alarm?.mentions.map(({ id }) => id)).toEqual([world.mara.id]);
  });
  test('is not told in the first five minutes, but then', async () => {
    const run = await running();
    await epochs(run, 1, 3, 40 * SECOND, losses(2));
    expect(alarms()).toEqual([]);
    await world.pass(4 * MINUTE);
    expect(alarms()).toHaveLength(1);
  });
  test('is not told to somebody who wants no more alarms', async () => {
    const run = await running();
    muteAlarms(run, world.needs);
    await epochs(run, 1, 20, MINUTE, losses(18));
    expect(alarms()).toEqual([]);
    expect(world.needs.notices.wasOwed(run.key, 'notANumber')).toBe(false);
  });
  test('is not told when the run has ended before it could be sent', async () => {
    const run = await running();
    world.discord.faults.next('createMessage', { kind: 'status', status: 503, when: 'before' }, 1_000);
    await epochs(run, 1, 9, MINUTE, losses(8));
    expect(world.needs.notices.wasOwed(run.key, 'notANumber')).toBe(true);
    session().complete();
    await expect.poll(() => world.needs.follower.open, { interval: 5 }).toBe(0);
    await world.pass(MINUTE);
    world.discord.faults.clear();
    await world.pass(5 * MINUTE);
    expect(world.phase(run)).toBe('complete');
    expect(alarms()).toEqual([]);
    expect(world.messages().map(textOf).join('\n')).toContain('#1 complete');
  });
});

describe('a log that is silent', () => {
  test('is told after twenty minutes with its last line, once', async () => {
    const run = await running();
    await epochs(run, 1, 8, 12 * SECOND, () => 'saving checkpoint to `/kaggle/working` @everyone');
    await world.pass(19 * MINUTE, 20 * SECOND);
    expect(alarms()).toEqual([]);
    await world.pass(MINUTE, 10 * SECOND);
    const [said] = alarms();
    expect(said).toContain(`⚠️ **#1 has been silent for 20 min** · <@${world.mara.id}>`);
    expect(said).toMatch(/Before, a line came about every \d+ s\. Last line: `saving checkpoint to ˋ\/kaggle/);
    await world.pass(40 * MINUTE, 30 * SECOND);
    expect(alarms()).toHaveLength(1);
  });
  test('is given twenty times its usual gap', async () => {
    const run = await running();
    await epochs(run, 1, 5, 3 * MINUTE, losses());
    await world.pass(50 * MINUTE, 30 * SECOND);
    expect(alarms()).toEqual([]);
    await world.pass(12 * MINUTE, 30 * SECOND);
    expect(alarms()).toHaveLength(1);
  });
  test('is given the time the server has set', async () => {
    const { guilds } = world.needs;
    guilds.set(world.guildId, { ...guilds.settings(world.guildId), silentMinutes: 60 });
    const run = await running();
    await epochs(run, 1, 5, 12 * SECOND, losses());
    await world.pass(55 * MINUTE, 30 * SECOND);
    expect(alarms()).toEqual([]);
    await world.pass(6 * MINUTE, 30 * SECOND);
    expect(alarms()).toHaveLength(1);
  });
  test('is not told by a log that has never spoken', async () => {
    const run = await world.commit();
    await world.tick();
    session().start();
    await world.pass(60 * MINUTE, 30 * SECOND);
    expect(world.phase(run)).toBe('running');
    expect(alarms()).toEqual([]);
  });
  test('is not told by one that has no rhythm yet', async () => {
    const run = await running();
    await epochs(run, 1, 2, 2 * MINUTE, losses());
    await world.pass(120 * MINUTE, 30 * SECOND);
    expect(alarms()).toEqual([]);
  });
  test('is not told when a line comes before the message could be sent', async () => {
    const run = await running();
    await epochs(run, 1, 5, 12 * SECOND, losses());
    world.discord.faults.next('createMessage', { kind: 'status', status: 503, when: 'before' }, 1_000);
    await world.pass(22 * MINUTE, 30 * SECOND);
    expect(world.needs.notices.wasOwed(run.key, 'silent')).toBe(true);
    await print(run, `${losses()(6)}\n`);
    world.discord.faults.clear();
    await world.pass(5 * MINUTE);
    expect(alarms()).toEqual([]);
  });
});

describe('a run that will miss its limit', () => {
  test('is told with what it needs, and where it would be cut off', async () => {
    const run = await running();
    await epochs(run, 1, 4, 8 * MINUTE + 40 * SECOND, losses());
    expect(alarms()).toEqual([]);
    await epochs(run, 5, 7, 8 * MINUTE + 40 * SECOND, losses());
    const [said] = alarms();
    expect(said).toContain(`⚠️ **#1 will miss its limit** · needs about 10 h 5 min, has 9 h · <@${world.mara.id}>`);
    expect(said).toMatch(
      /At 8 min 4\d s per epoch it would be cut off at <t:\d+:t>, in epoch 63 of 70\. The limit cannot be changed while it runs\./,
    );
    await epochs(run, 8, 10, 8 * MINUTE + 40 * SECOND, losses());
    expect(alarms()).toHaveLength(1);
  });
  test('is not told when it makes it', async () => {
    const run = await running('12h');
    await epochs(run, 1, 9, 8 * MINUTE + 40 * SECOND, losses());
    expect(alarms()).toEqual([]);
  });
});

test('an alarm whose answer was lost is not told twice', async () => {
  const run = await running();
  await epochs(run, 1, 7, MINUTE, losses());
  await print(run, `${losses(8)(8)}\n`);
  await world.killAt('chat', 'post', 'after', () => world.pass(MINUTE, 15 * SECOND));
  await world.pass(10 * MINUTE, 15 * SECOND);
  expect(alarms()).toHaveLength(1);
});
