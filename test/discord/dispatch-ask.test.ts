import { describe, expect, test } from 'vitest';
import { readAsk, readAutocompleteAsk, readCommandAsk, readFormAsk, readPressAsk } from '../../src/discord/ask.ts';
import {
  type IncomingCommand,
  type IncomingForm,
  type IncomingPress,
  readInteraction,
  readText,
} from '../../src/discord/incoming.ts';

const GUILD = '600000000000000001';
const VIEW = 1n << 10n;
const SEND = 1n << 11n;
const ATTACH = 1n << 15n;
const SEND_IN_THREADS = 1n << 38n;
const MANAGE_GUILD = 1n << 5n;
const ADMINISTRATOR = 1n << 3n;

const MARA = { id: '700000000000000001', username: 'mara_k', global_name: 'Mara', discriminator: '0', avatar: null };

const base = {
  id: '500000000000000001',
  application_id: '400000000000000001',
  type: 2,
  token: 'token-of-the-interaction',
  version: 1,
  locale: 'de',
  entitlements: [],
  attachment_size_limit: 26_214_400,
};
const inGuild = {
  ...base,
  guild_id: GUILD,
  channel_id: '610000000000000001',
  channel: { id: '610000000000000001', type: 0, name: 'general' },
  member: { user: MARA, nick: null, roles: ['620000000000000001'], permissions: String(MANAGE_GUILD) },
  app_permissions: String(VIEW | SEND | ATTACH),
  authorizing_integration_owners: { '0': GUILD },
  context: 0,
};
const inDm = {
  ...base,
  channel_id: '630000000000000001',
  channel: { id: '630000000000000001', type: 1 },
  user: MARA,
  authorizing_integration_owners: { '0': '0' },
  context: 1,
};
const data = { id: '410000000000000001', name: 'commit', type: 1 };

const here = (guildId: string): boolean => guildId === GUILD;
const ask = (raw: object, isMember = here) => {
  const incoming = readInteraction({ data, ...raw });
  if (incoming === null) throw new Error('not readable');
  return readAsk(incoming, isMember);
};

describe('where and who', () => {
  test('a guild where the bot is a member', () => {
    expect(ask(inGuild)).toEqual({
      interactionId: '500000000000000001',
      user: { id: MARA.id, name: 'Mara' },
      place: { kind: 'guild', guildId: GUILD, channelId: '610000000000000001' },
      scope: { guildId: GUILD, userId: MARA.id },
      manages: true,
      roles: ['620000000000000001'],
      mayPost: true,
      mayAttach: true,
      channelName: 'general',
      locale: 'de',
      uploadLimit: 26_214_400,
    });
  });

  test('the direct message with the bot', () => {
    expect(ask(inDm)).toMatchObject({
      place: { kind: 'dm', guildId: null, channelId: '630000000000000001' },
      scope: { guildId: null, userId: MARA.id },
      manages: false,
      roles: [],
      mayPost: true,
      mayAttach: true,
    });
  });

  const foreign = {
    place: { kind: 'foreign', guildId: null },
    scope: { guildId: null, userId: MARA.id },
    manages: false,
  };
  test('a guild, also when nothing is said of who installed the bot', () => {
    expect(ask({ ...inGuild, authorizing_integration_owners: {} })).toMatchObject({ place: { kind: 'guild' } });
  });

  test('a guild that only the person brought the bot to', () => {
    const raw = { ...inGuild, authorizing_integration_owners: { '1': MARA.id } };
    expect(ask(raw)).toMatchObject({ ...foreign, mayPost: false, mayAttach: false, roles: [] });
  });

  test('a guild that installed the bot, also before the gateway has named it', () => {
    expect(inGuild.authorizing_integration_owners).toEqual({ '0': GUILD });
    expect(ask(inGuild, () => false)).toMatchObject({ place: { kind: 'guild', guildId: GUILD } });
  });

  test('a guild of which nothing says that it has the bot', () => {
    for (const owners of [{}, { '0': '660000000000000009' }])
      expect(ask({ ...inGuild, authorizing_integration_owners: owners }, () => false)).toMatchObject({
        ...foreign,
        mayPost: false,
      });
  });

  test('a direct message between two other people', () => {
    const raw = { ...inDm, context: 2, authorizing_integration_owners: { '1': MARA.id } };
    expect(ask(raw)).toMatchObject({ ...foreign, mayPost: false });
  });

  test('a group, told by its channel alone', () => {
    const raw = { ...inDm, context: undefined, channel: { id: '1', type: 3 } };
    expect(ask(raw)).toMatchObject(foreign);
  });

  test.each([
    ['the nickname', { nick: 'Mara from the lab' }, 'Mara from the lab'],
    ['then the name', { nick: null }, 'Mara'],
    ['then the account’s name', { nick: null, user: { ...MARA, global_name: null } }, 'mara_k'],
  ])('%s is the one shown', (_, member, name) => {
    expect(ask({ ...inGuild, member: { ...inGuild.member, ...member } }).user.name).toBe(name);
  });
});

