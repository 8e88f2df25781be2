import { type Keyring, SealError, Secret } from '../src/secret.ts';
import type { Db } from './open.ts';

/** Kept as one sealed text: `token` holds a KGAT_ token, `key` a legacy user name and key. */
export type StoredCredential =
  | { readonly kind: 'token'; readonly token: Secret; readonly user?: string }
  | { readonly kind: 'key'; readonly user: string; readonly key: Secret };

export type Account = {
  readonly discordUser: string;
  readonly kaggleUser: string;
  readonly credential: StoredCredential;
  readonly linkedAt: number;
  /** Since when Kaggle refuses the credential; null while it is good. */
  readonly refusedAt: number | null;
};

type Raw = {
  discord_user: string;
  kaggle_user: string;
  credential: string;
  linked_at: number;
  refused_at: number | null;
};

/** A sealed value opens only in its own row, for its own people. */
const boundTo = (discordUser: string, kaggleUser: string): string => `v1|${discordUser}|${kaggleUser}|accounts`;

const CHECK = 'key-check';

/** The linked Kaggle accounts, one a person. Credentials are sealed here and nowhere else opened. */
export class Accounts {
  readonly #db: Db;
  readonly #keys: Keyring;

  constructor(db: Db, keys: Keyring) {
    this.#db = db;
    this.#keys = keys;
  }

  of(discordUser: string): Account | null {
    const row = this.#db.prepare('select * from accounts where discord_user = ?').get(discordUser) as Raw | undefined;
    return row === undefined ? null : this.#open(row);
  }

  /** Everybody who has linked that Kaggle account, the one whose credential is good and newest first. */
  withKaggleUser(kaggleUser: string): Account[] {
    const rows = this.#db
      .prepare('select * from accounts where kaggle_user = ? order by refused_at is not null, linked_at desc')
      .all(kaggleUser) as Raw[];
    return rows.map((row) => this.#open(row));
  }

  /** The Kaggle name alone: nothing is unsealed. */
  kaggleUserOf(discordUser: string): string | null {
    const row = this.#db.prepare('select kaggle_user from accounts where discord_user = ?').get(discordUser) as
      | { kaggle_user: string }
      | undefined;
    return row?.kaggle_user ?? null;
  }

  /** Since when Kaggle refuses the credential; null while it is good or nothing is linked. Nothing is unsealed. */
  refusedSince(discordUser: string): number | null {
    const row = this.#db.prepare('select refused_at from accounts where discord_user = ?').get(discordUser) as
      | { refused_at: number | null }
      | undefined;
    return row?.refused_at ?? null;
  }

  /** Links, or replaces what was linked. */
  link(discordUser: string, kaggleUser: string, credential: StoredCredential, at: number): void {
    const plain =
      credential.kind === 'token'
        ? { kind: 'token', token: credential.token.reveal() }
        : { kind: 'key', user: credential.user, key: credential.key.reveal() };
    const sealed = this.#keys.seal(new Secret(JSON.stringify(plain)), boundTo(discordUser, kaggleUser));
    this.#db
      .prepare(
        'insert into accounts (discord_user, kaggle_user, credential, linked_at) values (?, ?, ?, ?) on conflict (discord_user) do update set kaggle_user = excluded.kaggle_user, credential = excluded.credential, linked_at = excluded.linked_at, refused_at = null',
      )
      .run(discordUser, kaggleUser, sealed, at);
  }

  /** Forgets the credential at once. False when nothing was linked. */
  unlink(discordUser: string): boolean {
    return this.#db.prepare('delete from accounts where discord_user = ?').run(discordUser).changes === 1;
  }

  refused(discordUser: string, at: number): void {
    this.#db
      .prepare('update accounts set refused_at = coalesce(refused_at, ?) where discord_user = ?')
      .run(at, discordUser);
  }

  accepted(discordUser: string): void {
    this.#db
      .prepare('update accounts set refused_at = null where discord_user = ? and refused_at is not null')
      .run(discordUser);
  }

  /** Everybody who has linked one, by their Discord id. */
  linked(): string[] {
    return this.#db
      .prepare('select discord_user from accounts order by linked_at, discord_user')
      .pluck()
      .all() as string[];
  }

  count(): number {
    return (this.#db.prepare('select count(*) as n from accounts').get() as { n: number }).n;
  }

  /**
   * Called once at start: seals anew what an older key sealed, and finds out whether the keys at hand are the right ones.
   * @throws SealError when they are not; nothing is changed then.
   */
  checkKeys(): void {
    const row = this.#db.prepare('select value from meta where name = ?').get(CHECK) as { value: string } | undefined;
    if (row !== undefined) this.#keys.open(row.value, CHECK);
    this.#db
      .transaction(() => {
        if (row === undefined || this.#keys.isOld(row.value)) {
          this.#db
            .prepare(
              'insert into meta (name, value) values (?, ?) on conflict (name) do update set value = excluded.value',
            )
            .run(CHECK, this.#keys.seal(new Secret(CHECK), CHECK));
        }
        for (const account of this.#db.prepare('select * from accounts').all() as Raw[]) {
          if (!this.#keys.isOld(account.credential)) continue;
          const bound = boundTo(account.discord_user, account.kaggle_user);
          const sealed = this.#keys.seal(this.#keys.open(account.credential, bound), bound);
          this.#db
            .prepare('update accounts set credential = ? where discord_user = ?')
            .run(sealed, account.discord_user);
        }
      })
      .immediate();
  }

  #open(row: Raw): Account {
    const plain = JSON.parse(this.#keys.open(row.credential, boundTo(row.discord_user, row.kaggle_user)).reveal()) as
      | { kind: 'token'; token: string }
      | { kind: 'key'; user: string; key: string };
    return {
      discordUser: row.discord_user,
      kaggleUser: row.kaggle_user,
      credential:
        plain.kind === 'token'
          ? { kind: 'token', token: new Secret(plain.token), user: row.kaggle_user }
          : { kind: 'key', user: plain.user, key: new Secret(plain.key) },
      linkedAt: row.linked_at,
      refusedAt: row.refused_at,
    };
  }
}

export { SealError };
