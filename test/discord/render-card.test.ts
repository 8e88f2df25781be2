import { describe, expect, it, test } from 'vitest';
import { cardContent, renderCard } from '../../src/discord/render/card.ts';
import type { Run } from '../../src/domain/run.ts';
import {
  accentOf,
  at,
  cardView,
  endProgress,
  NOW,
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
} from './render-world.ts';

const SETTINGS = '-# mara-k/leaf-disease-resnet50 · for <@100000000000000001> · GPU T4 x2 · limit 9 h · internet off';
const card = (...args: Parameters<typeof cardView>): string => shown(renderCard(cardView(...args)));
const linked = (version: string): string => `**[Leaf disease ResNet50${version}](${PAGE})**`;
const R = (ms: number): string => stamp(ms, 'R');
const t = (ms: number): string => stamp(ms, 't');
const ended = { endLink: 'https://discord.com/channels/1/2/3', outputs, now: at('05:00', 24) };

describe('the card, row by row of the table of states', () => {
  it('waits in line', () => {
    const line = {
      place: 2,
      kind: 'GPU',
      holders: [40, 41],
      foreign: 0,
      nextSlotAt: at('21:40'),
      nextSlotRun: 40,
    } as const;
    expect(card(runIn(states.slot), { line, now: at('20:40') })).toBe(
      [
        '### ⏳ #42 waiting in line, place 2',
        '**Leaf disease ResNet50**',
        SETTINGS,
        '**Why** Both GPU sessions of mara-k are in use: #40, #41.',
        `**Next slot** about ${t(at('21:40'))}, ${R(at('21:40'))}, when #40 should end`,
        '-# Waiting uses no GPU hours. The notebook is pushed by itself when a slot is free.',
        '[Withdraw] [Quota]',
      ].join('\n'),
    );
    const byLimit = { ...line, nextSlotBy: 'limit' } as const;
    expect(card(runIn(states.slot), { line: byLimit, now: at('20:40') })).toContain(
      `**Next slot** at the latest ${t(at('21:40'))}, ${R(at('21:40'))}, when #40 reaches its limit`,
    );
    const foreign = { ...line, holders: [40], foreign: 1, nextSlotAt: null, nextSlotRun: null };
    expect(card(runIn(states.slot), { line: foreign })).toContain(
      '**Why** Both GPU sessions of mara-k are in use: #40 and one that was not started here.',
    );
    expect(card(runIn(states.slot), { line: foreign, now: at('09:00', 24) })).toContain('**Waiting** for 12 h 48 min');
  });

  it('waits for GPU hours', () => {
    const refillAt = Date.UTC(2026, 10, 28, 1);
    expect(card(runIn(states.hours), { hours: { total: 30, refillAt } })).toBe(
      [
        '### ⏳ #42 waiting for GPU hours',
        '**Leaf disease ResNet50**',
        SETTINGS,
        '**Why** The 30 GPU hours of this week are used.',
        `**Next hours** ${stamp(refillAt, 'F')}, ${R(refillAt)}`,
        '**Or** run it now without a GPU',
        '[Withdraw] [Run on CPU…] [Quota]',
      ].join('\n'),
    );
  });

  it('waits for another run', () =>
    expect(card(runIn(states.another))).toBe(
      [
        '### ⏳ #42 waiting for #41',
        '**Leaf disease ResNet50**',
        SETTINGS,
        '**Why** It was asked to start after #41.',
        '[Withdraw]',
      ].join('\n'),
    ));

  it('is pushed, and is in doubt', () => {
    expect(card(runIn(states.pushing))).toBe(
      ['### ⏳ #42 pushing to Kaggle', linked(''), SETTINGS, 'Saving a version with Save & Run All.'].join('\n'),
    );
    expect(card(runIn(states.doubt))).toBe(
      [
        '### ⏳ #42 pushing to Kaggle, answer lost',
        linked(''),
        SETTINGS,
        'Kaggle’s answer did not arrive. Looking whether the version exists before anything is sent again. It will not start twice.',
      ].join('\n'),
    );
  });

  it('is queued at Kaggle', () => {
    const queueWaits = { minMs: 60_000, maxMs: 180_000 };
    expect(card(runIn(states.queued), { queueWaits, now: at('20:14') })).toBe(
      [
        '### ⏳ #42 queued at Kaggle',
        linked(' v3'),
        SETTINGS,
        `**Waiting for a machine** since ${t(pushed.at)}, ${R(pushed.at)}`,
        '**Usual here** 1 to 3 min',
        '[Refresh] [Stop…] [Open on Kaggle]',
      ].join('\n'),
    );
  });

  it('has just started', () => {
    const now = at('20:18');
    expect(card(runIn(states.running), { now, logLines: 0, receipt: { kind: 'checking' } })).toBe(
      [
        '### 🔵 #42 running',
        linked(' v3'),
        SETTINGS,
        `**Started** ${t(at('20:16'))}, ${R(at('20:16'))}`,
        '**GPU** asked T4 x2 · checking',
        '**Progress** the log is empty so far',
        `-# Limit 9 h, reached at ${t(at('05:16', 24))} · updated ${R(now)}`,
        '[Refresh] [Log] [Stop…] [Open on Kaggle]',
      ].join('\n'),
    );
  });

  it('runs without known progress', () => {
    const hour = 3_600_000;
    const earlier = {
      count: 4,
      minMs: 6 * hour + 40 * 60_000,
      maxMs: 7 * hour + 5 * 60_000,
      medianMs: 6 * hour + 54 * 60_000,
    };
    const now = at('20:28');
    expect(card(runIn(states.running), { now, earlier, receipt: { kind: 'works', got: '2 × Tesla T4' } })).toBe(
      [
        '### 🔵 #42 running',
        linked(' v3'),
        SETTINGS,
        `**Started** ${t(at('20:16'))}, ${R(at('20:16'))}`,
        '**GPU** asked T4 x2 · got 2 × Tesla T4 · works',
        '**Progress** no epochs found in the log yet',
        `**Ends** about ${t(at('03:10', 24))}, from 4 earlier runs of 6 h 40 min to 7 h 5 min`,
        `-# Limit 9 h, reached at ${t(at('05:16', 24))} · updated ${R(now)}`,
        '[Refresh] [Log] [Stop…] [Open on Kaggle]',
      ].join('\n'),
    );
  });

  it('runs with progress', () => {
    const ends = at('03:15', 24);
    expect(card(runIn(states.running, { progress }), { receipt: { kind: 'works', got: '2 × Tesla T4' } })).toBe(
      [
        '### 🔵 #42 running, epoch 31 of 70',
        linked(' v3'),
        SETTINGS,
        '▰▰▰▰▱▱▱▱▱▱ 44%',
        '**val_acc** 0.8842 · best 0.8871 at epoch 29',
        '**val_loss** 0.3162 · **loss** 0.2054',
        `**Ends** about ${t(ends)}, ${R(ends)} · 5 min 58 s per epoch`,
        '**GPU** asked T4 x2 · got 2 × Tesla T4 · works',
        `-# Limit 9 h, reached at ${t(at('05:16', 24))}, 2 h 1 min to spare · updated ${R(NOW)}`,
        '[Refresh] [Log] [Curve] [Stop…] [Open on Kaggle]',
      ].join('\n'),
    );
  });

  test.each([
    [{ ...progress, unit: 'step', at: 1_200, of: 8_000 } as const, 'step 1,200 of 8,000'],
    [{ ...progress, unit: 'fold', at: 2, of: 5 } as const, 'fold 2 of 5'],
    [{ ...progress, of: null }, 'epoch 31'],
    [{ ...progress, at: 7, of: 20, fold: { at: 2, of: 5 } }, 'fold 2 of 5, epoch 7 of 20'],
  ])('names the unit of its progress: %#', (how, words) => {
    const text = card(runIn(states.running, { progress: how }));
    expect(text).toMatch(new RegExp(`^### 🔵 #42 running, ${words}\n`));
    expect(/[▰▱]/.test(text)).toBe(how.of !== null);
  });

  it('says no end before three epochs, and no curve without numbers', () => {
    const early = card(runIn(states.running, { progress: { ...progress, at: 2, series: [] } }));
    expect(early).not.toContain('**Ends**');
    expect(early).not.toContain('Curve');
    expect(card(runIn(states.running, { progress: { ...progress, unit: 'step', at: 10, of: 8_000 } }))).not.toContain(
      '**Ends**',
    );
  });

  it('counts all folds in its bar and in its end', () => {
    const [main] = progress.series;
    const folds = [[[1, 0.5] as const], [[1, 0.4] as const]];
    const series = main === undefined ? [] : [{ ...main, folds }];
    const how = { ...progress, at: 10, of: 20, fold: { at: 1, of: 5 }, series, paceMs: 60_000 };
    const text = card(runIn(states.running, { progress: how }));
    expect(text).toContain('▰▰▰▱▱▱▱▱▱▱ 30%');
    expect(text).toContain(`**Ends** about ${t(NOW + 68 * 60_000)}`);
  });

  it('is amber while its pace says that the limit strikes first', () => {
    const accent = (paceMs: number) => {
      const view = cardView(runIn(states.running, { progress: { ...progress, paceMs } }));
      return JSON.stringify(renderCard(view)).match(/"accent_color":(\d+)/)?.[1];
    };
    expect(accent(5 * 60_000)).toBe(String(0x5b8def));
    expect(accent(20 * 60_000)).toBe(String(0xf0b232));
  });

  it('says that Kaggle is not answering', () => {
    const kaggleDown = { since: at('23:40'), nextLookAt: at('23:57') };
    const view = cardView(runIn(states.running, { progress }), { kaggleDown, now: at('23:56') });
    expect(shown(renderCard(view))).toBe(
      [
        '### 🔵 #42 running, Kaggle is not answering',
        linked(' v3'),
        SETTINGS,
        `**Since** ${t(at('23:40'))}, ${R(at('23:40'))}, for every run, not only this one`,
        '**Last seen** epoch 31 of 70, val_acc 0.8842',
        `**Next look** ${R(at('23:57'))}`,
        '-# The run itself goes on at Kaggle. Nothing needs to be done.',
        '[Refresh] [Open on Kaggle]',
      ].join('\n'),
    );
    expect(accentOf(renderCard(view))).toBe(0xf0b232);
  });

  it('says that Kaggle refuses the token', () =>
    expect(card(runIn(states.running, { progress }), { tokenRefusedSince: at('23:10') })).toBe(
      [
        '### ⚠️ #42 running, but Kaggle refuses the token',
        linked(' v3'),
        SETTINGS,
        `**Since** ${t(at('23:10'))}, ${R(at('23:10'))}`,
        '**Last seen** epoch 31 of 70, val_acc 0.8842',
        '**Then** it is followed again as soon as Mara links a new token',
        '-# The run itself goes on at Kaggle.',
        '[Link Kaggle…] [Open on Kaggle]',
      ].join('\n'),
    ));

  it('is stopping', () =>
    expect(card(runIn(states.stopping, { progress }))).toBe(
      [
        '### ⏹️ #42 stopping',
        linked(' v3'),
        SETTINGS,
        'Kaggle has the stop request; the session ends within some minutes.',
        '**Last seen** epoch 31 of 70, val_acc 0.8842',
        '[Refresh] [Open on Kaggle]',
      ].join('\n'),
    ));

  it('collects its files, and still counts as running', () =>
    expect(card(runIn(states.finishing, { progress: endProgress }), { now: at('03:14:05', 24) })).toBe(
      [
        '### 🔵 #42 running, now collecting its files',
        linked(' v3'),
        SETTINGS,
        `**Ended at Kaggle** ${t(at('03:14', 24))}, after 6 h 58 min`,
        '**Last seen** epoch 70 of 70, val_acc 0.9098',
        '-# What it saved is read from Kaggle. The result follows as a new message.',
        '[Refresh] [Log] [Open on Kaggle]',
      ].join('\n'),
    ));

  it('cannot collect them while Kaggle is away or refuses the token', () => {
    const down = cardView(runIn(states.finishing), {
      kaggleDown: { since: at('03:20', 24), nextLookAt: NOW },
      now: at('03:30', 24),
    });
    expect(shown(renderCard(down))).toContain(`**Kaggle** is not answering since ${t(at('03:20', 24))}`);
    expect(accentOf(renderCard(down))).toBe(0xf0b232);
    const refused = card(runIn(states.finishing), { tokenRefusedSince: at('03:20', 24), now: at('03:30', 24) });
    expect(refused).toContain('the files are read as soon as Mara links a new one');
    expect(refused).toContain('[Link Kaggle…] [Refresh] [Log] [Open on Kaggle]');
  });

  it('is complete', () => {
    const run = runIn(states.complete, { report: { ...report, progress: endProgress } });
    const view = cardView(run, { ...ended, receipt: { kind: 'works', got: '2 × Tesla T4' } });
    expect(shown(renderCard(view))).toBe(
      [
        '### ✅ #42 complete, val_acc 0.9124',
        linked(' v3'),
        SETTINGS,
        `**Ran** 6 h 58 min on 2 × Tesla T4, ended ${t(at('03:14', 24))}`,
        '**Saved** 2 models, 2 tables, 4 images, 2 other files · 213 MB',
        '[Go to the result] [Outputs] [Log] [Run again…]',
      ].join('\n'),
    );
    expect(accentOf(renderCard(view))).toBe(0x23a55a);
    const empty = renderCard({ ...view, outputs: [] });
    expect(accentOf(empty)).toBe(0xf0b232);
    expect(shown(empty)).toContain('**Saved** no files\n[Go to the result] [Log] [Run again…]');
  });

  it('has failed', () => {
    const failure = {
      class: 'GPU out of memory',
      cell: 14,
      line: 9,
      excerpt: [],
      excerptFrom: 1,
      frames: [],
      error: null,
      advice: '',
    };
    const run = runIn(states.failed, {
      number: 43,
      report: { ...report, failure, progress: { ...endProgress, at: 12 } },
    });
    expect(card(run, { ...ended, outputs: [], receipt: { kind: 'works', got: '2 × Tesla T4' } })).toBe(
      [
        '### ❌ #43 failed: GPU out of memory',
        linked(' v4'),
        SETTINGS,
        '**Where** cell 14, line 9 · epoch 12 of 70',
        `**Ran** 1 h 12 min on 2 × Tesla T4, ended ${t(at('04:31', 24))}`,
        '[Go to the report] [Log] [Run again…]',
      ].join('\n'),
    );
  });

  test.each([
    ['timeLimit', '### ❌ #42 failed: time limit of 9 h reached'],
    ['failed', '### ❌ #42 failed\n'],
  ] as const)('has failed without a report: %s', (state, heading) =>
    expect(card(runIn(states[state]), ended).startsWith(heading)).toBe(true),
  );

  it('was refused by Kaggle', () =>
    expect(card(runIn(states.refused), ended)).toBe(
      [
        '### ❌ #42 refused by Kaggle',
        '**Leaf disease ResNet50**',
        SETTINGS,
        '**Kaggle said** Invalid docker image.',
        'No version was made and no GPU hours were used.',
        '[Go to the report] [Run again…]',
      ].join('\n'),
    ));

  it('was stopped on Kaggle by a person', () =>
    expect(card(runIn(states.stopped, { progress }), { ...ended, now: at('23:22') })).toBe(
      [
        '### ⏹️ #42 stopped on Kaggle by a person',
        linked(' v3'),
        SETTINGS,
        `**Ran** 3 h 5 min, ended ${t(at('23:21'))} · epoch 31 of 70`,
        '**Saved** 2 models, 2 tables, 4 images, 2 other files · 213 MB',
        '[Go to the result] [Outputs] [Log] [Run again…]',
      ].join('\n'),
    ));

  it('was withdrawn', () =>
    expect(card(runIn(states.withdrawn))).toBe(
      [
        '### ⏹️ #42 withdrawn',
        '**Leaf disease ResNet50**',
        SETTINGS,
        'By Mara before it was pushed. No GPU hours were used.',
        '[Run again…]',
      ].join('\n'),
    ));

  it('is lost from sight', () =>
    expect(card(runIn(states.lost, { progress: { ...progress, at: 28 } }))).toBe(
      [
        '### ⚠️ #42 lost from sight',
        linked(' v3'),
        SETTINGS,
        `**Since** ${t(at('23:10'))}, ${R(at('23:10'))}`,
        '**Why** Kaggle answers that this notebook does not exist or is not yours. It may have been deleted or renamed.',
        '**Last seen** epoch 28 of 70, val_acc 0.8842',
        '[Look again] [Give up on it…] [Open on Kaggle]',
      ].join('\n'),
    ));

  it('names a version that was started beside it', () => {
    const text = card(runIn(states.running), { newerVersion: 4 });
    expect(text).toContain('**Also** version 4 of this notebook was started on Kaggle; this card follows v3.');
    expect(text).toContain(`${linked(' v3')} (Kaggle opens v4)`);
  });
});

