import type { Statement } from 'better-sqlite3';
import { formatKernel } from '../src/domain/kernel.ts';
import { next } from '../src/domain/next.ts';
import { noticesFor } from '../src/domain/notice.ts';
import type { OutputFile, Progress, Report } from '../src/domain/results.ts';
import { ALIVE_PHASES, kernelOf, type Phase, pushedOf, type Run, type RunEvent } from '../src/domain/run.ts';
import { numberedBy, type Scope } from '../src/domain/scope.ts';
import type { Notices } from './notices.ts';
import type { Db } from './open.ts';
import { filtered, phasesSql, type RunFilter, visible } from './run-filter.ts';
import { type Row, type RunRow, runOf, SELECT_RUN } from './run-row.ts';

export type NewRun = Pick<
  Run,
  'key' | 'interactionId' | 'place' | 'launcher' | 'settings' | 'sourceHash' | 'acceptedAt'
>;

export type { RunFilter };

/** What is stored with a change of state. */
export type Change = {
  /** When the next step wants the run; null: never. */
  readonly dueAt: number | null;
  readonly report?: Report;
  readonly outputs?: readonly OutputFile[];
};

const alive = phasesSql(ALIVE_PHASES);

/** The runs. Look-ups for people take their Scope; look-ups for steps say in their name what they find. */
export class Runs {
  readonly #db: Db;
  readonly #notices: Notices;
  readonly #statements = new Map<string, Statement>();

  constructor(db: Db, notices: Notices) {
    this.#db = db;
    this.#notices = notices;
  }

