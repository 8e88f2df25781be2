import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../src/domain/user-error.ts';
import { Secret } from '../../src/secret.ts';
import type { CommitOrder } from '../../src/steps/order.ts';
import { NotLinkedError } from '../../src/steps/prepare.ts';
import { submit } from '../../src/steps/submit.ts';
import { notebook, type StepsWorld, startSteps } from './world.ts';

let world: StepsWorld;

beforeEach(async () => {
  world = await startSteps();
  world.site.addDataset({ ref: 'mara-k/leaf-aug', title: 'Leaf aug' });
  world.site.addDataset({ ref: 'mara-k/leaf-augmentation', title: 'Leaf augmentation' });
  world.site.addDataset({ ref: 'bob/class-weights', title: 'Class weights' });
  world.site.addDataset({ ref: 'bob/slow-set', title: 'Slow', status: 'BLOBS_RECEIVED' });
  world.site.addCompetition({ slug: 'titanic', title: 'Titanic', entered: true });
});

afterEach(() => world[Symbol.asyncDispose]());

/** Isolation marks are not seen, so they are left out of what is compared. */
const seen = (text: string): string =>
  text
    .replace(/[\u2066-\u2069]/g, '')
    .replaceAll('\u00a0', ' ')
    .replaceAll('\\', '');

async function refusal(over: Partial<CommitOrder>): Promise<string> {
  const before = world.site.pushes;
  try {
    await submit(world.order(over), world.needs);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(world.needs.runs.isEmpty()).toBe(true);
    expect(world.site.pushes).toBe(before);
    return seen(error.message);
  }
  throw new Error('it was accepted');
}

const file = (name: string, text: string): Partial<CommitOrder> => ({ from: { kind: 'file', name, text } });

