import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/clock.ts';
import type { Push } from '../../src/kaggle/kaggle.ts';
import { versionSaid, type WatchOrder, watch } from '../../src/steps/watch.ts';
import { notebook, type StepsWorld, startSteps } from './world.ts';

const REF = 'mara-k/leaf-disease';
let world: StepsWorld;
let interactions: number;

beforeEach(async () => {
  interactions = 0;
  world = await startSteps();
});
afterEach(() => world[Symbol.asyncDispose]());

/** As if somebody had pressed "Save & Run All" on the site. */
async function savedOnSite(over: Partial<Push> = {}): Promise<void> {
  const credential = world.needs.accounts.of(world.mara.id)?.credential;
  if (credential === undefined) throw new Error('no account');
  const answer = await world.needs.kaggle.push(credential, {
    kernel: { owner: 'mara-k', slug: 'leaf-disease' },
    title: 'Leaf disease',
    source: notebook('print("begin")', 'model = train(rows)'),
    kind: 'notebook',
    language: 'python',
    accelerator: 'NvidiaTeslaT4',
    inputs: [],
    internet: true,
    isPublic: false,
    limitMinutes: 600,
    ...over,
  });
  expect(answer.kind).toBe('pushed');
}

const order = (over: Partial<WatchOrder> = {}): WatchOrder => {
  interactions += 1;
  return {
    interactionId: `watch-${interactions}`,
    user: { id: world.mara.id, name: world.mara.name },
    place: { kind: 'guild', guildId: world.guildId, channelId: world.channelId },
    kernel: REF,
    ...over,
  };
};
const watched = (over: Partial<WatchOrder> = {}) => watch(order(over), world.needs);
const text = () => world.messages().map((one) => world.textOf(one));
const session = (version = 1) => world.site.session(REF, version);

test('asked for twice at the same moment it is followed once', async () => {
  await savedOnSite();
  session().start();
  const [one, two] = await Promise.all([watched(), watched()]);
  expect([one.isNew, two.isNew].sort()).toEqual([false, true]);
  expect(two.run.key).toBe(one.run.key);
});

test('a run that was started on the site gets a number, a card and its end told, and nothing is pushed', async () => {
  await savedOnSite();
  session().start();
  world.clock.advance(20 * MINUTE);
  const pushes = world.site.pushes;
  const { run, isNew } = await watched({ version: 'v1' });
  expect(isNew).toBe(true);
  expect(run).toMatchObject({
    number: 1,
    settings: { title: 'Leaf disease', accelerator: 'NvidiaTeslaT4', internet: true, origin: { from: 'watch' } },
  });
  await world.pass(MINUTE);
  expect(world.phase(run)).toBe('running');
  expect(text()[0]).toContain('#1 running');
  world.clock.advance(10 * MINUTE);
  session().print('done\n');
  session().write('model.pt', 1_000);
  session().complete();
  await world.pass(3 * MINUTE);
  expect(world.phase(run)).toBe('complete');
  expect(text()[1]).toContain('#1 complete');
  expect(text()[1]).toContain('model.pt');
  // Timed by its log, since nobody here saw it begin.
  const { state } = world.run(run);
  if (state.phase !== 'complete' || state.startedAt === null) throw new Error('no times');
  expect(state.endedAt - state.startedAt).toBe(31 * MINUTE);
  expect(world.site.pushes).toBe(pushes);
});

test('one that has ended already is told at once, with how long it took', async () => {
  await savedOnSite();
  session().start();
  world.clock.advance(2 * HOUR);
  session().print('done\n');
  session().complete();
  world.clock.advance(3 * HOUR);
  const { run, over } = await watched();
  expect(over).toBe('timed');
  await world.pass(5 * SECOND, SECOND);
  const { state } = world.run(run);
  if (state.phase !== 'complete' || state.startedAt === null) throw new Error('not told');
  expect(state.endedAt - state.startedAt).toBe(2 * HOUR);
  expect(state.endedAt).toBeLessThan(world.clock.now() - 2 * HOUR);
  expect(text()[1]).toContain('#1 complete');
});

