import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { COPY_MARK } from '../../db/copy.ts';
import { DatabaseError, type Db, type Migration, migrations, openDatabase } from '../../db/open.ts';
import { openStores, type Stores } from '../../db/stores.ts';
import { HOUR, MINUTE } from '../../src/clock.ts';
import { Keyring } from '../../src/secret.ts';

const NOW = Date.UTC(2026, 10, 20, 21, 0, 0);
const keys = new Keyring([Buffer.alloc(32, 1)]);

let file: string;
let opened: Db[];

beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'nightshift-')), 'n.db');
  opened = [];
});

afterEach(() => {
  close();
  rmSync(dirname(file), { recursive: true, force: true });
});

function open(): Stores {
  const db = openDatabase(file);
  opened.push(db);
  return openStores(db, keys);
}

function close(): void {
  for (const db of opened.splice(0)) db.close();
}

const backups = (): string[] => {
  try {
    return readdirSync(join(dirname(file), 'backups')).sort();
  } catch {
    return [];
  }
};
const backup = (name: string): string => join(dirname(file), 'backups', name);

describe('the hourly backup', () => {
  test('is due an hour after the first start and an hour after the last one, however often the program starts', async () => {
    let stores = open();
    expect(stores.backups.isDue(NOW)).toBe(false);
    expect(stores.backups.isDue(NOW + 59 * MINUTE)).toBe(false);
    close();
    stores = open();
    expect(stores.backups.isDue(NOW + HOUR)).toBe(true);
    await stores.backups.make(NOW + HOUR);
    expect(stores.backups.isDue(NOW + HOUR + 59 * MINUTE)).toBe(false);
    expect(stores.backups.isDue(NOW + 2 * HOUR)).toBe(true);
  });

  test('is due at once when the clock was set back by a day', async () => {
    const { backups } = open();
    await backups.make(NOW);
    expect(backups.isDue(NOW - 24 * HOUR)).toBe(true);
  });

  test('is a whole database of its own, marked as a copy, which the one in use is not', async () => {
    const { meta, backups: made } = open();
    meta.set('a fact', 'kept');
    await made.make(NOW);
    expect(backups()).toEqual(['n.db.000001']);
    expect(meta.get(COPY_MARK)).toBeNull();
    const copy = new Database(backup('n.db.000001'), { readonly: true });
    const rows = copy.prepare("select name, value from meta where name in ('a fact', ?) order by name").all(COPY_MARK);
    expect(rows).toEqual([
      { name: 'a fact', value: 'kept' },
      { name: COPY_MARK, value: String(NOW) },
    ]);
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
    copy.close();
  });

  test('takes in what is written while it is made, and writing goes on meanwhile', async () => {
    const { meta, backups: made } = open();
    opened[0]?.transaction(() => {
      for (let n = 0; n < 3_000; n += 1) meta.set(`fact ${n}`, 'x'.repeat(1_000));
    })();
    let writes = 0;
    let longest = 0;
    let last = performance.now();
    let on = true;
    const write = (): void => {
      if (!on) return;
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
      writes += 1;
      meta.set('written meanwhile', String(writes));
      setImmediate(write);
    };
    write();
    await made.make(NOW);
    on = false;
    expect(writes).toBeGreaterThan(5);
    expect(longest).toBeLessThan(1_000);
    expect(backups()).toHaveLength(1);
  });

  test('seven are kept, the newest by their order and not by the clock', async () => {
    const { backups: made } = open();
    for (let n = 0; n < 9; n += 1) await made.make(NOW - n * 24 * HOUR);
    expect(backups()).toEqual([3, 4, 5, 6, 7, 8, 9].map((n) => `n.db.00000${n}`));
  });

  test('one that is not good takes nothing away, is told, and is tried again', async () => {
    const { backups: made } = open();
    await made.make(NOW);
    const [db] = opened;
    db?.pragma('foreign_keys = OFF');
    db?.exec("insert into notices (run_key, kind, owed_at) values ('nobody', 'end', 1)");
    await expect(made.make(NOW + HOUR)).rejects.toThrow('rows belong to nothing');
    expect(made.state).toEqual({ madeAt: NOW, failed: 'the copy is damaged: rows belong to nothing' });
    expect(backups()).toEqual(['n.db.000001']);
    expect(made.isDue(NOW + HOUR + 9 * MINUTE)).toBe(false);
    expect(made.isDue(NOW + HOUR + 10 * MINUTE)).toBe(true);
    db?.exec('delete from notices');
    await made.make(NOW + HOUR + 10 * MINUTE);
    expect(made.state.failed).toBeNull();
    expect(backups()).toHaveLength(2);
  });

  test('there is none of a database in memory', () => {
    const db = openDatabase(':memory:');
    opened.push(db);
    expect(openStores(db, keys).backups.isDue(NOW)).toBe(false);
  });
});

