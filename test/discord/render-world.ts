import type { MessageBody } from '../../src/discord/chat.ts';
import type { CardView, EndView } from '../../src/discord/views.ts';
import type { OutputFile, Progress, Report, Series } from '../../src/domain/results.ts';
import type { Pushed, Run, RunSettings, RunState } from '../../src/domain/run.ts';

/** The run of all examples: #42, Mara's Leaf disease ResNet50. Times are those of the pictures, in UTC. */

export const WEB = 'https://www.kaggle.com';
export const MARA = '100000000000000001';
export const at = (clock: string, day = 23): number => {
  const [hours, minutes, seconds = 0] = clock.split(':').map(Number);
  return Date.UTC(2026, 10, day, hours, minutes, seconds);
};
/** `<t:…:S>` as it must be written. */
export const stamp = (ms: number, style: string): string => `<t:${ms / 1_000}:${style}>`;

export const NOW = at('23:22');
export const PAGE = `${WEB}/code/mara-k/leaf-disease-resnet50`;

export const pushed: Pushed = {
  kernel: { owner: 'mara-k', slug: 'leaf-disease-resnet50' },
  version: 3,
  page: null,
  at: at('20:13'),
  inputsDropped: [],
};

export const settings: RunSettings = {
  kernel: { owner: 'mara-k', slug: 'leaf-disease-resnet50' },
  title: 'Leaf disease ResNet50',
  kind: 'notebook',
  language: 'python',
  accelerator: 'NvidiaTeslaT4',
  inputs: [],
  internet: false,
  isPublic: false,
  limitMinutes: 540,
  note: null,
  origin: { from: 'attachment', name: 'leaf-disease-resnet50.ipynb', link: null },
  cells: 38,
};

export const series = (
  name: string,
  lastText: string,
  better: Series['better'] = null,
  best: readonly [number, string] | null = null,
  points: Series['points'] = [
    [1, 1],
    [2, 0.5],
  ],
): Series => ({
  name,
  points,
  lastText,
  better,
  best: best === null ? null : { at: best[0], value: Number(best[1]), text: best[1] },
});

export const progress: Progress = {
  unit: 'epoch',
  at: 31,
  of: 70,
  series: [
    series('val_acc', '0.8842', 'higher', [29, '0.8871']),
    series('val_loss', '0.3162', 'lower', [29, '0.3082']),
    series('loss', '0.2054', 'lower', [31, '0.2054']),
  ],
  paceMs: 358_000,
};

export const endProgress: Progress = {
  unit: 'epoch',
  at: 70,
  of: 70,
  series: [
    series('val_acc', '0.9098', 'higher', [58, '0.9124']),
    series('val_loss', '0.2831', 'lower', [48, '0.2647']),
    series('loss', '0.1183', 'lower', [70, '0.1183']),
  ],
  paceMs: 358_000,
};

export const report: Report = {
  logTail: ['Epoch 70/70', 'saved leaf_resnet50_last.pt'],
  logLines: 2_318,
  progress: null,
  failure: null,
  table: null,
  quota: null,
  gaps: [],
};

export const runIn = (state: RunState, changes: Partial<Run> = {}): Run => ({
  key: 'AbCdEfGhIjKlMnOpQrStUv',
  number: 42,
  interactionId: '1',
  place: { kind: 'guild', guildId: '200000000000000001', channelId: '300000000000000001' },
  launcher: { id: MARA, name: 'Mara' },
  settings,
  sourceHash: '0'.repeat(64),
  state,
  revision: 1,
  acceptedAt: at('20:12'),
  dueAt: null,
  card: null,
  progress: null,
  report: null,
  ...changes,
});

