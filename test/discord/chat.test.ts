import { ComponentType } from 'discord-api-types/v10';
import { describe, expect, test } from 'vitest';
import { ChatError, type ChatErrorKind, type MessageBody } from '../../src/discord/chat.ts';
import { eventually, panel, startDoorWorld, textOf } from './door-world.ts';

const startWorld = (options: Partial<Parameters<typeof startDoorWorld<object>>[0]> = {}) =>
  startDoorWorld({ needs: {}, ...options });

async function failure(promise: Promise<unknown>): Promise<ChatError> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ChatError)) throw new Error(`not an error of the door: ${String(error)}`);
  return error;
}

const notice = (content: string, more: Partial<Extract<MessageBody, { kind: 'notice' }>> = {}): MessageBody => ({
  kind: 'notice',
  content,
  ...more,
});
const png = { name: 'curve-42.png', bytes: Buffer.from('89504e470d0a1a0a', 'hex'), description: 'Loss over 70 epochs' };

test('a notice notifies whom it names and nobody else, and replies to the card', async () => {
  await using world = await startWorld();
  const { chat, mara, jun, channel } = world;
  const card = await chat.post({ channelId: channel.id, body: panel('card'), nonce: 'card' });
  const end = await chat.post({
    channelId: channel.id,
    body: notice(`✅ **#42 complete** · <@${mara.id}> <@${jun.id}> @everyone`, { mentions: [mara.id], files: [png] }),
    nonce: 'end',
    replyTo: card,
  });
  expect(world.discord.notified(card)).toEqual([]);
  expect(world.discord.notified(end)).toEqual([mara.id]);
  const seen = world.seenBy(mara, channel.id, end);
  expect(seen?.message_reference?.message_id).toBe(card);
  expect(seen?.attachments[0]).toMatchObject({ filename: 'curve-42.png', description: 'Loss over 70 epochs' });
  expect(world.discord.fileOf(seen?.attachments[0]?.id ?? '')).toEqual(png.bytes);
  expect((seen?.flags ?? 0) & 4).toBe(4);
});

test('a reply to a message that is gone becomes a plain message', async () => {
  await using world = await startWorld();
  const { chat, mara, channel } = world;
  const card = await chat.post({ channelId: channel.id, body: panel('card'), nonce: 'card' });
  world.discord.deleteMessage(card);
  const end = await chat.post({ channelId: channel.id, body: notice('done'), nonce: 'end', replyTo: card });
  expect(world.seenBy(mara, channel.id, end)?.message_reference).toBeUndefined();
});

describe('posting is done once', () => {
  test.each([
    ['the connection is cut', { kind: 'reset', when: 'after' }],
    ['a 502 comes back', { kind: 'status', status: 502, when: 'after' }],
  ] as const)('when %s after the message was made, the same nonce finds it', async (_, fault) => {
    await using world = await startWorld();
    const { chat, channel, mara } = world;
    const post = { channelId: channel.id, body: notice('✅ **#42 complete**'), nonce: 'run-42-end' };
    world.discord.faults.next('createMessage', fault);
    expect((await failure(chat.post(post))).kind).toBe('unavailable');
    // The library did not repeat it on its own.
    expect(world.requestsTo('createMessage')).toHaveLength(1);
    const id = await chat.post(post);
    expect(mara.messages(channel.id).map(({ message }) => message.id)).toEqual([id]);
  });

  test('and a message that was never made is made by the second try', async () => {
    await using world = await startWorld();
    const { chat, channel, mara } = world;
    const post = { channelId: channel.id, body: notice('x'), nonce: 'n' };
    world.discord.faults.next('createMessage', { kind: 'status', status: 503, when: 'before' });
    expect((await failure(chat.post(post))).kind).toBe('unavailable');
    await chat.post(post);
    expect(mara.messages(channel.id)).toHaveLength(1);
  });
});

test('an edit changes the text, mentions nobody and keeps the files of a notice', async () => {
  await using world = await startWorld();
  const { chat, channel, mara } = world;
  const body = notice('with buttons', { mentions: [mara.id], files: [png] });
  const id = await chat.post({ channelId: channel.id, body, nonce: 'n' });
  await chat.edit(channel.id, id, notice(`without <@${mara.id}>`, { mentions: [mara.id] }));
  const seen = world.seenBy(mara, channel.id, id);
  expect(seen?.content).toBe(`without <@${mara.id}>`);
  expect(seen?.attachments.map(({ filename }) => filename)).toEqual(['curve-42.png']);
  expect(world.discord.notified(id)).toEqual([]);
});