describe('the facts around', () => {
  const settled = (changes: Partial<Run['settings']>): Run =>
    runIn(states.running, { settings: { ...settings, ...changes } });

  it('says in the playground that there is no GPU', () => {
    expect(card(runIn(states.running), { playground: true })).toContain(
      '**GPU** asked T4 x2 · playground: the CPU of this computer',
    );
  });
  it('has no GPU line on a CPU, and says when nothing was checked', () => {
    expect(card(settled({ accelerator: 'none' }))).not.toContain('**GPU**');
    expect(card(settled({}))).toContain('**GPU** asked T4 x2 · not checked');
    expect(card(settled({ accelerator: 'TpuV5E8' }))).toContain('**TPU** asked TPU v5e-8 · not checked');
  });
  it('turns amber when another GPU came', () => {
    const view = cardView(runIn(states.running), { receipt: { kind: 'otherThanAsked', got: '1 × Tesla P100' } });
    expect(shown(renderCard(view))).toContain('**GPU** asked T4 x2 · got 1 × Tesla P100 · not what was asked');
    expect(accentOf(renderCard(view))).toBe(0xf0b232);
  });
  it('shows note, public and source', () => {
    const origin = { from: 'url', name: 'github.com/mara/x', link: 'https://github.com/mara/x' } as const;
    const text = card(settled({ note: 'third try, *lower* rate', isPublic: true, internet: true, origin }));
    expect(text).toContain(
      '· internet on · public · [source](https://github.com/mara/x)\n**Note** third try, *lower* rate',
    );
  });
  it('links no notebook that may not exist yet', () => {
    expect(card(runIn({ ...states.pushing, baseVersion: 0 }))).toContain('\n**Leaf disease ResNet50**\n');
    const origin = { from: 'kernel', name: 'mara-k/x', link: null } as const;
    expect(card(runIn(states.slot, { settings: { ...settings, origin } }))).toContain(linked(''));
  });
  it('names the slug where there is no title', () =>
    expect(card(settled({ title: ' \u200b ' }))).toContain('**[leaf-disease-resnet50 v3]'));
  it('names inputs that Kaggle dropped', () =>
    expect(card(runIn({ ...states.running, pushed: { ...pushed, inputsDropped: ['bob/leaf-extra'] } }))).toContain(
      '**Input missing** bob/leaf-extra: Kaggle dropped it',
    ));
  it('shows the server and the curve in answers to its launcher', () => {
    const curve = { name: 'curve-42.png', bytes: Buffer.from('x'), description: 'Loss.' };
    const body = renderCard(cardView(runIn(states.running, { progress }), { server: 'Vision Lab', curve }));
    expect(shown(body)).toContain('mara-k/leaf-disease-resnet50 · Vision Lab · GPU T4 x2');
    expect(shown(body)).toContain('(pictures)');
    expect(shown(body)).toContain('[Refresh] [Log] [Stop…] [Open on Kaggle]');
    expect(body.files).toEqual([curve]);
  });
  it('is the same content while only the moment of the look differs', () => {
    const view = cardView(runIn(states.running));
    expect(cardContent({ ...view, now: NOW + 60_000 })).toBe(cardContent(view));
    expect(renderCard({ ...view, now: NOW + 60_000 })).not.toEqual(renderCard(view));
    expect(cardContent({ ...view, logLines: 0 })).not.toBe(cardContent(view));
  });
});
