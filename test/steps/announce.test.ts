import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../src/clock.ts';
import type { Run } from '../../src/domain/run.ts';
import { mute } from '../../src/steps/mute.ts';
import { type StepsWorld, startSteps } from './world.ts';

let world: StepsWorld;

beforeEach(async () => {
  world = await startSteps();
  world.site.plan({ queueSeconds: 5, seconds: 60, writes: [{ name: 'submission.csv', content: 'id,label\n1,0\n' }] });
});

afterEach(() => world[Symbol.asyncDispose]());

/** A run whose card is posted and whose session has ended, but nobody has looked. */
async function aboutToEnd(over: Parameters<StepsWorld['commit']>[0] = {}): Promise<Run> {
  const run = await world.commit(over);
  await world.tick();
  await world.pass(20 * SECOND);
  world.clock.advance(2 * MINUTE);
  return run;
}

const ends = (channelId?: string): string[] =>
  world
    .messages(channelId)
    .map(({ content }) => content)
    .filter((content) => content !== '');
const dm = (): string => world.mara.directMessages();

describe('Discord is not there', () => {
  test.each(['before', 'after'] as const)('the connection breaks %s it took the message: told once', async (when) => {
    await aboutToEnd();
    world.discord.faults.next('createMessage', { kind: 'reset', when }, 3);
    await world.pass(MINUTE, SECOND);
    expect(ends()).toHaveLength(1);
  });

  test('an outage of half an hour after it took the message: the channel is read, and nothing told twice', async () => {
    await aboutToEnd();
    world.discord.faults.next('createMessage', { kind: 'status', status: 502, when: 'after' });
    world.discord.faults.next('createMessage', { kind: 'status', status: 503, when: 'before' }, 12);
    world.discord.faults.next('listMessages', { kind: 'status', status: 503, when: 'before' }, 40);
    await world.pass(40 * MINUTE, 10 * SECOND);
    expect(ends()).toHaveLength(1);
    expect(world.needs.notices.countOwed()).toBe(0);
  });

  test('an outage of half an hour before it took the message: told once, and said why so late', async () => {
    await aboutToEnd();
    world.discord.faults.next('createMessage', { kind: 'status', status: 503, when: 'before' }, 12);
    world.discord.faults.next('listMessages', { kind: 'status', status: 503, when: 'before' }, 40);
    await world.pass(40 * MINUTE, 10 * SECOND);
    expect(ends()).toHaveLength(1);
    expect(ends()[0]).toContain('Told late: Discord was not reachable');
  });

  test('a rate limit is waited for', async () => {
    await aboutToEnd();
    world.discord.faults.next('createMessage', { kind: 'limited', scope: 'shared', retryAfterMs: 30_000 });
    await world.pass(20 * SECOND);
    expect(ends()).toHaveLength(0);
    await world.pass(30 * SECOND);
    expect(ends()).toHaveLength(1);
  });
});

describe('Discord does not want the message', () => {
  const refusal = { kind: 'refused', status: 400, code: 50035, message: 'Invalid Form Body' } as const;

  test('first without files, then without buttons, then as a direct message; each once', async () => {
    await aboutToEnd();
    world.discord.faults.next('createMessage', refusal);
    await world.pass(10 * SECOND);
    expect(world.messages().at(-1)?.attachments).toEqual([]);
    expect(world.messages().at(-1)?.components).not.toEqual([]);
  });

  test('twice refused: without buttons', async () => {
    await aboutToEnd();
    world.discord.faults.next('createMessage', refusal, 2);
    await world.pass(10 * SECOND);
    expect(world.messages().at(-1)?.content).toContain('#1 complete');
    expect(world.messages().at(-1)?.components).toEqual([]);
  });

  test('three times refused: in the direct messages; then it is given up and shown on request', async () => {
    const run = await aboutToEnd();
    world.discord.faults.next('createMessage', refusal, 3);
    await world.pass(10 * SECOND);
    expect(ends()).toHaveLength(0);
    expect(ends(dm())).toHaveLength(1);
    expect(world.needs.notices.isParked(run.key, 'end')).toBe(false);
  });

  test('four times: parked', async () => {
    const run = await aboutToEnd();
    world.discord.faults.next('createMessage', refusal, 4);
    await world.pass(10 * SECOND);
    expect(world.needs.notices.isParked(run.key, 'end')).toBe(true);
  });

  test('no right to write in the channel any more: by direct message, with its buttons, and asked once', async () => {
    await aboutToEnd();
    world.discord.revoke(world.channelId, ['SendMessages']);
    await world.pass(MINUTE);
    expect(ends()).toHaveLength(0);
    expect(ends(dm())).toHaveLength(1);
    expect(world.messages(dm())[0]?.components).not.toEqual([]);
  });

  test('the channel is deleted and the direct messages are closed: parked, and told when they open', async () => {
    const run = await aboutToEnd();
    world.discord.deleteChannel(world.channelId);
    world.mara.closeDirectMessages(true);
    await world.pass(MINUTE);
    expect(world.needs.notices.isParked(run.key, 'end')).toBe(true);
    const asked = world.discord.requests.length;
    await world.pass(10 * MINUTE, MINUTE);
    expect(world.discord.requests.length).toBe(asked);
    world.mara.closeDirectMessages(false);
    world.needs.notices.unpark(world.mara.id, world.clock.now());
    await world.pass(10 * SECOND);
    expect(ends(dm())).toHaveLength(1);
  });

  test('no right to read the history: no reply, but the card’s address', async () => {
    await aboutToEnd();
    world.discord.revoke(world.channelId, ['ReadMessageHistory']);
    await world.pass(10 * SECOND);
    expect(ends()).toHaveLength(1);
    expect(ends()[0]).toContain(`/channels/${world.guildId}/${world.channelId}/`);
    expect(world.messages().at(-1)?.message_reference).toBeUndefined();
  });
});