describe('rights', () => {
  test.each<[string, bigint, number, boolean, boolean]>([
    ['all', VIEW | SEND | ATTACH, 0, true, true],
    ['no files', VIEW | SEND, 0, true, false],
    ['cannot see', SEND | ATTACH, 0, false, false],
    ['cannot write', VIEW | ATTACH, 0, false, false],
    ['write in threads only, in a channel', VIEW | SEND_IN_THREADS | ATTACH, 0, false, false],
    ['write in threads, in a thread', VIEW | SEND_IN_THREADS | ATTACH, 11, true, true],
    ['write in channels only, in a thread', VIEW | SEND | ATTACH, 12, false, false],
    ['administrator', ADMINISTRATOR, 0, true, true],
    ['none', 0n, 0, false, false],
  ])('of the bot: %s', (_, app, type, mayPost, mayAttach) => {
    const raw = { ...inGuild, app_permissions: String(app), channel: { ...inGuild.channel, type } };
    expect(ask(raw)).toMatchObject({ mayPost, mayAttach });
  });

  test.each<[string, bigint, boolean]>([
    ['Manage Server', MANAGE_GUILD, true],
    ['Administrator', ADMINISTRATOR, true],
    ['neither', VIEW | SEND, false],
  ])('of the person: %s', (_, permissions, manages) => {
    expect(ask({ ...inGuild, member: { ...inGuild.member, permissions: String(permissions) } }).manages).toBe(manages);
  });
});

describe('options', () => {
  const declared = [
    { type: 11, name: 'notebook' },
    { type: 3, name: 'limit' },
    { type: 4, name: 'run' },
    { type: 5, name: 'internet' },
  ];
  const command = (options: object[], resolved?: object): IncomingCommand => {
    const incoming = readInteraction({ ...inGuild, data: { ...data, options, resolved } });
    if (incoming?.type !== 2) throw new Error('not a command');
    return incoming;
  };
  const options = (given: object[], resolved?: object) => {
    const incoming = command(given, resolved);
    return Object.fromEntries(readCommandAsk(readAsk(incoming, here), incoming, declared).options);
  };

  test('text may arrive as a number and a number as text', () => {
    expect(
      options([
        { type: 4, name: 'limit', value: 90 },
        { type: 3, name: 'run', value: '42' },
        { type: 3, name: 'internet', value: 'true' },
      ]),
    ).toEqual({ limit: '90', run: 42, internet: true });
  });

  test('a number that is none is left out', () => {
    expect(options([{ type: 3, name: 'run', value: 'soon' }])).toEqual({});
    expect(options([{ type: 3, name: 'run', value: '' }])).toEqual({});
  });

  test('a file is found among what was resolved, by the name the person gave it', () => {
    const attachments = {
      '640000000000000001': {
        id: '640000000000000001',
        filename: 'leaf_disease.ipynb',
        title: 'leaf disease (final)',
        size: 1_234,
        url: 'https://cdn.discordapp.com/ephemeral-attachments/1/2/leaf_disease.ipynb?ex=1',
      },
    };
    expect(options([{ type: 11, name: 'notebook', value: '640000000000000001' }], { attachments })).toEqual({
      notebook: {
        id: '640000000000000001',
        name: 'leaf disease (final).ipynb',
        size: 1_234,
        url: 'https://cdn.discordapp.com/ephemeral-attachments/1/2/leaf_disease.ipynb?ex=1',
      },
    });
  });

  test('a file that was not resolved is left out', () => {
    expect(options([{ type: 11, name: 'notebook', value: '640000000000000001' }])).toEqual({});
  });

  test('the options of a sub-command are its own', () => {
    const nested = { type: 1, name: 'start', options: [{ type: 3, name: 'limit', value: '9h' }] };
    expect(options([nested])).toEqual({ limit: '9h' });
  });

  test('while somebody types, the field in focus is told with all the others', () => {
    const incoming = readInteraction({
      ...inGuild,
      type: 4,
      data: {
        ...data,
        options: [
          { type: 3, name: 'limit', value: '9h' },
          { type: 4, name: 'run', value: '4', focused: true },
        ],
      },
    });
    if (incoming?.type !== 4) throw new Error('not a proposal');
    const typed = readAutocompleteAsk(readAsk(incoming, here), incoming, declared);
    expect(typed?.focused).toEqual({ name: 'run', value: '4' });
    expect(typed?.options.get('limit')).toBe('9h');
  });
});

