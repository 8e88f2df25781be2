import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIApplicationCommand, APIMessage } from 'discord-api-types/v10';
import type { Answer, GivenOption, Sighting } from '../../../src/playground/discord/types.ts';
import type { PageBackend } from '../../../src/playground/page-backend.ts';
import { bot, CHANNEL, cdn, DIRECT, direct, linkForm, message, you } from './messages.ts';
import { curvePng } from './pictures.ts';

/** What the page asked for, in order. */
export type Asked = { readonly what: string; readonly with: unknown };

export type FakeBackend = PageBackend & {
  readonly asked: Asked[];
  show(sighting: Sighting): void;
  say(message: APIMessage): void;
  edit(message: APIMessage): void;
  setOnline(online: boolean): void;
  setCommands(commands: readonly APIApplicationCommand[]): void;
  /** What the next press, select or command fails with. */
  failNext(sentence: string): void;
} & AsyncDisposable;

const notebook = (cells: number): Uint8Array =>
  Buffer.from(
    JSON.stringify({
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {},
      cells: Array.from({ length: cells }, (_, at) => ({
        cell_type: 'code',
        source: `print(${at})`,
        outputs: [],
        metadata: {},
      })),
    }),
  );

const option = (type: number, name: string, description: string, extra: object = {}): object => ({
  type,
  name,
  description,
  ...extra,
});

export const commands = [
  {
    id: '81',
    name: 'commit',
    description: 'Commit a notebook to Kaggle and run it',
    options: [
      option(11, 'notebook', 'An .ipynb or .py file'),
      option(3, 'accelerator', 'What it runs on', {
        choices: [
          { name: 'GPU T4 x2 · the usual one; Kaggle has no single T4 · limit 12 h', value: 'gpu-t4x2' },
          { name: 'TPU v5e-8 · may get an image without TPU support · limit 9 h', value: 'tpu' },
          { name: 'CPU · uses no GPU hours · limit 12 h', value: 'cpu' },
        ],
      }),
      option(3, 'inputs', 'Datasets to attach', { autocomplete: true }),
      option(3, 'title', 'Its name on Kaggle', { min_length: 5, max_length: 50 }),
      option(5, 'internet', 'With internet'),
      option(3, 'limit', 'When it is stopped'),
      option(3, 'note', 'A line on the card'),
      option(5, 'public', 'For everybody on Kaggle'),
      option(3, 'kernel', 'One of your notebooks', { autocomplete: true }),
      option(3, 'url', 'A file on Kaggle or GitHub'),
    ],
  },
  {
    id: '82',
    name: 'status',
    description: 'One run, or all of yours that are alive',
    options: [option(4, 'run', 'Its number', { autocomplete: true })],
  },
  {
    id: '83',
    name: 'runs',
    description: 'The history of this server',
    options: [option(3, 'who', 'Whose'), option(3, 'state', 'How it ended'), option(3, 'kernel', 'Which')],
  },
  {
    id: '84',
    name: 'log',
    description: 'The last lines of a run, live',
    options: [option(4, 'run', 'Its number', { required: true, min_value: 1 })],
  },
  { id: '85', name: 'quota', description: 'GPU hours and sessions' },
].map((one) => ({
  type: 1,
  application_id: bot.id,
  version: '1',
  default_member_permissions: null,
  ...one,
})) as unknown as APIApplicationCommand[];

