import type { Alarm } from '../src/domain/alarms.ts';
import type { NoticeKind } from '../src/domain/notice.ts';
import type { Run } from '../src/domain/run.ts';
import type { Db } from './open.ts';

export type Notice = {
  readonly id: number;
  readonly runKey: string;
  readonly kind: NoticeKind;
  readonly owedAt: number;
  readonly attempts: number;
  /** Where and when it was first tried; null before that. */
  readonly channelId: string | null;
  readonly firstTryAt: number | null;
  /** 0: as it is, 1: without files, 2: without buttons too, 3: like 2 as a direct message, 4: like 0 as a direct message. */
  readonly reduced: number;
  /** What an alarm tells; null for every other kind. */
  readonly alarm: Alarm | null;
};

type NoticeRow = {
  id: number;
  run_key: string;
  kind: string;
  owed_at: number;
  attempts: number;
  channel_id: string | null;
  first_try_at: number | null;
  reduced: number;
  facts: string | null;
};

/** Where a run's messages go, as one word: the guild's channel, or the person. */
const PLACE = "case r.place when 'guild' then r.channel_id else 'u:' || r.launcher end";

/** The same word for a run at hand: in one place one message is sent at a time. */
export const placeOf = (run: Pick<Run, 'place' | 'launcher'>): string =>
  run.place.kind === 'guild' ? run.place.channelId : `u:${run.launcher.id}`;

const SELECT = 'select id, run_key, kind, owed_at, attempts, channel_id, first_try_at, reduced, facts from notices';

/** The messages we owe: written with the change they tell of, sent by the announce step. */
export class Notices {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Owes one notice; the same one twice is one. To be called inside the transaction of the change. */
  owe(runKey: string, kind: NoticeKind, at: number): void {
    this.#db
      .prepare('insert into notices (run_key, kind, owed_at, due_at) values (?, ?, ?, ?) on conflict do nothing')
      .run(runKey, kind, at, at);
  }

  /**
   * Owes an alarm with the facts it tells, once per run and kind, and only while the run goes on.
   * @returns whether it is owed now and was not before
   */
  alarm(runKey: string, alarm: Alarm, at: number): boolean {
    return (
      this.#db
        .prepare(
          `insert into notices (run_key, kind, owed_at, due_at, facts)
           select key, @kind, @at, @at, @facts from runs where key = @runKey and phase = 'running' on conflict do nothing`,
        )
        .run({ runKey, kind: alarm.kind, at, facts: JSON.stringify(alarm) }).changes === 1
    );
  }

  /** Owes it, and again when it was told that long ago (ms): for what is said from time to time. */
  oweEach(runKey: string, kind: NoticeKind, each: number, at: number): void {
    this.#db
      .prepare(
        `insert into notices (run_key, kind, owed_at, due_at) values (@runKey, @kind, @at, @at)
         on conflict (run_key, kind) do update set owed_at = @at, due_at = @at, attempts = 0, first_try_at = null,
           sent_at = null, message_id = null, parked_because = null, reduced = 0
         where due_at is null and owed_at <= @at - @each`,
      )
      .run({ runKey, kind, at, each });
  }

  /** Whether that was owed at any time: an alarm is raised once per run, sent or not. */
  wasOwed(runKey: string, kind: NoticeKind): boolean {
    return this.#db.prepare('select 1 from notices where run_key = ? and kind = ?').get(runKey, kind) !== undefined;
  }

  /** Never to be sent: what it tells is no longer so. */
  drop(notice: Notice): void {
    this.#db.prepare('update notices set due_at = null where id = ?').run(notice.id);
  }

  /**
   * The oldest notice that is due. A run's card goes out before its other notices.
   * @param besides Runs' places (see `placeOf`) in which a message is being sent already.
   */
  due(now: number, besides: Iterable<string> = []): Notice | null {
    const row = this.#db
      .prepare(
        `${SELECT} n where due_at <= ? and (kind = 'card' or not exists
           (select 1 from notices c where c.run_key = n.run_key and c.kind = 'card' and c.sent_at is null and c.parked_because is null))
         and not exists (select 1 from runs r where r.key = n.run_key and ${PLACE} in (select value from json_each(?)))
         order by due_at, id limit 1`,
      )
      .get(now, JSON.stringify([...besides])) as NoticeRow | undefined;
    return row === undefined ? null : noticeOf(row);
  }

  /** Stores that a try is about to be made: it must be known after a crash that something may have been sent. */
  trying(notice: Notice, channelId: string, at: number): Notice {
    this.#db
      .prepare(
        'update notices set attempts = attempts + 1, channel_id = @channelId, first_try_at = case when channel_id = @channelId then coalesce(first_try_at, @at) else @at end where id = @id',
      )
      .run({ id: notice.id, channelId, at });
    const sameChannel = notice.channelId === channelId;
    return {
      ...notice,
      attempts: notice.attempts + 1,
      channelId,
      firstTryAt: sameChannel ? (notice.firstTryAt ?? at) : at,
    };
  }

  /** Tries again later, perhaps in a reduced form. */
  later(notice: Notice, dueAt: number, reduced = notice.reduced): void {
    this.#db.prepare('update notices set due_at = ?, reduced = ? where id = ?').run(dueAt, reduced, notice.id);
  }

