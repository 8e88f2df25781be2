import { describe, expect, it, test } from 'vitest';
import { renderEnd } from '../../src/discord/render/end.ts';
import { fileId } from '../../src/discord/render/files.ts';
import { renderInputDropped, renderLost } from '../../src/discord/render/notices.ts';
import type { EndView } from '../../src/discord/views.ts';
import { kernelPage } from '../../src/domain/links.ts';
import type { Failure, Report } from '../../src/domain/results.ts';
import {
  at,
  componentsOf,
  endProgress,
  endView,
  fileLink,
  MARA,
  outputs,
  PAGE,
  progress,
  pushed,
  report,
  runIn,
  settings,
  shown,
  stamp,
  states,
  WEB,
} from './render-world.ts';

const table = {
  name: 'submission.csv',
  columns: ['image_id', 'label', 'p'],
  rows: [
    ['te_00001.jpg', 'rust', '0.981'],
    ['te_00002.jpg', 'healthy', '0.997'],
    ['te_00003.jpg', 'scab', '0.874'],
    ['te_00004.jpg', 'rust', '0.642'],
    ['te_00005.jpg', 'rust', '0.642'],
  ],
  rowCount: 18_634,
};
const refillAt = Date.UTC(2026, 10, 28, 1);
const quota = { used: 18.6, left: 11.4, refillAt };
const complete = (changes: Partial<EndView> = {}, of: Partial<Report> = {}): EndView =>
  endView(runIn(states.complete, { report: { ...report, progress: endProgress, table, quota, ...of } }), {
    receipt: { kind: 'works', got: '2 × Tesla T4' },
    now: at('03:14', 24),
    ...changes,
  });
const link = (name: string): string => `[${name}](${fileLink(name)})`;
const text = (view: EndView): string => shown(renderEnd({ ...view, reduced: 2 }));
const first = (view: EndView): string => text(view).split('\n')[0] ?? '';

