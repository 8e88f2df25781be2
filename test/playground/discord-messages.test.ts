import { describe, expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/clock.ts';
import { type DiscordEmulator, startDiscordEmulator } from '../../src/playground/discord/emulator.ts';
import { HandClock } from '../hand-clock.ts';
import { call } from './discord-room.ts';

const V2 = 32_768;
const text = (content: string): object => ({ type: 10, content });
const button = (custom_id: string, more: object = {}): object => ({
  type: 2,
  style: 1,
  label: 'B',
  custom_id,
  ...more,
});
const row = (...components: object[]): object => ({ type: 1, components });

async function place(): Promise<
  AsyncDisposable & { discord: DiscordEmulator; channelId: string; path: string; clock: HandClock }
> {
  const clock = new HandClock();
  const discord = await startDiscordEmulator({ clock });
  const { channelId } = discord.defaultWorld();
  return {
    discord,
    channelId,
    clock,
    path: `/channels/${channelId}/messages`,
    [Symbol.asyncDispose]: () => discord.close(),
  };
}

/** Every code of an `errors` tree with where it stands. */
function errorsOf(tree: unknown, at = ''): string[] {
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.entries(tree).flatMap(([key, value]) =>
    key === '_errors' && Array.isArray(value)
      ? value.map((one: { code: string }) => `${at} ${one.code}`)
      : errorsOf(value, at === '' ? key : `${at}.${key}`),
  );
}

describe('a body the platform refuses', () => {
  const long = (n: number): string => 'x'.repeat(n);
  const cases: [string, object, number, string | null][] = [
    ['nothing at all', {}, 50006, null],
    ['blanks only', { content: '  \n' }, 50006, null],
    ['buttons without words', { components: [row(button('a'))] }, 50006, null],
    ['2001 characters', { content: long(2001) }, 50035, 'content BASE_TYPE_MAX_LENGTH'],
    ['a nonce of 26 characters', { content: 'a', nonce: long(26) }, 50035, 'nonce BASE_TYPE_MAX_LENGTH'],
    ['eleven embeds', { embeds: Array(11).fill({ title: 'a' }) }, 50035, 'embeds BASE_TYPE_MAX_LENGTH'],
    [
      'embeds of 6001 characters in all',
      { embeds: [{ description: long(4096) }, { description: long(1905) }] },
      50035,
      'embeds MAX_EMBED_SIZE_EXCEEDED',
    ],
    [
      'an embed field without value',
      { embeds: [{ fields: [{ name: 'a', value: ' ' }] }] },
      50035,
      'embeds.0.fields.0.value BASE_TYPE_REQUIRED',
    ],
    [
      'an embed address that is none',
      { embeds: [{ title: 'a', url: 'javascript:1' }] },
      50035,
      'embeds.0.url URL_TYPE_INVALID_SCHEME',
    ],
    [
      'six rows',
      { content: 'a', components: Array.from({ length: 6 }, (_, n) => row(button(`${n}`))) },
      50035,
      'components BASE_TYPE_MAX_LENGTH',
    ],
    [
      'six buttons in a row',
      { content: 'a', components: [row(...Array.from({ length: 6 }, (_, n) => button(`${n}`)))] },
      50035,
      'components.0.components BASE_TYPE_BAD_LENGTH',
    ],
    [
      'the same custom id twice',
      { content: 'a', components: [row(button('a'), button('a'))] },
      50035,
      'components.0.components.1.custom_id COMPONENT_CUSTOM_ID_DUPLICATED',
    ],
    [
      'a label of 81',
      { content: 'a', components: [row(button('a', { label: long(81) }))] },
      50035,
      'components.0.components.0.label BASE_TYPE_MAX_LENGTH',
    ],
    [
      'a custom id of 101',
      { content: 'a', components: [row(button(long(101)))] },
      50035,
      'components.0.components.0.custom_id BASE_TYPE_BAD_LENGTH',
    ],
    [
      'a link button with a custom id',
      { content: 'a', components: [row(button('a', { style: 5, url: 'https://a.example' }))] },
      50035,
      'components.0.components.0.custom_id BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
    ],
    [
      '26 options',
      {
        content: 'a',
        components: [
          row({
            type: 3,
            custom_id: 's',
            options: Array.from({ length: 26 }, (_, n) => ({ label: 'a', value: `${n}` })),
          }),
        ],
      },
      50035,
      'components.0.components.0.options BASE_TYPE_BAD_LENGTH',
    ],
    [
      'text displays without the flag',
      { content: 'a', components: [text('a')] },
      50035,
      'components.0 UNION_TYPE_CHOICES',
    ],
    [
      'content with Components V2',
      { content: 'a', flags: V2, components: [text('a')] },
      50035,
      'content MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
    ],
    [
      '41 components',
      { flags: V2, components: Array(41).fill({ type: 14 }) },
      50035,
      'components COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
    ],
    [
      '41 components with nested ones',
      { flags: V2, components: [{ type: 17, components: Array(40).fill({ type: 14 }) }] },
      50035,
      'components COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
    ],
    [
      '4001 characters of text',
      { flags: V2, components: [text(long(2000)), text(long(2001))] },
      50035,
      'components COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
    ],
    [
      'a section without accessory',
      { flags: V2, components: [{ type: 9, components: [text('a')] }] },
      50035,
      'components.0.accessory BASE_TYPE_REQUIRED',
    ],
    [
      'a picture that was not sent along',
      { flags: V2, components: [{ type: 12, items: [{ media: { url: 'attachment://loss.png' } }] }] },
      50035,
      'components.0.items.0.media.url UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND',
    ],
    [
      'a file from elsewhere',
      { flags: V2, components: [{ type: 13, file: { url: 'https://a.example/a' } }] },
      50035,
      'components.0.file.url URL_TYPE_INVALID_SCHEME',
    ],
    [
      'users parsed and named',
      { content: 'a', allowed_mentions: { parse: ['users'], users: ['1574505501167845376'] } },
      50035,
      'allowed_mentions.parse MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
    ],
    [
      'a reply to what is not there',
      { content: 'a', message_reference: { message_id: '1574505501167845376' } },
      50035,
      'message_reference MESSAGE_REFERENCE_UNKNOWN_MESSAGE',
    ],
  ];

  test.each(cases)('%s', async (_name, body, code, error) => {
    await using at = await place();
    const answer = await call(at.discord, 'POST', at.path, body);
    expect([answer.status, answer.body.code]).toEqual([400, code]);
    if (error !== null) expect(errorsOf(answer.body.errors)).toContain(error);
    expect(at.discord.messages(at.channelId)).toEqual([]);
  });
});

test('what is just within the limits is taken', async () => {
  await using at = await place();
  const bodies = [
    // 2000 code points of which each is two UTF-16 units.
    { content: '🔵'.repeat(2000), nonce: 'x'.repeat(25) },
    { embeds: [{ description: 'x'.repeat(4096) }, { description: 'x'.repeat(1904) }] },
    { flags: V2, components: [{ type: 17, components: Array(39).fill({ type: 14 }) }] },
    { flags: V2, components: [text('x'.repeat(2000)), text('x'.repeat(2000))] },
  ];
  for (const body of bodies) expect((await call(at.discord, 'POST', at.path, body)).status).toBe(200);
});

test('a V2 picture is shown by its component and not listed as an attachment', async () => {
  await using at = await place();
  const gallery = { type: 12, items: [{ media: { url: 'attachment://loss.png' } }] };
  const sent = await call(
    at.discord,
    'POST',
    at.path,
    { flags: V2, components: [gallery] },
    { files: { 'loss.png': Buffer.from('png') } },
  );
  expect(sent.body.attachments).toEqual([]);
  const [{ items } = { items: [] }] = sent.body.components as { items: { media: { url: string } }[] }[];
  const url = items[0]?.media.url ?? '';
  expect(url.startsWith(`${at.discord.cdnUrl}/attachments/${at.channelId}/`)).toBe(true);
  expect(await (await fetch(url)).text()).toBe('png');
});

test('an address of a file ends after a day', async () => {
  await using at = await place();
  const sent = await call(at.discord, 'POST', at.path, { content: 'a' }, { files: { 'a.csv': Buffer.from('1,2') } });
  const [file] = sent.body.attachments as { url: string; content_type: string }[];
  expect(file?.content_type).toMatch(/^text\/csv/);
  expect((await fetch(file?.url ?? '')).status).toBe(200);
  at.clock.advance(24 * HOUR);
  expect((await fetch(file?.url ?? '')).status).toBe(404);
  const again = await call(at.discord, 'GET', `${at.path}/${sent.body.id}`);
  const [fresh] = again.body.attachments as { url: string }[];
  expect((await fetch(fresh?.url ?? '')).status).toBe(200);
});

describe('files', () => {
  test('more than ten are 30015', async () => {
    await using at = await place();
    const files = Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`${n}.txt`, Buffer.from('a')]));
    const answer = await call(at.discord, 'POST', at.path, { content: 'a' }, { files });
    expect([answer.status, answer.body.code]).toEqual([400, 30015]);
  });

  test('one above 10 MiB and a request above 25 MiB are 413', async () => {
    await using at = await place();
    const big = Buffer.alloc(10 * 1024 * 1024);
    expect((await call(at.discord, 'POST', at.path, {}, { files: { 'a.bin': big } })).status).toBe(200);
    const above = await call(at.discord, 'POST', at.path, {}, { files: { 'a.bin': Buffer.alloc(big.length + 1) } });
    expect([above.status, above.body.code]).toEqual([413, 40005]);
    const three = await call(at.discord, 'POST', at.path, {}, { files: { a: big, b: big, c: big } });
    expect([three.status, three.body.code]).toEqual([413, 40005]);
  });

  test('an edit keeps them, or keeps only those it names', async () => {
    await using at = await place();
    const sent = await call(
      at.discord,
      'POST',
      at.path,
      {},
      { files: { 'a.txt': Buffer.from('a'), 'b.txt': Buffer.from('b') } },
    );
    const [first] = sent.body.attachments as { id: string }[];
    const path = `${at.path}/${sent.body.id}`;
    expect((await call(at.discord, 'PATCH', path, { content: 'x' })).body.attachments).toHaveLength(2);
    const named = await call(at.discord, 'PATCH', path, { attachments: [{ id: first?.id }] });
    expect(named.body.attachments).toMatchObject([{ filename: 'a.txt' }]);
  });
});

