import type { Accelerator } from '../src/domain/accelerator.ts';
import type { Db } from './open.ts';

export type GuildSettings = {
  /** Where cards go when they are not to stay where they were asked for; null: there. */
  readonly channelId: string | null;
  /** Who may commit; empty: everybody. */
  readonly roles: readonly string[];
  readonly accelerator: Accelerator | null;
  readonly limitMinutes: number | null;
  readonly internet: boolean | null;
  /** After how many minutes without a line the launcher is told; null: 20. */
  readonly silentMinutes?: number | null;
  /** The ground of the pictures of curves; dark unless set. */
  readonly curve?: 'dark' | 'light' | null;
  /** For how many days a download link lasts, with PUBLIC_URL; null: 30. */
  readonly linkDays?: number | null;
  /** Whether a check cell proves the GPU of each run; null: yes. */
  readonly receipt?: boolean | null;
};

const NOTHING_SET: GuildSettings = {
  channelId: null,
  roles: [],
  accelerator: null,
  limitMinutes: null,
  internet: null,
  receipt: null,
};

/** What a guild's managers have set, and whether it was welcomed. */
export class Guilds {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  settings(guildId: string | null): GuildSettings {
    const row =
      guildId === null
        ? undefined
        : (this.#db.prepare('select settings from guilds where guild_id = ?').get(guildId) as
            | { settings: string }
            | undefined);
    return row === undefined
      ? NOTHING_SET
      : { ...NOTHING_SET, ...(JSON.parse(row.settings) as Partial<GuildSettings>) };
  }

  set(guildId: string, settings: GuildSettings): void {
    this.#db
      .prepare(
        'insert into guilds (guild_id, settings) values (?, ?) on conflict (guild_id) do update set settings = excluded.settings',
      )
      .run(guildId, JSON.stringify(settings));
  }

  welcomedAt(guildId: string): number | null {
    const row = this.#db.prepare('select welcomed_at from guilds where guild_id = ?').get(guildId) as
      | { welcomed_at: number | null }
      | undefined;
    return row?.welcomed_at ?? null;
  }

  welcomed(guildId: string, at: number): void {
    this.#db
      .prepare(
        "insert into guilds (guild_id, settings, welcomed_at) values (?, '{}', ?) on conflict (guild_id) do update set welcomed_at = excluded.welcomed_at",
      )
      .run(guildId, at);
  }
}
