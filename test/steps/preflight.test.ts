import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/clock.ts';
import type { Finding } from '../../src/domain/finding.ts';
import type { Progress, Report } from '../../src/domain/results.ts';
import type { Run, RunState } from '../../src/domain/run.ts';
import { statedEpochs } from '../../src/notebook/epochs.ts';
import { type BudgetFacts, budgetOf, type Earlier } from '../../src/steps/budget.ts';
import type { CommitOrder } from '../../src/steps/order.ts';
import { mustAsk, type Patience, preflight } from '../../src/steps/preflight.ts';
import { prepare } from '../../src/steps/prepare.ts';
import { notebook, type StepsWorld, startSteps } from './world.ts';

const plain = (text: string | undefined): string | undefined => text?.replaceAll('\u00a0', ' ');

describe('the epochs a notebook states', () => {
  test.each<[string, number | null]>([
    ['EPOCHS = 70', 70],
    ['cfg.epochs: int = 9', 9],
    ['model.fit(x, epochs=70, batch_size=3)', 70],
    ["cfg = {'num_epochs': 12}", 12],
    ['!python train.py --epochs 20', 20],
    ['for epoch in range(70):', 70],
    ['for epoch in tqdm(range(1, 71)):', 70],
    ['EPOCHS = 70\nmodel.fit(x, epochs=EPOCHS)', 70],
    ['epoch = 0\nEPOCHS = 5', 5],
    ['# EPOCHS = 3\nEPOCHS = 4', 4],
    // Everything else would be a guess.
    ['warmup_epochs = 5', null],
    ['initial_epoch = 3', null],
    ['EPOCHS = 3\nn_epochs = 4', null],
    ['EPOCHS = 2 if DEBUG else 70', null],
    ['EPOCHS = 10 * 3', null],
    ['num_epochs = len(x)', null],
    ['EPOCHS = 1', null],
    ['print("no training here")', null],
  ])('%j: %s', (source, epochs) => {
    expect(statedEpochs({ cellSources: [source] })).toBe(epochs);
  });

  test('are found in bounded time, however a line is made', () => {
    const hostile = [
      'epochs'.repeat(100_000),
      `epochs ${' '.repeat(1_999)}`,
      'epochs=1,'.repeat(200),
      '--epochs '.repeat(200),
    ];
    const begun = performance.now();
    statedEpochs({ cellSources: Array.from({ length: 50 }, () => hostile.join('\n')) });
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

const T0 = Date.UTC(2026, 10, 20);
const pace = (ms: number, of: number, over: Partial<Progress> = {}): Progress => ({
  unit: 'epoch',
  at: of,
  of,
  series: [],
  paceMs: ms,
  ...over,
});

/** An earlier run, as far as its time goes. */
function earlier(of: {
  took: number;
  epochs?: number | null;
  progress?: Progress | null;
  phase?: 'complete' | 'error';
  accelerator?: Run['settings']['accelerator'];
}): Earlier {
  const { took, epochs = null, progress = null, phase = 'complete', accelerator = 'NvidiaTeslaT4' } = of;
  const state = { phase, pushed: null, startedAt: T0, endedAt: T0 + took } as unknown as RunState;
  const report = progress === null ? null : ({ progress } as unknown as Report);
  return { run: { state, settings: { accelerator }, report, progress: null } as unknown as Run, epochs };
}

const facts = (over: Partial<BudgetFacts> = {}): BudgetFacts => ({
  accelerator: 'NvidiaTeslaT4',
  limitMinutes: 540,
  ceilingMinutes: 720,
  epochs: null,
  earlier: [],
  hoursLeft: 30,
  refillAt: T0 + 24 * HOUR,
  ...over,
});

const said = (of: BudgetFacts): (string | undefined)[] => budgetOf(of).findings.map(({ sentence }) => plain(sentence));
const SECONDS_514 = 514_000;

describe('the budget', () => {
  test('epochs times the past pace, beyond the limit: which epoch would be the last, and a higher limit', () => {
    const budget = budgetOf(
      facts({ epochs: 70, earlier: [earlier({ took: 5 * HOUR, epochs: 30, progress: pace(SECONDS_514, 30) })] }),
    );
    expect(budget.findings).toHaveLength(1);
    expect(plain(budget.findings[0]?.sentence)).toBe(
      '70 epochs need about 10 h 45 min; the limit is 9 h. Epoch 58 would be the last.',
    );
    expect(budget.findings[0]).toMatchObject({
      severity: 'warning',
      rule: 'time',
      at: null,
      fix: { kind: 'limit', minutes: 720 },
    });
    expect(budget.pace).toEqual({ epochs: 70, ms: SECONDS_514, accelerator: 'NvidiaTeslaT4' });
  });

  test('beyond Kaggle’s own limit there is no button, but what to do', () => {
    const of = facts({
      epochs: 100,
      earlier: [earlier({ took: 30 * SECONDS_514, epochs: 30, progress: pace(SECONDS_514, 30) })],
    });
    expect(said(of)).toEqual([
      '100 epochs need about 14 h 15 min; the limit is 9 h. Epoch 63 would be the last. Save checkpoints, or train fewer epochs.',
    ]);
    expect(budgetOf(of).findings[0]?.fix).toBeUndefined();
  });

  test('within the limit it says nothing, and how long it should take', () => {
    const budget = budgetOf(
      facts({ epochs: 30, earlier: [earlier({ took: 5 * HOUR, epochs: 30, progress: pace(514_000, 30) })] }),
    );
    expect(budget.findings).toEqual([]);
    expect(budget.needsMs).toBe(5 * HOUR);
  });

  test.each<[string, Parameters<typeof earlier>[0]]>([
    ['another machine', { took: HOUR, epochs: 30, progress: pace(SECONDS_514, 30), accelerator: 'none' }],
    ['a log that counts something else', { took: HOUR, epochs: 30, progress: pace(SECONDS_514, 12) }],
    ['steps', { took: HOUR, epochs: 30, progress: pace(SECONDS_514, 30, { unit: 'step' }) }],
    ['folds', { took: HOUR, epochs: 30, progress: pace(SECONDS_514, 30, { fold: { at: 1, of: 5 } }) }],
    ['a source that stated none', { took: HOUR, epochs: null, progress: pace(SECONDS_514, 30) }],
    ['no pace', { took: HOUR, epochs: 30, progress: { ...pace(1, 30), paceMs: null } }],
  ])('%s gives no forecast', (_, run) => {
    const budget = budgetOf(facts({ epochs: 500, earlier: [earlier(run)] }));
    expect(budget).toMatchObject({ findings: [], needsMs: null, pace: null });
  });

  test('without epochs the earlier runs tell: their median against the limit', () => {
    const runs = [10, 11, 10.5].map((hours) => earlier({ took: hours * HOUR }));
    expect(said(facts({ earlier: runs }))).toEqual([
      'Earlier runs of this notebook took about 10 h 30 min; the limit is 9 h.',
    ]);
    expect(said(facts({ earlier: runs, limitMinutes: 720 }))).toEqual([]);
    // Failed ones say nothing of how long a whole run takes, nor do those with other epochs.
    expect(said(facts({ earlier: [earlier({ took: 11 * HOUR, phase: 'error' })] }))).toEqual([]);
    expect(said(facts({ epochs: 5, earlier: [earlier({ took: 11 * HOUR, epochs: 70 })] }))).toEqual([]);
  });

  test('the hours of the week', () => {
    const runs = [earlier({ took: 7 * HOUR })];
    expect(said(facts({ earlier: runs, hoursLeft: 2.1 }))).toEqual([
      `It needs about 7 h; 2.1 h of GPU time are left this week, refill <t:${(T0 + 24 * HOUR) / 1_000}:R>.`,
    ]);
    expect(said(facts({ earlier: runs, hoursLeft: 7.1 }))).toEqual([]);
    expect(said(facts({ hoursLeft: 0 }))[0]).toContain('No GPU hours are left this week, refill');
    // Not known, or none needed: nothing.
    expect(said(facts({ hoursLeft: 0.5 }))).toEqual([]);
    expect(said(facts({ earlier: runs, hoursLeft: null }))).toEqual([]);
    expect(said(facts({ accelerator: 'none', hoursLeft: 0 }))).toEqual([]);
  });

  test('a limit below what it needs counts for the hours: nothing runs longer', () => {
    const runs = [earlier({ took: 7 * HOUR })];
    expect(said(facts({ earlier: runs, hoursLeft: 2, limitMinutes: 60 }))).toHaveLength(1);
  });
});

describe('preflight of an order', () => {
  let world: StepsWorld;
  beforeEach(async () => {
    world = await startSteps();
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
  });

  const found = async (over: Partial<CommitOrder> = {}, checks = world.needs.checks, patience?: Patience) => {
    const order = world.order(over);
    const needs = { ...world.needs, checks };
    return preflight(order, await prepare(order, needs), needs, patience);
  };
  const missing = (slug: string, over: Partial<Finding> = {}): Finding => ({
    severity: 'warning',
    rule: 'input-path',
    sentence: `\`/kaggle/input/${slug}\` is read, but no attached input provides it.`,
    at: { cell: 1, line: 1 },
    missing: slug,
    ...over,
  });
  const fixFor = async (slug: string): Promise<unknown> =>
    (await found({}, { code: async () => [], setup: async () => [missing(slug)] })).findings[0]?.fix;

  test('offers to attach only what is beyond doubt', async () => {
    const { site } = world;
    site.addDataset({ ref: 'mara-k/leaf-aug', title: 'Leaf aug' });
    site.addDataset({ ref: 'someone/leaf-aug', title: 'Leaf aug too' });
    site.addDataset({ ref: 'someone/only-one', title: 'Only one' });
    site.addDataset({ ref: 'someone/two-of-them', title: 'Two' });
    site.addDataset({ ref: 'another/two-of-them', title: 'Two' });
    site.addDataset({ ref: 'someone/titanic', title: 'Titanic copy' });
    site.addDataset({ ref: 'someone/digits', title: 'Digits copy' });
    site.addDataset({ ref: 'mara-k/half-there', title: 'Half there', status: 'NOT_YET_PERSISTED' });
    site.addCompetition({ slug: 'titanic', title: 'Titanic', entered: true });
    site.addCompetition({ slug: 'digits', title: 'Digits', entered: false });
    expect(await fixFor('leaf-aug')).toEqual({ kind: 'attach', input: 'mara-k/leaf-aug' });
    expect(await fixFor('only-one')).toEqual({ kind: 'attach', input: 'someone/only-one' });
    expect(await fixFor('titanic')).toEqual({ kind: 'attach', input: 'titanic' });
    for (const slug of ['two-of-them', 'digits', 'half-there', 'nowhere', '../etc', 'a b', ''])
      expect(await fixFor(slug), slug).toBeUndefined();
  });

  test('an input named in full is offered only if it can be attached', async () => {
    world.site.addDataset({ ref: 'someone/there', title: 'There' });
    const named = (input: string) => ({
      code: async () => [],
      setup: async (): Promise<Finding[]> => [{ ...missing('x'), fix: { kind: 'attach', input } }],
    });
    expect((await found({}, named('someone/there'))).findings[0]?.fix).toEqual({
      kind: 'attach',
      input: 'someone/there',
    });
    expect((await found({}, named('someone/gone'))).findings[0]?.fix).toBeUndefined();
  });

  test('a part that hangs is left out in time and never blocks', async () => {
    const never = new Promise<never>(() => {});
    const begun = performance.now();
    const result = await found({}, { code: () => never, setup: async () => [] }, { code: 50, kaggle: 50 });
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(result.findings.map(({ severity, rule }) => [severity, rule])).toEqual([['hint', 'not-checked']]);
    expect(mustAsk(result)).toBe(false);
  });

  test('Kaggle that hangs on hours and look-ups costs only what it would have told', async () => {
    world.site.faults.always('GetAcceleratorQuotaStatistics', { when: 'before', answer: { kind: 'silence' } });
    world.site.faults.always('ListDatasets', { when: 'before', answer: { kind: 'silence' } });
    const begun = performance.now();
    const result = await found(
      {},
      { code: async () => [], setup: async () => [missing('leaf-aug')] },
      { code: 50, kaggle: 50 },
    );
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(result.hoursLeft).toBeNull();
    expect(result.findings.map(({ rule, fix }) => [rule, fix])).toEqual([['input-path', undefined]]);
  });

  test('the hours are asked for once a minute', async () => {
    const asked = () => world.site.count('GetAcceleratorQuotaStatistics');
    await found();
    await found();
    expect(asked()).toBe(1);
    world.clock.advance(MINUTE);
    expect((await found()).hoursLeft).toBe(30);
    expect(asked()).toBe(2);
    // A CPU run needs none.
    world.clock.advance(MINUTE);
    expect((await found({ accelerator: 'CPU' })).hoursLeft).toBeNull();
    expect(asked()).toBe(2);
  });

  test('the code is read once for all that asks within some minutes, and anew when it changed', async () => {
    const read: string[] = [];
    const checks = {
      code: async ({ cellSources }: { cellSources: readonly string[] }) => {
        read.push(cellSources.join());
        return [];
      },
      setup: async () => [],
    };
    const file = (text: string): Partial<CommitOrder> => ({
      from: { kind: 'file', name: 'leaf-disease.ipynb', text: notebook(text) },
    });
    await found(file('a = 1'), checks);
    await found({ ...file('a = 1'), internet: true }, checks);
    await found(file('a = 2'), checks);
    world.clock.advance(10 * MINUTE);
    await found(file('a = 1'), checks);
    expect(read).toEqual(['a = 1', 'a = 2', 'a = 1']);
  });

  test('a blocker shows its line and the one before; a place that does not exist shows none', async () => {
    const at = (cell: number | null, line: number | null): Finding => ({
      severity: 'blocker',
      rule: 'r',
      sentence: 's',
      at: { cell, line },
    });
    const file: Partial<CommitOrder> = {
      from: { kind: 'file', name: 'leaf-disease.ipynb', text: notebook('a\nb\nc', 'd') },
    };
    const result = await found(file, {
      code: async () => [at(1, 3), at(2, 1), at(7, 1), at(1, 9), at(1, null)],
      setup: async () => [],
    });
    expect(
      Object.fromEntries(result.findings.map(({ at: place, excerpt }) => [JSON.stringify(place), excerpt?.lines])),
    ).toEqual({
      '{"cell":1,"line":3}': ['b', 'c'],
      '{"cell":2,"line":1}': ['d'],
      '{"cell":7,"line":1}': undefined,
      '{"cell":1,"line":9}': undefined,
      '{"cell":1,"line":null}': undefined,
    });
  });

  test('a run that came to its end in time is not asked about its time when it is run again', async () => {
    world.site.plan({ seconds: 3_600, prints: [], end: 'complete' });
    const run = await world.commit();
    await world.pass(2 * HOUR, 60_000);
    expect(world.phase(run)).toBe('complete');
    const again = await found({ from: { kind: 'run', key: run.key }, limit: '30m' });
    expect(again.findings).toEqual([]);
    const anew = await found({ limit: '30m' });
    expect(anew.findings.map(({ rule }) => rule)).toEqual(['time']);
    expect(plain(anew.findings[0]?.sentence)).toMatch(
      /^Earlier runs of this notebook took about (59 min|1 h); the limit is 30 min\.$/,
    );
  });
});
