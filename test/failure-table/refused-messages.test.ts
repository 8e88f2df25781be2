import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runs } from '../../commands/runs.ts';
import { HOUR, MINUTE, SECOND } from '../../src/clock.ts';
import type { Run } from '../../src/domain/run.ts';
import type { Scope } from '../../src/domain/scope.ts';
import { type StepsWorld, startSteps } from '../steps/world.ts';

let world: StepsWorld;

beforeEach(async () => {
  world = await startSteps();
  world.site.plan({ queueSeconds: 5, seconds: 60 });
});

afterEach(() => world[Symbol.asyncDispose]());

/** A run whose card is posted and whose session has ended, but nobody has looked. */
async function aboutToEnd(): Promise<Run> {
  const run = await world.commit();
  await world.tick();
  await world.pass(20 * SECOND);
  world.clock.advance(2 * MINUTE);
  return run;
}

const posts = () => world.discord.requests.filter(({ route }) => route === 'createMessage');
const ends = (channelId?: string): string[] =>
  world
    .messages(channelId)
    .map(({ content }) => content)
    .filter((content) => content !== '');
const dm = (): string => world.mara.directMessages();

/** Whatever Discord says of the channel for good: asked once there, told directly, and never asked there again. */
describe.each([
  ['50013, a permission is missing', 403, 50013],
  ['50001, the channel is hidden', 403, 50001],
  ['10003, the channel is gone', 404, 10003],
  ['10004, the server is gone', 404, 10004],
])('%s', (_, status, code) => {
  test('told in the direct messages, the channel asked once', async () => {
    const run = await aboutToEnd();
    world.discord.faults.next('createMessage', { kind: 'refused', status, code, message: 'no' });
    const before = posts().length;
    await world.pass(2 * HOUR, MINUTE);
    expect(ends()).toEqual([]);
    expect(ends(dm())).toHaveLength(1);
    expect(posts().length - before).toBe(2);
    expect(world.needs.notices.isParked(run.key, 'end')).toBe(false);
  });

  test('and closed direct messages: parked, and asked no more', async () => {
    const run = await aboutToEnd();
    world.mara.closeDirectMessages(true);
    world.discord.faults.next('createMessage', { kind: 'refused', status, code, message: 'no' });
    await world.pass(2 * HOUR, MINUTE);
    expect(world.needs.notices.isParked(run.key, 'end')).toBe(true);
    const asked = posts().length;
    await world.pass(HOUR, MINUTE);
    expect(posts()).toHaveLength(asked);
    expect(ends()).toEqual([]);
  });
});

test('50007, closed direct messages of a run that was asked for there: parked, asked once', async () => {
  const run = await world.commit({ place: { kind: 'dm', guildId: null, channelId: dm() } });
  await world.tick();
  await world.pass(20 * SECOND);
  world.clock.advance(2 * MINUTE);
  world.discord.faults.next('createMessage', { kind: 'refused', status: 403, code: 50007, message: 'no' });
  const before = posts().length;
  await world.pass(HOUR, MINUTE);
  expect(posts().length - before).toBe(1);
  expect(world.needs.notices.isParked(run.key, 'end')).toBe(true);
  // Whoever writes to the bot hears it then.
  expect(world.needs.notices.unpark(world.mara.id, world.clock.now())).toBe(1);
  await world.pass(5 * SECOND, SECOND);
  expect(ends(dm())).toHaveLength(1);
});

test.each([
  ['50035', 400, 50035],
  ['40005', 413, 40005],
])('%s, a body that is bad or too big: made smaller, sent once', async (_, status, code) => {
  await aboutToEnd();
  const before = posts().length;
  world.discord.faults.next('createMessage', { kind: 'refused', status, code, message: 'no' });
  await world.pass(10 * MINUTE, 10 * SECOND);
  expect(ends()).toHaveLength(1);
  expect(posts().length - before).toBe(2);
});

test('the server is gone, and with it the way to the person: parked, a handful of refusals in all', async () => {
  const run = await aboutToEnd();
  world.discord.kickBot(world.guildId);
  const before = world.discord.requests.length;
  await world.pass(2 * HOUR, MINUTE);
  expect(world.needs.notices.isParked(run.key, 'end')).toBe(true);
  const refused = world.discord.requests.slice(before).filter(({ status }) => status >= 400);
  expect(refused.length, refused.map(({ route }) => route).join()).toBeLessThanOrEqual(4);
});

test('what could not be delivered stands in the next /runs, once', async () => {
  const run = await aboutToEnd();
  world.mara.closeDirectMessages(true);
  world.discord.faults.next('createMessage', { kind: 'refused', status: 403, code: 50013, message: 'no' });
  await world.pass(10 * MINUTE, MINUTE);
  const list = async (scope: Scope) => {
    const ask = {
      user: { id: world.mara.id, name: 'Mara' },
      scope,
      options: new Map(),
      interactionId: '1',
      place: run.place,
      manages: false,
      roles: [],
      mayPost: true,
      mayAttach: true,
      channelName: null,
      locale: 'en-US',
      uploadLimit: 1,
    };
    const reply = await runs.execute(ask, world.needs);
    const arrive = async (): Promise<void> => {
      if ('follow' in reply) await reply.follow?.(async () => undefined, new AbortController().signal);
    };
    return { text: JSON.stringify(reply), arrive };
  };
  const here = { guildId: world.guildId, userId: world.mara.id };
  // Not in another server.
  const elsewhere = await list({ guildId: '800000000000000001', userId: world.mara.id });
  expect(elsewhere.text).not.toContain('Not told before');
  // An answer that is lost on its way tells nobody.
  expect((await list(here)).text).toContain('**Not told before** #1 ended');
  const answer = await list(here);
  expect(answer.text).toContain('**Not told before** #1 ended');
  await answer.arrive();
  expect((await list(here)).text).not.toContain('Not told before');
  expect(world.needs.notices.countParked()).toBe(0);
});
