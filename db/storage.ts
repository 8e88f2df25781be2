import { randomFillSync } from 'node:crypto';
import { closeSync, existsSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import type { Db } from './open.ts';

/** So much of the disk is kept back, to be given away when it is full: room for thousands of changes of state. */
const BALLAST_BYTES = 16 * 1024 * 1024;
/** The ballast is laid back only when this much would be left beside it, so that it is not laid and freed in turns. */
const ROOM_BESIDE_IT = 2 * BALLAST_BYTES;
const CHECK_EACH_MS = 60_000;
/** What could not be stored is done again, and Kaggle asked again for it, this much later. */
const REST_MS = 10_000;

/** Whether SQLite says with this error that there is no room for a commit; the commit did not happen then. */
export const isStorageFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'SQLITE_FULL';

/**
 * The room on the disk. When it runs out, the ballast file is given away: what is under way is followed on with that, and
 * nothing new is taken until there is room again.
 */
export class Storage {
  readonly #file: string;
  readonly #ballast: string | null;
  #isFull = false;
  #now = 0;
  #restsUntil = 0;
  #checkedAt: number | null = null;

  constructor(db: Db) {
    this.#file = db.name;
    this.#ballast = db.memory ? null : `${db.name}.ballast`;
  }

  /** Nothing new may be begun: what room there is belongs to what is under way. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Takes in an error of a commit. @returns whether it says that there is no room; the ballast is given away then. */
  tells(error: unknown): boolean {
    if (!isStorageFull(error)) return false;
    this.#isFull = true;
    if (this.#ballast !== null && existsSync(this.#ballast)) rmSync(this.#ballast);
    else this.#restsUntil = this.#now + REST_MS;
    return true;
  }

  /**
   * Whether work is worth beginning: after a commit that failed, with no ballast left to give, it rests for a while. Now and
   * then the ballast is laid, if there is room for it; then the disk is full no more.
   * @param mono Monotonic time in ms.
   */
  isReady(mono: number): boolean {
    this.#now = mono;
    if (this.#checkedAt === null || mono - this.#checkedAt >= CHECK_EACH_MS) {
      this.#checkedAt = mono;
      if (this.#layBallast()) this.#isFull = false;
    }
    return mono >= this.#restsUntil;
  }

  /** @returns whether it lies there now. A disk that has no room for it is no failure yet. */
  #layBallast(): boolean {
    if (this.#ballast === null || existsSync(this.#ballast)) return true;
    let file: number | null = null;
    try {
      const { bavail, bsize } = statfsSync(this.#file);
      if (bavail * bsize < BALLAST_BYTES + ROOM_BESIDE_IT) return false;
      file = openSync(this.#ballast, 'wx');
      // Not zeros: some file systems keep no room for those.
      const some = randomFillSync(Buffer.alloc(BALLAST_BYTES / 16));
      for (let part = 0; part < 16; part += 1) {
        if (writeSync(file, some) < some.length) throw new Error('there is no room');
      }
      return true;
    } catch {
      rmSync(this.#ballast, { force: true });
      return false;
    } finally {
      if (file !== null) closeSync(file);
    }
  }
}
