import type { Runs } from '../db/runs.ts';
import type { Clock } from '../src/clock.ts';
import type { Quota } from '../src/kaggle/kaggle.ts';
import { LaunchRate } from './launch-rate.ts';

const MOST = 2_000;

/**
 * What the commands remember for some seconds only: lists for autocompleting, what was just done, the rate of launches.
 * A restart forgets it without harm.
 */
export class Recent {
  readonly launches = new LaunchRate();
  readonly checks = new LaunchRate();
  /** What Kaggle last said of an account's hours, and when (wall time). */
  readonly quotas = new Map<string, { seen: Quota; at: number }>();
  readonly #clock: Clock;
  readonly #doneAt = new Map<string, number>();
  readonly #kept = new Map<string, { value: Promise<unknown>; until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True when `name` was not done within the last `everyMs`; it counts as done now. */
  once(name: string, everyMs: number): boolean {
    const now = this.#clock.mono();
    const before = this.#doneAt.get(name);
    if (before !== undefined && now - before < everyMs) return false;
    this.#doneAt.delete(name);
    this.#doneAt.set(name, now);
    dropOldest(this.#doneAt);
    return true;
  }

  /** What `load` gave within the last `forMs` for this name; two who ask at once share one call. A failure is not kept. */
  async keep<T>(name: string, forMs: number, load: () => Promise<T>): Promise<T> {
    const now = this.#clock.mono();
    const known = this.#kept.get(name);
    if (known !== undefined && known.until > now) return known.value as Promise<T>;
    const value = load();
    this.#kept.delete(name);
    this.#kept.set(name, { value, until: now + forMs });
    dropOldest(this.#kept);
    try {
      return await value;
    } catch (error) {
      if (this.#kept.get(name)?.value === value) this.#kept.delete(name);
      throw error;
    }
  }
}

const known = new WeakMap<Runs, Recent>();

/** One for each database, so that two bots in one process (tests) know nothing of each other. */
export function recentOf({ runs, clock }: { readonly runs: Runs; readonly clock: Clock }): Recent {
  const recent = known.get(runs) ?? new Recent(clock);
  known.set(runs, recent);
  return recent;
}

function dropOldest(map: Map<string, unknown>): void {
  if (map.size <= MOST) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
