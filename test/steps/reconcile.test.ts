import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/clock.ts';
import { withMarker } from '../../src/notebook/marker.ts';
import { notebook } from '../notebooks.ts';
import { MARAS_TOKEN, startWorld, textOf, type World } from '../world.ts';

const JUNS_TOKEN = 'KGAT_jun0123456789';
const KERNEL = 'mara-k/leaf-disease';
let world: World;

beforeEach(async () => {
  world = await startWorld();
  await world.link(world.mara, MARAS_TOKEN);
  await world.beat();
});

afterEach(() => world[Symbol.asyncDispose]());

const commit = () =>
  world.mara.use(world.training, 'commit', { notebook: { name: 'leaf_disease.ipynb', bytes: notebook('print(1)') } });

const backUp = (): Promise<void> => world.bot.needs.backups.make(world.clock.now());

/** The bot is stopped, the newest backup put in the place of the database, and the bot started again. */
async function restore(): Promise<void> {
  await world.restart(() => {
    const folder = join(world.databaseFile, '..', 'backups');
    copyFileSync(join(folder, 'nightshift.db.000001'), world.databaseFile);
  });
}

/** A version saved on the site, or by another program. */
async function pushByHand(person: 'mara' | 'jun', slug: string, source: string): Promise<void> {
  const credential = world.bot.needs.accounts.of(world[person].id)?.credential;
  if (credential === undefined) throw new Error('nothing is linked');
  await world.bot.needs.kaggle.push(credential, {
    kernel: { owner: person === 'mara' ? 'mara-k' : 'jun-l', slug },
    title: slug.replaceAll('-', ' '),
    source,
    kind: 'notebook',
    language: 'python',
    accelerator: 'none',
    inputs: [],
    internet: false,
    isPublic: false,
    limitMinutes: 60,
  });
}

async function runsToItsEnd(): Promise<void> {
  world.kaggle.session(KERNEL, 1).start();
  await world.until(() => texts()[0]?.includes('#1 running'));
  world.kaggle.session(KERNEL, 1).write('model.pt', 1_000);
  world.kaggle.session(KERNEL, 1).complete();
  // Whether its log stream is heard or not, it is looked at once an hour.
  await world.pass(HOUR + MINUTE, 5 * MINUTE);
  await world.until(() => ends().length > 0);
}

const texts = (): string[] => world.channel().map((message) => textOf(message));
const ends = (): string[] => texts().filter((text) => /\*\*#\d+ complete\*\*/.test(text));
const cards = (): string[] => texts().filter((text) => !/\*\*#\d+ complete\*\*/.test(text));

describe('after a restore', () => {
  test('a run that was pushed after the backup is adopted, not pushed again, and has one card', async () => {
    await commit();
    await backUp();
    await world.pass(10 * SECOND);
    expect(world.kaggle.pushes).toBe(1);
    expect(world.channel()).toHaveLength(1);
    await restore();
    expect(world.bot.health()).toMatchObject({ backup: { reconciling: true } });
    await world.pass(5 * MINUTE, 5 * SECOND);
    expect(world.kaggle.pushes).toBe(1);
    expect(world.channel()).toHaveLength(1);
    expect(world.bot.health()).toMatchObject({ backup: { reconciling: false }, unknownVersions: 0 });
    await runsToItsEnd();
    expect(ends()).toHaveLength(1);
    expect(world.channel()).toHaveLength(2);
  });

  test('a run that ended and was told after the backup is not told again, and its card is the card still', async () => {
    await commit();
    await backUp();
    await world.pass(10 * SECOND);
    await runsToItsEnd();
    expect(ends()).toHaveLength(1);
    // So long that Discord has forgotten every nonce, and so much that the last page of the channel shows none of it.
    await world.pass(30 * MINUTE, MINUTE);
    for (let n = 0; n < 120; n += 1) world.jun.type(world.training, `talk ${n}`);
    const before = world.channel().map(({ id }) => id);
    await restore();
    await world.pass(10 * MINUTE, 5 * SECOND);
    expect(world.channel().map(({ id }) => id)).toEqual(before);
    expect(ends()).toHaveLength(1);
    expect(cards().filter((text) => text.includes('#1 complete'))).toHaveLength(1);
    expect(world.kaggle.pushes).toBe(1);
    expect(world.bot.needs.notices.countOwed()).toBe(0);
  });

  test('a run whose older version is hidden by a newer one is found too', async () => {
    await commit();
    await backUp();
    await world.pass(10 * SECOND);
    await pushByHand('mara', 'leaf-disease', notebook('print("by hand")').toString());
    await restore();
    await world.pass(10 * MINUTE, 5 * SECOND);
    expect(world.kaggle.pushes).toBe(2);
    expect(world.bot.needs.runs.aliveOfAccount('mara-k')[0]?.state).toMatchObject({ pushed: { version: 1 } });
  });

  test('a run that was not pushed yet is looked for twice, and then pushed once', async () => {
    await commit();
    await backUp();
    await restore();
    await world.pass(50 * SECOND, 5 * SECOND);
    expect(world.kaggle.pushes).toBe(0);
    await world.pass(5 * MINUTE, 5 * SECOND);
    expect(world.kaggle.pushes).toBe(1);
    expect(world.channel()).toHaveLength(1);
  });

  test('a version of a run that the backup does not know is counted and left alone', async () => {
    await backUp();
    await commit();
    await world.pass(10 * SECOND);
    await restore();
    await world.pass(5 * MINUTE, 5 * SECOND);
    expect(world.bot.health()).toMatchObject({ unknownVersions: 1 });
    expect(world.kaggle.pushes).toBe(1);
    expect(world.channel()).toHaveLength(1);
  });

  test('a mark in the notebook of another account is not believed', async () => {
    await world.link(world.jun, JUNS_TOKEN);
    await commit();
    const key = world.bot.needs.runs.notPushed()[0]?.key ?? '';
    await backUp();
    const source = withMarker({ kind: 'notebook', text: notebook('print(2)').toString() }, key);
    await pushByHand('jun', 'not-mine', source);
    await restore();
    await world.pass(5 * MINUTE, 5 * SECOND);
    expect(world.bot.needs.runs.byKey(key)?.state).toMatchObject({
      pushed: { kernel: { owner: 'mara-k' }, version: 1 },
    });
    expect(world.kaggle.pushes).toBe(2);
  });

  test('nothing is pushed and nothing said while Kaggle does not answer, but not for ever', async () => {
    await commit();
    await backUp();
    await world.pass(10 * SECOND);
    await restore();
    world.kaggle.faults.always('ListKernels', { when: 'before', answer: { kind: 'error', status: 503 } });
    await world.pass(4 * MINUTE, 5 * SECOND);
    expect(world.bot.health()).toMatchObject({ backup: { reconciling: true } });
    await world.pass(2 * MINUTE, 5 * SECOND);
    expect(world.bot.health()).toMatchObject({ backup: { reconciling: false } });
    await world.pass(5 * MINUTE, 5 * SECOND);
    expect(world.kaggle.pushes).toBe(1);
    expect(world.channel()).toHaveLength(1);
  });
});

test('a backup is made by the beat, each hour', async () => {
  await world.pass(HOUR, MINUTE);
  await world.beat();
  expect(world.bot.health()).toMatchObject({ backup: { made: expect.any(String), failed: null } });
});