test('its failure names the cell of the source that ran, not of the newest one', async () => {
  await savedOnSite();
  session().start();
  await savedOnSite({ source: notebook('print("another")') });
  const { run } = await watched({ version: '1' });
  expect(world.needs.runs.source(run.sourceHash)).toContain('train(rows)');
  world.clock.advance(MINUTE);
  session().fail(null, {
    log: [
      'Exception encountered at "In [2]":',
      'NameError                                 Traceback (most recent call last)',
      'Cell In[2], line 1',
      '----> 1 model = train(rows)',
      '',
      "NameError: name 'train' is not defined",
      '',
    ].join('\n'),
  });
  await world.pass(3 * MINUTE);
  expect(world.phase(run)).toBe('error');
  expect(text().at(-1)).toContain('failed: name not defined');
  expect(text().at(-1)).toMatch(/Cell\s2, line\s1/);
  expect(text().at(-1)).toContain('train(rows)');
});

test('once in a place: a second time, a second delivery and a run of ours are answered with the run that is there', async () => {
  await savedOnSite();
  const first = order();
  const { run } = await watch(first, world.needs);
  expect(await watch(first, world.needs)).toMatchObject({ isNew: false, run: { key: run.key } });
  expect(await watched({ version: 'latest' })).toMatchObject({ isNew: false, run: { key: run.key } });
  const ours = await world.commit();
  await world.pass(5 * SECOND);
  expect(await watched({ version: '2' })).toMatchObject({ isNew: false, run: { key: ours.key } });
  const elsewhere = await watched({ place: { kind: 'dm', guildId: null, channelId: 'dm' } });
  expect(elsewhere).toMatchObject({ isNew: true });
});

test('it is never pushed, also when the program dies right after it was stored', async () => {
  await savedOnSite();
  const { run } = await watched();
  const pushes = world.site.pushes;
  world.restart();
  session().start();
  await world.pass(2 * MINUTE);
  expect(world.phase(run)).toBe('running');
  expect(world.site.pushes).toBe(pushes);
});

describe('what cannot be watched is said, and nothing is stored', () => {
  const refusal = async (over: Partial<WatchOrder>): Promise<string> => {
    const count = world.needs.runs.countByPhase();
    const error: unknown = await watched(over).catch((one: unknown) => one);
    expect(world.needs.runs.countByPhase()).toEqual(count);
    if (!(error instanceof Error) || !('advice' in error) || !('title' in error)) throw error;
    return `${error.title} ${error.advice}`.replace(/[\u2068\u2069]/g, '');
  };

  test('a version that is not there yet', async () => {
    await savedOnSite();
    expect(await refusal({ version: 'v9' })).toBe(
      'leaf-disease has no version 9. The newest is v1. Nothing is watched.',
    );
  });

  test('a version without a run', async () => {
    await savedOnSite();
    world.site.faults.next('GetKernelSessionStatus', { when: 'before', answer: { kind: 'error', status: 404 } });
    expect(await refusal({})).toContain('Kaggle shows no run of leaf-disease v1.');
  });

  test('a notebook that is not there, of somebody else, or no notebook at all', async () => {
    expect(await refusal({ kernel: 'mara-k/nothing-here' })).toContain(
      'mara-k/nothing-here is not a notebook of mara-k.',
    );
    expect(await refusal({ kernel: 'jun-l/leaf-disease' })).toContain(
      'jun-l/leaf-disease is not a notebook of mara-k.',
    );
    expect(await refusal({ kernel: '@everyone' })).toContain('\\@everyone');
  });

  test('words that are no version', async () => {
    expect(await refusal({ version: 'the good one' })).toContain('I cannot read the version “the good one”.');
  });

  test('Kaggle away', async () => {
    await savedOnSite();
    world.site.faults.always('*', { when: 'before', answer: { kind: 'error', status: 503 } });
    expect(await refusal({})).toContain('Kaggle is not answering.');
  });
});

test('a version is understood as people write it', () => {
  for (const said of ['v4', '4', 'V4', ' version 4 ']) expect(versionSaid(said)).toBe(4);
  for (const said of [undefined, '', 'latest', 'Newest']) expect(versionSaid(said)).toBe('latest');
  for (const said of ['0', 'v0', '-1', '4.5', 'v', '99999999']) expect(() => versionSaid(said)).toThrow();
});
