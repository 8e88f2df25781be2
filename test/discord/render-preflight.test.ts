import { describe, expect, test } from 'vitest';
import type { MessageBody } from '../../src/discord/chat.ts';
import { type PreflightView, renderPreflight, renderSure } from '../../src/discord/render/preflight.ts';
import { renderAllFindings, renderHints } from '../../src/discord/render/preflight-lists.ts';
import { type CheckedFinding, fixLabel, type Preflight } from '../../src/discord/render/preflight-words.ts';
import type { Severity } from '../../src/domain/finding.ts';
import { wrongWith } from './render-limits.ts';
import { accentOf, shown as asText, componentsOf } from './render-world.ts';

/** The panel of preflight and what stands behind its buttons. */

const finding = (severity: Severity, over: Partial<CheckedFinding> = {}): CheckedFinding => ({
  severity,
  rule: 'rule',
  sentence: `\`train_df\` is a ${severity}.`,
  at: { cell: 9, line: 4 },
  ...over,
});

const preflight = (over: Partial<Preflight> = {}): Preflight => ({
  findings: [],
  name: 'leaf-disease-resnet50.ipynb',
  cells: 38,
  needsMs: 7 * 3_600_000,
  pace: null,
  machine: 'gpu',
  limitMinutes: 540,
  hoursLeft: 18.4,
  sourceHash: 'x',
  ...over,
});

/** Line by line, without the lines between findings. */
const shown = (body: MessageBody): string[] =>
  asText(body)
    .replaceAll('\u00a0', ' ')
    .split('\n')
    .filter((line) => line !== '──');

const KEY = 'k'.repeat(22);
const view = (over: Partial<PreflightView> = {}, of: Partial<Preflight> = {}): PreflightView => ({
  preflight: preflight(of),
  key: KEY,
  revision: 0,
  changes: [],
  purpose: 'commit',
  ...over,
});

const excerpt = { from: 3, lines: ['  y = labels.values', '  X = train_df.drop(columns="label")'] };

test('the panel of the picture, line by line', () => {
  const body = renderPreflight(
    view(
      {},
      {
        findings: [
          finding('blocker', { sentence: '`train_df` is used here but first defined in cell 12.', excerpt }),
          finding('warning', {
            at: { cell: 2, line: 1 },
            sentence: '`/kaggle/input/leaf-aug` is read, but no attached input provides it.',
            fix: { kind: 'attach', input: 'mara-k/leaf-aug' },
          }),
          finding('warning', {
            at: { cell: 3, line: 1 },
            sentence: '`!pip install timm==1.0.9` needs the internet; it is off.',
            fix: { kind: 'internet', on: true },
          }),
          finding('hint', {
            at: { cell: 31, line: null },
            sentence: 'No table is saved: no `to_csv` or similar was found.',
          }),
        ],
      },
    ),
  );
  expect(shown(body)).toEqual([
    '### Not committed yet: 1 blocker, 2 warnings, 1 hint',
    '-# leaf-disease-resnet50.ipynb · 38 cells · nothing was sent to Kaggle',
    '**Blocker** · cell 9, line 4',
    '`train_df` is used here but first defined in cell 12.',
    '```',
    '  3  y = labels.values',
    '> 4  X = train_df.drop(columns="label")',
    '```',
    '**Warning** · cell 2, line 1',
    '`/kaggle/input/leaf-aug` is read, but no attached input provides it.',
    '[Attach mara-k/leaf-aug]',
    '**Warning** · cell 3, line 1',
    '`!pip install timm==1.0.9` needs the internet; it is off.',
    '[Turn internet on]',
    '**Hint** · cell 31',
    'No table is saved: no `to_csv` or similar was found.',
    '**Hours** needs about 7 h, limit 9 h, 18.4 h left this week',
    '[Commit anyway…] [Cancel]',
  ]);
  expect(accentOf(body)).toBe(0xda373c);
  expect(wrongWith(body)).toEqual([]);
});

