import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, test } from 'vitest';
import { DatabaseError, type Db, migrations, openDatabase } from '../../db/open.ts';
import type { NewRun } from '../../db/runs.ts';
import { openStores, type Stores } from '../../db/stores.ts';
import type { RunSettings } from '../../src/domain/run.ts';
import { Keyring, SealError, Secret } from '../../src/secret.ts';

const keys = new Keyring([Buffer.alloc(32, 1)]);
const opened: Db[] = [];

function open(file = ':memory:', ring = keys): Stores {
  const db = openDatabase(file);
  opened.push(db);
  return openStores(db, ring);
}

afterEach(() => {
  for (const db of opened.splice(0)) if (db.open) db.close();
});

const folder = (): string => mkdtempSync(join(tmpdir(), 'nightshift-'));

const settings: RunSettings = {
  kernel: { owner: 'mara-k', slug: 'leaf-disease' },
  title: 'Leaf disease',
  kind: 'notebook',
  language: 'python',
  accelerator: 'NvidiaTeslaT4',
  inputs: [],
  internet: false,
  isPublic: false,
  limitMinutes: 540,
  note: null,
  origin: { from: 'attachment', name: 'leaf.ipynb', link: null },
  cells: 3,
};

let counter = 0;
function newRun(over: Partial<NewRun> = {}): NewRun {
  counter += 1;
  return {
    key: `key-${counter}`,
    interactionId: `interaction-${counter}`,
    place: { kind: 'guild', guildId: 'g1', channelId: 'c1' },
    launcher: { id: 'mara', name: 'Mara' },
    settings,
    sourceHash: 'hash',
    acceptedAt: 1000 + counter,
    ...over,
  };
}

const inGuild = (guildId: string) => ({ guildId, userId: 'anybody' });
const alone = (userId: string) => ({ guildId: null, userId });

test('runs that failed lately are found among the newest, whatever failed years ago', () => {
  const { runs } = open();
  const failed = (at: number) => {
    const { run } = runs.accept(newRun(), 'x');
    return runs.move(run, { type: 'pushRefused', at, message: 'no' }, { dueAt: null })?.key ?? '';
  };
  const [old, late, later] = [failed(1_000), failed(8_000), failed(9_000)];
  expect(runs.failedSince(5_000, { key: later }).map(({ key }) => key)).toEqual([late]);
  expect(runs.failedSince(500, { key: later }).map(({ key }) => key)).toEqual([late, old]);
  // Once so many have begun since, one of that time is none of the last hour.
  opened.at(-1)?.prepare('update runs set rowid = rowid + 10000 where key = ?').run(later);
  expect(runs.failedSince(500, { key: '' }).map(({ key }) => key)).toEqual([later]);
});

describe('accepting a run', () => {
  test('numbers count per guild, and per person elsewhere', () => {
    const { runs } = open();
    const number = (over: Partial<NewRun>) => runs.accept(newRun(over), 'x').run.number;
    expect([number({}), number({}), number({ place: { kind: 'guild', guildId: 'g2', channelId: 'c' } })]).toEqual([
      1, 2, 1,
    ]);
    const dm = { kind: 'dm', guildId: null, channelId: 'd' } as const;
    expect([
      number({ place: dm }),
      number({ place: dm }),
      number({ place: dm, launcher: { id: 'jun', name: 'Jun' } }),
    ]).toEqual([1, 2, 1]);
  });

  test('one interaction makes one run, however often it is delivered', () => {
    const { runs } = open();
    const first = runs.accept(newRun({ interactionId: 'same' }), 'x');
    const second = runs.accept(newRun({ interactionId: 'same' }), 'x');
    expect([first.isNew, second.isNew]).toEqual([true, false]);
    expect(second.run).toEqual(first.run);
    expect(runs.count(inGuild('g1'), {})).toBe(1);
  });

  test('the card is owed and the source kept in the same breath', () => {
    const { runs, notices } = open();
    const { run } = runs.accept(newRun(), 'print(1)');
    expect(notices.due(5000)).toMatchObject({ runKey: run.key, kind: 'card', attempts: 0 });
    expect(runs.source('hash')).toBe('print(1)');
  });
});

