import { formatKernel } from '../src/domain/kernel.ts';
import { next } from '../src/domain/next.ts';
import { noticesFor } from '../src/domain/notice.ts';
import type { ReceiptRecord } from '../src/domain/receipt.ts';
import type { OutputFile, Progress, Report } from '../src/domain/results.ts';
import { kernelOf, type Phase, pushedOf, type Run, type RunEvent, type StateOf } from '../src/domain/run.ts';
import { numberedBy } from '../src/domain/scope.ts';
import type { Notices } from './notices.ts';
import type { Db } from './open.ts';
import { phasesSql, type RunFilter } from './run-filter.ts';
import { RunLookups } from './run-lookups.ts';
import { SELECT_RUN } from './run-row.ts';

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

/** The runs, and all that changes them. */
export class Runs extends RunLookups {
  readonly #notices: Notices;

  constructor(db: Db, notices: Notices) {
    super(db);
    this.#notices = notices;
  }

  /**
   * Stores a run as accepted, with its number, its source and the card we owe. Asked twice for one interaction it returns
   * the run that is there (`isNew` false).
   * @param state Where it begins: one that was started elsewhere is at Kaggle already.
   */
  accept(
    run: NewRun,
    source: string,
    state: StateOf<'accepted' | 'queued' | 'running'> = { phase: 'accepted' },
  ): { run: Run; isNew: boolean } {
    return this.db
      .transaction(() => {
        const known = this.get(`${SELECT_RUN} where r.interaction_id = ?`, run.interactionId);
        if (known !== null) return { run: known, isNew: false };
        const by = numberedBy(run.place, run.launcher.id);
        this.#run('insert into sources (hash, text) values (?, ?) on conflict do nothing', run.sourceHash, source);
        this.#run(
          `insert into runs (key, numbered_by, number, interaction_id, place, guild_id, channel_id, launcher, launcher_name,
             kaggle_user, kernel, title, settings, source_hash, phase, state, version, accepted_at, due_at)
           values (@key, @by, (select coalesce(max(number), 0) + 1 from runs where numbered_by = @by), @interactionId, @place,
             @guildId, @channelId, @launcher, @launcherName, @kaggleUser, @kernel, @title, @settings, @sourceHash,
             @phase, @state, @version, @acceptedAt, @acceptedAt)`,
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
            phase: state.phase,
            state: JSON.stringify(state),
            version: pushedOf(state)?.version ?? null,
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
    return this.db
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

  /**
   * Stores what the check cell said, once; with it the alarm that is due at `alarmAt`, if there is one. Not a change of state, so
   * the revision stays. @returns whether it is new
   */
  setReceipt(key: string, receipt: ReceiptRecord, at: number, alarmAt: number | null): boolean {
    return this.db
      .transaction(() => {
        const sql = 'update runs set receipt = ? where key = ? and receipt is null';
        if (this.#run(sql, JSON.stringify(receipt), key).changes === 0) return false;
        if (alarmAt !== null) this.#notices.owe(key, 'otherGpu', alarmAt);
        this.#run('update cards set due_at = @at where run_key = @key', { key, at });
        return true;
      })
      .immediate();
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

  #run(sql: string, ...values: unknown[]): { changes: number } {
    return this.prepare(sql).run(...values);
  }
}