test('the picture of a panel is replaced, not added to', async () => {
  await using world = await startWorld();
  const { chat, channel, mara } = world;
  const withPicture = (name: string): MessageBody => ({
    kind: 'panel',
    components: [{ type: ComponentType.MediaGallery, items: [{ media: { url: `attachment://${name}` } }] }],
    files: [{ ...png, name }],
  });
  const id = await chat.post({ channelId: channel.id, body: withPicture('a.png'), nonce: 'n' });
  await chat.edit(channel.id, id, withPicture('b.png'));
  expect(JSON.stringify(world.seenBy(mara, channel.id, id)?.components)).toContain('b.png');
  await chat.edit(channel.id, id, panel('no picture'));
  expect(textOf(world.seenBy(mara, channel.id, id))).toBe('no picture');
});

describe('its own message is found again', () => {
  test('by a part of a button’s or a menu’s id, however deep, the newest one', async () => {
    await using world = await startWorld();
    const { chat, channel, discord } = world;
    const row = (id: string) => ({
      type: ComponentType.ActionRow as const,
      components: [{ type: ComponentType.StringSelect as const, custom_id: id, options: [{ label: 'a', value: 'a' }] }],
    });
    await chat.post({ channelId: channel.id, body: panel('card', 'refresh:v1:key42'), nonce: '1' });
    const menu = await chat.post({
      channelId: channel.id,
      body: notice('end', { components: [row('links:v1:key42')] }),
      nonce: '2',
    });
    const section = await chat.post({
      channelId: channel.id,
      body: {
        kind: 'panel',
        components: [
          {
            type: ComponentType.Container,
            components: [
              {
                type: ComponentType.Section,
                components: [{ type: ComponentType.TextDisplay, content: 'one' }],
                accessory: { type: ComponentType.Button, style: 2, label: 'Details', custom_id: 'status:v1:key43' },
              },
            ],
          },
        ],
      },
      nonce: '3',
    });
    world.mara.type(channel.id, 'key42');
    expect(await chat.findOwn(channel.id, 'key42')).toBe(menu);
    expect(await chat.findOwn(channel.id, ':key43')).toBe(section);
    expect(await chat.findOwn(channel.id, 'key44')).toBeNull();
    discord.deleteChannel(channel.id);
    expect((await failure(chat.findOwn(channel.id, 'key42'))).kind).toBe('gone');
  });

  test('among the last fifty only', async () => {
    await using world = await startWorld();
    const { chat, channel } = world;
    await chat.post({ channelId: channel.id, body: panel('card', 'refresh:v1:key42'), nonce: '1' });
    for (let n = 0; n < 50; n += 1) world.mara.type(channel.id, `message ${n}`);
    expect(await chat.findOwn(channel.id, 'key42')).toBeNull();
  });
});

test('a direct message reaches the person, unless they take none', async () => {
  await using world = await startWorld();
  const { chat, mara } = world;
  const channelId = await chat.directMessages(mara.id);
  expect(channelId).toBe(mara.directMessages());
  const id = await chat.post({ channelId, body: notice('hello'), nonce: 'dm' });
  expect(world.seenBy(mara, channelId, id)?.content).toBe('hello');
  mara.closeDirectMessages(true);
  expect((await failure(chat.post({ channelId, body: notice('again'), nonce: 'dm2' }))).kind).toBe('closed');
});

