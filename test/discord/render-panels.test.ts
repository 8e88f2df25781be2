import { describe, expect, it, test } from 'vitest';
import { renderAccepted } from '../../src/discord/render/accepted.ts';
import { parseAgain, renderAgain } from '../../src/discord/render/again.ts';
import { renderCurve, renderNoCurve } from '../../src/discord/render/curve.ts';
import { renderError, renderFault, renderOldButton } from '../../src/discord/render/error.ts';
import { renderHelp } from '../../src/discord/render/help.ts';
import {
  linkModal,
  renderLinked,
  renderLinkOutage,
  renderLinkPanel,
  renderLinkRefused,
  renderNotLinked,
  renderUnlinked,
} from '../../src/discord/render/link.ts';
import { renderLog, renderWholeLog } from '../../src/discord/render/log.ts';
import { parseOutputsArgument, renderImages, renderLinks, renderOutputs } from '../../src/discord/render/outputs.ts';
import { renderQuota } from '../../src/discord/render/quota.ts';
import { type RunsView, renderRuns } from '../../src/discord/render/runs.ts';
import { renderAmbiguous, renderNotUnderstood, renderStatus } from '../../src/discord/render/status.ts';
import {
  renderCancelled,
  renderGivenUp,
  renderGiveUp,
  renderLookingAgain,
  renderStop,
  renderWithdrawn,
} from '../../src/discord/render/stop.ts';
import { renderPlaygroundWelcome, renderWelcome } from '../../src/discord/render/welcome.ts';
import type { OutputFile } from '../../src/domain/results.ts';
import { UserError } from '../../src/domain/user-error.ts';
import { wrongWith } from './render-limits.ts';
import {
  accentOf,
  at,
  cardView,
  componentsOf,
  endProgress,
  mention,
  NOW,
  PAGE,
  progress,
  report,
  runIn,
  settings,
  shown,
  stamp,
  states,
  WEB,
} from './render-world.ts';

const run = runIn(states.running, { progress });
const m = mention;
const refillAt = Date.UTC(2026, 10, 28, 1);
const F = stamp(refillAt, 'F');
const R = stamp(refillAt, 'R');
const file = { name: 'curve-42.png', bytes: Buffer.from('x') };

describe('the reply to /commit', () => {
  const of = { run, cardLink: 'https://discord.com/channels/1/2/3', checkedMs: 400 };
  test.each([
    [
      { where: 'channel' },
      [
        '**#42 accepted.** Its card is in this channel. You can close your computer.',
        '-# leaf-disease-resnet50.ipynb · 38 cells · checked in 0.4 s: nothing blocks it',
        '[Go to the card]',
      ],
    ],
    [
      { where: 'dm', mention },
      [
        '**#42 accepted.** This bot is not a member here, so there is no card in this channel.',
        'The card and the result come by direct message.',
        '-# leaf-disease-resnet50.ipynb · 38 cells · checked in 0.4 s: nothing blocks it',
        '[Go to the card]',
      ],
    ],
    [
      { where: 'dmClosed', mention, cardLink: null },
      [
        `**#42 accepted.** This bot is not a member here, and your direct messages are closed. ${m('status')} shows the result.`,
        '-# leaf-disease-resnet50.ipynb · 38 cells · checked in 0.4 s: nothing blocks it',
      ],
    ],
    [
      { where: 'channel', cardLink: null, playground: { firstStart: true } },
      [
        '**#42 accepted.** Its card is in this channel. You can close this page.',
        '-# leaf-disease-resnet50.ipynb · 38 cells · first start: this command was sent for you',
      ],
    ],
  ] as const)('%o', (where, lines) => expect(shown(renderAccepted({ ...of, ...where }))).toBe(lines.join('\n')));

  it('counts no cells of a script', () =>
    expect(
      shown(
        renderAccepted({
          ...of,
          run: { ...run, settings: { ...settings, kind: 'script', cells: 1 } },
          where: 'channel',
        }),
      ),
    ).not.toContain('cell'));
});