  /** Sent; a card becomes the run's card in the same transaction. `editAt`: when the card may have gone stale meanwhile. */
  sent(notice: Notice, channelId: string, messageId: string, at: number): void {
    this.#db
      .transaction(() => {
        this.#db
          .prepare('update notices set sent_at = ?, due_at = null, channel_id = ?, message_id = ? where id = ?')
          .run(at, channelId, messageId, notice.id);
        if (notice.kind !== 'card') return;
        this.#db
          .prepare(
            'insert into cards (run_key, channel_id, message_id, posted_at, due_at) values (?, ?, ?, ?, ?) on conflict do nothing',
          )
          .run(notice.runKey, channelId, messageId, at, at);
      })
      .immediate();
  }

  /** Cannot be delivered at all; the reason is shown by /status and counted. */
  park(notice: Notice, because: string): void {
    this.#db.prepare('update notices set due_at = null, parked_because = ? where id = ?').run(because, notice.id);
  }

  /** The runs of a person whose end could not be delivered anywhere, in the order they ended. */
  parkedEnds(launcher: string): string[] {
    return this.#db
      .prepare(
        `select n.run_key from notices n join runs r on r.key = n.run_key
         where n.kind = 'end' and n.parked_because is not null and r.launcher = ? order by n.owed_at, n.id`,
      )
      .pluck()
      .all(launcher) as string[];
  }

  /** The person has read it in an answer: it is owed no more. */
  readInAnswer(runKey: string, at: number): void {
    this.#db
      .prepare(
        "update notices set parked_because = null, sent_at = ? where run_key = ? and kind = 'end' and parked_because is not null",
      )
      .run(at, runKey);
  }

  /** Parked notices of a person's runs get another chance, e.g. when that person writes to the bot. */
  unpark(launcher: string, at: number): number {
    return this.#db
      .prepare(
        'update notices set due_at = ?, parked_because = null, reduced = 0, attempts = 0 where parked_because is not null and run_key in (select key from runs where launcher = ?)',
      )
      .run(at, launcher).changes;
  }

  /** Moves all due times when the wall clock was set back by `ms`: waits are lengths of time, not hours of the day. */
  clockSetBack(ms: number): void {
    this.#db.prepare('update notices set due_at = due_at - ? where due_at is not null').run(ms);
  }

  isSent(runKey: string, kind: NoticeKind): boolean {
    return (
      this.#db
        .prepare('select 1 from notices where run_key = ? and kind = ? and sent_at is not null')
        .get(runKey, kind) !== undefined
    );
  }

  /** Whether it could not be delivered at all, and waits for the person to write to the bot. */
  isParked(runKey: string, kind: NoticeKind): boolean {
    return (
      this.#db
        .prepare('select 1 from notices where run_key = ? and kind = ? and parked_because is not null')
        .get(runKey, kind) !== undefined
    );
  }

  /** The message a notice became; null while it is not sent. */
  message(runKey: string, kind: NoticeKind): { channelId: string; messageId: string } | null {
    const row = this.#db
      .prepare(
        'select channel_id as channelId, message_id as messageId from notices where run_key = ? and kind = ? and sent_at is not null and message_id is not null',
      )
      .get(runKey, kind) as { channelId: string; messageId: string } | undefined;
    return row ?? null;
  }

  /** The runs whose end is still to be told to that person in that place (see `placeOf`), in the order they ended. */
  endsOwed(launcher: string, place: string): string[] {
    return this.#db
      .prepare(
        `select n.run_key from notices n join runs r on r.key = n.run_key
         where n.kind = 'end' and n.due_at is not null and r.launcher = ? and ${PLACE} = ? order by n.owed_at, n.id`,
      )
      .pluck()
      .all(launcher, place) as string[];
  }

  /** The first of them, unless its run's card has to go out before, and when it is due. */
  firstEndOwed(launcher: string, place: string): { notice: Notice; dueAt: number } | null {
    const row = this.#db
      .prepare(
        `select n.id, n.run_key, n.kind, n.owed_at, n.attempts, n.channel_id, n.first_try_at, n.reduced, n.facts, n.due_at
         from notices n join runs r on r.key = n.run_key
         where n.kind = 'end' and n.due_at is not null and r.launcher = ? and ${PLACE} = ? and not exists
           (select 1 from notices c where c.run_key = n.run_key and c.kind = 'card' and c.sent_at is null and c.parked_because is null)
         order by n.owed_at, n.id limit 1`,
      )
      .get(launcher, place) as (NoticeRow & { due_at: number }) | undefined;
    return row === undefined ? null : { notice: noticeOf(row), dueAt: row.due_at };
  }

  countOwed(): number {
    return (this.#db.prepare('select count(*) as n from notices where due_at is not null').get() as { n: number }).n;
  }

  countParked(): number {
    return (
      this.#db.prepare('select count(*) as n from notices where parked_because is not null').get() as { n: number }
    ).n;
  }
}

const noticeOf = (row: NoticeRow): Notice => ({
  id: row.id,
  runKey: row.run_key,
  kind: row.kind as NoticeKind,
  owedAt: row.owed_at,
  attempts: row.attempts,
  channelId: row.channel_id,
  firstTryAt: row.first_try_at,
  reduced: row.reduced,
  alarm: row.facts === null ? null : (JSON.parse(row.facts) as Alarm),
});
