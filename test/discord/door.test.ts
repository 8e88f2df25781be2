import { describe, expect, test } from 'vitest';
import type { DirectMessage } from '../../src/discord/command.ts';
import { DiscordDoor } from '../../src/discord/door.ts';
import { UserError } from '../../src/domain/user-error.ts';
import { startDiscordEmulator } from '../../src/playground/discord/emulator.ts';
import { HandClock } from '../hand-clock.ts';
import { eventually, listeningLog, memoryMeta, panel, startDoorWorld, textOf } from './door-world.ts';

const doorTo = (apiUrl: string, token: string) => {
  const { log, lines } = listeningLog();
  const door = new DiscordDoor({ token, apiUrl, guildId: null, log, clock: new HandClock(), meta: memoryMeta() });
  return { door, lines, start: () => door.start([], async () => null, {}) };
};

describe('starting', () => {
  test('tells who the bot is, and asks for no privileged intent', async () => {
    await using world = await startDoorWorld({ needs: {} });
    expect(world.door.name).toBe('Nightshift');
    expect(world.discord.botIsOnline).toBe(true);
    expect(world.door.health).toMatchObject({ connected: true, since: world.clock.now(), lastError: null });
  });

  test('with a wrong token ends in one sentence that does not repeat it', async () => {
    await using discord = await startDiscordEmulator();
    const { door, lines, start } = doorTo(discord.apiUrl, 'MTIz.wrong.token-of-a-bot');
    await expect(start()).rejects.toMatchObject({
      name: 'DiscordStartError',
      message: expect.stringMatching(/^Discord refused DISCORD_TOKEN\. Copy the token/),
    });
    expect(JSON.stringify(lines)).not.toContain('token-of-a-bot');
    await door.stop();
  });

  test('goes on trying while Discord cannot be reached', async () => {
    await using discord = await startDiscordEmulator();
    discord.faults.next('gatewayBot', { kind: 'status', status: 503, when: 'before' }, 4);
    const { door, lines, start } = doorTo(discord.apiUrl, discord.token);
    await start();
    expect(lines.some(({ sentence }) => sentence === 'Discord is not reachable; trying again')).toBe(true);
    expect(discord.botIsOnline).toBe(true);
    await door.stop();
  });

  test('can be given up while Discord cannot be reached', async () => {
    const { door, start } = doorTo('http://127.0.0.1:9/api', 'x');
    const starting = expect(start()).rejects.toMatchObject({ name: 'DiscordStartError' });
    await door.stop();
    await starting;
  });
});

test('a lost connection shows in the health, and its return too', async () => {
  await using world = await startDoorWorld({ needs: {} });
  world.clock.advance(60_000);
  world.discord.gateway.drop(true);
  await expect
    .poll(() => world.lines.filter(({ sentence }) => sentence === 'Disconnected from Discord'))
    .toHaveLength(1);
  await eventually(() => world.door.health).toMatchObject({ connected: true, since: world.clock.now() });
});

test('posting goes on while the gateway is away', async () => {
  await using world = await startDoorWorld({ needs: {} });
  world.discord.gateway.refuseSessions(true);
  world.discord.gateway.drop(true);
  await eventually(() => world.door.health.connected).toBe(false);
  const body = { kind: 'notice', content: '✅ **#42 complete**' } as const;
  await world.chat.post({ channelId: world.channel.id, body, nonce: 'n' });
  expect(world.mara.messages(world.channel.id)).toHaveLength(1);
  world.discord.gateway.refuseSessions(false);
});

test('how fast interactions are acknowledged is measured', async () => {
  await using world = await startDoorWorld({
    needs: {},
    commands: [{ data: { name: 'status', description: 'x' }, execute: async () => ({ body: panel('x') }) }],
  });
  await world.mara.use(world.channel.id, 'status');
  const { sent, answered } = world.door.health.acknowledged;
  expect([sent.snapshot().count, answered.snapshot().count]).toEqual([1, 1]);
  expect(JSON.parse(JSON.stringify(world.door.health)).acknowledged.sent).toMatchObject({ count: 1, p99: 0 });
});