describe('the same nonce', () => {
  test('makes one message within the window, and another one after it, or elsewhere', async () => {
    await using at = await place();
    const body = { content: 'a', nonce: 'n1', enforce_nonce: true };
    const first = await call(at.discord, 'POST', at.path, body);
    at.clock.advance(2 * MINUTE);
    const second = await call(at.discord, 'POST', at.path, { ...body, content: 'b' });
    expect(second.body).toMatchObject({ id: first.body.id, content: 'a' });
    at.clock.advance(4 * MINUTE);
    expect((await call(at.discord, 'POST', at.path, body)).body.id).not.toBe(first.body.id);
    expect(at.discord.messages(at.channelId)).toHaveLength(2);
  });

  test('makes two messages when it is not enforced', async () => {
    await using at = await place();
    await call(at.discord, 'POST', at.path, { content: 'a', nonce: 'n1' });
    await call(at.discord, 'POST', at.path, { content: 'a', nonce: 'n1' });
    expect(at.discord.messages(at.channelId)).toHaveLength(2);
  });
});

describe('who is notified', () => {
  const cases: [string, (mara: string, jun: string) => object, ('mara' | 'jun')[]][] = [
    ['both who are mentioned, by default', (mara, jun) => ({ content: `<@${mara}> <@!${jun}>` }), ['mara', 'jun']],
    [
      'nobody with an empty parse',
      (mara) => ({ content: `<@${mara}> @everyone`, allowed_mentions: { parse: [] } }),
      [],
    ],
    [
      'only who is allowed',
      (mara, jun) => ({ content: `<@${mara}> <@${jun}>`, allowed_mentions: { parse: [], users: [jun] } }),
      ['jun'],
    ],
    ['nobody who is allowed but not mentioned', (mara) => ({ content: 'a', allowed_mentions: { users: [mara] } }), []],
    ['nobody by an embed', (mara) => ({ embeds: [{ description: `<@${mara}>` }] }), []],
    ['nobody by code', (mara) => ({ content: `\`<@${mara}>\`` }), []],
    ['who stands in a text display', (mara) => ({ flags: V2, components: [text(`<@${mara}>`)] }), ['mara']],
    ['nobody by a silent message', (mara) => ({ content: `<@${mara}>`, flags: 4096 }), []],
    ['not everyone without the right to', () => ({ content: '@everyone' }), []],
  ];

  test.each(cases)('%s', async (_name, bodyFor, expected) => {
    await using at = await place();
    const people = { mara: at.discord.addPerson({ name: 'Mara' }), jun: at.discord.addPerson({ name: 'Jun' }) };
    const sent = await call(at.discord, 'POST', at.path, bodyFor(people.mara.id, people.jun.id));
    expect(at.discord.notified(String(sent.body.id))).toEqual(expected.map((name) => people[name].id));
  });

  test('the author of the message replied to, only when asked for; nobody by an edit', async () => {
    await using at = await place();
    const mara = at.discord.addPerson({ name: 'Mara' });
    const { id } = mara.type(at.channelId, 'hello');
    const reply = {
      content: 'a',
      message_reference: { message_id: id },
      allowed_mentions: { parse: [], replied_user: false },
    };
    const quiet = await call(at.discord, 'POST', at.path, reply);
    const loud = await call(at.discord, 'POST', at.path, {
      ...reply,
      allowed_mentions: { parse: [], replied_user: true },
    });
    expect(at.discord.notified(String(quiet.body.id))).toEqual([]);
    expect(at.discord.notified(String(loud.body.id))).toEqual([mara.id]);
    const edited = await call(at.discord, 'PATCH', `${at.path}/${quiet.body.id}`, { content: `<@${mara.id}>` });
    expect(edited.body.mentions).toHaveLength(1);
    expect(at.discord.notified(String(quiet.body.id))).toEqual([]);
  });
});

