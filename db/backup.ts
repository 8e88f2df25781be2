import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BackupError, backupFolder, COPY_MARK } from './copy.ts';
import type { Meta } from './meta.ts';
import type { Db } from './open.ts';

const KEPT = 7;
const HOUR_MS = 3_600_000;
const AFTER_A_FAILURE_MS = 10 * 60_000;
/** Number of the last backup, and when (ms since the epoch) the next one is due. */
const LAST = 'backup';
const DUE = 'backup-due';
/**
 * Copies of the database beside it, made while it is in use. They are numbered rather than dated, so that a clock that was
 * set cannot make an old one look new.
 */
export class Backups {
  readonly #db: Db;
  readonly #meta: Meta;
  #restored: number | null;
  #madeAt: number | null = null;
  #failed: string | null = null;

  constructor(db: Db, meta: Meta) {
    this.#db = db;
    this.#meta = meta;
    const mark = meta.get(COPY_MARK);
    const isOlder = !db.memory && newestIn(backupFolder(db.name), db.name) > this.#lastNumber();
    this.#restored = mark !== null ? Number(mark) : isOlder ? 0 : null;
  }

  /** When this process last made one (ms since the epoch), and why the last try failed; null for neither. */
  get state(): { readonly madeAt: number | null; readonly failed: string | null } {
    return { madeAt: this.#madeAt, failed: this.#failed };
  }

  /** Once an hour, by a date in the database. There is none of a database in memory, and none of one that is a minute old. */
  isDue(now: number): boolean {
    if (this.#db.memory) return false;
    const dueAt = Number(this.#meta.get(DUE) ?? Number.NaN);
    if (Number.isNaN(dueAt)) this.#meta.set(DUE, String(now + HOUR_MS));
    // Farther away than it is ever put: the clock was set back.
    return dueAt <= now || dueAt > now + HOUR_MS;
  }

  /**
   * Makes one, verifies it, and only then lets go of the oldest. The program goes on meanwhile.
   * @param now ms since the epoch.
   * @throws BackupError, or what SQLite or the disk says.
   */
  async make(now: number): Promise<void> {
    const file = this.#db.name;
    const folder = backupFolder(file);
    const part = join(folder, `${basename(file)}.part`);
    try {
      this.#meta.set(DUE, String(now + AFTER_A_FAILURE_MS));
      mkdirSync(folder, { recursive: true });
      rmSync(part, { force: true });
      const number = Math.max(newestIn(folder, file), this.#lastNumber()) + 1;
      // Stored first: a number in the folder that the database does not know tells that the database is the older one.
      this.#meta.set(LAST, String(number));
      await this.#db.backup(part);
      await finishCopy(part, now);
      renameSync(part, join(folder, nameOf(file, number)));
      for (const old of numbersIn(folder, file).slice(KEPT)) rmSync(join(folder, nameOf(file, old)), { force: true });
      this.#meta.set(DUE, String(now + HOUR_MS));
      this.#madeAt = now;
      this.#failed = null;
    } catch (error) {
      this.#failed = error instanceof Error ? error.message : String(error);
      rmSync(part, { force: true });
      throw error;
    }
  }

  /**
   * When a copy was put in the place of the database, so that more has happened than it knows: when that copy was made (ms
   * since the epoch; 0: not known). Null when this is the database that was last in use.
   */
  get restoredFrom(): number | null {
    return this.#restored;
  }

  /** From here on the database is taken for the one that is in use. */
  takenUp(): void {
    this.#db
      .transaction(() => {
        this.#db.prepare('delete from meta where name = ?').run(COPY_MARK);
        if (this.#db.memory) return;
        const newest = newestIn(backupFolder(this.#db.name), this.#db.name);
        this.#meta.set(LAST, String(Math.max(newest, this.#lastNumber())));
      })
      .immediate();
    this.#restored = null;
  }

  #lastNumber(): number {
    return Number(this.#meta.get(LAST) ?? 0);
  }
}

const nameOf = (file: string, number: number): string => `${basename(file)}.${String(number).padStart(6, '0')}`;

/** The numbers of the backups that are there, the newest first. */
function numbersIn(folder: string, file: string): number[] {
  const start = `${basename(file)}.`;
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => name.startsWith(start) && /^\d{6,}$/.test(name.slice(start.length)))
    .map((name) => Number(name.slice(start.length)))
    .sort((a, b) => b - a);
}

const newestIn = (folder: string, file: string): number => numbersIn(folder, file)[0] ?? 0;

/** Marks a copy as one and reads it from end to end, in a thread of its own: that may take seconds. @throws BackupError */
async function finishCopy(copy: string, madeAt: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const worker = new Worker(new URL('./finish-copy.ts', import.meta.url), { workerData: { copy, madeAt } });
  worker.once('message', (found: string) =>
    found === 'ok' ? resolve() : reject(new BackupError(`the copy is damaged: ${found}`)),
  );
  worker.once('error', reject);
  worker.once('exit', () => reject(new BackupError('the copy was not verified')));
  try {
    await promise;
  } finally {
    await worker.terminate();
  }
}