  /**
   * Stores a run as accepted, with its number, its source and the card we owe. Asked twice for one interaction it returns
   * the run that is there (`isNew` false).
   */
  accept(run: NewRun, source: string): { run: Run; isNew: boolean } {
    return this.#db
      .transaction(() => {
        const known = this.#get(`${SELECT_RUN} where r.interaction_id = ?`, run.interactionId);
        if (known !== null) return { run: known, isNew: false };
        const by = numberedBy(run.place, run.launcher.id);
        this.#run('insert into sources (hash, text) values (?, ?) on conflict do nothing', run.sourceHash, source);
        this.#run(
          `insert into runs (key, numbered_by, number, interaction_id, place, guild_id, channel_id, launcher, launcher_name,
             kaggle_user, kernel, title, settings, source_hash, phase, state, accepted_at, due_at)
           values (@key, @by, (select coalesce(max(number), 0) + 1 from runs where numbered_by = @by), @interactionId, @place,
             @guildId, @channelId, @launcher, @launcherName, @kaggleUser, @kernel, @title, @settings, @sourceHash,
             'accepted', '{"phase":"accepted"}', @acceptedAt, @acceptedAt)`,
          {
            by,
            key: run.key,
            interactionId: run.interactionId,
            place: run.place.kind,
            guildId: run.place.guildId,
            channelId: run.place.channelId,
            launcher: run.launcher.id,
            launcherName: run.launcher.name,
            kaggleUser: run.settings.kernel.owner,
            kernel: formatKernel(run.settings.kernel),
            title: run.settings.title,
            settings: JSON.stringify(run.settings),
            sourceHash: run.sourceHash,
            acceptedAt: run.acceptedAt,
          },
        );
        this.#notices.owe(run.key, 'card', run.acceptedAt);
        return { run: this.byKey(run.key) as Run, isNew: true };
      })
      .immediate();
  }

  /**
   * Applies one event: the new state, the notices owed and the wish to edit the card, all in one transaction, and only if
   * the row is still the one that was read.
   * @returns the run as it is now, or null when somebody else changed it first.
   * @throws Error when the state does not accept the event.
   */
  move(run: Run, event: RunEvent, change: Change): Run | null {
    const state = next(run.state, event);
    const pushed = pushedOf(state);
    return this.#db
      .transaction(() => {
        const { changes } = this.#run(
          `update runs set state = @state, phase = @phase, kernel = @kernel, version = @version, due_at = @dueAt,
             report = coalesce(@report, report), revision = revision + 1
           where key = @key and revision = @revision`,
          {
            key: run.key,
            revision: run.revision,
            state: JSON.stringify(state),
            phase: state.phase,
            kernel: formatKernel(kernelOf({ state, settings: run.settings })),
            version: pushed?.version ?? null,
            dueAt: change.dueAt,
            report: change.report === undefined ? null : JSON.stringify(change.report),
          },
        );
        if (changes === 0) return null;
        if (change.outputs !== undefined) this.#storeOutputs(run.key, change.outputs);
        for (const kind of noticesFor(run.state, state)) this.#notices.owe(run.key, kind, event.at);
        this.#run('update cards set due_at = @at where run_key = @key', { key: run.key, at: event.at });
        return this.byKey(run.key);
      })
      .immediate();
  }

  /** Only puts off the next look; no change of state. False when somebody else changed the run first. */
  putOff(run: Run, dueAt: number | null): boolean {
    return (
      this.#run(
        'update runs set due_at = ?, revision = revision + 1 where key = ? and revision = ?',
        dueAt,
        run.key,
        run.revision,
      ).changes === 1
    );
  }

  /** Stores what the log says so far; not a change of state, so the revision stays. */
  setProgress(key: string, progress: Progress): void {
    this.#run('update runs set progress = ? where key = ?', JSON.stringify(progress), key);
  }

  #storeOutputs(key: string, outputs: readonly OutputFile[]): void {
    this.#run('delete from outputs where run_key = ?', key);
    outputs.forEach(({ name, kind, size }, position) => {
      this.#run(
        'insert into outputs (run_key, position, name, kind, size) values (?, ?, ?, ?, ?)',
        key,
        position,
        name,
        kind,
        size,
      );
    });
  }

  outputs(key: string): OutputFile[] {
    return this.#prepare('select name, kind, size from outputs where run_key = ? order by position').all(
      key,
    ) as OutputFile[];
  }

  source(hash: string): string | null {
    const row = this.#prepare('select text from sources where hash = ?').get(hash) as { text: string } | undefined;
    return row?.text ?? null;
  }

  /** For steps, which hold the key already. */
  byKey(key: string): Run | null {
    return this.#get(`${SELECT_RUN} where r.key = ?`, key);
  }

  /** For people: the run behind a button or an autocompleted choice, if they may see it. */
  seen(scope: Scope, key: string): Run | null {
    const { sql, values } = visible(scope);
    return this.#get(`${SELECT_RUN} where r.key = @key and ${sql}`, { ...values, key });
  }

  /** The runs with that number a person may see: one in a guild, perhaps several in a direct message. */
  numbered(scope: Scope, number: number): Run[] {
    const { sql, values } = visible(scope);
    return this.#all(`${SELECT_RUN} where r.number = @number and ${sql} order by r.accepted_at desc`, {
      ...values,
      number,
    });
  }

  /** The newest first, at most `limit`. */
  list(scope: Scope, filter: RunFilter, limit: number): Run[] {
    const { sql, values } = filtered(scope, filter);
    const order = filter.after === undefined ? 'desc' : 'asc';
    const runs = this.#all(`${SELECT_RUN} where ${sql} order by r.accepted_at ${order} limit @limit`, {
      ...values,
      limit,
    });
    return order === 'asc' ? runs.reverse() : runs;
  }

  count(scope: Scope, filter: Pick<RunFilter, 'launcher' | 'phases' | 'kernel'>): number {
    const { sql, values } = filtered(scope, filter);
    return (this.#prepare(`select count(*) as n from runs r where ${sql}`).get(values) as { n: number }).n;
  }

  /** The highest number given out where this person asks; null when there is no run yet. */
  newestNumber(scope: Scope): number | null {
    const { sql, values } = visible(scope);
    return (this.#prepare(`select max(number) as n from runs r where ${sql}`).get(values) as { n: number | null }).n;
  }

  /**
   * The run that has waited longest for one of these phases' next step, if one is due. A row that a failing disk has made
   * unreadable is passed over: it must not keep all the others waiting.
   * @param besides Kaggle accounts that are being worked on already.
   */
  due(phases: readonly Phase[], now: number, besides: Iterable<string> = []): Run | null {
    return this.#get(
      `${SELECT_RUN} where r.due_at <= ? and r.phase in (${phasesSql(phases)}) and r.kaggle_user not in (select value from json_each(?))
         and json_valid(r.settings) and json_valid(r.state)
       order by r.due_at, r.accepted_at, r.rowid limit 1`,
      now,
      JSON.stringify([...besides]),
    );
  }

  /** Makes a run due at that time, unless it is due earlier. What is being done with it meanwhile is not stored any more. */
  wake(key: string, at: number): void {
    this.#run(
      'update runs set due_at = ?, revision = revision + 1 where key = ? and (due_at is null or due_at > ?)',
      at,
      key,
      at,
    );
  }

  /** The same for all runs in these phases, of one Kaggle account or (null) of all. Runs that want nothing are left alone. */
  wakeAll(phases: readonly Phase[], kaggleUser: string | null, at: number): void {
    this.#run(
      `update runs set due_at = @at, revision = revision + 1
       where due_at > @at and phase in (${phasesSql(phases)}) and (@kaggleUser is null or kaggle_user = @kaggleUser)`,
      { at, kaggleUser },
    );
  }

  /** Moves all due times when the wall clock was set back by `ms`: waits are lengths of time, not hours of the day. */
  clockSetBack(ms: number): void {
    this.#run('update runs set due_at = due_at - ? where due_at is not null', ms);
  }

  /** The run that came of an interaction. */
  ofInteraction(interactionId: string): Run | null {
    return this.#get(`${SELECT_RUN} where r.interaction_id = ?`, interactionId);
  }

  /** The newest version of a kernel that we pushed; 0 when there is none. */
  newestVersion(kernel: string): number {
    return (
      this.#prepare('select coalesce(max(version), 0) as n from runs where kernel = ?').get(kernel) as { n: number }
    ).n;
  }

  /** Whether a push to this kernel is under way (only one at a time). */
  isPushing(kernel: string): boolean {
    return this.#prepare("select 1 from runs where kernel = ? and phase = 'pushing'").get(kernel) !== undefined;
  }

  /** All runs of one Kaggle account that are not over, the oldest first: the line, and who holds sessions. */
  aliveOfAccount(kaggleUser: string): Run[] {
    return this.#all(
      `${SELECT_RUN} where r.kaggle_user = ? and r.phase in (${alive}) order by r.accepted_at, r.rowid`,
      kaggleUser,
    );
  }

  /** All runs that wait for their push, the oldest first. */
  notPushed(): Run[] {
    return this.#all(`${SELECT_RUN} where r.phase in ('accepted', 'waiting') order by r.accepted_at, r.rowid`);
  }

  aliveOfLauncher(launcher: string): Run[] {
    return this.#all(
      `${SELECT_RUN} where r.launcher = ? and r.phase in (${alive}) order by r.accepted_at, r.rowid`,
      launcher,
    );
  }

  lostOfLauncher(launcher: string): Run[] {
    return this.#all(`${SELECT_RUN} where r.launcher = ? and r.phase = 'lost' order by r.accepted_at`, launcher);
  }

  /** Earlier runs of the same kernel that are over, the newest first. */
  earlierOfKernel(run: Run, limit: number): Run[] {
    return this.#all(
      `${SELECT_RUN} where r.kernel = ? and r.launcher = ? and r.key <> ? and r.accepted_at <= ? and r.phase in ('complete', 'error', 'cancelled')
       order by r.accepted_at desc limit ?`,
      formatKernel(kernelOf(run)),
      run.launcher.id,
      run.key,
      run.acceptedAt,
      limit,
    );
  }

  countByPhase(): Map<Phase, number> {
    const rows = this.#prepare('select phase, count(*) as n from runs group by phase').all() as {
      phase: Phase;
      n: number;
    }[];
    return new Map(rows.map(({ phase, n }) => [phase, n]));
  }

  isEmpty(): boolean {
    return this.#prepare('select 1 from runs limit 1').get() === undefined;
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #run(sql: string, ...values: unknown[]): { changes: number } {
    return this.#prepare(sql).run(...values);
  }

  #get(sql: string, ...values: unknown[]): Run | null {
    const row = this.#prepare(sql).get(...values) as Row<RunRow>;
    return row === undefined ? null : runOf(row);
  }

  #all(sql: string, ...values: unknown[]): Run[] {
    return (this.#prepare(sql).all(...values) as RunRow[]).map(runOf);
  }
}