describe('a restored database is noticed', () => {
  test('when the newest backup is put in its place', async () => {
    const { backups: made } = open();
    expect(made.restoredFrom).toBeNull();
    await made.make(NOW);
    close();
    copyFileSync(backup('n.db.000001'), file);
    const again = open().backups;
    expect(again.restoredFrom).toBe(NOW);
    again.takenUp();
    expect(again.restoredFrom).toBeNull();
    close();
    expect(open().backups.restoredFrom).toBeNull();
  });

  test('when a copy made by hand is put there, which is older than the backups beside it', async () => {
    const first = open();
    await first.backups.make(NOW);
    close();
    copyFileSync(file, `${file}.mine`);
    await open().backups.make(NOW + HOUR);
    close();
    copyFileSync(`${file}.mine`, file);
    const again = open().backups;
    expect(again.restoredFrom).toBe(0);
    again.takenUp();
    close();
    expect(open().backups.restoredFrom).toBeNull();
  });

  test('and not when the program only starts again, also after a backup that failed', async () => {
    const { backups: made } = open();
    await made.make(NOW);
    const [db] = opened;
    db?.pragma('foreign_keys = OFF');
    db?.exec("insert into notices (run_key, kind, owed_at) values ('nobody', 'end', 1)");
    await expect(made.make(NOW + HOUR)).rejects.toThrow();
    close();
    expect(open().backups.restoredFrom).toBeNull();
  });
});

/** All schemas there are, and one that comes, so that there is an upgrade to test even while there is one schema. */
const NEXT: Migration = {
  version: migrations().length + 1,
  name: 'next.sql',
  sql: 'alter table runs add column colour text; create table colours (name text primary key) strict;',
};
const SCHEMAS = [...migrations(), NEXT];
const schemaOf = (db: Db): unknown => db.prepare('select name, sql from sqlite_schema order by name').all();

const fill = (db: Db): void => {
  db.exec(`
    insert into meta values ('a fact', 'kept');
    insert into accounts (discord_user, kaggle_user, credential, linked_at) values ('mara', 'mara-k', 'sealed', 1);
    insert into sources values ('hash', 'print(1)');
    insert into runs (key, numbered_by, number, interaction_id, place, channel_id, launcher, launcher_name, kaggle_user, kernel,
      title, settings, source_hash, phase, state, accepted_at)
      values ('key', 'g', 1, 'i', 'guild', 'c', 'mara', 'Mara', 'mara-k', 'mara-k/leaf', 'Leaf', '{}', 'hash', 'accepted', '{}', 1);
    insert into outputs values ('key', 0, 'model.pt', 'model', 7);
    insert into cards (run_key, channel_id, message_id, posted_at) values ('key', 'c', 'm', 1);
    insert into notices (run_key, kind, owed_at) values ('key', 'card', 1);
    insert into drafts values ('d', 'mara', 'commit', '{}', 9);
    insert into guilds (guild_id, settings) values ('g', '{}');`);
};
const TABLES = ['meta', 'accounts', 'sources', 'runs', 'outputs', 'cards', 'notices', 'drafts', 'guilds'];
const countRows = (db: Db): number[] =>
  TABLES.map((table) => db.prepare(`select count(*) from ${table}`).pluck().get() as number);