export const states = {
  accepted: { phase: 'accepted' },
  slot: {
    phase: 'waiting',
    reason: { for: 'slot', said: 'Maximum batch GPU session count of 2 reached.' },
    since: at('20:12'),
  },
  hours: { phase: 'waiting', reason: { for: 'hours', said: 'Weekly quota exceeded.' }, since: at('20:12') },
  another: { phase: 'waiting', reason: { for: 'run', number: 41 }, since: at('20:12') },
  pushing: { phase: 'pushing', baseVersion: 2, since: at('20:13'), doubt: null },
  doubt: { phase: 'pushing', baseVersion: 2, since: at('20:13'), doubt: { since: at('20:13'), looks: 1 } },
  queued: { phase: 'queued', pushed },
  running: { phase: 'running', pushed, startedAt: at('20:16'), stopping: false },
  stopping: { phase: 'running', pushed, startedAt: at('20:16'), stopping: true },
  finishing: {
    phase: 'finishing',
    pushed,
    startedAt: at('20:16'),
    endedAt: at('03:14', 24),
    end: 'complete',
    message: null,
  },
  complete: { phase: 'complete', pushed, startedAt: at('20:16'), endedAt: at('03:14', 24) },
  failed: {
    phase: 'error',
    why: 'failed',
    pushed: { ...pushed, version: 4 },
    startedAt: at('03:19', 24),
    endedAt: at('04:31', 24),
    message: null,
  },
  timeLimit: {
    phase: 'error',
    why: 'timeLimit',
    pushed,
    startedAt: at('20:16'),
    endedAt: at('05:16', 24),
    message: null,
  },
  refused: {
    phase: 'error',
    why: 'refused',
    pushed: null,
    startedAt: null,
    endedAt: at('20:13'),
    message: 'Invalid docker image.',
  },
  stopped: { phase: 'cancelled', how: 'stopped', by: null, pushed, startedAt: at('20:16'), endedAt: at('23:21') },
  withdrawn: { phase: 'cancelled', how: 'withdrawn', by: 'Mara', pushed: null, startedAt: null, endedAt: at('20:20') },
  lost: { phase: 'lost', why: 'gone', pushed, startedAt: at('20:16'), since: at('23:10'), givenUp: false },
} as const satisfies Record<string, RunState>;

export const cardView = (run: Run, changes: Partial<CardView> = {}): CardView => ({
  run,
  web: WEB,
  now: NOW,
  playground: false,
  outputs: [],
  line: null,
  hours: null,
  kaggleDown: null,
  tokenRefusedSince: null,
  endLink: null,
  earlier: null,
  newerVersion: null,
  ...changes,
});

export const outputs: readonly OutputFile[] = [
  { name: 'history.csv', kind: 'table', size: 6_100 },
  { name: 'leaf_resnet50_last.pt', kind: 'model', size: 97_800_000 },
  { name: 'confusion.png', kind: 'image', size: 4_000_000 },
  { name: 'leaf_resnet50_best.pt', kind: 'model', size: 97_800_000 },
  { name: 'a.png', kind: 'image', size: 4_000_000 },
  { name: 'b.png', kind: 'image', size: 4_000_000 },
  { name: 'c.png', kind: 'image', size: 4_000_000 },
  { name: 'submission.csv', kind: 'table', size: 1_200_000 },
  { name: 'config.json', kind: 'other', size: 46_950 },
  { name: 'events.log', kind: 'other', size: 46_950 },
];

export const fileLink = (name: string): string => `${PAGE}/output?select=${encodeURIComponent(name)}`;

export const endView = (run: Run, changes: Partial<EndView> = {}): EndView => ({
  run,
  web: WEB,
  now: NOW,
  playground: false,
  outputs,
  report: run.report ?? report,
  mention: MARA,
  fileLink,
  files: [],
  bestBefore: null,
  cardLink: null,
  late: null,
  newerVersion: null,
  reduced: 0,
  ...changes,
});

export const mention = (command: string): string => `</${command}:900000000000000001>`;

const INVISIBLE = /[\u2068\u2069]/g;

/** As a reader sees it: without isolates, with plain spaces, and without the backslashes of escaping. */
export const seen = (markdown: string): string =>
  markdown
    .replace(INVISIBLE, '')
    .replaceAll('\u00a0', ' ')
    .replace(/\\([^0-9A-Za-z\s])/g, '$1');

type Json = { readonly [key: string]: unknown };
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** Every component of a body, nested ones too, in the order they are written. */
export function componentsOf(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(componentsOf);
  if (!isJson(value)) return [];
  return [value, ...componentsOf(value.components), ...componentsOf(value.accessory), ...componentsOf(value.component)];
}

/** All the text a reader sees of a panel: one line each for texts, buttons and selects in brackets. */
export function shown(body: MessageBody): string {
  const lines: string[] = body.kind === 'notice' ? [seen(body.content)] : [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const one of value) walk(one);
      return;
    }
    if (!isJson(value)) return;
    if (value.type === 1) {
      const parts = (Array.isArray(value.components) ? value.components : []).filter(isJson);
      lines.push(
        parts.map((one) => `[${one.label ?? one.placeholder}${one.disabled === true ? ', off' : ''}]`).join(' '),
      );
      return;
    }
    if (value.type === 10) lines.push(seen(String(value.content)));
    if (value.type === 14) lines.push('──');
    if (value.type === 12) lines.push('(pictures)');
    if (value.type === 13) lines.push('(file)');
    walk(value.components);
    if (isJson(value.accessory)) lines.push(`[${value.accessory.label}]`);
  };
  walk(body.components);
  return lines.join('\n');
}

export const accentOf = (body: MessageBody): unknown =>
  componentsOf(body.components).find((one) => one.type === 17)?.accent_color;
