import type { Keyring } from '../src/secret.ts';
import type { Db } from './open.ts';

const PURPOSE = 'download links v1';

/** Signs download links, and remembers how often those of a run were revoked. */
export class Links {
  readonly #db: Db;
  readonly #keys: Keyring;

  constructor(db: Db, keys: Keyring) {
    this.#db = db;
    this.#keys = keys;
  }

  sign(text: string): string {
    return this.#keys.sign(text, PURPOSE);
  }

  isSigned(text: string, signature: string): boolean {
    return this.#keys.isSigned(text, signature, PURPOSE);
  }

  /** How often the links of a run were revoked; part of each link, so that those of an earlier count are dead. */
  timesRevoked(runKey: string): number {
    const row = this.#db.prepare('select times from link_revocations where run_key = ?').get(runKey) as
      | { times: number }
      | undefined;
    return row?.times ?? 0;
  }

  /** Makes all links dead that were made for the run until now. */
  revoke(runKey: string): void {
    this.#db
      .prepare(
        'insert into link_revocations (run_key, times) values (?, 1) on conflict (run_key) do update set times = times + 1',
      )
      .run(runKey);
  }
}