describe('direct messages', () => {
  const worldWith = (directMessage: DirectMessage<object>) => startDoorWorld({ needs: {}, directMessage });
  type World = Awaited<ReturnType<typeof worldWith>>;
  const answersIn = (world: World) =>
    world.mara
      .messages(world.mara.directMessages())
      .filter(({ message }) => message.author.id === world.discord.botUserId)
      .map(({ message }) => textOf(message));
  const write = (world: World, text: string) => world.mara.type(world.mara.directMessages(), text);

  test('are answered where they were written', async () => {
    await using world = await worldWith(async (ask) => panel(`You said ${ask.text}, ${ask.user.name}.`));
    write(world, 'status 42');
    await eventually(() => answersIn(world)).toEqual(['You said status 42, Mara.']);
  });

  test('may be left unanswered', async () => {
    const texts: string[] = [];
    await using world = await worldWith(async ({ text }) => {
      texts.push(text);
      return text === 'hi' ? null : panel('ok');
    });
    write(world, 'hi');
    write(world, 'help');
    await eventually(() => answersIn(world)).toEqual(['ok']);
    expect(texts).toEqual(['hi', 'help']);
  });

  test('a mistake and a fault are told apart', async () => {
    await using world = await worldWith(async ({ text }) => {
      if (text === 'status 420') throw new UserError('There is no run #420 here.');
      throw new Error('a mistake of ours');
    });
    write(world, 'status 420');
    await eventually(() => answersIn(world)).toEqual(['**There is no run #420 here.**']);
    write(world, 'help');
    await eventually(() => answersIn(world)[1]).toMatch(/^\*\*That did not work.*Reference [A-Z0-9]{6}/s);
  });

  test('a Kaggle token in one is answered without being read', async () => {
    const texts: string[] = [];
    await using world = await worldWith(async ({ text }) => {
      texts.push(text);
      return null;
    });
    write(world, 'here: KGAT_0123456789abcdef0123456789abcdef');
    await eventually(() => answersIn(world)[0]).toContain('That was a Kaggle token, in the open.');
    expect(texts).toEqual([]);
    expect(JSON.stringify(world.lines)).not.toContain('KGAT_');
  });

  test('sent twice, or answered into a lost connection, are answered once', async () => {
    let handled = 0;
    await using world = await worldWith(async () => {
      handled += 1;
      return panel('ok');
    });
    world.discord.gateway.duplicateNext('MESSAGE_CREATE');
    world.discord.faults.next('createMessage', { kind: 'reset', when: 'after' });
    write(world, 'help');
    await eventually(() => world.requestsTo('createMessage').length).toBe(2);
    await eventually(() => answersIn(world)).toEqual(['ok']);
    expect(handled).toBe(1);
  });
});

describe('a new server', () => {
  const joins = () => {
    const seen: [string, string | null][] = [];
    return { seen, onGuildJoined: (guildId: string, channelId: string | null) => void seen.push([guildId, channelId]) };
  };

  test('is told with the first channel the bot may write in, once, and not for those it was in before', async () => {
    const { seen, onGuildJoined } = joins();
    await using world = await startDoorWorld({ needs: {}, door: { onGuildJoined } });
    const guild = world.discord.addGuild({ name: 'New', botIsMember: false });
    world.discord.addChannel(guild.id, { name: 'rules', botMayNot: ['SendMessages'] });
    const general = world.discord.addChannel(guild.id, { name: 'general' });
    world.discord.inviteBot(guild.id);
    await eventually(() => seen).toEqual([[guild.id, general.id]]);
    world.discord.setGuildAvailable(guild.id, false);
    world.discord.setGuildAvailable(guild.id, true);
    await eventually(() => world.chat.guildName(guild.id)).toBe('New');
    expect(seen).toHaveLength(1);
  });

  test('without a place to write is told all the same', async () => {
    const { seen, onGuildJoined } = joins();
    await using world = await startDoorWorld({ needs: {}, door: { onGuildJoined } });
    const guild = world.discord.addGuild({ name: 'New', botIsMember: false });
    world.discord.addChannel(guild.id, { name: 'rules', botMayNot: ['SendMessages'] });
    world.discord.inviteBot(guild.id);
    await eventually(() => seen).toEqual([[guild.id, null]]);
  });

  test('whose greeting fails does not end the program', async () => {
    await using world = await startDoorWorld({
      needs: {},
      door: { onGuildJoined: () => Promise.reject(new Error('no')) },
    });
    world.discord.addGuild({ name: 'New' });
    await eventually(() => world.lines.some(({ sentence }) => sentence === 'A new server was not greeted')).toBe(true);
  });
});