describe('errors', () => {
  test.each([
    [
      new UserError('There is no run #420 here.', 'The newest is #44.'),
      '**There is no run #420 here.** The newest is #44.',
    ],
    [
      new UserError('Kaggle is not answering', `, since <t:1:t>. Nothing was committed.`),
      '**Kaggle is not answering**, since <t:1:t>. Nothing was committed.',
    ],
    [new UserError('Two things are wrong.', '\n**One.**\n**Two.**'), '**Two things are wrong.**\n**One.**\n**Two.**'],
    [new UserError('x has no code cells.'), '**x has no code cells.**'],
  ])('%#', (error, text) => expect(shown(renderError(error))).toBe(text));

  it('leaves out whole lines of what is too long', () => {
    const body = renderError(
      new UserError(
        'Many things are wrong.',
        `\n${Array.from({ length: 90 }, (_, n) => `${n} ${'w'.repeat(90)}.`).join('\n')}`,
      ),
    );
    expect(wrongWith(body)).toEqual([]);
    expect(shown(body)).toMatch(/w\.\n…$/);
    expect(wrongWith(renderError(new UserError('t'.repeat(9_000))))).toEqual([]);
  });

  it('is our own fault, or an old button', () => {
    expect(shown(renderFault('7Q2M4K'))).toBe(
      '**That did not work, and nothing was committed.** The fault is here, not in your notebook. Please try again.\n-# Reference 7Q2M4K for whoever runs this bot',
    );
    expect(shown(renderOldButton(m))).toBe(`This button belongs to an older message. ${m('status')} shows the run.`);
  });
});

describe('linking', () => {
  const of = { key: 'draft', web: WEB };
  const steps = [
    '**1** Create a token on Kaggle: Settings, API, Generate new token.',
    '**2** Enter it here. It is checked with Kaggle, sealed, and never shown again.',
    `-# A Kaggle token gives access to the whole account. This bot uses it only to push notebooks and read runs, and forgets it with ${m('unlink')}.`,
    '[Enter token…] [Kaggle settings]',
  ];
  it('is asked for first, and keeps the commit', () => {
    expect(shown(renderLinkPanel({ ...of, draftName: 'vgg-baseline.ipynb', mention }))).toBe(
      [
        '### Link your Kaggle account first',
        '-# vgg-baseline.ipynb is kept for 15 min and goes on by itself once you are linked',
        ...steps,
      ].join('\n'),
    );
    expect(shown(renderLinkPanel({ ...of, draftName: null, mention }))).toBe(
      ['### Link your Kaggle account', ...steps].join('\n'),
    );
    const [enter, page] = componentsOf(renderLinkPanel({ ...of, draftName: null, mention }).components).filter(
      (one) => one.type === 2,
    );
    expect(enter).toMatchObject({ style: 1, custom_id: 'link:v1:draft' });
    expect(page).toMatchObject({ style: 5, url: 'https://www.kaggle.com/settings' });
  });

  it('has a form of three fields, none required', () => {
    const modal = linkModal({ key: 'draft', operator: 'Vision Lab' });
    expect(modal).toMatchObject({ custom_id: 'linkForm:v1:draft', title: 'Link a Kaggle account' });
    expect(JSON.stringify(modal.components[0])).toContain(
      'This form goes to Nightshift, run by \u2068Vision Lab\u2069. Never enter your Kaggle password.',
    );
    expect(modal.components.slice(1)).toMatchObject([
      {
        type: 18,
        label: 'API token',
        description: 'Starts with KGAT_. Leave the rest empty.',
        component: { custom_id: 'token', required: false },
      },
      { type: 18, label: 'Username, for an old key only', component: { custom_id: 'username', required: false } },
      {
        type: 18,
        label: 'Key, for an old key only',
        description: '32 letters and digits from kaggle.json',
        component: { custom_id: 'key', required: false },
      },
    ]);
    expect(JSON.stringify(linkModal({ key: '-' }))).toContain(
      'This form goes to Nightshift. Never enter your Kaggle password.',
    );
  });

  it('succeeds, and the commit goes on', () => {
    const linked = {
      account: 'jun-ito',
      instead: null,
      quota: { left: 30, refillAt },
      sessions: { used: 0, total: 2 },
      goesOn: null,
    };
    const accepted = {
      run: { ...run, number: 44 },
      cardLink: 'https://discord.com/channels/1/2/3',
      checkedMs: 1,
      where: 'channel',
      name: 'vgg-baseline.ipynb',
    } as const;
    const body = renderLinked({ ...linked, goesOn: accepted });
    expect(shown(body)).toBe(
      [
        '### Linked to Kaggle as jun-ito',
        `30.0 GPU hours left, refill ${R} · 0 of 2 GPU sessions in use`,
        'Going on with vgg-baseline.ipynb: **#44 accepted.** Its card is in this channel.',
        '[Go to the card]',
      ].join('\n'),
    );
    expect(accentOf(body)).toBe(0x23a55a);
    expect(shown(renderLinked({ ...linked, instead: 'mara-k', quota: null, sessions: null }))).toBe(
      '### Linked to Kaggle as jun-ito instead of mara-k\nRuns of mara-k are no longer followed; they go on at Kaggle.',
    );
    expect(
      shown(
        renderLinked({
          ...linked,
          problem: { name: 'x.ipynb', title: 'x has no code cells.', advice: 'Nothing was committed.' },
        }),
      ),
    ).toContain('x.ipynb was not committed: **x has no code cells.** Nothing was committed.');
  });

  it('fails, by Kaggle’s word or for want of it', () => {
    expect(shown(renderLinkRefused(of))).toBe(
      [
        '### Kaggle does not accept this token',
        'It answered that the token is wrong or was revoked. Nothing was stored.',
        'Create a new one under Settings, API, and enter it again.',
        '[Enter token…] [Kaggle settings]',
      ].join('\n'),
    );
    expect(accentOf(renderLinkRefused(of))).toBe(0xda373c);
    expect(shown(renderLinkOutage(of))).toBe(
      '### Kaggle is not answering, so the token is not checked\nNothing was stored. Please try again in some minutes.\n[Enter token…]',
    );
    expect(accentOf(renderLinkOutage(of))).toBe(0xf0b232);
  });

  it('is undone', () => {
    expect(shown(renderUnlinked({ account: 'mara-k', running: 2 }))).toBe(
      '**The token of mara-k is forgotten.** 2 running runs are no longer followed; they go on at Kaggle.',
    );
    expect(shown(renderUnlinked({ account: 'mara-k', running: 1 }))).toContain(
      '1 running run is no longer followed; it goes on at Kaggle.',
    );
    expect(shown(renderUnlinked({ account: 'mara-k', running: 0 }))).toBe('**The token of mara-k is forgotten.**');
    expect(shown(renderNotLinked(m))).toBe(`**No Kaggle account is linked.** ${m('link')} links one.`);
  });
});

