import type { Db } from './open.ts';

/** Small facts about the program itself, such as which commands are registered. */
export class Meta {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  get(name: string): string | null {
    const row = this.#db.prepare('select value from meta where name = ?').get(name) as { value: string } | undefined;
    return row?.value ?? null;
  }

  set(name: string, value: string): void {
    this.#db
      .prepare('insert into meta (name, value) values (?, ?) on conflict (name) do update set value = excluded.value')
      .run(name, value);
  }
}