/** A person's view of a playground in which nothing moves by itself. Files are served on loopback as the CDN would. */
export async function startFakeBackend(
  messages: readonly APIMessage[],
  options: { firstStart?: boolean } = {},
): Promise<FakeBackend> {
  const asked: Asked[] = [];
  const watching = new Set<(sighting: Sighting) => void>();
  const files = new Map<string, { type: string; body: Buffer }>([
    [cdn('curve-42.png'), { type: 'image/png', body: curvePng() }],
    [cdn('submission.csv'), { type: 'text/csv', body: Buffer.from('id,label\n1,rust\n') }],
    [
      cdn('evil.svg'),
      {
        type: 'image/svg+xml',
        body: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
      },
    ],
  ]);
  const server = createServer((request, response) => {
    const found = files.get(request.url ?? '');
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': found?.type ?? 'text/plain' });
    response.end(found?.body ?? 'no such file');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cdnUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const placed = (one: APIMessage): APIMessage =>
    JSON.parse(JSON.stringify(one).replaceAll('"CDN/', `"${cdnUrl}/`)) as APIMessage;
  const all = new Map<string, APIMessage[]>([
    [CHANNEL, messages.map(placed)],
    [DIRECT, direct.map(placed)],
  ]);
  let online = true;
  let known: readonly APIApplicationCommand[] = commands;
  let failure: string | null = null;
  let count = 5_000;
  const show = (sighting: Sighting): void => {
    for (const see of watching) see(sighting);
  };
  const say = (one: APIMessage): void => {
    all.get(one.channel_id)?.push(placed(one));
    show({ type: 'message', channelId: one.channel_id, message: placed(one), onlyFor: null });
  };
  const answer = (form = false): Answer => {
    const failed = failure;
    failure = null;
    return {
      interactionId: '7100',
      message: null,
      modal: form ? (linkForm as unknown as NonNullable<Answer['modal']>) : null,
      failed,
      acknowledgedInMs: 3,
      next: () => new Promise(() => {}),
    };
  };
  const seen = (given: Readonly<Record<string, GivenOption>>): object =>
    Object.fromEntries(
      Object.entries(given).map(([name, value]) => [
        name,
        typeof value === 'object' ? { name: value.name, size: value.bytes.length } : value,
      ]),
    );
  return {
    asked,
    you: { id: you.id, name: 'You' },
    bot: { id: bot.id, name: 'Nightshift' },
    channel: { id: CHANNEL, name: 'training' },
    directMessage: { id: DIRECT, name: 'Nightshift' },
    cdnUrl,
    firstStartInteraction: () => (options.firstStart === true ? '7001' : null),
    messages: (channelId) => all.get(channelId) ?? [],
    commandsFor: () => known,
    watch(see) {
      watching.add(see);
      return () => watching.delete(see);
    },
    async use(channelId, command, given) {
      asked.push({ what: 'use', with: { channelId, command, options: seen(given) } });
      return answer();
    },
    async autocomplete(_channelId, command, given, focused) {
      asked.push({ what: 'autocomplete', with: { command, focused, typed: given[focused] } });
      if (String(given[focused]).includes('nothing')) return [];
      return ['mara-k/leaf-disease', 'mara-k/leaf-aug', 'jun-ito/tomatoes'].map((name) => ({ name, value: name }));
    },
    async menu(channelId, command, messageId) {
      asked.push({ what: 'menu', with: { channelId, command, messageId } });
      return answer();
    },
    async press(messageId, customId) {
      asked.push({ what: 'press', with: { messageId, customId } });
      return answer(customId.startsWith('link:'));
    },
    async select(messageId, customId, values) {
      asked.push({ what: 'select', with: { messageId, customId, values } });
      return answer();
    },
    async submit(interactionId, fields) {
      asked.push({ what: 'submit', with: { interactionId, fields } });
      return answer();
    },
    async type(channelId, text) {
      asked.push({ what: 'type', with: { channelId, text } });
      count += 1;
      say(
        message({
          id: String(count),
          channel_id: channelId,
          author: you,
          content: text,
          timestamp: new Date().toISOString(),
        }),
      );
    },
    async dismiss(messageId) {
      asked.push({ what: 'dismiss', with: { messageId } });
      for (const [channelId, list] of all)
        all.set(
          channelId,
          list.filter((one) => one.id !== messageId),
        );
    },
    kaggleSummary: () => ({
      runsWith: 'Jupyter',
      gpuSessions: { used: 1, of: 2 },
      gpuHours: { used: 0, of: 30 },
      versions: 1,
      url: 'http://127.0.0.1:9/',
      account: 'you',
    }),
    samples: () => [
      {
        name: 'train',
        title: 'Train 70 epochs',
        hint: 'About 1 min. Ends with a curve, a model and a CSV.',
        fileName: 'train-70-epochs.ipynb',
        bytes: notebook(12),
        options: { accelerator: 'gpu-t4x2' },
      },
      {
        name: 'fail',
        title: 'Fail in cell 5',
        hint: 'About 5 s. Shows the failure report.',
        fileName: 'fail-in-cell-5.ipynb',
        bytes: notebook(6),
        options: {},
      },
      {
        name: 'dataset',
        title: 'Read a dataset',
        hint: 'About 10 s. Attaches an input first.',
        fileName: 'read-a-dataset.ipynb',
        bytes: notebook(4),
        options: { inputs: 'you/leaf-table' },
      },
    ],
    isBotOnline: () => online,
    show,
    say,
    edit(one) {
      const list = all.get(one.channel_id) ?? [];
      all.set(
        one.channel_id,
        list.map((old) => (old.id === one.id ? placed(one) : old)),
      );
      show({ type: 'edit', channelId: one.channel_id, message: placed(one), onlyFor: null });
    },
    setOnline(is) {
      online = is;
      show({ type: 'bot', online: is });
    },
    setCommands(next) {
      known = next;
    },
    failNext(sentence) {
      failure = sentence;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