describe('/status', () => {
  const named = (number: number, title: string, changes = {}) =>
    runIn(states.running, { number, settings: { ...settings, title }, ...changes });
  const line = {
    place: 1,
    kind: 'GPU',
    holders: [41, 42],
    foreign: 0,
    nextSlotAt: at('03:14', 24),
    nextSlotRun: 42,
  } as const;
  const view = { guildName: () => 'Vision Lab', mention, now: NOW, direct: true };

  it('lists what is alive, then what ended', () => {
    const ended = [
      runIn(
        { ...states.complete, pushed: { ...states.complete.pushed, version: 2 }, endedAt: at('20:00', 22) },
        { number: 39, report: { ...report, progress: endProgress } },
      ),
      runIn(
        { ...states.failed, pushed: { ...states.failed.pushed, version: 1 }, endedAt: at('20:00', 21) },
        {
          number: 38,
          settings: { ...settings, title: 'VGG baseline' },
          report: {
            ...report,
            failure: {
              class: 'input missing',
              cell: null,
              line: null,
              excerpt: [],
              excerptFrom: 1,
              frames: [],
              error: null,
              advice: '',
            },
          },
        },
      ),
    ];
    const alive = [
      cardView(named(42, 'Leaf disease ResNet50', { progress })),
      cardView(named(41, '葉の病害 ViT ベースライン')),
      cardView(runIn(states.slot, { number: 44, settings: { ...settings, title: 'VGG baseline' } }), { line }),
    ];
    const body = renderStatus({
      ...view,
      alive: alive.map((one, n) => ({ ...one, run: { ...one.run, key: `k${n}` } })),
      ended,
    });
    expect(shown(body)).toBe(
      [
        '### 2 running, 1 waiting',
        '──',
        '🔵 **#42 running** · epoch 31 of 70',
        'Leaf disease ResNet50 v3 · Vision Lab',
        `val_acc 0.8842 · ends about ${stamp(at('03:15', 24), 't')}`,
        '[Details]',
        '──',
        '🔵 **#41 running** · no progress known',
        '葉の病害 ViT ベースライン v3 · Vision Lab',
        `started ${stamp(at('20:16'), 'R')}`,
        '[Details]',
        '──',
        '⏳ **#44 waiting in line** · place 1',
        'VGG baseline · Vision Lab',
        `next slot about ${stamp(at('03:14', 24), 't')}`,
        '[Details]',
        '──',
        '**Last ended**',
        `✅ #39 complete · Leaf disease ResNet50 v2 · val_acc 0.9124 · ${stamp(at('20:00', 22), 'R')}`,
        `❌ #38 failed: input missing · VGG baseline v1 · ${stamp(at('20:00', 21), 'R')}`,
      ].join('\n'),
    );
    expect(wrongWith(body)).toEqual([]);
  });

  it('shows six and counts the rest', () => {
    const alive = Array.from({ length: 9 }, (_, n) => cardView({ ...run, key: `k${n}` }));
    const text = shown(renderStatus({ ...view, alive, ended: [] }));
    expect(text.match(/\[Details\]/g)).toHaveLength(6);
    expect(text).toContain(`and 3 more in ${m('runs')}`);
  });

  it('says that nothing is alive', () => {
    expect(shown(renderStatus({ ...view, alive: [], ended: [] }))).toBe(
      `Nothing of yours is running or waiting.\n-# Start with ${m('commit')}. You can also write \`status 42\`, \`log 42\` or \`help\` here.`,
    );
  });

  it('lists the last that ended also when nothing is alive', () => {
    const ended = [39, 38, 37, 36].map((number) => runIn(states.complete, { number }));
    const text = shown(renderStatus({ ...view, alive: [], ended }));
    expect(text).toContain('Nothing of yours is running or waiting.');
    expect(text).toContain('**Last ended**');
    expect(text.match(/#\d+ complete/g)).toEqual(['#39 complete', '#38 complete', '#37 complete']);
  });

  it('asks which server, and what was meant', () => {
    const choices = [
      { run: { ...run, key: 'a' }, server: 'Vision Lab' },
      { run: { ...run, key: 'b' }, server: 'A server with a name of very many letters' },
    ];
    expect(shown(renderAmbiguous({ number: 42, choices }))).toBe(
      '#42 exists on two servers:\n[Vision Lab] [A server with a name of…]',
    );
    expect(shown(renderNotUnderstood({ newest: run }))).toBe(
      'I understand `status`, `status 42`, `log 42` and `help`, and all the slash commands.\nYour newest run: **#42** Leaf disease ResNet50, running, epoch 31 of 70.\n[Status] [Help]',
    );
  });
});

describe('/runs', () => {
  const version = (n: number) => ({ ...states.complete.pushed, version: n });
  const other = { ...settings, title: 'VGG baseline' };
  const jun = { id: '100000000000000002', name: 'Jun' };
  const oom = {
    class: 'GPU out of memory',
    cell: null,
    line: null,
    excerpt: [],
    excerptFrom: 1,
    frames: [],
    error: null,
    advice: '',
  };
  const view: RunsView = {
    server: 'Vision Lab',
    who: null,
    state: null,
    kernel: null,
    page: 1,
    pages: 5,
    runs: [
      runIn(
        { ...states.running, pushed: version(2), startedAt: NOW - 130 * 60_000 },
        { key: 'r44', number: 44, settings: other, launcher: jun },
      ),
      runIn(states.failed, { key: 'r43', number: 43, report: { ...report, failure: oom } }),
      runIn(states.complete, { key: 'r42', report: { ...report, progress: endProgress } }),
      runIn(
        { ...states.stopped, startedAt: states.stopped.endedAt - 48 * 60_000, pushed: version(7) },
        { key: 'r40', number: 40, launcher: jun },
      ),
      runIn(states.lost, { key: 'r36', number: 36, launcher: jun }),
      runIn({ ...states.complete, endedAt: states.complete.startedAt + 34 * 60_000 }, { key: 'r35', number: 35 }),
    ],
    bests: new Set(['r42']),
    newer: null,
    older: 'b35',
    mine: { label: 'Only mine', argument: 'mine' },
    now: NOW,
  };

  it('lists ten a page, the best in bold', () => {
    const body = renderRuns(view);
    expect(shown(body)).toBe(
      [
        '### Runs of Vision Lab',
        '-# everyone · every state · page 1 of 5',
        '──',
        '🔵 **#44** VGG baseline v2 · Jun · running 2 h 10 min',
        '❌ **#43** Leaf disease ResNet50 v4 · Mara · GPU out of memory',
        '✅ **#42** Leaf disease ResNet50 v3 · Mara · val_acc **0.9124**, 6 h 58 min',
        '⏹️ **#40** Leaf disease ResNet50 v7 · Jun · stopped, 48 min',
        '⚠️ **#36** Leaf disease ResNet50 v3 · Jun · lost from sight',
        '✅ **#35** Leaf disease ResNet50 v3 · Mara · 34 min',
        '[Open a run]',
        '[Newer, off] [Older] [Only mine]',
      ].join('\n'),
    );
    expect(wrongWith(body)).toEqual([]);
    const [menu] = componentsOf(body.components).filter((one) => one.type === 3);
    expect(menu).toMatchObject({ custom_id: 'runsOpen:v1:-' });
    expect(Array.isArray(menu?.options) && menu.options[2]).toEqual({
      value: 'r42',
      label: '#42 Leaf disease ResNet50 v3',
      description: 'val_acc 0.9124, 6\u00a0h 58\u00a0min',
    });
  });

  it('is honest when there is nothing', () =>
    expect(shown(renderRuns({ ...view, server: null, who: 'Mara', runs: [], older: null, mine: null, pages: 0 }))).toBe(
      '### Your runs\n-# Mara · every state · page 1 of 1\n──\nThere are no runs here.',
    ));
});

describe('/outputs', () => {
  const long = 'fold_0/per_class_metrics_validation_at_threshold_0.50.csv';
  const images = Array.from(
    { length: 28 },
    (_, n): OutputFile => ({ name: `gradcam/te_${String(n).padStart(5, '0')}.png`, kind: 'image', size: 212_000 }),
  );
  const files: OutputFile[] = [
    ...images,
    { name: 'history.csv', kind: 'table', size: 6_100 },
    { name: 'leaf_resnet50_best.pt', kind: 'model', size: 97_800_000 },
    { name: long, kind: 'table', size: 14_000 },
    { name: 'leaf_resnet50_last.pt', kind: 'model', size: 97_800_000 },
    { name: 'submission.csv', kind: 'table', size: 1_200_000 },
  ];
  const tables = new Map([['submission.csv', { rows: 18_634, columns: 3 }]]);

  it('pages through groups', () => {
    const body = renderOutputs({ run, web: WEB, files, page: 1, onlyMain: false, tables });
    expect(shown(body)).toBe(
      [
        '### Outputs of #42',
        '-# Leaf disease ResNet50 v3 · 33 files, 203 MB · page 1 of 5',
        '──',
        '**Models** 2',
        '- leaf_resnet50_best.pt · 97.8 MB',
        '- leaf_resnet50_last.pt · 97.8 MB',
        '**Tables** 3',
        '- submission.csv · 1.2 MB, 18,634 rows × 3',
        '- fold_0/per_class_metrics_valida…reshold_0.50.csv · 14 kB',
        '- history.csv · 6.1 kB',
        '**Images** 28',
        '- gradcam/te_00000.png · 212 kB',
        '- gradcam/te_00001.png · 212 kB',
        '- gradcam/te_00002.png · 212 kB',
        '──',
        '[Get links, up to 3 files of this page]',
        '[Look into a table of this page]',
        '[Previous, off] [Next] [Only models and tables] [Show images] [Output page]',
      ].join('\n'),
    );
    expect(wrongWith(body)).toEqual([]);
    expect(
      componentsOf(body.components)
        .filter((one) => one.type === 2)
        .map((one) => one.custom_id ?? one.url),
    ).toEqual([
      'outputsPage:v1:AbCdEfGhIjKlMnOpQrStUv:0',
      'outputsPage:v1:AbCdEfGhIjKlMnOpQrStUv:2',
      'outputsPage:v1:AbCdEfGhIjKlMnOpQrStUv:1.m',
      'outputsImages:v1:AbCdEfGhIjKlMnOpQrStUv',
      `${PAGE}/output`,
    ]);
  });

  it('shows the last page for one that is not there, and only what was asked for', () => {
    expect(shown(renderOutputs({ run, web: WEB, files, page: 99, onlyMain: false }))).toContain('page 5 of 5');
    const main = shown(renderOutputs({ run, web: WEB, files, page: 1, onlyMain: true }));
    expect(main).not.toContain('**Images**');
    expect(main).toContain('[All files] [Show images] [Output page]');
    expect(shown(renderOutputs({ run, web: WEB, files: [], page: 1, onlyMain: false }))).toBe(
      '### Outputs of #42\n-# Leaf disease ResNet50 v3 · 0 files, 0 B · page 1 of 1\n──\nIt saved no files.\n──\n[Output page]',
    );
  });

  test.each([
    ['2', { page: 2, onlyMain: false }],
    ['3.m', { page: 3, onlyMain: true }],
    ['0', { page: 1, onlyMain: false }],
    [null, { page: 1, onlyMain: false }],
    ['x', { page: 1, onlyMain: false }],
  ])('reads the page %s', (argument, page) => expect(parseOutputsArgument(argument)).toEqual(page));

  it('gives direct links to the asker', () => {
    const signed = `https://storage.example/${'s'.repeat(700)}?X-Goog-Signature=1`;
    const body = renderLinks({
      run,
      web: WEB,
      links: [
        { name: 'leaf.pt', url: signed, size: 97_800_000 },
        { name: 'submission.csv', url: null, size: null },
      ],
    });
    expect(shown(body)).toBe(
      [
        'Direct links to files of #42, for you only:',
        `- [Download leaf.pt](${signed}) · 97.8 MB`,
        '- submission.csv · no direct link; the output page has it',
        '-# Kaggle lets them expire within the hour. Anyone who has one can download the file: do not pass it on.',
        '[Output page]',
      ].join('\n'),
    );
  });

  it('shows images', () => {
    expect(shown(renderImages({ run, web: WEB, files: [file], total: 28 }))).toBe(
      '### Images of #42\n-# Leaf disease ResNet50 v3 · 1 of 28\n(pictures)\n[Output page]',
    );
    expect(shown(renderImages({ run, web: WEB, files: [], total: 28 }))).toContain('cannot be shown here');
  });
});

describe('/log', () => {
  const lines = ['3:05:41 Epoch 31/70', '3:09:12   train  58%  675/1164 loss=0.2019'];
  it('shows the end of the log while it follows', () =>
    expect(shown(renderLog({ run, web: WEB, lines, total: 2_318, following: true, paused: null }))).toBe(
      [
        '**Log of #42**, last 2 of 2,318 lines · follows for 10 min',
        '```',
        ...lines,
        '```',
        '[Follow for 10 min more] [Whole log] [Open on Kaggle]',
      ].join('\n'),
    ));
  test.each([
    [
      { total: 2, following: false, paused: NOW },
      `**Log of #42**, last 2 of 2 lines · paused at ${stamp(NOW, 't')}`,
      '[Follow for 10 min more] [Whole log] [Open on Kaggle]',
    ],
    [{ total: 2, following: false, paused: null }, '**Log of #42**, last 2 of 2 lines', '[Whole log] [Open on Kaggle]'],
    [
      { total: 2, following: false, paused: null, mayFollow: true },
      '**Log of #42**, last 2 of 2 lines',
      '[Follow for 10 min] [Whole log] [Open on Kaggle]',
    ],
    [
      { total: 0, following: true, paused: null, lines: [] },
      '**Log of #42** is empty so far · follows for 10 min',
      '[Follow for 10 min more] [Open on Kaggle]',
    ],
  ])('%#', (of, first, buttons) => {
    const all = shown(renderLog({ run, web: WEB, lines, ...of })).split('\n');
    expect([all[0], all.at(-1)]).toEqual([first, buttons]);
  });
  it('shows fifteen lines of ninety columns', () => {
    const many = Array.from({ length: 40 }, (_, n) => `${n} ${'x'.repeat(200)}`);
    const block = shown(renderLog({ run, web: WEB, lines: many, total: 40, following: false, paused: null }))
      .split('\n')
      .slice(2, -2);
    expect(block).toHaveLength(15);
    expect(block.every((line) => line.length === 90)).toBe(true);
  });
  it('comes whole as a file', () => {
    const log = { name: 'run-42.log', bytes: Buffer.from('x') };
    expect(renderWholeLog({ run, file: log, whole: true })).toMatchObject({ files: [log] });
    expect(shown(renderWholeLog({ run, file: log, whole: false }))).toBe(
      '**Log of #42**, its end: the whole is larger than a file may be here\n(file)',
    );
  });
});

describe('the rest', () => {
  it('shows the quota', () => {
    const view = {
      account: 'mara-k',
      now: NOW,
      readAt: NOW,
      stale: false,
      gpu: { used: 13.4, reserved: 5.2, total: 30 },
      tpu: { used: 0, reserved: 0, total: 20 },
      refillAt,
      sessions: { used: 2, total: 2, numbers: [42, 41], foreign: 0 },
      line: [44],
      like: { number: 42, ms: 7 * 3_600_000 - 120_000, enough: true },
    };
    expect(shown(renderQuota(view))).toBe(
      [
        '### Kaggle hours of mara-k',
        `-# read from Kaggle at ${stamp(NOW, 't')}`,
        '──',
        '**GPU** ▰▰▰▰▰▰▱▱▱▱ 62%',
        '13.4 h used · 5.2 h held by running sessions · 11.4 h left of 30 h',
        '**TPU** ▱▱▱▱▱▱▱▱▱▱ 0%',
        '20.0 h left of 20 h',
        `**Refills** ${F}, ${R}`,
        '**GPU sessions** 2 of 2 in use: #42, #41',
        '**In line** #44',
        '**Enough for** one more run like #42, about 7 h',
      ].join('\n'),
    );
    const away = renderQuota({
      ...view,
      stale: true,
      readAt: at('20:00', 20),
      gpu: null,
      tpu: null,
      sessions: { used: 1, total: 2, numbers: [], foreign: 1 },
      like: { ...view.like, enough: false },
    });
    expect(shown(away)).toContain(
      `-# read from Kaggle at ${stamp(at('20:00', 20), 'F')} · Kaggle is not answering now`,
    );
    expect(shown(away)).toContain('Kaggle did not say how many hours are used.');
    expect(shown(away)).toContain('**GPU sessions** 1 of 2 in use: one not started here');
    expect(shown(away)).toContain('**Not enough for** a run like #42, about 7 h');
  });

  it('helps with the commands there are', () => {
    const view = {
      mention,
      commands: new Set([
        'commit',
        'again',
        'watch',
        'Commit to Kaggle',
        'status',
        'runs',
        'compare',
        'log',
        'outputs',
        'quota',
        'stop',
        'link',
        'unlink',
        'settings',
      ]),
      version: '1.0',
      kaggleDownSince: null,
      alive: 3,
      followedMs: 6 * 86_400_000,
    };
    expect(shown(renderHelp(view))).toBe(
      [
        '### What you can say',
        `**Start** ${m('commit')} · ${m('again')} · ${m('watch')} · message menu *Commit to Kaggle*`,
        `**Ask** ${['status', 'runs', 'compare', 'log', 'outputs', 'quota'].map(m).join(' · ')}`,
        `**Stop** ${m('stop')}`,
        `**Account** ${m('link')} · ${m('unlink')}`,
        `**Server** ${m('settings')}, for managers`,
        'In a direct message plain words do too: `status`, `status 42`, `log 42`, `help`.',
        '-# Nightshift 1.0 · Kaggle answers · 3 runs alive · followed without a gap for 6 d',
      ].join('\n'),
    );
    const fewer = shown(
      renderHelp({ ...view, commands: new Set(['commit']), kaggleDownSince: NOW, followedMs: null, alive: 1 }),
    );
    expect(fewer).not.toContain('watch');
    expect(fewer).not.toContain('Server');
    expect(fewer).toContain(`-# Nightshift 1.0 · Kaggle is not answering since ${stamp(NOW, 't')} · 1 run alive`);
  });

  it('welcomes', () => {
    expect(shown(renderWelcome({ mention, messageMenu: true }))).toBe(
      [
        '### Nightshift runs your notebooks on Kaggle GPUs',
        `Attach a notebook to ${m('commit')}, close your computer, and read here how it ended: metrics, curve, models and tables, or the cell it failed in.`,
        `**1** ${m('link')} your own Kaggle account. Only you see that.`,
        `**2** ${m('commit')} a notebook, or open a message’s menu and choose *Apps*, *Commit to Kaggle*.`,
        `**3** Ask any time with ${m('status')}, here or in a direct message.`,
        '-# Notebooks are private on Kaggle unless you ask otherwise. The notebook needs no change and no internet.',
        '[Link Kaggle…] [Help]',
      ].join('\n'),
    );
    expect(shown(renderWelcome({ mention, messageMenu: false }))).toContain(`**2** ${m('commit')} a notebook.`);
    expect(shown(renderPlaygroundWelcome())).toContain(
      '**Click a sample below, then press Enter.** The result is here about a minute later.',
    );
  });

  it('says what can be stopped and what not', () => {
    const limitAt = at('05:16', 24);
    expect(shown(renderStop({ run, web: WEB, now: NOW, limitAt }))).toBe(
      [
        '**#42 can only be stopped on Kaggle.** Kaggle gives bots no way to stop a running session.',
        '- Open it on Kaggle and stop the running version there.',
        `- Until then it uses GPU hours, at the latest until its limit at ${stamp(limitAt, 't')}.`,
        '- The card notices within 2 min.',
        '[Open on Kaggle]',
      ].join('\n'),
    );
    expect(shown(renderWithdrawn(run))).toBe('**#42 is withdrawn.** It was not pushed; no GPU hours were used.');
    expect(shown(renderGiveUp(run))).toContain('[Give up on it] [Cancel]');
    for (const body of [renderGivenUp(run), renderLookingAgain(run), renderCancelled()])
      expect(wrongWith(body)).toEqual([]);
  });

  it('asks before it runs again', () => {
    const body = renderAgain({ run, accelerator: 'NvidiaTeslaT4', needsMs: 7 * 3_600_000 - 120_000, hoursLeft: 11.4 });
    expect(shown(body)).toBe(
      [
        'Run again Leaf disease ResNet50, as in #42?',
        '-# Needs about 7 h; 11.4 h left.',
        '[Accelerator]',
        '[Run again] [With internet on] [Cancel]',
      ].join('\n'),
    );
    const ids = componentsOf(body.components).flatMap((one) => one.custom_id ?? []);
    expect(ids.map((id) => String(id).replace('v1:AbCdEfGhIjKlMnOpQrStUv:', ''))).toEqual([
      'againAccelerator:v1:AbCdEfGhIjKlMnOpQrStUv',
      'againChosen:NvidiaTeslaT4',
      'againChosen:NvidiaTeslaT4.on',
      'cancel:v1:AbCdEfGhIjKlMnOpQrStUv',
    ]);
    expect(shown(renderAgain({ run, accelerator: 'none', needsMs: null, hoursLeft: 11.4 }))).not.toContain('-#');
  });

  test.each([
    ['NvidiaTeslaT4', { accelerator: 'NvidiaTeslaT4', internet: null, limitMinutes: null, withMissing: false }],
    ['none.on', { accelerator: 'none', internet: true, limitMinutes: null, withMissing: false }],
    ['none.off', { accelerator: 'none', internet: false, limitMinutes: null, withMissing: false }],
    ['none.720', { accelerator: 'none', internet: null, limitMinutes: 720, withMissing: false }],
    ['none.input', { accelerator: 'none', internet: null, limitMinutes: null, withMissing: true }],
    ['none.0', null],
    ['none.maybe', null],
    ['none.on.x', null],
    ['P100', null],
  ])('reads %s back', (argument, read) => expect(parseAgain(argument)).toEqual(read));

  it('shows the curve', () => {
    const body = renderCurve({ run, line: 'loss', file, now: NOW });
    expect(shown(body)).toBe(`**#42** loss, epoch 31 of 70\n(pictures)\n-# Drawn from the log at ${stamp(NOW, 't')}`);
    expect(wrongWith(body)).toEqual([]);
    expect(shown(renderNoCurve(run))).toContain('**#42 has no curve yet.**');
  });
});

it('the checker itself sees what is wrong', () => {
  const notice = { kind: 'notice', content: 'x' } as const;
  expect(wrongWith(notice)).toEqual([]);
  expect(wrongWith({ ...notice, content: 'x'.repeat(2_001) })).toContain('content of 2001');
  expect(wrongWith({ ...notice, content: '葉'.repeat(141) })).toEqual(['first line too long']);
  expect(wrongWith({ ...notice, content: 'hi <@5>' })).toEqual(['mentions 5']);
  expect(wrongWith({ ...notice, content: 'hi @everyone' })).toEqual(['a mention']);
  expect(wrongWith({ ...notice, content: '```\nopen' })).toEqual(['an open code block']);
  expect(wrongWith({ ...notice, content: '[a](https://x.example/cut' })).toHaveLength(1);
  expect(wrongWith({ ...notice, content: 'a\n# big' })).toHaveLength(1);
  expect(wrongWith({ ...notice, mentions: ['7'] })).toEqual(['notifies somebody else']);
});
