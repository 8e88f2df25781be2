import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DatabaseError, type Db, openDatabase } from '../db/open.ts';
import { isStorageFull, Storage } from '../db/storage.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../src/clock.ts';
import { UserError } from '../src/domain/user-error.ts';
import { LogFollower } from '../src/steps/log-follower.ts';
import { notebook, type StepsWorld, startSteps } from './steps/world.ts';

/** No page more than there is: SQLite then answers as on a full disk. */
function fillUp(db: Db): void {
  db.exec('create table if not exists rubbish (text text) strict');
  db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true })}`);
  for (let size = 4_000; size >= 1; size = Math.floor(size / 2)) {
    try {
      for (;;) db.prepare('insert into rubbish values (?)').run('x'.repeat(size));
    } catch (error) {
      if (!isStorageFull(error)) throw error;
    }
  }
}

const makeRoom = (db: Db): unknown => db.pragma('max_page_count = 1000000');

describe('a full disk', () => {
  let world: StepsWorld;

  beforeEach(async () => {
    world = await startSteps();
  });

  afterEach(() => world[Symbol.asyncDispose]());

  test('refuses a commit with a sentence; nothing is stored, nothing pushed, and Kaggle is not even asked', async () => {
    const large = { from: { kind: 'file', name: 'large.py', text: 'print(1)\n'.repeat(4_000) } } as const;
    fillUp(world.db);
    const refused = async () => (await world.commit(large).catch((error: unknown) => error)) as UserError;
    for (const asked of [1, 2]) {
      const before = world.site.count();
      const error = await refused();
      expect(error).toBeInstanceOf(UserError);
      expect(error.message).toBe(
        'The storage of this bot is full. Nothing was committed. Whoever runs it has to free some space; runs under way are followed.',
      );
      if (asked === 2) expect(world.site.count()).toBe(before);
    }
    expect(world.needs.runs.isEmpty()).toBe(true);
    expect(world.db.prepare('select count(*) from sources').pluck().get()).toBe(0);
    makeRoom(world.db);
    await world.pass(2 * MINUTE);
    expect(world.site.pushes).toBe(0);
    await world.commit();
    await world.pass(10 * SECOND);
    expect(world.site.pushes).toBe(1);
  });

  test('loses no run: what cannot be stored is not done, and done once there is room', async () => {
    const run = await world.commit();
    await world.pass(10 * SECOND);
    const session = world.site.session('mara-k/leaf-disease', 1);
    session.start();
    await world.pass(MINUTE);
    for (let n = 0; n < 60; n += 1) session.write(`model-with-a-name-that-needs-room-${n}.pt`, 1_000);
    session.complete();
    fillUp(world.db);
    await world.pass(5 * MINUTE);
    expect(world.needs.storage.isFull || world.phase(run) !== 'complete').toBe(true);
    const asked = world.site.count();
    await world.pass(MINUTE, SECOND);
    // Nobody asks Kaggle each second for what cannot be kept.
    expect(world.site.count() - asked).toBeLessThanOrEqual(24);
    makeRoom(world.db);
    await world.pass(5 * MINUTE);
    expect(world.phase(run)).toBe('complete');
    expect(world.needs.runs.outputs(run.key)).toHaveLength(60);
    expect(world.messages()).toHaveLength(2);
    expect(world.site.pushes).toBe(1);
  });
});

test('what a log stream cannot store does not end the program', async () => {
  await using world = await startSteps({ follower: (needs) => new LogFollower(needs) });
  await world.commit({ from: { kind: 'file', name: 'leaf-disease.ipynb', text: notebook('print(1)') } });
  await world.pass(10 * SECOND);
  const session = world.site.session('mara-k/leaf-disease', 1);
  session.start();
  await world.pass(10 * SECOND);
  expect(world.needs.follower.open).toBe(1);
  world.db.pragma('query_only = ON');
  session.print('Epoch 1/2 - loss: 0.9\n');
  session.complete();
  world.site.settle();
  // Whatever is thrown in the dark would be an unhandled rejection, which fails this file.
  await expect.poll(() => world.needs.follower.open, { timeout: 5_000 }).toBe(0);
  world.db.pragma('query_only = OFF');
});

describe('the ballast', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nightshift-'));
  const file = join(folder, 'n.db');
  const ballast = `${file}.ballast`;
  let db: Db;

  beforeEach(() => {
    db = openDatabase(file);
  });

  afterEach(() => {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is laid beside the database, given away when the disk is full, and laid again when there is room', () => {
    const storage = new Storage(db);
    expect(storage.isReady(0)).toBe(true);
    expect(statSync(ballast).size).toBe(16 * 1024 * 1024);
    expect(storage.tells(new Error('something else'))).toBe(false);
    expect(existsSync(ballast)).toBe(true);

    fillUp(db);
    const full = (() => {
      try {
        db.prepare('insert into rubbish values (?)').run('x'.repeat(9_000));
      } catch (error) {
        return error;
      }
    })();
    expect(storage.tells(full)).toBe(true);
    expect([existsSync(ballast), storage.isFull]).toEqual([false, true]);

    makeRoom(db);
    expect(storage.isReady(30_000)).toBe(true);
    expect([existsSync(ballast), storage.isFull]).toEqual([false, true]);
    expect(storage.isReady(60_000)).toBe(true);
    expect([existsSync(ballast), storage.isFull]).toEqual([true, false]);
  });
});

describe('a wall clock that is set', () => {
  test.each([-DAY, -HOUR, HOUR, DAY])('by %i ms: each run is pushed and told once, and nobody waits', async (ms) => {
    await using world = await startSteps();
    const first = await world.commit();
    await world.pass(10 * SECOND);
    const session = world.site.session('mara-k/leaf-disease', 1);
    session.start();
    await world.pass(MINUTE);
    world.clock.jump(ms);
    const asked = world.site.count();
    await world.pass(MINUTE);
    // No burst: as many questions as a minute takes.
    expect(world.site.count() - asked).toBeLessThan(20);
    const second = await world.commit({ from: { kind: 'file', name: 'other-fold.py', text: 'print(1)\n' } });
    await world.pass(10 * SECOND);
    expect(world.phase(second)).toBe('queued');
    session.complete();
    await world.pass(3 * MINUTE);
    expect(world.phase(first)).toBe('complete');
    expect(world.messages()).toHaveLength(3);
    expect(world.site.pushes).toBe(2);
  });
});

test('a folder that cannot be written is named in a sentence', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nightshift-'));
  writeFileSync(join(folder, 'a-file'), '');
  const file = join(folder, 'a-file', 'n.db');
  expect(() => openDatabase(file)).toThrow(DatabaseError);
  expect(() => openDatabase(file)).toThrow(`The database ${file} cannot be written`);
  rmSync(folder, { recursive: true });
});
