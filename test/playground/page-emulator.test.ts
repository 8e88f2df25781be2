import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DiscordEmulator, startDiscordEmulator } from '../../src/playground/discord/emulator.ts';
import { EventStream } from '../../src/playground/page/event-stream.ts';
import { fromEmulator } from '../../src/playground/page-emulator.ts';
import { type StartedPage, startPage } from '../../src/playground/page-server.ts';
import { samples } from '../../src/playground/samples/samples.ts';

/** The page's server in front of the Discord that the tests and the playground use. */
const KEY = 'a-key-that-is-long-enough-for-it';
let discord: DiscordEmulator;
let page: StartedPage;
let channelId: string;
let personId: string;

beforeAll(async () => {
  discord = await startDiscordEmulator();
  const world = discord.defaultWorld();
  channelId = world.channelId;
  personId = world.you.id;
  const summary = {
    runsWith: 'python3',
    gpuSessions: { used: 0, of: 2 },
    gpuHours: { used: 0, of: 30 },
    versions: 0,
    url: 'http://127.0.0.1:9/',
  };
  const backend = fromEmulator({
    discord,
    you: world.you,
    channel: { id: channelId, name: 'training' },
    kaggleSummary: () => summary,
    samples,
  });
  page = await startPage({ backend, key: KEY });
});
afterAll(async () => {
  await page[Symbol.asyncDispose]();
  await discord.close();
});

const own = (): string => `http://127.0.0.1:${page.port}`;
async function act(action: string, body: object): Promise<unknown> {
  const response = await fetch(`${own()}/api/${action}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', origin: own() },
    body: JSON.stringify(body),
  });
  return response.json();
}

async function firstState(): Promise<{
  channels: { id: string; kind: string; messages: { content: string }[] }[];
  samples: { title: string; cells: number }[];
  online: boolean;
}> {
  const stop = new AbortController();
  const response = await fetch(`${own()}/api/events`, {
    headers: { authorization: `Bearer ${KEY}` },
    signal: stop.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const stream = new EventStream();
  for (;;) {
    const read = await reader?.read();
    const state = stream.push(read?.value ?? '').find((event) => event.type === 'state');
    if (state === undefined) continue;
    stop.abort();
    return JSON.parse(state.data);
  }
}

test('the page finds the channel, the direct message and the three samples', async () => {
  const state = await firstState();
  expect(state.channels.map((one) => one.kind)).toEqual(['channel', 'dm']);
  expect(state.samples.map((one) => one.title)).toEqual(['Train 70 epochs', 'Fail in cell 5', 'Read a dataset']);
  expect(state.samples.every((one) => one.cells > 0)).toBe(true);
  expect(state.online).toBe(false);
});

test('what is typed in the page is a message of the person', async () => {
  expect(await act('type', { channelId, text: 'is anybody there?' })).toEqual({});
  const [seen] = discord.messages(channelId);
  expect([seen?.message.author.id, seen?.message.content]).toEqual([personId, 'is anybody there?']);
  expect((await firstState()).channels[0]?.messages.map((one) => one.content)).toEqual(['is anybody there?']);
});

test('a command the bot does not have comes back as a sentence, not as silence', async () => {
  expect(await act('use', { channelId, command: 'commit', options: {} })).toEqual({
    failed: 'There is no command /commit here.',
    problems: {},
    modal: null,
  });
});