describe('what Discord refuses is told by what it means', () => {
  test('a channel that is gone, one that is hidden, one that takes nothing', async () => {
    await using world = await startWorld();
    const { chat, discord, guild, channel } = world;
    const hidden = discord.addChannel(guild.id, { name: 'hidden', botMayNot: ['ViewChannel'] });
    const mute = discord.addChannel(guild.id, { name: 'mute', botMayNot: ['SendMessages'] });
    const bare = discord.addChannel(guild.id, { name: 'bare', botMayNot: ['AttachFiles'] });
    const post = (channelId: string, body: MessageBody) => failure(chat.post({ channelId, body, nonce: 'n' }));
    const kinds: [ChatErrorKind, number | null][] = [];
    for (const [channelId, body] of [
      [hidden.id, notice('x')],
      [mute.id, notice('x')],
      [bare.id, notice('x', { files: [png] })],
      [channel.id, notice('')],
      [channel.id, notice('x'.repeat(2_001))],
    ] as const) {
      const { kind, code } = await post(channelId, body);
      kinds.push([kind, code]);
    }
    discord.deleteChannel(channel.id);
    const gone = await post(channel.id, notice('x'));
    expect([...kinds, [gone.kind, gone.code]]).toEqual([
      ['gone', 50001],
      ['forbidden', 50013],
      ['forbidden', 50013],
      ['refused', 50006],
      ['refused', 50035],
      ['gone', 10003],
    ]);
  });

  test('a message that was deleted', async () => {
    await using world = await startWorld();
    const { chat, channel, discord } = world;
    const id = await chat.post({ channelId: channel.id, body: panel('card'), nonce: 'n' });
    discord.deleteMessage(id);
    expect(await failure(chat.edit(channel.id, id, panel('newer')))).toMatchObject({ kind: 'gone', code: 10008 });
  });

  test('a limit says how long to wait, and nothing is sent before', async () => {
    await using world = await startWorld();
    const { chat, channel } = world;
    world.discord.faults.next('createMessage', { kind: 'limited', scope: 'user', retryAfterMs: 7_000 });
    const error = await failure(chat.post({ channelId: channel.id, body: notice('x'), nonce: 'n' }));
    expect(error.kind).toBe('limited');
    expect(error.retryAfterMs).toBeGreaterThanOrEqual(6_900);
    expect(world.requestsTo('createMessage')).toHaveLength(1);
  });

  test('too many edits of old messages are told from other limits', async () => {
    await using world = await startWorld();
    const { chat, channel, clock } = world;
    const id = await chat.post({ channelId: channel.id, body: panel('card'), nonce: 'n' });
    clock.advance(2 * 60 * 60_000);
    for (let n = 0; n < 3; n += 1) await chat.edit(channel.id, id, panel(`card ${n}`));
    expect(await failure(chat.edit(channel.id, id, panel('card 3')))).toMatchObject({ kind: 'limited', code: 30046 });
  });
});

test('an archived thread is opened for an edit', async () => {
  await using world = await startWorld();
  const { chat, discord, guild, channel, mara } = world;
  const thread = discord.addChannel(guild.id, { name: 'run 42', type: 11, parentId: channel.id });
  const id = await chat.post({ channelId: thread.id, body: panel('card'), nonce: 'n' });
  discord.archiveThread(thread.id);
  await chat.edit(thread.id, id, panel('card, newer'));
  expect(textOf(world.seenBy(mara, thread.id, id))).toBe('card, newer');
});

test('a token that Discord no longer takes is fatal, once', async () => {
  const reasons: string[] = [];
  await using world = await startWorld({ door: { onFatal: (reason) => void reasons.push(reason) } });
  const { chat, channel } = world;
  world.discord.faults.next('createMessage', { kind: 'refused', status: 401, code: 0, message: '401: Unauthorized' });
  const post = () => failure(chat.post({ channelId: channel.id, body: notice('x'), nonce: 'n' }));
  expect((await post()).kind).toBe('unauthorized');
  expect((await post()).kind).toBe('unauthorized');
  expect(reasons).toEqual([expect.stringContaining('Discord refused DISCORD_TOKEN')]);
  expect(reasons[0]).not.toContain(world.discord.token);
});

test('the limits, the name and the mentions of a place are known', async () => {
  await using world = await startDoorWorld({
    needs: {},
    commands: [{ data: { name: 'status', description: 'x' }, execute: async () => ({ body: panel('x') }) }],
  });
  const { chat, discord, guild } = world;
  const boosted = [0, 1, 2, 3].map((premiumTier) =>
    discord.addGuild({ name: `tier ${premiumTier}`, premiumTier: premiumTier as 0 | 1 | 2 | 3 }),
  );
  await eventually(() => chat.guildName(boosted[3]?.id ?? '')).toBe('tier 3');
  expect(boosted.map(({ id }) => chat.uploadLimit(id) / 1_048_576)).toEqual([10, 10, 50, 100]);
  expect(chat.uploadLimit(null)).toBe(10_485_760);
  expect(chat.guildName(guild.id)).toBe('Leaf lab');
  expect(chat.guildName('600000000000000001')).toBeNull();
  expect(chat.mention('status')).toMatch(/^<\/status:\d+>$/);
  expect(chat.mention('later')).toBe('`/later`');
});
