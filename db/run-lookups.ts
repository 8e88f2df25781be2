import type { Statement } from 'better-sqlite3';
import { formatKernel } from '../src/domain/kernel.ts';
import type { OutputFile } from '../src/domain/results.ts';
import { ALIVE_PHASES, kernelOf, type Phase, type Run } from '../src/domain/run.ts';
import type { Scope } from '../src/domain/scope.ts';
import type { Db } from './open.ts';
import { filtered, phasesSql, type RunFilter, visible } from './run-filter.ts';
import { type Row, type RunRow, runOf, SELECT_RUN } from './run-row.ts';

const alive = phasesSql(ALIVE_PHASES);
/** More runs than a bot of this size sees begin within the days that the longest one waits and runs. */
const NEWEST = 5_000;

/** What is read of the runs. Look-ups for people take their Scope; look-ups for steps say in their name what they find. */
export class RunLookups {
  protected readonly db: Db;
  readonly #statements = new Map<string, Statement>();

  constructor(db: Db) {
    this.db = db;
  }

  outputs(key: string): OutputFile[] {
    return this.prepare('select name, kind, size from outputs where run_key = ? order by position').all(
      key,
    ) as OutputFile[];
  }

  source(hash: string): string | null {
    const row = this.prepare('select text from sources where hash = ?').get(hash) as { text: string } | undefined;
    return row?.text ?? null;
  }

  /** For steps, which hold the key already. */
  byKey(key: string): Run | null {
    return this.get(`${SELECT_RUN} where r.key = ?`, key);
  }

  /** For people: the run behind a button or an autocompleted choice, if they may see it. */
  seen(scope: Scope, key: string): Run | null {
    const { sql, values } = visible(scope);
    return this.get(`${SELECT_RUN} where r.key = @key and ${sql}`, { ...values, key });
  }

  /** The runs with that number a person may see: one in a guild, perhaps several in a direct message. */
  numbered(scope: Scope, number: number): Run[] {
    const { sql, values } = visible(scope);
    return this.all(`${SELECT_RUN} where r.number = @number and ${sql} order by r.accepted_at desc`, {
      ...values,
      number,
    });
  }

  /** The newest first, at most `limit`. */
  list(scope: Scope, filter: RunFilter, limit: number): Run[] {
    const { sql, values } = filtered(scope, filter);
    const order = filter.after === undefined ? 'desc' : 'asc';
    const runs = this.all(`${SELECT_RUN} where ${sql} order by r.accepted_at ${order} limit @limit`, {
      ...values,
      limit,
    });
    return order === 'asc' ? runs.reverse() : runs;
  }

  count(scope: Scope, filter: Pick<RunFilter, 'launcher' | 'phases' | 'kernel'>): number {
    const { sql, values } = filtered(scope, filter);
    return (this.prepare(`select count(*) as n from runs r where ${sql}`).get(values) as { n: number }).n;
  }

  /** The highest number given out where this person asks; null when there is no run yet. */
  newestNumber(scope: Scope): number | null {
    const { sql, values } = visible(scope);
    return (this.prepare(`select max(number) as n from runs r where ${sql}`).get(values) as { n: number | null }).n;
  }

  /**
   * The run that has waited longest for one of these phases' next step, if one is due. A row that a failing disk has made
   * unreadable is passed over: it must not keep all the others waiting.
   * @param besides Kaggle accounts that are being worked on already.
   */
  due(phases: readonly Phase[], now: number, besides: Iterable<string> = []): Run | null {
    return this.get(
      `${SELECT_RUN} where r.due_at <= ? and r.phase in (${phasesSql(phases)}) and r.kaggle_user not in (select value from json_each(?))
         and json_valid(r.settings) and json_valid(r.state)
       order by r.due_at, r.accepted_at, r.rowid limit 1`,
      now,
      JSON.stringify([...besides]),
    );
  }

  /** The run that came of an interaction. */
  ofInteraction(interactionId: string): Run | null {
    return this.get(`${SELECT_RUN} where r.interaction_id = ?`, interactionId);
  }

  /** The newest run of that version among those numbered together: of one server, or of one person's direct messages. */
  ofVersion(kernel: string, version: number, numberedBy: string): Run | null {
    return this.get(
      `${SELECT_RUN} where r.kernel = ? and r.version = ? and r.numbered_by = ? order by r.rowid desc limit 1`,
      kernel,
      version,
      numberedBy,
    );
  }

