import type { Db } from './open.ts';

/** Things people began: kept for a while, so that a button pressed later (also after a restart) can go on with them. */
export class Drafts {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /**
   * `value` must be JSON. Ones that have expired are forgotten on the way, and with `most` also the person's oldest ones of that
   * kind beyond so many: nobody fills the disk by beginning things.
   */
  keep(
    draft: { key: string; discordUser: string; kind: string; value: unknown; expiresAt: number; most?: number },
    now: number,
  ): void {
    this.#db.prepare('delete from drafts where expires_at <= ?').run(now);
    this.#db
      .prepare(
        'insert into drafts (key, discord_user, kind, value, expires_at) values (?, ?, ?, ?, ?) on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at',
      )
      .run(draft.key, draft.discordUser, draft.kind, JSON.stringify(draft.value), draft.expiresAt);
    if (draft.most === undefined) return;
    this.#db
      .prepare(
        'delete from drafts where discord_user = ? and kind = ? and key not in (select key from drafts where discord_user = ? and kind = ? order by expires_at desc, rowid desc limit ?)',
      )
      .run(draft.discordUser, draft.kind, draft.discordUser, draft.kind, draft.most);
  }

  /** Null when there is none of this person and kind any more. */
  find(key: string, discordUser: string, kind: string, now: number): unknown {
    const row = this.#db
      .prepare('select value from drafts where key = ? and discord_user = ? and kind = ? and expires_at > ?')
      .get(key, discordUser, kind, now) as { value: string } | undefined;
    return row === undefined ? null : JSON.parse(row.value);
  }

  forget(key: string, discordUser: string): void {
    this.#db.prepare('delete from drafts where key = ? and discord_user = ?').run(key, discordUser);
  }
}
