import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { BackupError, copyBeforeUpgrade } from './copy.ts';

export type Db = Database.Database;

const MIGRATIONS = fileURLToPath(new URL('./migrations/', import.meta.url));

/** The database cannot be used; the text says why and what to do, for the person who starts the program. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

/**
 * Opens the database, brings its schema up to date and keeps every other process out until it is closed.
 * Before the schema of a database with something in it is changed, a copy is kept.
 * @param file A path, or `:memory:`.
 * @param steps What leads from an empty file to the schema of this program.
 * @throws DatabaseError when another process has it (and says which), when it is damaged, when a newer program made it, or
 * when there is no room or no right to write.
 */
export function openDatabase(file: string, steps: readonly Migration[] = migrations()): Db {
  const inMemory = file === ':memory:';
  let db: Db | undefined;
  try {
    if (!inMemory) {
      mkdirSync(dirname(file), { recursive: true });
      // SQLite calls a folder or disk that is read-only an input-output error, or opens it and fails at the first commit.
      for (const path of [dirname(file), file]) if (existsSync(path)) accessSync(path, constants.W_OK);
    }
    db = new Database(file);
    // Exclusive: the lock is the operating system's, so it goes with the process, however that ends.
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('busy_timeout = 250');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.exec('begin immediate; commit');
    const check = db.pragma('quick_check(1)', { simple: true });
    if (check !== 'ok')
      throw new DatabaseError(
        `The database ${file} is damaged (${check}). Put a backup in its place; the file is left as it is.`,
      );
    migrate(db, file, steps);
    if (!inMemory) writeFileSync(ownerFile(file), `${process.pid}\n`);
  } catch (error) {
    db?.close();
    throw explain(error, file);
  }
  if (!inMemory) {
    const close = db.close.bind(db);
    db.close = () => {
      rmSync(ownerFile(file), { force: true });
      return close();
    };
  }
  return db;
}

const ownerFile = (file: string): string => `${file}.pid`;

function explain(error: unknown, file: string): unknown {
  if (error instanceof DatabaseError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new DatabaseError(
      `The database ${file} is in use by another Nightshift${ownerOf(file)}. Stop that one first, or set DATABASE_FILE to another file.`,
    );
  }
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) {
    return new DatabaseError(
      `The database ${file} is damaged or not a database (${code}). Put a backup in its place; the file is left as it is.`,
    );
  }
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') {
    return new DatabaseError(
      `There is no room on the disk for the database ${file}. Nothing was changed. Free some space and start again.`,
    );
  }
  if (error instanceof BackupError) {
    return new DatabaseError(`The database ${file} was not upgraded: ${error.message}. Nothing was changed.`);
  }
  if (/^(SQLITE_CANTOPEN|SQLITE_READONLY|SQLITE_IOERR|EACCES$|EPERM$|EROFS$|ENOENT$|ENOTDIR$|EEXIST$)/.test(code)) {
    return new DatabaseError(
      `The database ${file} cannot be written (${code}). Check that the folder exists and belongs to this user, or set DATABASE_FILE to another file.`,
    );
  }
  return error;
}

function ownerOf(file: string): string {
  try {
    return ` (process ${readFileSync(ownerFile(file), 'utf8').trim()})`;
  } catch {
    return '';
  }
}

/** One step from a schema to the next. */
export type Migration = { readonly version: number; readonly name: string; readonly sql: string };

/** The numbered files in order; the number of the last one applied is the database's `user_version`. */
export function migrations(): Migration[] {
  return readdirSync(MIGRATIONS)
    .filter((name) => /^\d{3}-.*\.sql$/.test(name))
    .sort()
    .map((name) => ({ version: Number(name.slice(0, 3)), name, sql: readFileSync(join(MIGRATIONS, name), 'utf8') }));
}

function migrate(db: Db, file: string, steps: readonly Migration[]): void {
  const newest = steps.at(-1)?.version ?? 0;
  const have = Number(db.pragma('user_version', { simple: true }));
  if (have > newest) {
    throw new DatabaseError(
      `The database ${file} was made by a newer Nightshift (schema ${have}, this one knows ${newest}). Install that version again.`,
    );
  }
  if (have > 0 && have < newest && !db.memory) copyBeforeUpgrade(db, newest, Date.now());
  for (const step of steps.filter(({ version }) => version > have)) {
    db.transaction(() => {
      db.exec(step.sql);
      db.pragma(`user_version = ${step.version}`);
    }).immediate();
  }
}