test('a press tells its run, its argument, the choice and the message', () => {
  const incoming = readInteraction({
    ...inGuild,
    type: 3,
    message: { id: '650000000000000001' },
    data: { custom_id: 'links:v1:abc:2.m', component_type: 3, values: ['model.pt'] },
  }) as IncomingPress;
  expect(readPressAsk(readAsk(incoming, here), incoming, { key: 'abc', argument: '2.m' })).toMatchObject({
    key: 'abc',
    argument: '2.m',
    values: ['model.pt'],
    messageId: '650000000000000001',
  });
});

test('the fields of a form are found in labels and in rows', () => {
  const incoming = readInteraction({
    ...inGuild,
    type: 5,
    data: {
      custom_id: 'linkForm:v1:-',
      components: [
        { type: 10, id: 1 },
        { type: 18, component: { type: 4, custom_id: 'token', value: 'typed here' } },
        { type: 1, components: [{ type: 4, custom_id: 'username', value: 'mara-k' }] },
        { type: 18, component: { type: 3, custom_id: 'choice', values: ['a', 'b'] } },
        { type: 18, component: { type: 21, custom_id: 'radio', value: null } },
      ],
    },
  }) as IncomingForm;
  const { fields } = readFormAsk(readAsk(incoming, here), incoming, { key: '-', argument: null });
  expect(Object.fromEntries(fields)).toEqual({ token: 'typed here', username: 'mara-k', choice: 'a,b', radio: '' });
});

describe('what cannot be read', () => {
  test.each([
    ['nothing', null],
    ['an interaction without a token', { ...inGuild, data, token: undefined }],
    ['a ping', { ...base, type: 1 }],
    ['a kind that is new', { ...base, type: 77, data }],
    ['a press without its message', { ...inGuild, type: 3, data: { custom_id: 'log:v1:abc', component_type: 2 } }],
  ])('%s is left alone', (_, raw) => {
    expect(readInteraction(raw)).toBeNull();
  });

  test('strange fields beside the needed ones do not hide the rest', () => {
    const odd = { ...inGuild, app_permissions: 7, locale: null, attachment_size_limit: 'much', context: 'x' };
    expect(ask(odd)).toMatchObject({
      mayPost: true,
      locale: 'en-US',
      uploadLimit: 10_485_760,
      user: { name: 'Mara' },
    });
  });
});

describe('direct messages', () => {
  const message = {
    id: '660000000000000001',
    channel_id: '630000000000000001',
    type: 0,
    content: 'status',
    author: MARA,
  };
  test('of people are read', () => {
    expect(readText(message)).toMatchObject({ content: 'status', author: { id: MARA.id } });
  });
  test.each([
    ['another bot’s', { author: { ...MARA, bot: true } }],
    ['the platform’s', { author: { ...MARA, system: true } }],
    ['a webhook’s', { webhook_id: '1' }],
    ['one in a guild', { guild_id: GUILD }],
    ['a pin', { type: 6 }],
  ])('%s is not', (_, change) => {
    expect(readText({ ...message, ...change })).toBeNull();
  });
});