test('a reply to a deleted message becomes a plain one when it may', async () => {
  await using at = await place();
  const body = { content: 'a', message_reference: { message_id: '1574505501167845376', fail_if_not_exists: false } };
  const sent = await call(at.discord, 'POST', at.path, body);
  expect(sent.body).toMatchObject({ type: 0 });
  expect(sent.body).not.toHaveProperty('message_reference');
});

describe('editing', () => {
  test('somebody else’s message is 50005, one that is gone 10008', async () => {
    await using at = await place();
    const mara = at.discord.addPerson({ name: 'Mara' });
    const { id } = mara.type(at.channelId, 'hello');
    expect((await call(at.discord, 'PATCH', `${at.path}/${id}`, { content: 'x' })).body.code).toBe(50005);
    at.discord.deleteMessage(id);
    expect((await call(at.discord, 'PATCH', `${at.path}/${id}`, { content: 'x' })).body.code).toBe(10008);
  });

  test('switches Components V2 on when the rest is reset, and never off', async () => {
    await using at = await place();
    const sent = await call(at.discord, 'POST', at.path, { content: 'a' });
    const path = `${at.path}/${sent.body.id}`;
    const panel = { flags: V2, components: [text('b')] };
    expect((await call(at.discord, 'PATCH', path, panel)).body.code).toBe(50035);
    expect((await call(at.discord, 'PATCH', path, { ...panel, content: null, embeds: [] })).status).toBe(200);
    const back = await call(at.discord, 'PATCH', path, { content: 'a', flags: 0, components: [] });
    expect(errorsOf(back.body.errors)).toContain('flags MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG');
    expect((await call(at.discord, 'PATCH', path, { components: [text('c')] })).body.flags).toBe(V2);
  });

  test('messages older than an hour only three times in six seconds', async () => {
    await using at = await place();
    const sent = await call(at.discord, 'POST', at.path, { content: 'a' });
    const edit = () => call(at.discord, 'PATCH', `${at.path}/${sent.body.id}`, { content: 'b' });
    at.clock.advance(HOUR + 1);
    for (let n = 0; n < 3; n++) expect((await edit()).status).toBe(200);
    const fourth = await edit();
    expect([fourth.status, fourth.body.code, fourth.body.retry_after]).toEqual([429, 30046, 6]);
    expect(fourth.headers.get('retry-after')).toBe('6');
    at.clock.advance(6 * SECOND);
    expect((await edit()).status).toBe(200);
  });
});

test('the history comes newest first, fifty at a time', async () => {
  await using at = await place();
  const mara = at.discord.addPerson({ name: 'Mara' });
  for (let n = 0; n < 60; n++) mara.type(at.channelId, `${n}`);
  const { body } = await call(at.discord, 'GET', at.path);
  expect(body).toHaveLength(50);
  const list = Object.values(body) as { id: string }[];
  expect(list[0]?.id).toBe(mara.messages(at.channelId).at(-1)?.message.id);
  const before = await call(at.discord, 'GET', `${at.path}?before=${list[49]?.id}&limit=100`);
  expect(before.body).toHaveLength(10);
});