test('the forecast of the picture: what it was reckoned from, and the higher limit', () => {
  const time = finding('warning', {
    rule: 'time',
    at: null,
    sentence: '70 epochs need about 10 h; the limit is 9 h. Epoch 62 would be the last.',
    fix: { kind: 'limit', minutes: 720 },
  });
  const body = renderPreflight(
    view(
      { changes: ['internet on'] },
      { findings: [time], pace: { epochs: 70, ms: 514_000, accelerator: 'NvidiaTeslaT4' } },
    ),
  );
  expect(shown(body).slice(0, 6)).toEqual([
    '### Ready, 1 warning left',
    '-# leaf-disease-resnet50.ipynb · 38 cells · internet on',
    '-# epochs: 70 · past pace 8 min 34 s on T4 x2',
    '**Warning** · time',
    '70 epochs need about 10 h; the limit is 9 h. Epoch 62 would be the last.',
    '[Raise the limit to 12 h]',
  ]);
  expect(shown(body).slice(-1)).toEqual(['[Commit anyway] [Cancel]']);
  expect(accentOf(body)).toBe(0xf0b232);
});

test('clean, as /check shows it', () => {
  const body = renderPreflight(view({ purpose: 'check' }, { needsMs: null, hoursLeft: null, cells: 0 }));
  expect(shown(body)).toEqual([
    '### Nothing found',
    '-# leaf-disease-resnet50.ipynb · nothing was sent to Kaggle',
    '**Hours** limit 9 h',
  ]);
  expect(accentOf(body)).toBe(0x23a55a);
  expect(wrongWith(body)).toEqual([]);
});

test('a script has lines and no cells; what has no place at all says none', () => {
  const body = renderPreflight(
    view(
      {},
      {
        cells: 0,
        findings: [
          finding('warning', { at: { cell: null, line: 7 } }),
          finding('warning', { at: { cell: null, line: null } }),
          finding('warning', { at: null }),
        ],
      },
    ),
  );
  expect(shown(body).filter((line) => line.startsWith('**Warning'))).toEqual([
    '**Warning** · line 7',
    '**Warning**',
    '**Warning**',
  ]);
});

describe('the second confirmation', () => {
  test.each<[CheckedFinding[], Partial<Preflight>, string]>([
    [[finding('blocker')], {}, 'It will most likely stop in cell 9, and the GPU hours until then are spent.'],
    [
      [finding('blocker', { at: { cell: null, line: 3 } })],
      {},
      'It will most likely stop at line 3, and the GPU hours until then are spent.',
    ],
    [
      [finding('blocker', { at: null })],
      { machine: 'cpu', hoursLeft: null },
      'It will most likely stop, and the time until then is lost.',
    ],
  ])('says where it will stop', (findings, of, line) => {
    const body = renderSure(view({}, { ...of, findings }));
    expect(shown(body)[2]).toBe(line);
    expect(wrongWith(body)).toEqual([]);
  });

  test('counts the blockers alone', () => {
    const body = renderSure(view({}, { findings: [finding('blocker'), finding('blocker'), finding('warning')] }));
    expect(shown(body)[0]).toBe('### Commit with 2 blockers?');
    expect(shown(body).slice(-1)).toEqual(['[Commit with 2 blockers] [Back]']);
  });
});

test('each fix has its words, and two findings mended by one press have one button', () => {
  expect(
    (
      [
        { kind: 'attach', input: 'mara-k/leaf-aug' },
        { kind: 'internet', on: true },
        { kind: 'internet', on: false },
        { kind: 'accelerator', to: 'NvidiaTeslaT4' },
        { kind: 'accelerator', to: 'none' },
        { kind: 'limit', minutes: 720 },
      ] as const
    ).map((fix) => fixLabel(fix).replaceAll('\u00a0', ' ')),
  ).toEqual([
    'Attach mara-k/leaf-aug',
    'Turn internet on',
    'Turn internet off',
    'Use GPU T4 x2',
    'Run on CPU',
    'Raise the limit to 12 h',
  ]);
  const fix = { kind: 'internet', on: true } as const;
  const body = renderPreflight(view({}, { findings: [finding('warning', { fix }), finding('warning', { fix })] }));
  expect(shown(body).filter((line) => line === '[Turn internet on]')).toHaveLength(1);
});

test('at most six findings and four fixes, and all the rest behind Show all', () => {
  const findings = Array.from({ length: 40 }, (_, n) =>
    finding('warning', { fix: { kind: 'attach', input: `mara-k/set-${n}` } }),
  );
  const body = renderPreflight(view({ above: '**Linked to Kaggle as mara-k.**' }, { findings }));
  const lines = shown(body);
  expect(lines.filter((line) => line.startsWith('**Warning**'))).toHaveLength(6);
  expect(lines.filter((line) => line.startsWith('[Attach'))).toHaveLength(4);
  expect(lines).toContain('and 34 more');
  expect(lines).toContain('[Show all]');
  expect(wrongWith(body)).toEqual([]);
});

