import { describe, expect, test } from 'vitest';
import { type DiscordEmulator, startDiscordEmulator } from '../../src/playground/discord/emulator.ts';
import type { Permission } from '../../src/playground/discord/permissions.ts';
import { call } from './discord-room.ts';

async function place(): Promise<
  AsyncDisposable & { discord: DiscordEmulator; guildId: string; channelId: string; path: string }
> {
  const discord = await startDiscordEmulator();
  const { channelId, guildId } = discord.defaultWorld();
  return {
    discord,
    guildId,
    channelId,
    path: `/channels/${channelId}/messages`,
    [Symbol.asyncDispose]: () => discord.close(),
  };
}

describe('without a right', () => {
  const file = { files: { 'a.txt': Buffer.from('a') } };
  const cases: [Permission, string, object, { files: Record<string, Buffer> } | undefined, number, number][] = [
    ['ViewChannel', 'POST', { content: 'a' }, undefined, 403, 50001],
    ['SendMessages', 'POST', { content: 'a' }, undefined, 403, 50013],
    ['AttachFiles', 'POST', { content: 'a' }, file, 403, 50013],
    ['EmbedLinks', 'POST', { embeds: [{ title: 'a' }] }, undefined, 403, 50013],
  ];
  test.each(cases)('%s: %s', async (permission, method, body, files, status, code) => {
    await using at = await place();
    expect((await call(at.discord, method, at.path, body, files)).status).toBe(200);
    at.discord.revoke(at.channelId, [permission]);
    const answer = await call(at.discord, method, at.path, body, files);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    at.discord.grant(at.channelId, [permission]);
    expect((await call(at.discord, method, at.path, body, files)).status).toBe(200);
  });

  test('to read the history: no reply, no message, an empty list', async () => {
    await using at = await place();
    const { body } = await call(at.discord, 'POST', at.path, { content: 'a' });
    at.discord.revoke(at.channelId, ['ReadMessageHistory']);
    const reply = { content: 'b', message_reference: { message_id: body.id } };
    expect((await call(at.discord, 'POST', at.path, reply)).body.code).toBe(160002);
    expect((await call(at.discord, 'GET', `${at.path}/${body.id}`)).body.code).toBe(50013);
    expect((await call(at.discord, 'GET', at.path)).body).toEqual([]);
  });
});

test('a channel that is gone is 10003, a wrong token 401, an unknown route 404, another version 400', async () => {
  await using at = await place();
  at.discord.deleteChannel(at.channelId);
  expect((await call(at.discord, 'POST', at.path, { content: 'a' })).body.code).toBe(10003);
  expect((await call(at.discord, 'GET', '/users/@me', undefined, { token: 'no' })).status).toBe(401);
  expect((await call(at.discord, 'GET', '/nothing')).status).toBe(404);
  expect((await call(at.discord, 'DELETE', '/users/@me')).status).toBe(405);
  expect((await fetch(`${at.discord.apiUrl}/v6/gateway`)).status).toBe(400);
});

describe('direct messages', () => {
  test('open and take a message, unless the person has closed them', async () => {
    await using at = await place();
    const mara = at.discord.addPerson({ name: 'Mara' });
    const opened = await call(at.discord, 'POST', '/users/@me/channels', { recipient_id: mara.id });
    expect(opened.body).toMatchObject({ type: 1, id: mara.directMessages() });
    const path = `/channels/${opened.body.id}/messages`;
    const sent = await call(at.discord, 'POST', path, { content: 'a' });
    expect(at.discord.notified(String(sent.body.id))).toEqual([mara.id]);
    mara.closeDirectMessages(true);
    expect((await call(at.discord, 'POST', path, { content: 'a' })).body.code).toBe(50007);
  });

  test('do not reach somebody who shares no server with the bot', async () => {
    await using discord = await startDiscordEmulator();
    const mara = discord.addPerson({ name: 'Mara' });
    const path = `/channels/${mara.directMessages()}/messages`;
    expect((await call(discord, 'POST', path, { content: 'a' })).body.code).toBe(50278);
  });

  test('are not seen by anybody else', async () => {
    await using at = await place();
    const [mara, jun] = [at.discord.addPerson({ name: 'Mara' }), at.discord.addPerson({ name: 'Jun' })];
    mara.type(mara.directMessages(), 'secret');
    expect(mara.messages(mara.directMessages())).toHaveLength(1);
    expect(jun.messages(mara.directMessages())).toEqual([]);
  });
});

describe('threads', () => {
  test('one per message; archived ones wake up by a message but take no edit; locked ones take nothing', async () => {
    await using at = await place();
    const { body: parent } = await call(at.discord, 'POST', at.path, { content: 'card' });
    const thread = await call(at.discord, 'POST', `${at.path}/${parent.id}/threads`, { name: 'log' });
    expect(thread.body).toMatchObject({ id: parent.id, type: 11, name: 'log' });
    expect((await call(at.discord, 'POST', `${at.path}/${parent.id}/threads`, { name: 'log' })).body.code).toBe(160004);
    const path = `/channels/${parent.id}/messages`;
    const { body: first } = await call(at.discord, 'POST', path, { content: 'a' });
    at.discord.archiveThread(String(parent.id));
    expect((await call(at.discord, 'PATCH', `${path}/${first.id}`, { content: 'b' })).body.code).toBe(50083);
    expect((await call(at.discord, 'POST', path, { content: 'c' })).status).toBe(200);
    expect((await call(at.discord, 'PATCH', `${path}/${first.id}`, { content: 'b' })).status).toBe(200);
    at.discord.archiveThread(String(parent.id), { locked: true });
    expect((await call(at.discord, 'POST', path, { content: 'd' })).body.code).toBe(160005);
  });

  test('a forum takes posts, not messages', async () => {
    await using at = await place();
    const forum = at.discord.addChannel(at.guildId, { name: 'runs', type: 15 });
    expect((await call(at.discord, 'POST', `/channels/${forum.id}/messages`, { content: 'a' })).body.code).toBe(40058);
    const post = await call(at.discord, 'POST', `/channels/${forum.id}/threads`, {
      name: 'one',
      message: { content: 'a' },
    });
    expect(post.body).toMatchObject({ parent_id: forum.id, message: { content: 'a', id: post.body.id } });
  });
});