describe('where and how loudly', () => {
  test('a run of the direct messages is told there, without a mention', async () => {
    await aboutToEnd({ place: { kind: 'dm', guildId: null, channelId: dm() } });
    await world.pass(10 * SECOND);
    expect(world.messages(dm())).toHaveLength(2);
    expect(ends(dm())[0]).not.toContain('<@');
  });

  test('a foreign place is told by direct message', async () => {
    await aboutToEnd({ place: { kind: 'foreign', guildId: '1', channelId: '2' } });
    await world.pass(10 * SECOND);
    expect(world.messages(dm())).toHaveLength(2);
    expect(ends()).toHaveLength(0);
  });

  test('a muted run ends silently', async () => {
    const run = await aboutToEnd();
    mute(run, world.needs);
    await world.pass(10 * SECOND);
    const end = world.messages().at(-1);
    expect(end?.content).toContain('#1 complete');
    expect(end?.content).not.toContain('<@');
    expect(world.discord.notified(end?.id ?? '')).toEqual([]);
  });

  test('five told late at once: the first with a mention, the others silent', async () => {
    for (const n of [1, 2, 3, 4, 5])
      await world.commit({
        from: { kind: 'file', name: `fold-${n}-train.py`, text: 'print(1)\n' },
        accelerator: 'cpu',
      });
    await world.tick();
    await world.pass(20 * SECOND);
    world.clock.advance(HALF_HOUR);
    world.discord.faults.next('createMessage', { kind: 'status', status: 503, when: 'before' }, 200);
    await world.pass(12 * MINUTE, 10 * SECOND);
    world.discord.faults.clear();
    await world.pass(2 * MINUTE);
    expect(ends()).toHaveLength(5);
    expect(ends().filter((content) => content.includes('<@'))).toHaveLength(1);
    expect(ends()[0]).toContain('and 4 more below');
  });

  const HALF_HOUR = 30 * MINUTE;
});

describe('the card', () => {
  test('deleted: it is not posted again, and the end stands alone', async () => {
    const run = await aboutToEnd();
    world.discord.deleteMessage(world.run(run).card?.messageId ?? '');
    await world.pass(10 * MINUTE, 10 * SECOND);
    expect(world.messages()).toHaveLength(1);
    expect(ends()).toHaveLength(1);
  });

  test('is edited only when it would show something else, and shows progress at most each minute', async () => {
    world.site.clearPlans();
    const run = await world.commit();
    await world.tick();
    world.site.session('mara-k/leaf-disease', 1).start();
    await world.pass(20 * SECOND);
    const edits = () => world.discord.requests.filter(({ route }) => route === 'editMessage').length;
    const before = edits();
    for (let epoch = 1; epoch <= 30; epoch++) {
      const progress = { unit: 'epoch', at: epoch, of: 70, series: [], paceMs: null } as const;
      world.needs.runs.setProgress(run.key, progress);
      world.needs.cards.want(run.key, world.clock.now());
      await world.pass(10 * SECOND);
    }
    expect(edits() - before).toBeGreaterThanOrEqual(4);
    expect(edits() - before).toBeLessThanOrEqual(6);
    const still = edits();
    for (let n = 0; n < 10; n++) {
      await world.pass(MINUTE, 30 * SECOND);
      world.needs.cards.want(run.key, world.clock.now());
    }
    expect(edits() - still).toBeLessThanOrEqual(1);
  });

  test('killed while it is edited: edited after the restart', async () => {
    world.site.clearPlans();
    const run = await world.commit();
    await world.tick();
    world.site.session('mara-k/leaf-disease', 1).start();
    await world.pass(2 * MINUTE);
    world.needs.runs.setProgress(run.key, { unit: 'epoch', at: 31, of: 70, series: [], paceMs: null });
    world.needs.cards.want(run.key, world.clock.now());
    await world.killAt('chat', 'edit', 'before');
    await world.pass(MINUTE);
    expect(world.textOf(world.messages()[0])).toMatch(/epoch.31 of 70/);
  });
});