const HOSTILE = '`](https://evil.example) @everyone <@1> **x** ```\n# big\n\u202egnp.exe\u0000';

test('hostile names, long sentences and lines change no layout and stay within Discord’s limits', () => {
  const sentences = [`\`${'名'.repeat(480)}\` is wrong.`, `${'x'.repeat(5_000)}.`];
  for (const sentence of sentences) {
    const findings = Array.from({ length: 12 }, (_, n) =>
      finding(n < 8 ? 'blocker' : 'hint', {
        sentence,
        excerpt: { from: 3, lines: [HOSTILE, `${HOSTILE}${'界'.repeat(4_000)}`] },
        fix: { kind: 'attach', input: `${'o'.repeat(50)}/${'s'.repeat(70)}${n}` },
      }),
    );
    const of: Partial<Preflight> = { findings, name: HOSTILE.repeat(20), cells: 4_999 };
    for (const body of [
      renderPreflight(view({ changes: Array.from({ length: 30 }, () => 'internet on') }, of)),
      renderSure(view({}, of)),
      renderHints(findings, 42),
      renderAllFindings({ findings, name: HOSTILE }, 10_000_000),
    ])
      expect(wrongWith(body)).toEqual([]);
  }
});

test('what is too long loses its excerpts first, then the last findings, and says how many', () => {
  const long = Array.from({ length: 6 }, () =>
    finding('blocker', {
      sentence: `\`${'名'.repeat(485)}\` is wrong.`,
      excerpt: { from: 3, lines: ['x'.repeat(90), 'y'.repeat(90)] },
    }),
  );
  const lines = shown(renderPreflight(view({}, { findings: long })));
  expect(lines).not.toContain('```');
  expect(lines.filter((line) => line.startsWith('**Blocker**'))).toHaveLength(6);
  const longer = Array.from({ length: 40 }, () => finding('blocker', { sentence: `${'`x` is odd. '.repeat(41)}` }));
  const body = renderPreflight(view({ above: 'x'.repeat(900) }, { findings: longer }));
  expect(wrongWith(body)).toEqual([]);
  expect(shown(body).some((line) => /^and 3[5-9] more$/.test(line))).toBe(true);
});

test('a secret in the line of a blocker is not repeated, neither in the panel nor in the file', () => {
  const secret = 'hf_abcdefghijklmnopqrstuvwxyz0123';
  const findings = [finding('blocker', { excerpt: { from: 3, lines: [`login("${secret}")`, `x = "${secret}"`] } })];
  const all = renderAllFindings({ findings, name: 'leaf.ipynb' }, 10_000_000);
  for (const text of [
    JSON.stringify(renderPreflight(view({}, { findings }))),
    all.files?.[0]?.bytes.toString() ?? '',
  ]) {
    expect(text).not.toContain(secret);
    expect(text).toContain('[hidden]');
  }
});

test('the file holds every finding as plain text', () => {
  const findings = [
    finding('blocker', { excerpt, sentence: '`a` is \\*odd\\*, says \u2068\\_x\\_\u2069.' }),
    finding('hint', { at: null }),
  ];
  const body = renderAllFindings({ findings, name: 'leaf.ipynb' }, 10_000_000);
  expect(body.files?.[0]?.bytes.toString()).toBe(
    [
      'leaf.ipynb: 1 blocker, 1 hint',
      '',
      'Blocker, cell 9, line 4',
      '  `a` is *odd*, says _x_.',
      '      3  y = labels.values',
      '    > 4  X = train_df.drop(columns="label")',
      '',
      'Hint',
      '  `train_df` is a hint.',
      '',
    ].join('\n'),
  );
});

test('a button carries which state it belongs to, and ids stay short', () => {
  const body = renderPreflight(
    view({ revision: 12 }, { findings: [finding('warning', { fix: { kind: 'internet', on: true } })] }),
  );
  const ids = componentsOf(body.components ?? []).flatMap(({ custom_id }) =>
    custom_id === undefined ? [] : [custom_id],
  );
  expect(ids).toEqual([`checkFix:v1:${KEY}:12.0`, `checkGo:v1:${KEY}:12`, `checkCancel:v1:${KEY}`]);
});