describe('bad input gets a clear answer and changes nothing', () => {
  test.each([
    ['a zip', file('results.zip', 'PK\u0003\u0004'), 'results.zip is not a notebook.'],
    ['broken JSON', file('x.ipynb', '{"cells": ['), 'x.ipynb is not readable as a notebook:'],
    ['no code cells', file('x.ipynb', notebook('  ')), 'x.ipynb has no code cells.'],
    ['too large', file('x.py', `x = "${'a'.repeat(1_400_000)}"`), 'x.py is 1.4 MB; Kaggle takes 1 MB.'],
    ['a short title', { title: 'abc' }, 'The title needs 5 to 50 characters; this one has 3. Nothing was committed.'],
    [
      'a long title',
      { title: 'x'.repeat(80) },
      'The title needs 5 to 50 characters; this one has 80. Nothing was committed.',
    ],
    ['a title without letters', { title: '‽‽‽‽‽‽' }, 'The title “‽‽‽‽‽‽” makes no address on Kaggle;'],
    [
      'an unreadable limit',
      { limit: 'soon' },
      'I cannot read the limit “soon”. Write `90m` or `9h`. Nothing was committed.',
    ],
    [
      'a limit above the ceiling',
      { limit: '14h' },
      'The limit 14h is above the 12 h that Kaggle allows. Nothing was committed.',
    ],
    ['a TPU limit', { limit: '10h', accelerator: 'tpu' }, 'The limit 10h is above the 9 h that Kaggle allows.'],
    [
      'a retired machine',
      { accelerator: 'P100' },
      'Kaggle has no GPU P100 any more. It would run on something else without a word. Use GPU T4 x2 instead.',
    ],
    ['an unknown machine', { accelerator: 'abacus' }, 'I know no accelerator “abacus”.'],
    ['an unreadable input', { inputs: 'a/b/c' }, 'I cannot read the input “a/b/c”.'],
    [
      'an unknown dataset',
      { inputs: 'nobody/nothing-at-all' },
      'No dataset nobody/nothing-at-all on Kaggle that you can read. Nothing was committed.',
    ],
    [
      'a misspelt dataset',
      { inputs: 'mara-k/leaf-agu' },
      'No dataset mara-k/leaf-agu on Kaggle that you can read. Nothing was committed. Did you mean mara-k/leaf-aug?',
    ],
    [
      'a dataset whose longest word is misspelt',
      { inputs: 'mara-k/leaf-augmentatoin' },
      'Did you mean mara-k/leaf-augmentation?',
    ],
    ['a dataset of one misspelt word', { inputs: 'bob/clss-weihts' }, 'Did you mean bob/class-weights?'],
    [
      'a dataset that is not ready',
      { inputs: 'bob/slow-set' },
      'Kaggle would not attach the dataset bob/slow-set now: Kaggle is still processing it.',
    ],
    [
      'somebody else’s kernel',
      { from: { kind: 'kernel', ref: 'bob/secret-work' } },
      'bob/secret-work is not a notebook of mara-k.',
    ],
    [
      'a kernel that is not there',
      { from: { kind: 'kernel', ref: 'mara-k/never-was' } },
      'mara-k/never-was is not a notebook of mara-k.',
    ],
    ['no kernel at all', { from: { kind: 'kernel', ref: '../../etc' } }, 'is not a notebook of mara-k.'],
    ['a run that is not there', { from: { kind: 'run', key: 'none' } }, 'That run is not here any more.'],
  ] satisfies [string, Partial<CommitOrder>, string][])('%s', async (_, over, text) => {
    expect(await refusal(over)).toContain(text);
  });

  test('all that is wrong is said at once, and once that nothing was done', async () => {
    const said = await refusal({ title: 'abc', limit: 'soon', accelerator: 'abacus', inputs: 'nobody/none' });
    for (const part of [
      'The title needs',
      '**I know no accelerator',
      '**I cannot read the limit',
      '**No dataset nobody/none',
    ])
      expect(said).toContain(part);
    expect(said.match(/Nothing was committed/g)).toHaveLength(1);
  });

  test('no account: told apart, so that linking can be offered; but a bad file is told first', async () => {
    world.needs.accounts.unlink(world.mara.id);
    await expect(submit(world.order(), world.needs)).rejects.toThrow(NotLinkedError);
    expect(await refusal(file('results.zip', 'PK'))).toContain('is not a notebook');
  });

  test.each([
    [{ kind: 'error', status: 503, body: 'html' }],
    [{ kind: 'html', status: 200 }],
    [{ kind: 'reset' }],
  ] as const)('Kaggle down (%o)', async (answer) => {
    world.site.faults.always('*', { when: 'before', answer });
    expect(await refusal({})).toBe('Kaggle is not answering. Nothing was committed. Please try again in some minutes.');
    await refusal({});
    expect(await refusal({})).toMatch(/^Kaggle is not answering, since <t:\d+:t>\. Nothing was committed\./);
  });

  test('a token that Kaggle does not take any more', async () => {
    world.site.revoke('KGAT_canary0123456789');
    expect(await refusal({})).toContain('Kaggle does not accept your token any more.');
  });

  test('a public kernel of somebody else can be read, and is not theirs to run', async () => {
    world.site.addAccount({ user: 'bob', token: 'KGAT_bob' });
    const credential = { kind: 'token', token: new Secret('KGAT_bob') } as const;
    await world.needs.kaggle.push(credential, {
      kernel: { owner: 'bob', slug: 'open-work' },
      title: 'Open work',
      source: notebook(),
      kind: 'notebook',
      language: 'python',
      accelerator: 'none',
      inputs: [],
      internet: false,
      isPublic: true,
      limitMinutes: 60,
    });
    expect(await refusal({ from: { kind: 'kernel', ref: 'bob/open-work' } })).toBe(
      'bob/open-work is not a notebook of mara-k. Nothing was committed.',
    );
  });

  test('a script where a notebook is', async () => {
    await submit(world.order(), world.needs);
    await world.tick();
    const order = world.order({ ...file('leaf-disease.py', 'print(1)\n') });
    await expect(submit(order, world.needs)).rejects.toThrow('is a notebook on Kaggle');
  });
});