describe('registering commands', () => {
  const path = (discord: DiscordEmulator): string => `/applications/${discord.applicationId}/commands`;
  const option = (name: string, more: object = {}): object => ({ type: 3, name, description: 'An option', ...more });
  const command = (more: object = {}): object => ({ name: 'go', description: 'Goes', ...more });
  const cases: [string, unknown[], string][] = [
    ['capitals in a name', [command({ name: 'Go' })], 'APPLICATION_COMMAND_INVALID_NAME'],
    ['blanks in a name', [command({ name: 'go on' })], 'APPLICATION_COMMAND_INVALID_NAME'],
    ['no description', [{ name: 'go' }], 'BASE_TYPE_REQUIRED'],
    ['a description of 101', [command({ description: 'x'.repeat(101) })], 'BASE_TYPE_BAD_LENGTH'],
    [
      'a menu entry with description',
      [{ name: 'Go on', type: 3, description: 'x' }],
      'APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED',
    ],
    ['the same name twice', [command(), command()], 'APPLICATION_COMMANDS_DUPLICATE_NAME'],
    [
      '26 options',
      [command({ options: Array.from({ length: 26 }, (_, n) => option(`o${n}`)) })],
      'BASE_TYPE_MAX_LENGTH',
    ],
    [
      'required after optional',
      [command({ options: [option('a'), option('b', { required: true })] })],
      'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
    ],
    [
      'choices with autocomplete',
      [command({ options: [option('a', { autocomplete: true, choices: [{ name: 'a', value: 'a' }] })] })],
      'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE',
    ],
    ['an option type that does not exist', [command({ options: [{ ...option('a'), type: 12 }] })], 'BASE_TYPE_CHOICES'],
    ['a context that does not exist', [command({ contexts: [3] })], 'BASE_TYPE_CHOICES'],
    ['a language that does not exist', [command({ name_localizations: { xx: 'go' } })], 'ENUM_TYPE_COERCE'],
    [
      'more than 8000 characters',
      [
        command({
          options: Array.from({ length: 25 }, (_, n) =>
            option(`o${n}`, {
              description: 'x'.repeat(100),
              choices: Array.from({ length: 25 }, (_, m) => ({ name: `${m}`, value: 'x'.repeat(12) })),
            }),
          ),
        }),
      ],
      'APPLICATION_COMMAND_TOO_LARGE',
    ],
  ];
  test.each(cases)('is refused for %s', async (_name, body, code) => {
    await using at = await place();
    const answer = await call(at.discord, 'PUT', path(at.discord), body);
    expect([answer.status, answer.body.code]).toEqual([400, 50035]);
    expect(JSON.stringify(answer.body.errors)).toContain(code);
  });

  test('keeps the id of a name it knew, and a guild has its own', async () => {
    await using at = await place();
    const first = (await call(at.discord, 'PUT', path(at.discord), [command()])).body as unknown as { id: string }[];
    const second = (await call(at.discord, 'PUT', path(at.discord), [command({ description: 'Other' })]))
      .body as unknown as { id: string }[];
    expect(second[0]?.id).toBe(first[0]?.id);
    const inGuild = `/applications/${at.discord.applicationId}/guilds/${at.guildId}/commands`;
    await call(at.discord, 'PUT', inGuild, [command({ name: 'local' })]);
    const you = at.discord.people[0];
    expect(you?.commandsFor(at.channelId).map((one) => one.name)).toEqual(['go', 'local']);
    expect(you?.commandsFor(you.directMessages()).map((one) => one.name)).toEqual(['go']);
  });

  test('for those who manage, it is not offered to others', async () => {
    await using at = await place();
    await call(at.discord, 'PUT', path(at.discord), [command({ default_member_permissions: '32', contexts: [0] })]);
    const jun = at.discord.addPerson({ name: 'Jun' });
    const mara = at.discord.addPerson({ name: 'Mara', manages: true });
    expect(jun.commandsFor(at.channelId)).toEqual([]);
    expect(mara.commandsFor(at.channelId)).toHaveLength(1);
    expect(mara.commandsFor(mara.directMessages())).toEqual([]);
  });

  test('200 new ones a day', async () => {
    await using at = await place();
    const many = (from: number): object[] => Array.from({ length: 100 }, (_, n) => command({ name: `c${from + n}` }));
    expect((await call(at.discord, 'PUT', path(at.discord), many(0))).status).toBe(200);
    expect((await call(at.discord, 'PUT', path(at.discord), many(0))).status).toBe(200);
    expect((await call(at.discord, 'PUT', path(at.discord), many(100))).status).toBe(200);
    expect((await call(at.discord, 'PUT', path(at.discord), many(200))).body.code).toBe(30034);
  });
});