describe('the completion', () => {
  it('offers to compare with the best run before, when there is one', () => {
    const bestBefore = { key: 'b'.repeat(22), number: 37, text: '0.9041', value: 0.9041, changed: 'same notebook' };
    expect(shown(renderEnd(complete({ bestBefore })))).toContain(
      '[Outputs] [Log] [Run again…] [Compare with #37] [Open on Kaggle]',
    );
    expect(shown(renderEnd(complete()))).toContain('[Outputs] [Log] [Run again…] [Open on Kaggle]');
  });

  it('names a number that was measured once without an epoch', () => {
    const best = { at: 0, value: 0.8123, text: '0.8123' };
    const once = {
      name: 'OOF AUC',
      points: [[0, 0.8123] as const],
      lastText: '0.8123',
      better: 'higher' as const,
      best,
    };
    const progress = {
      unit: 'step' as const,
      at: null,
      of: null,
      series: [{ ...once, isOnce: true as const }],
      paceMs: null,
    };
    const bestBefore = { number: 37, text: '0.8041', value: 0.8041, changed: '' };
    const [head, title, , number, before] = text(complete({ bestBefore }, { progress })).split('\n');
    expect(head).toContain('**#42 complete** · OOF AUC 0.8123, best so far');
    expect(title).not.toContain('step');
    expect(number).toBe('**OOF AUC** 0.8123');
    expect(before).toContain('0.8041, #37');
  });

  it('is, word for word, what people were promised', () => {
    const bestBefore = { number: 37, text: '0.9041', value: 0.9041, changed: '3 cells changed' };
    const tables = new Map([['history.csv', { rows: 70, columns: 6 }]]);
    expect(shown(renderEnd(complete({ bestBefore, tables })))).toBe(
      [
        `✅ **#42 complete** · val_acc 0.9124, best so far · 6 h 58 min · <@${MARA}>`,
        `**[Leaf disease ResNet50 v3](${PAGE})** on 2 × Tesla T4, 70 of 70 epochs`,
        '',
        '**val_acc** 0.9124 at epoch 58, last 0.9098',
        '**val_loss** 0.2647 at epoch 48, last 0.2831',
        '**Best before** 0.9041, #37 · 3 cells changed',
        '',
        '**Models**',
        `- ${link('leaf_resnet50_best.pt')} · 97.8 MB`,
        `- ${link('leaf_resnet50_last.pt')} · 97.8 MB`,
        '**Tables**',
        `- ${link('submission.csv')} · 1.2 MB, 18,634 rows × 3`,
        `- ${link('history.csv')} · 6.1 kB, 70 rows × 6`,
        `**Also** 4 images, 2 other files · 213 MB in all on the [output page](${PAGE}/output)`,
        '',
        'submission.csv, rows 1–4 of 18,634',
        '```',
        'image_id      label        p',
        'te_00001.jpg  rust     0.981',
        'te_00002.jpg  healthy  0.997',
        'te_00003.jpg  scab     0.874',
        'te_00004.jpg  rust     0.642',
        '```',
        `-# Used 7.0 GPU hours · 11.4 h left, refill ${stamp(refillAt, 'R')}`,
        '[Outputs] [Log] [Run again…] [Open on Kaggle]',
        '[Get a download link]',
      ].join('\n'),
    );
  });

  it('notifies the launcher and nobody else', () => {
    const body = renderEnd(complete());
    expect(body).toMatchObject({ kind: 'notice', mentions: [MARA] });
    expect(body).not.toHaveProperty('silent');
  });

  it('mentions nobody in a direct message', () => {
    const body = renderEnd(complete({ mention: null }));
    expect(body).not.toHaveProperty('mentions');
    expect(first(complete({ mention: null }))).toBe('✅ **#42 complete** · val_acc 0.9124 · 6 h 58 min');
  });

  it('mentions nobody when it is silent, though a mention was given', () => {
    const body = renderEnd(complete({ silent: true }));
    expect(body).toMatchObject({ silent: true });
    expect(body).not.toHaveProperty('mentions');
    expect(JSON.stringify(body)).not.toContain(MARA);
  });

  test.each([
    ['higher', 0.9, ', best so far'],
    ['higher', 0.9124, ''],
    ['higher', 0.95, ''],
    [null, 0.1, ''],
  ] as const)('is best so far only when better than all before (%s than %d: "%s")', (better, value, words) => {
    const [main, ...rest] = endProgress.series;
    const series = main === undefined ? [] : [{ ...main, better }, ...rest];
    const view = complete(
      { bestBefore: { number: 37, text: String(value), value, changed: 'same notebook' } },
      { progress: { ...endProgress, series } },
    );
    expect(first(view)).toContain(`val_acc 0.9124${words} · `);
    expect(text(view)).toContain('#37 · same notebook');
  });

  it('names what it saved where no number is known', () => {
    expect(first(complete({}, { progress: null }))).toBe(
      `✅ **#42 complete** · 2 models, 2 tables · 6 h 58 min · <@${MARA}>`,
    );
  });

  it('says that it saved nothing', () => {
    const view = complete({ outputs: [] }, { progress: null, table: null });
    expect(shown(renderEnd(view))).toBe(
      [
        `✅ **#42 complete, but it saved no files** · 6 h 58 min · <@${MARA}>`,
        `**[Leaf disease ResNet50 v3](${PAGE})** on 2 × Tesla T4`,
        '',
        `-# Used 7.0 GPU hours · 11.4 h left, refill ${stamp(refillAt, 'R')}`,
        '[Log] [Run again…] [Open on Kaggle]',
      ].join('\n'),
    );
  });

  it('does not say so when Kaggle did not list its files, but what could not be read', () => {
    const gaps = ['its files could not be listed: Kaggle did not answer', 'its log could not be read'];
    const text = shown(renderEnd(complete({ outputs: [] }, { progress: null, table: null, unlisted: true, gaps })));
    expect(text).toContain(`✅ **#42 complete** · 6 h 58 min · <@${MARA}>`);
    expect(text).toContain('**Files**, if there are any, stand on the [output page]');
    expect(text).toContain('-# Its files could not be listed: Kaggle did not answer · Its log could not be read');
    expect(text).not.toContain('saved no files');
  });

  it('gives no hours where the start was never seen, and none on a CPU', () => {
    const unseen = { ...states.complete, startedAt: null };
    expect(text(endView(runIn(unseen), { report: { ...report, quota: { ...quota, used: 0 } } }))).toContain(
      `\n-# 11.4 h left, refill ${stamp(refillAt, 'R')}`,
    );
    expect(text(endView(runIn(unseen), { report: { ...report, quota: { ...quota, used: 1.5 } } }))).toContain(
      '\n-# Used 1.5 GPU hours · 11.4 h left',
    );
    expect(text(endView(runIn(unseen)))).not.toContain('-#');
    expect(
      text(
        endView(runIn(states.complete, { settings: { ...settings, accelerator: 'none' } }), {
          report: { ...report, quota },
        }),
      ),
    ).not.toContain('-#');
  });

  it('is honest about the machine', () => {
    expect(text(complete({ receipt: null }))).toContain(' on GPU T4 x2, 70 of 70 epochs');
    expect(text(complete({ receipt: null, playground: true }))).toContain(
      ' on the CPU of this computer, 70 of 70 epochs',
    );
  });

  it('says what Kaggle opens once there is a newer version', () => {
    expect(text(complete({ newerVersion: 5 }))).toContain(`(${PAGE})** (Kaggle opens v5) on `);
    const page = `${WEB}/code/mara-k/leaf-disease-resnet50?scriptVersionId=7`;
    const run = runIn({ ...states.complete, pushed: { ...pushed, page } });
    const own = text(endView(run, { newerVersion: 5 }));
    expect(own).toContain(`(${page})** on `);
    expect(own).not.toContain('Kaggle opens');
  });

  it('ends with why it comes late, and with the card when it cannot reply to it', () => {
    const late = { what: 'discord', until: at('06:00', 24) } as const;
    const lines = text(complete({ late, cardLink: 'https://discord.com/channels/1/2/3', now: at('06:01', 24) })).split(
      '\n',
    );
    expect(lines.slice(-2)).toEqual([
      `-# Told late: Discord was not reachable until ${stamp(at('06:00', 24), 't')}`,
      '[card](https://discord.com/channels/1/2/3)',
    ]);
    expect(text(complete({ late: { ...late, what: 'bot' } }))).toContain(
      '-# Told late: this bot was not running until ',
    );
  });

  it('tells of more below before the mention', () =>
    expect(first(complete({ moreBelow: 4 }))).toBe(
      `✅ **#42 complete** · val_acc 0.9124 · 6 h 58 min · and 4 more below · <@${MARA}>`,
    ));

  it('loses its files, then its buttons, and still says everything', () => {
    const files = [{ name: 'curve-42.png', bytes: Buffer.from('x') }];
    const [full, bare, plain] = [0, 1, 2].map((reduced) => renderEnd(complete({ files, reduced })));
    expect(full).toMatchObject({ files });
    expect(bare).not.toHaveProperty('files');
    expect(bare).toHaveProperty('components');
    expect(plain).not.toHaveProperty('files');
    expect(plain).not.toHaveProperty('components');
    expect(plain).toMatchObject({ kind: 'notice', content: full?.kind === 'notice' ? full.content : '' });
  });

  it('offers 25 files for a link, models and tables first, whatever their names', () => {
    const many = Array.from(
      { length: 60 },
      (_, n) => ({ name: `${'x'.repeat(150)}${n}.png`, kind: 'image', size: 1_000 }) as const,
    );
    const [menu] = componentsOf(renderEnd(complete({ outputs: [...many, ...outputs] })).components).filter(
      (one) => one.type === 3,
    );
    const options = menu?.options as { label: string; value: string; description: string }[];
    expect(menu?.custom_id).toBe('links:v1:AbCdEfGhIjKlMnOpQrStUv');
    expect(options).toHaveLength(25);
    expect(options.slice(0, 4).map(({ label }) => label)).toEqual([
      'leaf_resnet50_best.pt',
      'leaf_resnet50_last.pt',
      'submission.csv',
      'history.csv',
    ]);
    expect(options[0]).toMatchObject({
      value: fileId('leaf_resnet50_best.pt'),
      description: 'model\u00a0· 97.8\u00a0MB',
    });
  });

  it('shows six files, of both sorts, and counts the rest', () => {
    const many = Array.from(
      { length: 40 },
      (_, n) => ({ name: `fold_${n}.pt`, kind: 'model', size: 1_000_000 - n }) as const,
    );
    const lines = text(complete({ outputs: [...many, ...outputs.filter(({ kind }) => kind === 'table')] })).split('\n');
    expect(lines.filter((line) => line.startsWith('- ['))).toHaveLength(6);
    expect(lines).toContain(`- ${link('submission.csv')} · 1.2 MB, 18,634 rows × 3`);
    expect(lines).toContain('- and 36 more in Outputs');
    expect(lines.join('\n')).toMatch(/\*\*In all\*\* .* on the \[output page\]/);
  });

  it('names a file without its address where that is too long for the message', () => {
    const view = complete({ fileLink: (name) => `https://x.example/${'p'.repeat(400)}/${name}` });
    expect(text(view)).toContain('\n- leaf_resnet50_best.pt · 97.8 MB\n');
  });

  it('tells who can open a private notebook', () =>
    expect(text(complete({ privateOf: 'mara-k' }))).toContain(
      '-# The notebook is private: only mara-k and collaborators can open the Kaggle links. Outputs gives links to everybody here.',
    ));

  it('drops in the stated order when it is too long', () => {
    const files = (n: number, kind: 'model' | 'table') =>
      Array.from(
        { length: n },
        (_, i) => ({ name: `${'f'.repeat(40)}${i}.${kind === 'model' ? 'pt' : 'csv'}`, kind, size: 1_000 }) as const,
      );
    const title = 'A title that is as long as a title may be, 50 chars';
    const run = runIn(states.complete, {
      settings: { ...settings, title },
      report: { ...report, progress: endProgress, table, quota },
    });
    const stages: string[] = [];
    for (let padding = 0; padding < 200; padding++) {
      const padded = (name: string): string => `https://x.example/${'p'.repeat(Math.min(padding, 140))}/${name}`;
      const said = text(
        endView(run, {
          outputs: [...files(3, 'model'), ...files(3, 'table')],
          fileLink: padded,
          bestBefore: { number: 1, text: '0.5', value: 0.5, changed: 'w'.repeat(padding) },
          cardLink: `https://discord.example/${'c'.repeat(padding * 2)}`,
          privateOf: 'o'.repeat(padding),
        }),
      );
      expect([...said].length).toBeLessThanOrEqual(2_000);
      const stage = [
        /rows 1–(\d)/.exec(said)?.[1] ?? '0',
        said.includes('-# Used') ? 'small' : '',
        String(said.match(/^- \[/gm)?.length ?? 0),
        said.includes('**val_loss**') ? 'second' : '',
        said.includes(title.slice(0, 40)) ? 'title' : '',
      ].join(' ');
      if (stages.at(-1) !== stage) stages.push(stage);
    }
    const order = [
      '4 small 6 second title',
      '2 small 6 second title',
      '0 small 6 second title',
      '0  6 second title',
      '0  3 second title',
    ];
    expect(stages).toEqual(order.slice(0, stages.length));
    expect(stages.length).toBeGreaterThanOrEqual(4);
  });
});

describe('stopped by a person', () => {
  it('has the same shape', () => {
    const run = runIn(states.stopped, { progress });
    expect(shown(renderEnd(endView(run, { receipt: { kind: 'works', got: '2 × Tesla T4' } })))).toBe(
      [
        `⏹️ **#42 stopped** on Kaggle by a person · epoch 31 of 70 · after 3 h 5 min · <@${MARA}>`,
        `**[Leaf disease ResNet50 v3](${PAGE})** on 2 × Tesla T4, 31 of 70 epochs`,
        '',
        '**val_acc** 0.8871 at epoch 29, last 0.8842',
        '**val_loss** 0.3082 at epoch 29, last 0.3162',
        '',
        '**Models**',
        `- ${link('leaf_resnet50_best.pt')} · 97.8 MB`,
        `- ${link('leaf_resnet50_last.pt')} · 97.8 MB`,
        '**Tables**',
        `- ${link('submission.csv')} · 1.2 MB`,
        `- ${link('history.csv')} · 6.1 kB`,
        `**Also** 4 images, 2 other files · 213 MB in all on the [output page](${PAGE}/output)`,
        '',
        '-# Used 3.1 GPU hours',
        '[Outputs] [Log] [Run again…] [Open on Kaggle]',
        '[Get a download link]',
      ].join('\n'),
    );
  });
});

const failure: Failure = {
  class: 'GPU out of memory',
  cell: 14,
  line: 9,
  excerpt: [
    '    for xb, yb in train_dl:',
    '        xb, yb = xb.to(dev), yb.to(dev)',
    '        loss = crit(model(xb), yb)',
    '        loss.backward()',
  ],
  excerptFrom: 7,
  frames: ['cell 14, line 9   loss = crit(model(xb), yb)', 'cell 6, line 31   x = self.backbone(x)'],
  error: 'OutOfMemoryError: CUDA out of memory. Tried to\nallocate 1.50 GiB. GPU 0 has 14.74 GiB, 812 MiB free.',
  advice: 'a smaller batch, mixed precision, or gradient accumulation.',
};
const kept = [
  { name: 'checkpoint_11.pt', kind: 'model', size: 97_800_000 },
  { name: 'a.log', kind: 'other', size: 10 },
  { name: 'b.log', kind: 'other', size: 10 },
] as const;
const failed = (
  of: Partial<Report> = {},
  changes: Partial<EndView> = {},
  state: keyof typeof states = 'failed',
): EndView =>
  endView(
    runIn(states[state], {
      number: 43,
      report: { ...report, progress: { ...endProgress, at: 12 }, failure, quota: { ...quota, left: 10.2 }, ...of },
    }),
    { receipt: { kind: 'works', got: '2 × Tesla T4' }, outputs: kept, ...changes },
  );

describe('the failure', () => {
  it('is, word for word, what people were promised', () => {
    expect(shown(renderEnd(failed()))).toBe(
      [
        `❌ **#43 failed: GPU out of memory**, cell 14 · after 1 h 12 min · <@${MARA}>`,
        `**[Leaf disease ResNet50 v4](${PAGE})** on 2 × Tesla T4, epoch 12 of 70`,
        '',
        '**Cell 14, line 9**',
        '```',
        '  7  for xb, yb in train_dl:',
        '  8      xb, yb = xb.to(dev), yb.to(dev)',
        '> 9      loss = crit(model(xb), yb)',
        ' 10      loss.backward()',
        '```',
        '**Last frames of your code**',
        '```',
        'cell 14, line 9   loss = crit(model(xb), yb)',
        'cell 6, line 31   x = self.backbone(x)',
        'OutOfMemoryError: CUDA out of memory. Tried to',
        'allocate 1.50 GiB. GPU 0 has 14.74 GiB, 812 MiB free.',
        '```',
        '**Try** a smaller batch, mixed precision, or gradient accumulation.',
        `**Kept** ${link('checkpoint_11.pt')} · 97.8 MB and 2 other files`,
        `-# Used 1.2 GPU hours · 10.2 h left, refill ${stamp(refillAt, 'R')}`,
        '[Run again…] [Outputs] [Log] [Open on Kaggle]',
      ].join('\n'),
    );
  });

  it('shows the error as a line where there is one frame, with its repair', () => {
    const module: Failure = {
      ...failure,
      class: 'module missing',
      cell: 3,
      line: 2,
      excerpt: ['import timm'],
      excerptFrom: 2,
      frames: ['cell 3, line 2   import timm'],
      error: "ModuleNotFoundError: No module named 'timm'",
      advice: 'turning internet on (it was off), or attaching timm as a dataset with wheels.',
    };
    const view = failed({ failure: module, progress: null, quota: null }, { outputs: [], speaksOfEpochs: true });
    expect(shown(renderEnd(view))).toBe(
      [
        `❌ **#43 failed: module missing**, cell 3 · after 1 h 12 min · <@${MARA}>`,
        `**[Leaf disease ResNet50 v4](${PAGE})** on 2 × Tesla T4, before the first epoch`,
        '',
        '**Cell 3, line 2**',
        '```',
        '> 2  import timm',
        '```',
        "ModuleNotFoundError: No module named 'timm'",
        '',
        '**Try** turning internet on (it was off), or attaching timm as a dataset with wheels.',
        '-# Used 1.2 GPU hours',
        '[Run again…] [Again with internet on] [Log] [Open on Kaggle]',
      ].join('\n'),
    );
    const [, repair] = componentsOf(renderEnd(view).components).filter((one) => one.type === 2);
    expect(repair).toMatchObject({ style: 3, custom_id: 'againGo:v1:AbCdEfGhIjKlMnOpQrStUv:NvidiaTeslaT4.on' });
    const online = runIn(states.failed, {
      settings: { ...settings, internet: true },
      report: { ...report, failure: module },
    });
    expect(shown(renderEnd(endView(online)))).not.toContain('Again with internet on');
  });

  it('shows the end of the log where no cell is known', () => {
    const logTail = Array.from({ length: 20 }, (_, n) => `line ${n}`);
    // Neither the log nor the source speaks of epochs, so there is no first one.
    const view = failed({ failure: null, logTail, progress: null, quota: null }, { outputs: [] });
    expect(text(view)).toBe(
      [
        `❌ **#43 failed** · after 1 h 12 min · <@${MARA}>`,
        `**[Leaf disease ResNet50 v4](${PAGE})** on 2 × Tesla T4`,
        '',
        '**Last lines of the log**',
        '```',
        ...logTail.slice(-8),
        '```',
        '-# Used 1.2 GPU hours',
      ].join('\n'),
    );
  });

  it('shows the end of the log too where a cell is known, but neither line nor frame', () => {
    const exit: Failure = { ...failure, cell: 3, line: null, excerpt: [], frames: [], error: 'SystemExit: 1' };
    const said = text(failed({ failure: exit, logTail: ['no data', 'SystemExit: 1'] }));
    expect(said).toContain(', cell 3 ·');
    expect(said).toContain('**Last lines of the log**\n```\nno data\n');
  });

  it('says only the name of an error that has no words', () => {
    const bare: Failure = { ...failure, frames: [], error: 'AssertionError: ' };
    expect(text(failed({ failure: bare }))).toMatch(/\nAssertionError\n/);
  });

  it('tells of the time limit with its epoch and pace', () => {
    const limit: Failure = {
      ...failure,
      class: 'time limit of 9 h reached',
      cell: null,
      line: null,
      excerpt: [],
      frames: [],
      error: null,
      advice: 'fewer epochs (62 fit), a limit of 12 h, or going on from a checkpoint.',
    };
    const how = { ...endProgress, at: 63, paceMs: 514_000 };
    const lines = text(failed({ failure: limit, progress: how, logTail: [] }, {}, 'timeLimit')).split('\n');
    expect(lines.slice(0, 4)).toEqual([
      `❌ **#43 failed: time limit of 9 h reached** · epoch 63 of 70 · <@${MARA}>`,
      `**[Leaf disease ResNet50 v3](${PAGE})** on 2 × Tesla T4, 8 min 34 s per epoch`,
      '',
      '**Try** fewer epochs (62 fit), a limit of 12 h, or going on from a checkpoint.',
    ]);
    expect(first(failed({ failure: null }, {}, 'timeLimit'))).toContain('failed: time limit of 9 h reached**');
    const repaired = (ceilingMinutes: number) =>
      componentsOf(renderEnd(failed({ failure: limit }, { ceilingMinutes }, 'timeLimit')).components).flatMap((one) =>
        'custom_id' in one ? [one.custom_id] : [],
      );
    expect(repaired(720)).toContain('againGo:v1:AbCdEfGhIjKlMnOpQrStUv:NvidiaTeslaT4.720');
    expect(shown(renderEnd(failed({ failure: limit }, { ceilingMinutes: 720 }, 'timeLimit')))).toMatch(
      /\[Again with 12\sh\]/,
    );
    expect(repaired(540).join()).not.toContain('againGo');
  });

  it('tells Kaggle’s own fault from the notebook’s', () => {
    const kaggle: Failure = {
      ...failure,
      class: 'at Kaggle, not in your code',
      cell: null,
      line: null,
      excerpt: [],
      frames: [],
      error: null,
      advice: 'running it again.',
    };
    const run = runIn(
      { ...states.failed, message: 'Failed to start the session, internal error.' },
      { number: 45, report: { ...report, failure: kaggle, logLines: 0, logTail: [] } },
    );
    const body = renderEnd(endView(run, { outputs: [], alsoFailed: 2 }));
    expect(shown(body)).toBe(
      [
        `❌ **#45 failed at Kaggle, not in your code** · after 1 h 12 min · <@${MARA}>`,
        `**[Leaf disease ResNet50 v4](${PAGE})**, no cell had started`,
        '',
        '**Kaggle said** Failed to start the session, internal error.',
        '**Try** running it again; 2 other runs met the same in the last hour.',
        '-# Used 1.2 GPU hours',
        '[Run again] [Log] [Open on Kaggle]',
      ].join('\n'),
    );
    expect(componentsOf(body.components).find((one) => one.type === 2)).toMatchObject({
      style: 1,
      custom_id: 'againGo:v1:AbCdEfGhIjKlMnOpQrStUv:NvidiaTeslaT4',
    });
  });

  it('tells of a push that Kaggle refused', () =>
    expect(shown(renderEnd(endView(runIn(states.refused, { number: 45 }), { outputs: [] })))).toBe(
      [
        `❌ **#45 refused by Kaggle** · nothing was started · <@${MARA}>`,
        '**Leaf disease ResNet50**',
        '',
        '**Kaggle said** Invalid docker image.',
        'No version was made and no GPU hours were used.',
        '**Try** changing what Kaggle names, then run it again.',
        '[Run again…]',
      ].join('\n'),
    ));

  it('keeps time stamps of its own and none of a log', () => {
    const used: Failure = { ...failure, class: 'GPU hours used up', advice: 'waiting for the refill, or a CPU run.' };
    expect(text(failed({ failure: used }))).toContain(
      `**Try** waiting for the refill ${stamp(refillAt, 'R')}, or a CPU run.`,
    );
    const body = renderEnd(failed({ failure: { ...failure, advice: 'see <t:1:R> and [x](https://evil.example)' } }));
    expect(body.kind === 'notice' && body.content).toContain('see \\<t\\:1\\:R\\> and \\[x\\](https\\://evil.example)');
  });

  it('drops frames, surroundings, kept files and small print, in this order', () => {
    const long: Failure = {
      ...failure,
      excerpt: Array.from({ length: 4 }, (_, n) => `line ${n} ${'l'.repeat(60)}`),
      frames: Array.from({ length: 6 }, (_, n) => `frame ${n} ${'f'.repeat(60)}`),
      error: 'ValueError: no',
      advice: 'a_'.repeat(140),
    };
    const stages: string[] = [];
    for (let padding = 0; padding < 480; padding += 5) {
      const said = text(
        failed(
          { failure: long },
          {
            fileLink: (name) => `https://x.example/${'p'.repeat(150)}/${name}`,
            privateOf: 'mara-k',
            cardLink: `https://discord.example/${'c'.repeat(padding)}`,
            late: { what: 'bot', until: at('05:00', 24) },
            moreBelow: 1,
            newerVersion: 5,
          },
        ),
      );
      expect([...said].length).toBeLessThanOrEqual(2_000);
      expect(said).toContain('ValueError: no');
      const stage = [
        said.match(/^frame /gm)?.length ?? 0,
        said.match(/^.{3}\d? {2}line /gm)?.length ?? 0,
        said.includes('**Kept**') ? 'kept' : '',
        said.includes('-# Used') ? 'small' : '',
      ].join(' ');
      if (stages.at(-1) !== stage) stages.push(stage);
    }
    const order = ['6 4 kept small', '3 4 kept small', '1 4 kept small', '1 1 kept small', '1 1  small', '1 1  '];
    expect(stages).toEqual(order.slice(0, stages.length));
    expect(stages.length).toBeGreaterThanOrEqual(4);
  });

  it('drops frames and surroundings, but never the error or the advice', () => {
    const long: Failure = {
      ...failure,
      excerpt: Array.from({ length: 5 }, (_, n) => `${'線'.repeat(30)}${n}`),
      excerptFrom: 7,
      frames: Array.from({ length: 9 }, (_, n) => `cell ${n}, line 1   ${'f'.repeat(80)}`),
      error: Array.from({ length: 9 }, () => 'E'.repeat(300)).join('\n'),
      advice: 'a'.repeat(2_000),
    };
    const body = renderEnd(
      failed({ failure: long }, { fileLink: (name) => `https://x.example/${'p'.repeat(150)}/${name}` }),
    );
    const content = body.kind === 'notice' ? body.content : '';
    expect([...content].length).toBeLessThanOrEqual(2_000);
    expect(content.match(/E{100}/g)).toHaveLength(3);
    expect(content).toContain('**Try** aaa');
  });
});

it('nobody is told of an end that is not there', () => {
  expect(() => renderEnd(endView(runIn(states.running)))).toThrow('a run that is running has no end to tell');
});

describe('the alarms', () => {
  const of = { web: WEB, mention: MARA, reduced: 0 };
  it('says that a run has no input', () => {
    const run = runIn(states.running);
    expect(shown(renderInputDropped({ ...of, run, inputs: ['bob/leaf-extra'] }))).toBe(
      [
        `⚠️ **#42 runs without an input** · bob/leaf-extra · <@${MARA}>`,
        'Kaggle started the run but did not attach this input: it does not exist or you may not read it.',
        '[Stop…] [Open on Kaggle]',
      ].join('\n'),
    );
    expect(shown(renderInputDropped({ ...of, run, inputs: ['a/b', 'c/d', 'e/f'] }))).toContain(
      '**#42 runs without some inputs** · a/b and 2 more',
    );
  });
  it('says that a run is lost', () => {
    const run = runIn(states.lost);
    expect(shown(renderLost({ ...of, run, since: at('23:10') }))).toBe(
      [
        `⚠️ **#42 is lost from sight** since ${stamp(at('23:10'), 't')} · <@${MARA}>`,
        'Kaggle answers that this notebook does not exist or is not yours.',
        '[Look again] [Give up on it…] [Open on Kaggle]',
      ].join('\n'),
    );
    expect(renderLost({ ...of, run, since: 0, reduced: 2 })).not.toHaveProperty('components');
    expect(renderLost({ ...of, run, since: 0, mention: null })).not.toHaveProperty('mentions');
    expect(kernelPage(WEB, pushed.kernel)).toBe(PAGE);
  });
});

describe('a run that Kaggle gave one input less than was asked for', () => {
  const without = (inputsDropped: readonly string[]) => ({ pushed: { ...pushed, inputsDropped } });
  test.each(['complete', 'failed', 'stopped'] as const)('is marked so in what is told of its end: %s', (phase) => {
    const one = endView(runIn({ ...states[phase], ...without(['bob/leaf-extra']) }, { report }));
    expect(text(one).split('\n')[2]).toBe('**Input missing** bob/leaf-extra: Kaggle dropped it');
    const two = endView(runIn({ ...states[phase], ...without(['bob/leaf-extra', 'bob/x']) }, { report }));
    expect(text(two).split('\n')[2]).toBe('**Input missing** bob/leaf-extra and 1 more: Kaggle dropped them');
    expect(text(endView(runIn(states[phase], { report })))).not.toContain('Input missing');
  });
});