describe('what holds when it was not said', () => {
  const settings = async (over: Partial<CommitOrder> = {}) => (await world.commit(over)).settings;

  test('private, T4 x2, no internet, the whole session, the title of the file', async () => {
    expect(await settings()).toMatchObject({
      title: 'leaf disease',
      kernel: { owner: 'mara-k', slug: 'leaf-disease' },
      accelerator: 'NvidiaTeslaT4',
      internet: false,
      isPublic: false,
      limitMinutes: 720,
      inputs: [],
      note: null,
    });
  });

  test('what the server has set', async () => {
    world.needs.guilds.set(world.guildId, {
      channelId: null,
      roles: [],
      accelerator: 'TpuV5E8',
      limitMinutes: 660,
      internet: true,
    });
    // The server's limit is above what a TPU gets.
    expect(await settings()).toMatchObject({ accelerator: 'TpuV5E8', internet: true, limitMinutes: 540 });
    expect(await settings({ accelerator: 'cpu', limit: '90m', internet: false })).toMatchObject({
      accelerator: 'none',
      limitMinutes: 90,
      internet: false,
    });
  });

  test('a file for a notebook that is there keeps its title', async () => {
    await world.commit({ title: 'Leaf Disease' });
    await world.tick();
    expect(await settings()).toMatchObject({ title: 'Leaf Disease' });
  });

  test('a kernel brings its own settings and its source', async () => {
    await world.commit({ inputs: 'mara-k/leaf-aug, titanic', accelerator: 'cpu', internet: true });
    await world.tick();
    const run = await world.commit({
      from: { kind: 'kernel', ref: 'https://www.kaggle.com/code/mara-k/leaf-disease' },
    });
    expect(run.settings).toMatchObject({
      accelerator: 'none',
      internet: true,
      isPublic: false,
      inputs: [
        { kind: 'dataset', ref: 'mara-k/leaf-aug' },
        { kind: 'competition', ref: 'titanic' },
      ],
    });
    await world.tick();
    expect(world.site.versions('mara-k/leaf-disease')[1]?.source).toContain(run.key);
  });

  test('a competition nobody joined says where to join it, a model without its variation which parts it needs', async () => {
    world.site.addCompetition({ slug: 'digits', title: 'Digits', entered: false });
    const problem = async (inputs: string) =>
      (await submit(world.order({ inputs }), world.needs).catch((error: unknown) => error)) as UserError;
    const { title, advice } = await problem('https://www.kaggle.com/c/digits/overview');
    expect(title).toContain('Kaggle would not attach the competition');
    expect(advice).toContain('you have not joined this competition, or not accepted its rules.');
    expect(advice).toContain(`(${world.site.webUrl}/competitions/digits/rules) first. Nothing was committed.`);
    const model = await problem('https://www.kaggle.com/models/google/gemma');
    expect(model.title).toContain('needs its framework and variation.');
    expect(model.advice).toContain('`models/owner/model/framework/variation`');
  });

  test('again: the same source and settings, and only the launcher may', async () => {
    const first = await world.commit({ limit: '90m', note: 'lr 3e-4', inputs: 'titanic' });
    await world.tick();
    const from = { kind: 'run', key: first.key } as const;
    const again = await settings({ from, accelerator: 'cpu' });
    expect(again).toEqual({
      ...first.settings,
      accelerator: 'none',
      receipt: false,
      origin: { from: 'again', name: '#1', link: null },
    });
    const jun = world.order({ from, user: { id: 'jun', name: 'Jun' } });
    world.needs.accounts.link('jun', 'mara-k', world.needs.accounts.of(world.mara.id)?.credential ?? fail(), 0);
    await expect(submit(jun, world.needs)).rejects.toThrow('so only');
  });

  test('an interaction that comes again is answered with its run, also when Kaggle is down by now', async () => {
    const order = world.order();
    const first = await submit(order, world.needs);
    world.site.faults.always('*', { when: 'before', answer: { kind: 'reset' } });
    expect((await submit(order, world.needs)).run.key).toBe(first.run.key);
  });

  test('the same interaction twice is one run', async () => {
    const order = world.order();
    const first = await submit(order, world.needs);
    const second = await submit(order, world.needs);
    expect([first.isNew, second.isNew]).toEqual([true, false]);
    expect(second.run.key).toBe(first.run.key);
  });
});

function fail(): never {
  throw new Error('not linked');
}
