import type { Db } from './open.ts';

export type CardRow = {
  readonly runKey: string;
  readonly channelId: string;
  readonly messageId: string;
  readonly postedAt: number;
  /** Digest of what is shown, to edit on change only. */
  readonly shown: string | null;
  readonly shownAt: number | null;
};

type Raw = {
  run_key: string;
  channel_id: string;
  message_id: string;
  posted_at: number;
  shown: string | null;
  shown_at: number | null;
};

/** The runs' cards: where they are, what they show, when they next want an edit. Posting one is a notice (notices.ts). */
export class Cards {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** @param besides Channels that are being edited in already. */
  due(now: number, besides: Iterable<string> = []): CardRow | null {
    const row = this.#db
      .prepare(
        'select * from cards where due_at <= ? and channel_id not in (select value from json_each(?)) order by due_at limit 1',
      )
      .get(now, JSON.stringify([...besides])) as Raw | undefined;
    return row === undefined ? null : cardOf(row);
  }

  of(runKey: string): CardRow | null {
    const row = this.#db.prepare('select * from cards where run_key = ?').get(runKey) as Raw | undefined;
    return row === undefined ? null : cardOf(row);
  }

  /** Wants an edit at that time, unless an earlier one is wanted already. */
  want(runKey: string, at: number): void {
    this.#db
      .prepare('update cards set due_at = min(coalesce(due_at, @at), @at) where run_key = @runKey')
      .run({ runKey, at });
  }

  /** Wants an edit at that time of the card of each run that is followed. */
  wantFollowed(at: number): void {
    this.#db
      .prepare(
        "update cards set due_at = min(coalesce(due_at, @at), @at) where run_key in (select key from runs where phase in ('queued', 'running'))",
      )
      .run({ at });
  }

  /** Puts an edit off, whatever was wanted before. */
  putOff(runKey: string, at: number): void {
    this.#db.prepare('update cards set due_at = ? where run_key = ?').run(at, runKey);
  }

  /** Stores what is shown now; `dueAt` is the next edit wanted, null for none. */
  shown(runKey: string, digest: string, at: number, dueAt: number | null): void {
    this.#db
      .prepare('update cards set shown = ?, shown_at = ?, due_at = ? where run_key = ?')
      .run(digest, at, dueAt, runKey);
  }

  /**
   * Stores what an edit has put there. An edit is taken by putting it off to `takenUntil`, so that one is made again after a
   * crash; whatever was wanted meanwhile is due still.
   */
  edited(runKey: string, digest: string, at: number, takenUntil: number): void {
    this.#db
      .prepare(
        'update cards set shown = ?, shown_at = ?, due_at = case when due_at = ? then null else due_at end where run_key = ?',
      )
      .run(digest, at, takenUntil, runKey);
  }

  /** Moves all due times when the wall clock was set back by `ms`: waits are lengths of time, not hours of the day. */
  clockSetBack(ms: number): void {
    this.#db.prepare('update cards set due_at = due_at - ? where due_at is not null').run(ms);
  }

  /** The message is gone: it is not posted again, and never edited. */
  gone(runKey: string): void {
    this.#db.prepare('update cards set due_at = null where run_key = ?').run(runKey);
  }
}

const cardOf = (row: Raw): CardRow => ({
  runKey: row.run_key,
  channelId: row.channel_id,
  messageId: row.message_id,
  postedAt: row.posted_at,
  shown: row.shown,
  shownAt: row.shown_at,
});
