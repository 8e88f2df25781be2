import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';

/** Stands in every copy and never in a database that lives on: whoever finds it has a copy put in its place. */
export const COPY_MARK = 'copy-made-at';

/** Where the copies of a database lie. */
export const backupFolder = (file: string): string => join(dirname(file), 'backups');

/** A copy could not be made, or is not good; what was there before is kept. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/**
 * Marks a copy of the database as one and reads it from end to end, as it will lie there.
 * @param madeAt ms since the epoch.
 * @returns `ok`, or what is wrong with it.
 */
export function finishCopy(copy: string, madeAt: number): string {
  const writing = new Database(copy);
  try {
    // One file alone, without a log beside it that could be left behind.
    writing.pragma('journal_mode = DELETE');
    writing
      .prepare('insert into meta (name, value) values (?, ?) on conflict (name) do update set value = excluded.value')
      .run(COPY_MARK, String(madeAt));
  } finally {
    writing.close();
  }
  const reading = new Database(copy, { readonly: true });
  try {
    const found = String(reading.pragma('integrity_check(1)', { simple: true }));
    if (found !== 'ok') return found;
    return (reading.pragma('foreign_key_check') as unknown[]).length === 0 ? 'ok' : 'rows belong to nothing';
  } finally {
    reading.close();
  }
}

/**
 * Copies the database as it is before its schema changes, beside the hourly backups, and keeps that copy.
 * @throws BackupError, or what SQLite or the disk says; then the schema must not be changed.
 */
export function copyBeforeUpgrade(db: Database.Database, version: number, madeAt: number): void {
  const folder = backupFolder(db.name);
  const copy = join(folder, `${basename(db.name)}.before-schema-${version}`);
  mkdirSync(folder, { recursive: true });
  rmSync(`${copy}.part`, { force: true });
  db.prepare('vacuum into ?').run(`${copy}.part`);
  const found = finishCopy(`${copy}.part`, madeAt);
  if (found !== 'ok') throw new BackupError(`the copy before the upgrade is damaged: ${found}`);
  renameSync(`${copy}.part`, copy);
}