describe('moving a run', () => {
  test('is refused when somebody else moved it first', () => {
    const { runs } = open();
    const { run } = runs.accept(newRun(), 'x');
    const moved = runs.move(run, { type: 'pushStarted', at: 2000, baseVersion: 0 }, { dueAt: 2000 });
    expect(moved?.state.phase).toBe('pushing');
    expect(runs.move(run, { type: 'withdrawn', at: 2000, by: 'mara' }, { dueAt: null })).toBeNull();
    expect(runs.byKey(run.key)?.state.phase).toBe('pushing');
  });

  test('stores state, notice, report and outputs together, or nothing at all', () => {
    const { runs, notices } = open();
    let { run } = runs.accept(newRun(), 'x');
    const pushed = { kernel: settings.kernel, version: 1, page: null, at: 2000, inputsDropped: [] };
    run = runs.move(run, { type: 'pushStarted', at: 2000, baseVersion: 0 }, { dueAt: 2000 }) ?? run;
    run = runs.move(run, { type: 'pushed', at: 2000, pushed }, { dueAt: 2000 }) ?? run;
    run = runs.move(run, { type: 'ended', at: 3000, end: 'complete', message: null }, { dueAt: 3000 }) ?? run;
    const twice = [1, 1].map(() => ({ name: 'model.pt', kind: 'model' as const, size: 7 }));
    const wrong = [{ name: 'x', kind: 'music' as 'model', size: 7 }];
    expect(() => runs.move(run, { type: 'finished', at: 4000 }, { dueAt: null, outputs: wrong })).toThrow('CHECK');
    expect(runs.byKey(run.key)?.state.phase).toBe('finishing');
    expect(notices.isSent(run.key, 'end')).toBe(false);
    runs.move(run, { type: 'finished', at: 4000 }, { dueAt: null, outputs: twice });
    expect(runs.outputs(run.key)).toEqual(twice);
    expect(runs.byKey(run.key)?.state.phase).toBe('complete');
  });

  test('the effective kernel and version are found in the row once Kaggle has answered', () => {
    const { runs } = open();
    let { run } = runs.accept(newRun(), 'x');
    run = runs.move(run, { type: 'pushStarted', at: 1, baseVersion: 0 }, { dueAt: 1 }) ?? run;
    expect(runs.isPushing('mara-k/leaf-disease')).toBe(true);
    const pushed = {
      kernel: { owner: 'mara-k', slug: 'another-slug' },
      version: 4,
      page: null,
      at: 2,
      inputsDropped: [],
    };
    runs.move(run, { type: 'pushed', at: 2, pushed }, { dueAt: 2 });
    expect(runs.isPushing('mara-k/leaf-disease')).toBe(false);
    expect(runs.list(inGuild('g1'), { kernel: 'mara-k/another-slug' }, 5)).toHaveLength(1);
  });
});

test('a row that cannot be read any more keeps no other run waiting', () => {
  const { runs } = open();
  const damaged = runs.accept(newRun(), 'x').run;
  const { run } = runs.accept(newRun(), 'x');
  opened[0]?.prepare("update runs set state = replace(state, '{', '[') where key = ?").run(damaged.key);
  expect(runs.due(['accepted'], 9_000)?.key).toBe(run.key);
});

describe('every look-up has its scope', () => {
  test('nobody sees a run of another guild or of another person', () => {
    const { runs } = open();
    const here = runs.accept(newRun(), 'x').run;
    const there = runs.accept(
      newRun({ place: { kind: 'guild', guildId: 'g2', channelId: 'c2' }, launcher: { id: 'jun', name: 'Jun' } }),
      'x',
    ).run;
    const mine = runs.accept(
      newRun({ place: { kind: 'dm', guildId: null, channelId: 'd' }, launcher: { id: 'jun', name: 'Jun' } }),
      'x',
    ).run;

    expect(runs.seen(inGuild('g1'), here.key)?.key).toBe(here.key);
    expect(runs.seen(inGuild('g1'), there.key)).toBeNull();
    expect(runs.seen(inGuild('g1'), mine.key)).toBeNull();
    expect(runs.seen(alone('mara'), there.key)).toBeNull();
    expect(runs.numbered(inGuild('g1'), 1).map(({ key }) => key)).toEqual([here.key]);
    expect(runs.numbered(alone('jun'), 1).map(({ key }) => key)).toEqual([mine.key, there.key]);
    expect(runs.list(alone('mara'), {}, 9).map(({ key }) => key)).toEqual([here.key]);
    expect(runs.count(inGuild('g2'), {})).toBe(1);
    expect(runs.newestNumber(inGuild('g3'))).toBeNull();
  });
});

