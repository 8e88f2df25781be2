import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/clock.ts';
import { startDiscordEmulator } from '../../src/playground/discord/emulator.ts';
import { HandClock } from '../hand-clock.ts';
import { call, openRoom } from './discord-room.ts';

const body = { content: 'a', nonce: 'n', enforce_nonce: true };

describe('a lost answer', () => {
  test('after the effect: the message is there, and the same nonce finds it', async () => {
    await using discord = await startDiscordEmulator();
    const { channelId } = discord.defaultWorld();
    const path = `/channels/${channelId}/messages`;
    discord.faults.next('createMessage', { kind: 'reset', when: 'after' });
    await expect(call(discord, 'POST', path, body)).rejects.toThrow();
    expect(discord.messages(channelId)).toHaveLength(1);
    const again = await call(discord, 'POST', path, body);
    expect(again.body.id).toBe(discord.messages(channelId)[0]?.message.id);
    expect(discord.requests.filter((one) => one.route === 'createMessage').map((one) => one.status)).toEqual([0, 200]);
  });

  test('before the effect: nothing is there', async () => {
    await using discord = await startDiscordEmulator();
    const { channelId } = discord.defaultWorld();
    discord.faults.next('createMessage', { kind: 'reset', when: 'before' });
    await expect(call(discord, 'POST', `/channels/${channelId}/messages`, body)).rejects.toThrow();
    expect(discord.messages(channelId)).toEqual([]);
  });

  test('as a page of the front: 502 before or after the effect, on that route only', async () => {
    await using discord = await startDiscordEmulator();
    const { channelId } = discord.defaultWorld();
    const path = `/channels/${channelId}/messages`;
    discord.faults.next('createMessage', { kind: 'status', status: 502, when: 'before' });
    discord.faults.next('createMessage', { kind: 'status', status: 503, when: 'after' });
    expect((await call(discord, 'GET', path)).status).toBe(200);
    expect((await call(discord, 'POST', path, body)).status).toBe(502);
    expect(discord.messages(channelId)).toHaveLength(0);
    expect((await call(discord, 'POST', path, body)).status).toBe(503);
    expect(discord.messages(channelId)).toHaveLength(1);
  });

  test('of an acknowledgement: the person sees it, and the second try is 40060', async () => {
    await using room = await openRoom(async (i) => {
      if (!i.isChatInputCommand()) return;
      await i.reply('hello').catch(() => {});
    });
    room.discord.faults.next('callback', { kind: 'reset', when: 'after' });
    expect((await room.you.use(room.channelId, 'go')).message?.content).toBe('hello');
  });
});

describe('limits', () => {
  test('a 429 says for how long and for whom', async () => {
    await using discord = await startDiscordEmulator();
    const { channelId } = discord.defaultWorld();
    discord.faults.next('createMessage', { kind: 'limited', scope: 'shared', retryAfterMs: 1_500 });
    const answer = await call(discord, 'POST', `/channels/${channelId}/messages`, body);
    expect(answer.status).toBe(429);
    expect(answer.body).toMatchObject({ retry_after: 1.5, global: false });
    expect(answer.headers.get('x-ratelimit-scope')).toBe('shared');
    expect(answer.headers.get('retry-after')).toBe('2');
  });

  test('real ones: five messages in five seconds and channel', async () => {
    const clock = new HandClock();
    await using discord = await startDiscordEmulator({ clock, limits: 'real' });
    const { channelId, guildId } = discord.defaultWorld();
    const other = discord.addChannel(guildId, { name: 'other' });
    const post = (id: string) => call(discord, 'POST', `/channels/${id}/messages`, { content: 'a' });
    for (let n = 4; n >= 0; n--) expect((await post(channelId)).headers.get('x-ratelimit-remaining')).toBe(String(n));
    const sixth = await post(channelId);
    expect([sixth.status, sixth.body.retry_after, sixth.headers.get('x-ratelimit-scope')]).toEqual([429, 5, 'user']);
    expect((await post(other.id)).status).toBe(200);
    clock.advance(5 * SECOND);
    expect((await post(channelId)).status).toBe(200);
  });

  test('generous ones refuse nobody and still send their headers', async () => {
    await using discord = await startDiscordEmulator({ clock: new HandClock() });
    const { channelId } = discord.defaultWorld();
    for (let n = 0; n < 60; n++) {
      const answer = await call(discord, 'POST', `/channels/${channelId}/messages`, { content: 'a' });
      expect([answer.status, answer.headers.has('x-ratelimit-bucket')]).toEqual([200, true]);
    }
  });
});

describe('a file for the world', () => {
  test('keeps guilds, channels, people, messages, files, commands and the token over a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nightshift-discord-'));
    const stateFile = join(folder, 'discord.json');
    const before = await startDiscordEmulator({ stateFile });
    const first = before.defaultWorld();
    const path = `/channels/${first.channelId}/messages`;
    const sent = await call(before, 'POST', path, body, { files: { 'a.csv': Buffer.from('1,2') } });
    await call(before, 'PUT', `/applications/${before.applicationId}/commands`, [{ name: 'go', description: 'Goes' }]);
    await before.close();
    expect(readdirSync(folder).sort()).toEqual(['discord.json', 'discord.json.files']);

    await using after = await startDiscordEmulator({ stateFile });
    const second = after.defaultWorld();
    expect([after.token, second.guildId, second.channelId, second.you.id]).toEqual([
      before.token,
      first.guildId,
      first.channelId,
      first.you.id,
    ]);
    expect(second.you.commandsFor(second.channelId)).toHaveLength(1);
    const [message] = second.you.messages(second.channelId);
    expect(message?.message.id).toBe(sent.body.id);
    expect(await (await fetch(message?.message.attachments[0]?.url ?? '')).text()).toBe('1,2');
    expect((await call(after, 'POST', path, body)).body.id).toBe(sent.body.id);
    const next = await call(after, 'POST', path, { content: 'b' });
    expect(BigInt(String(next.body.id)) > BigInt(String(sent.body.id))).toBe(true);
    after.revoke(second.channelId, ['SendMessages']);
    expect((await call(after, 'POST', path, { content: 'c' })).body.code).toBe(50013);
  });

  test('does not keep an answer that nobody can finish any more, nor the files given to a command', async () => {
    const stateFile = join(mkdtempSync(join(tmpdir(), 'nightshift-discord-')), 'discord.json');
    const option = { type: 11, name: 'notebook', description: 'A file' };
    const room = await openRoom(async (i) => i.isChatInputCommand() && i.deferReply(), { stateFile }, [
      { name: 'go', description: 'Goes', options: [option] },
    ]);
    const { you, channelId, discord } = room;
    const notebook = { name: 'a.ipynb', bytes: Buffer.from('{}') };
    await you.use(channelId, 'go', { notebook }).acknowledged;
    expect(discord.messages(channelId)).toHaveLength(1);
    expect(readdirSync(`${stateFile}.files`)).toHaveLength(1);
    await room[Symbol.asyncDispose]();
    await using after = await startDiscordEmulator({ stateFile });
    expect(after.messages(channelId)).toEqual([]);
    expect(readdirSync(`${stateFile}.files`)).toEqual([]);
  });

  test('that is broken is not overwritten', async () => {
    const stateFile = join(mkdtempSync(join(tmpdir(), 'nightshift-discord-')), 'discord.json');
    writeFileSync(stateFile, '{"version":');
    await expect(startDiscordEmulator({ stateFile })).rejects.toThrow();
    expect(readFileSync(stateFile, 'utf8')).toBe('{"version":');
  });
});