  /** The newest version of a kernel that we pushed; 0 when there is none. */
  newestVersion(kernel: string): number {
    return (
      this.prepare('select coalesce(max(version), 0) as n from runs where kernel = ?').get(kernel) as { n: number }
    ).n;
  }

  /** Whether a push to this kernel is under way (only one at a time). */
  isPushing(kernel: string): boolean {
    return this.prepare("select 1 from runs where kernel = ? and phase = 'pushing'").get(kernel) !== undefined;
  }

  /** All runs of one Kaggle account that are not over, the oldest first: the line, and who holds sessions. */
  aliveOfAccount(kaggleUser: string): Run[] {
    return this.all(
      `${SELECT_RUN} where r.kaggle_user = ? and r.phase in (${alive}) order by r.accepted_at, r.rowid`,
      kaggleUser,
    );
  }

  /** All runs that wait for their push, the oldest first. */
  notPushed(): Run[] {
    return this.all(`${SELECT_RUN} where r.phase in ('accepted', 'waiting') order by r.accepted_at, r.rowid`);
  }

  aliveOfLauncher(launcher: string): Run[] {
    return this.all(
      `${SELECT_RUN} where r.launcher = ? and r.phase in (${alive}) order by r.accepted_at, r.rowid`,
      launcher,
    );
  }

  lostOfLauncher(launcher: string): Run[] {
    return this.all(`${SELECT_RUN} where r.launcher = ? and r.phase = 'lost' order by r.accepted_at`, launcher);
  }

  /** A person's runs that Kaggle has ended, the newest first. */
  endedOfLauncher(launcher: string, limit: number): Run[] {
    return this.all(
      `${SELECT_RUN} where r.launcher = ? and r.phase in ('complete', 'error', 'cancelled') and r.version is not null
       order by r.accepted_at desc limit ?`,
      launcher,
      limit,
    );
  }

  /** Earlier runs of the same kernel that are over, the newest first. */
  earlierOfKernel(run: Run, limit: number): Run[] {
    return this.all(
      `${SELECT_RUN} where r.kernel = ? and r.launcher = ? and r.key <> ? and r.accepted_at <= ? and r.phase in ('complete', 'error', 'cancelled')
       order by r.accepted_at desc limit ?`,
      formatKernel(kernelOf(run)),
      run.launcher.id,
      run.key,
      run.acceptedAt,
      limit,
    );
  }

  /** The runs of a kernel (`owner/slug`) by one person that are over, the newest first: what a new one can be judged by. */
  endedOfKernel(kernel: string, launcher: string, limit: number): Run[] {
    return this.all(
      `${SELECT_RUN} where r.kernel = ? and r.launcher = ? and r.phase in ('complete', 'error', 'cancelled')
       order by r.accepted_at desc limit ?`,
      kernel,
      launcher,
      limit,
    );
  }

  /**
   * Runs of all people that have failed since then (ms since the epoch), apart from that one; at most 200. Looked for among the
   * newest ones only: it is asked while Kaggle fails many runs at once, and must not go through years of them each time.
   */
  failedSince(at: number, besides: Pick<Run, 'key'>): Run[] {
    return this.all(
      `${SELECT_RUN} where r.rowid > (select max(rowid) from runs) - ${NEWEST} and r.phase = 'error' and r.key <> ? and json_valid(r.state) and json_extract(r.state, '$.endedAt') >= ?
       order by r.accepted_at desc limit 200`,
      besides.key,
      at,
    );
  }

  countByPhase(): Map<Phase, number> {
    const rows = this.prepare('select phase, count(*) as n from runs group by phase').all() as {
      phase: Phase;
      n: number;
    }[];
    return new Map(rows.map(({ phase, n }) => [phase, n]));
  }

  isEmpty(): boolean {
    return this.prepare('select 1 from runs limit 1').get() === undefined;
  }

  protected prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  protected get(sql: string, ...values: unknown[]): Run | null {
    const row = this.prepare(sql).get(...values) as Row<RunRow>;
    return row === undefined ? null : runOf(row);
  }

  protected all(sql: string, ...values: unknown[]): Run[] {
    return (this.prepare(sql).all(...values) as RunRow[]).map(runOf);
  }
}