describe('notices', () => {
  test("a run's card goes out before its other notices", () => {
    const { runs, notices } = open();
    const { run } = runs.accept(newRun(), 'x');
    runs.move(run, { type: 'pushRefused', at: 1500, message: 'no' }, { dueAt: null });
    const card = notices.due(9000);
    expect(card?.kind).toBe('card');
    if (card === null) return;
    notices.later(card, 20_000);
    expect(notices.due(9000)).toBeNull();
    notices.sent(card, 'c1', 'm1', 9000);
    expect(notices.due(9000)?.kind).toBe('end');
    expect(runs.byKey(run.key)?.card).toEqual({ channelId: 'c1', messageId: 'm1' });
  });

  test('the time of the first try holds for one channel', () => {
    const { runs, notices } = open();
    runs.accept(newRun(), 'x');
    let notice = notices.due(9000);
    if (notice === null) throw new Error('no notice');
    notice = notices.trying(notice, 'c1', 100);
    notice = notices.trying(notice, 'c1', 200);
    expect(notice).toMatchObject({ attempts: 2, firstTryAt: 100 });
    notice = notices.trying(notice, 'dm', 300);
    expect(notice).toMatchObject({ attempts: 3, firstTryAt: 300 });
    expect(notices.due(9000)).toMatchObject({ attempts: 3, channelId: 'dm', firstTryAt: 300 });
  });

  test('an alarm is owed with its facts, once, and only by a run that goes on', () => {
    const { runs, notices } = open();
    const { run } = runs.accept(newRun(), 'source');
    const alarm = { kind: 'silent', since: 1, usualMs: 12_000, line: 'saving' } as const;
    expect(notices.alarm(run.key, alarm, 5_000)).toBe(false);
    const pushed = { kernel: settings.kernel, version: 1, page: null, at: 1, inputsDropped: [] };
    let now = run;
    for (const event of [
      { type: 'pushStarted', at: 1, baseVersion: 0 },
      { type: 'pushed', at: 1, pushed },
      { type: 'seenRunning', at: 1, stopping: false },
    ] as const)
      now = runs.move(now, event, { dueAt: null }) ?? now;
    expect(notices.alarm(run.key, alarm, 5_000)).toBe(true);
    expect(notices.alarm(run.key, { ...alarm, line: 'other' }, 6_000)).toBe(false);
    const card = notices.due(5_000);
    if (card === null) throw new Error('no card is owed');
    notices.sent(card, 'c1', 'm1', 5_000);
    const owed = notices.due(5_000);
    expect(owed).toMatchObject({ kind: 'silent', alarm });
    if (owed !== null) notices.drop(owed);
    expect(notices.due(9_000)).toBeNull();
    expect(notices.isSent(run.key, 'silent')).toBe(false);
    expect(notices.countParked()).toBe(0);
    expect(notices.alarm(run.key, alarm, 9_000)).toBe(false);
  });

  test('a parked notice waits until its person is heard of', () => {
    const { runs, notices } = open();
    runs.accept(newRun(), 'x');
    const notice = notices.due(9000);
    if (notice === null) throw new Error('no notice');
    notices.park(notice, 'direct messages are closed');
    expect([notices.due(9000), notices.countParked()]).toEqual([null, 1]);
    expect(notices.unpark('jun', 9000)).toBe(0);
    expect(notices.unpark('mara', 9000)).toBe(1);
    expect(notices.due(9000)?.id).toBe(notice.id);
  });
});

