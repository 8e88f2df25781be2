import { Client, Events, GatewayIntentBits, type Interaction } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { type RawData, WebSocket } from 'ws';
import { MINUTE } from '../../src/clock.ts';
import { startDiscordEmulator } from '../../src/playground/discord/emulator.ts';
import { HandClock } from '../hand-clock.ts';
import { call, openRoom } from './discord-room.ts';

type Packet = { op: number; t: string | null; s: number | null; d: Record<string, unknown> };

/** A gateway connection by hand. */
class Line {
  readonly packets: Packet[] = [];
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  #wake = (): void => {};

  constructor(url: string) {
    this.#socket = new WebSocket(`${url}?v=10&encoding=json`);
    this.#socket.on('message', (data: RawData) => {
      this.packets.push(JSON.parse(data.toString()) as Packet);
      this.#wake();
    });
    this.closed = new Promise((resolve) => this.#socket.on('close', resolve));
  }

  send(op: number, d: unknown): void {
    this.#socket.send(JSON.stringify({ op, d }));
  }

  async until(wanted: (packet: Packet) => boolean): Promise<Packet> {
    while (true) {
      const found = this.packets.find(wanted);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#socket.close(4900);
  }
}

const replying = async (i: Interaction): Promise<unknown> => i.isChatInputCommand() && i.reply('hello');

describe('identifying', () => {
  const cases: [string, object, number][] = [
    ['a wrong token', { token: 'no', intents: 1 }, 4004],
    ['the privileged intent for message content', { intents: 1 | 32_768 }, 4014],
    ['an intent that does not exist', { intents: 1 << 30 }, 4013],
    ['a shard out of range', { intents: 1, shard: [1, 1] }, 4010],
  ];
  test.each(cases)('%s closes the connection for good', async (_name, identity, code) => {
    await using discord = await startDiscordEmulator();
    const line = new Line(discord.gateway.url);
    await line.until((packet) => packet.op === 10);
    line.send(2, { token: discord.token, properties: {}, ...identity });
    expect(await line.closed).toBe(code);
  });

  test('discord.js learns of a disallowed intent', async () => {
    await using discord = await startDiscordEmulator();
    const client = new Client({ intents: [GatewayIntentBits.MessageContent], rest: { api: discord.apiUrl } });
    await expect(client.login(discord.token)).rejects.toThrow(/intents/i);
    await client.destroy();
  });

  test('heartbeats are answered, and speaking before identifying is not allowed', async () => {
    await using discord = await startDiscordEmulator();
    const line = new Line(discord.gateway.url);
    await line.until((packet) => packet.op === 10);
    line.send(1, null);
    await line.until((packet) => packet.op === 11);
    line.send(3, {});
    expect(await line.closed).toBe(4003);
  });
});