describe('an upgrade', () => {
  test.each(SCHEMAS.slice(0, -1).map(({ version }) => version))('from schema %i keeps every row', (version) => {
    const earlier = openDatabase(file, SCHEMAS.slice(0, version));
    fill(earlier);
    const rows = countRows(earlier);
    earlier.close();
    const db = openDatabase(file, SCHEMAS);
    opened.push(db);
    expect(db.pragma('user_version', { simple: true })).toBe(NEXT.version);
    expect(countRows(db)).toEqual(rows);
    expect(db.prepare('select settings, kernel, colour from runs').get()).toEqual({
      settings: '{}',
      kernel: 'mara-k/leaf',
      colour: null,
    });
    expect(db.pragma('foreign_key_check')).toEqual([]);
    const made = new Database(file.replace('n.db', 'fresh.db'));
    for (const { sql } of SCHEMAS) made.exec(sql);
    expect(schemaOf(db)).toEqual(schemaOf(made));
    made.close();
  });

  test('begins with a copy of the database as it was', () => {
    const earlier = openDatabase(file, migrations());
    fill(earlier);
    earlier.close();
    openDatabase(file, SCHEMAS).close();
    expect(backups()).toEqual([`n.db.before-schema-${NEXT.version}`]);
    const copy = new Database(backup(`n.db.before-schema-${NEXT.version}`), { readonly: true });
    expect(copy.pragma('user_version', { simple: true })).toBe(migrations().length);
    expect(copy.prepare('select value from meta where name = ?').pluck().get('a fact')).toBe('kept');
    expect(copy.prepare('select 1 from meta where name = ?').get(COPY_MARK)).toBeDefined();
    copy.close();
  });

  test('is not begun when that copy cannot be made', () => {
    openDatabase(file, migrations()).close();
    writeFileSync(join(dirname(file), 'backups'), 'a file where a folder should be');
    expect(() => openDatabase(file, SCHEMAS)).toThrow();
    const raw = new Database(file);
    expect(raw.pragma('user_version', { simple: true })).toBe(migrations().length);
    raw.close();
  });

  test('that fails half-way leaves version, schema and rows as they were', () => {
    const earlier = openDatabase(file, migrations());
    fill(earlier);
    const before = [schemaOf(earlier), countRows(earlier)];
    earlier.close();
    const broken = { ...NEXT, sql: `${NEXT.sql} delete from notices; insert into nowhere values (1);` };
    expect(() => openDatabase(file, [...migrations(), broken])).toThrow('nowhere');
    const db = openDatabase(file, migrations());
    opened.push(db);
    expect([schemaOf(db), countRows(db)]).toEqual(before);
    expect(db.pragma('user_version', { simple: true })).toBe(migrations().length);
  });

  test('of a new and empty file makes no copy', () => {
    open();
    expect(backups()).toEqual([]);
  });
});

/** Every row of every table, as text. */
const dump = (db: Db): string[] =>
  TABLES.flatMap((table) =>
    db
      .prepare(`select * from ${table} order by 1, 2`)
      .all()
      .map((row) => JSON.stringify(row)),
  );

test('a damaged file is refused with a sentence and kept, or the damage stays within one value', () => {
  const db = openDatabase(file);
  fill(db);
  const insert = db.prepare('insert into sources values (?, ?)');
  for (let n = 0; n < 60; n += 1) insert.run(`hash-${n}`, `print(${n})\n`.repeat(40));
  const rows = dump(db);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  const good = readFileSync(file);
  const pages = good.length / 4_096;
  // The heads of all pages, and places all over the file.
  const heads = Array.from({ length: pages }, (_, page) => page * 4_096 + (page % 8));
  const others = Array.from({ length: 200 }, (_, n) => Math.floor(((n + 0.5) / 200) * good.length));
  let refused = 0;
  for (const offset of [...heads, ...others]) {
    const bad = Buffer.from(good);
    bad[offset] = (bad[offset] ?? 0) ^ 0xff;
    writeFileSync(file, bad);
    try {
      const again = openDatabase(file);
      try {
        expect(dump(again).filter((row) => !rows.includes(row)).length, `a byte at ${offset}`).toBeLessThanOrEqual(1);
        expect(dump(again)).toHaveLength(rows.length);
      } finally {
        again.close();
      }
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      refused += 1;
      expect(error.message).toMatch(/is damaged|not a database/);
      expect(error.message).toContain('Put a backup in its place; the file is left as it is.');
      expect(readFileSync(file).equals(bad)).toBe(true);
    }
  }
  expect(refused).toBeGreaterThan(pages / 2);
});
