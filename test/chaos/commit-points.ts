import Database from 'better-sqlite3';

export type Moment = 'before' | 'after';

/**
 * Calls back around every commit of every database this process opens from now on: a transaction's, or that of a single
 * statement outside of one. `before`: everything is written and nothing committed.
 */
export function watchCommits(tell: (moment: Moment) => void): void {
  const { prototype } = Database;
  const { transaction, exec } = prototype;
  prototype.transaction = function watched(this: Database.Database, work: (...values: unknown[]) => unknown) {
    const isOutermost = { now: false };
    const inner = transaction.call(this, (...values: unknown[]) => {
      const { now } = isOutermost;
      isOutermost.now = false;
      const result = work(...values);
      if (now) tell('before');
      return result;
    });
    const around =
      (run: (...values: unknown[]) => unknown) =>
      (...values: unknown[]): unknown => {
        const isOuter = !this.inTransaction;
        isOutermost.now = isOuter;
        const result = run(...values);
        if (isOuter) tell('after');
        return result;
      };
    const { deferred, immediate, exclusive } = inner;
    return Object.assign(around(inner), {
      database: this,
      default: around(inner),
      deferred: around(deferred),
      immediate: around(immediate),
      exclusive: around(exclusive),
    });
  } as typeof transaction;
  prototype.exec = function watched(this: Database.Database, sql: string) {
    const isOuter = !this.inTransaction;
    if (isOuter) tell('before');
    const result = exec.call(this, sql);
    if (isOuter) tell('after');
    return result;
  };

  const scratch = new Database(':memory:');
  const statement = Object.getPrototypeOf(scratch.prepare('select 1')) as Database.Statement;
  scratch.close();
  const { run } = statement;
  statement.run = function watched(this: Database.Statement, ...values: unknown[]) {
    const isOuter = !this.database.inTransaction;
    if (isOuter) tell('before');
    const result = run.apply(this, values);
    if (isOuter) tell('after');
    return result;
  };
}