describe('resuming', () => {
  test('brings exactly what was missed, in order', async () => {
    await using discord = await startDiscordEmulator();
    const { guildId } = discord.defaultWorld();
    const line = new Line(discord.gateway.url);
    await line.until((packet) => packet.op === 10);
    line.send(2, { token: discord.token, intents: 1, properties: {} });
    const ready = await line.until((packet) => packet.t === 'READY');
    const created = await line.until((packet) => packet.t === 'GUILD_CREATE');
    line.close();
    await line.closed;
    discord.addChannel(guildId, { name: 'one' });
    discord.addChannel(guildId, { name: 'two' });
    const again = new Line(String(ready.d.resume_gateway_url));
    await again.until((packet) => packet.op === 10);
    again.send(6, { token: discord.token, session_id: ready.d.session_id, seq: created.s });
    await again.until((packet) => packet.t === 'RESUMED');
    expect(again.packets.map((packet) => [packet.t, packet.d.name])).toEqual([
      [null, undefined],
      ['CHANNEL_CREATE', 'one'],
      ['CHANNEL_CREATE', 'two'],
      ['RESUMED', undefined],
    ]);
    again.close();
  });

  test('is refused after minutes, and for a number that was never sent', async () => {
    const clock = new HandClock();
    await using discord = await startDiscordEmulator({ clock });
    const resume = async (seq: number, session: unknown): Promise<Line> => {
      const line = new Line(discord.gateway.url);
      await line.until((packet) => packet.op === 10);
      line.send(6, { token: discord.token, session_id: session, seq });
      return line;
    };
    const line = new Line(discord.gateway.url);
    await line.until((packet) => packet.op === 10);
    line.send(2, { token: discord.token, intents: 1, properties: {} });
    const ready = await line.until((packet) => packet.t === 'READY');
    line.close();
    await line.closed;
    expect(await (await resume(99, ready.d.session_id)).closed).toBe(4007);
    clock.advance(4 * MINUTE);
    const late = await resume(1, ready.d.session_id);
    expect((await late.until((packet) => packet.op === 9)).d).toBe(false);
    late.close();
  });

  test('a command used while the connection is down reaches discord.js after it resumed', async () => {
    await using room = await openRoom(replying);
    const resumed = new Promise((resolve) => room.client.once(Events.ShardResume, resolve));
    room.discord.gateway.drop();
    const asked = room.you.use(room.channelId, 'go');
    await resumed;
    expect((await asked).message?.content).toBe('hello');
  });

  test('after an invalid session discord.js identifies anew', async () => {
    await using room = await openRoom(replying);
    const back = room.discord.waitFor((seen) => seen.type === 'bot' && seen.online, 15_000);
    room.discord.gateway.invalidate();
    await back;
    expect((await room.you.use(room.channelId, 'go')).message?.content).toBe('hello');
  });

  test('when it is asked to reconnect it comes back', async () => {
    await using room = await openRoom(replying);
    const resumed = new Promise((resolve) => room.client.once(Events.ShardResume, resolve));
    room.discord.gateway.askToReconnect();
    await resumed;
    expect((await room.you.use(room.channelId, 'go')).message?.content).toBe('hello');
  });
});

test('a connection that went silent is noticed by its missing heartbeats', async () => {
  await using room = await openRoom(replying, { heartbeatMs: 150 });
  const resumed = new Promise((resolve) => room.client.once(Events.ShardResume, resolve));
  room.discord.gateway.silence(true);
  const asked = room.you.use(room.channelId, 'go');
  await room.discord.waitFor((seen) => seen.type === 'bot' && !seen.online);
  room.discord.gateway.silence(false);
  await resumed;
  expect((await asked).message?.content).toBe('hello');
});

test('an event can come twice, and the second answer of a bot that does not mind it is refused', async () => {
  const heard: string[] = [];
  const both = Promise.withResolvers<void>();
  await using room = await openRoom(async (i) => {
    heard.push(i.id);
    if (heard.length === 2) both.resolve();
    await replying(i);
  });
  room.discord.gateway.duplicateNext('INTERACTION_CREATE');
  expect((await room.you.use(room.channelId, 'go')).message?.content).toBe('hello');
  await both.promise;
  expect(heard[0]).toBe(heard[1]);
});

test('a bot that is kicked hears it, cannot post any more, and hears of its return', async () => {
  await using room = await openRoom(replying);
  const gone = new Promise((resolve) => room.client.once(Events.GuildDelete, resolve));
  room.discord.kickBot(room.guildId);
  await gone;
  const posted = await call(room.discord, 'POST', `/channels/${room.channelId}/messages`, { content: 'x' });
  expect([posted.status, posted.body.code]).toEqual([403, 50001]);
  expect((await call(room.discord, 'GET', `/guilds/${room.guildId}`)).body.code).toBe(10004);
  const back = new Promise((resolve) => room.client.once(Events.GuildCreate, resolve));
  room.discord.inviteBot(room.guildId);
  await back;
  expect((await room.you.use(room.channelId, 'go')).message?.content).toBe('hello');
});