describe('accounts', () => {
  const token = { kind: 'token' as const, token: new Secret('KGAT_canary') };

  test('a token comes back only unsealed, and is nowhere in the file', () => {
    const file = join(folder(), 'n.db');
    const stores = open(file);
    stores.accounts.link('mara', 'mara-k', token, 1);
    const credential = stores.accounts.of('mara')?.credential;
    expect(credential?.kind === 'token' && credential.token.reveal()).toBe('KGAT_canary');
    opened[0]?.pragma('wal_checkpoint(TRUNCATE)');
    expect(readFileSync(file).includes('canary')).toBe(false);
    expect(stores.accounts.unlink('mara')).toBe(true);
    expect(stores.accounts.of('mara')).toBeNull();
  });

  test('a sealed token moved to another row does not open', () => {
    const stores = open();
    stores.accounts.link('mara', 'mara-k', token, 1);
    stores.accounts.link('jun', 'jun', { kind: 'key', user: 'jun', key: new Secret('0'.repeat(32)) }, 1);
    opened[0]?.exec(
      "update accounts set credential = (select credential from accounts where discord_user = 'mara') where discord_user = 'jun'",
    );
    expect(() => stores.accounts.of('jun')).toThrow(SealError);
  });

  test('a wrong key is noticed at start, and changes nothing', () => {
    const file = join(folder(), 'n.db');
    const first = open(file);
    first.accounts.checkKeys();
    first.accounts.link('mara', 'mara-k', token, 1);
    opened.pop()?.close();
    const wrong = open(file, new Keyring([Buffer.alloc(32, 9)]));
    expect(() => wrong.accounts.checkKeys()).toThrow(SealError);
    opened.pop()?.close();
    expect(open(file).accounts.of('mara')?.kaggleUser).toBe('mara-k');
  });

  test('a rotated key seals everything anew; then the old one can go', () => {
    const file = join(folder(), 'n.db');
    const first = open(file);
    first.accounts.checkKeys();
    first.accounts.link('mara', 'mara-k', token, 1);
    opened.pop()?.close();
    open(file, new Keyring([Buffer.alloc(32, 2), Buffer.alloc(32, 1)])).accounts.checkKeys();
    opened.pop()?.close();
    const rotated = open(file, new Keyring([Buffer.alloc(32, 2)]));
    rotated.accounts.checkKeys();
    expect(rotated.accounts.of('mara')?.kaggleUser).toBe('mara-k');
  });
});

describe('the file', () => {
  test('a second program is told who has it', async () => {
    const file = join(folder(), 'n.db');
    const holder = spawn(
      process.execPath,
      [
        '-e',
        `import(${JSON.stringify(new URL('../../db/open.ts', import.meta.url).href)}).then((m) => { m.openDatabase(${JSON.stringify(file)}); console.log('open'); setInterval(() => {}, 1e6); })`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(holder.stdout, 'data');
    try {
      expect(() => openDatabase(file)).toThrow(`is in use by another Nightshift (process ${holder.pid})`);
    } finally {
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    }
    // The lock went with the process; nothing has to be cleaned up by hand.
    const db = openDatabase(file);
    db.close();
  });

  test('one made by a newer program is left alone', () => {
    const file = join(folder(), 'n.db');
    openDatabase(file).close();
    const raw = new Database(file);
    raw.pragma('user_version = 999');
    raw.close();
    expect(() => openDatabase(file)).toThrow(/newer Nightshift \(schema 999/);
  });

  test('a file that is no database is named as such and kept', () => {
    const file = join(folder(), 'n.db');
    writeFileSync(file, 'this is a letter, not a database, and it is long enough to be read as a header');
    expect(() => openDatabase(file)).toThrow(DatabaseError);
    expect(readFileSync(file, 'utf8')).toContain('a letter');
  });

  test('migrations are numbered without a gap', () => {
    expect(migrations().map(({ version }) => version)).toEqual(migrations().map((_, index) => index + 1));
  });

  test('every table is STRICT', () => {
    open();
    const tables = opened[0]
      ?.prepare(
        "select name, strict from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite_%'",
      )
      .all();
    expect(tables?.length).toBeGreaterThan(5);
    expect((tables as { strict: number }[]).every(({ strict }) => strict === 1)).toBe(true);
  });
});
