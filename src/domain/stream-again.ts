import { HOUR, MINUTE, SECOND } from '../clock.ts';

/**
 * What following one log may cost. Kaggle's stream has no resume: each connection replays from the first event (Kaggle's own
 * client skips what it has shown), so a long log that is cut every few minutes costs many times its size.
 */
export const STREAM_BYTES_PER_HOUR = 20_000_000;
/** What may still be on its way when we hang up. */
const ON_THE_WAY = 500_000;
const MOST = STREAM_BYTES_PER_HOUR - ON_THE_WAY;
/** The log grows while nobody reads it. */
const GROWTH = 1.1;

/** Bytes of one run's log over the last hour, kept by the minute. Times are monotonic, in ms. */
export class StreamBudget {
  /** Oldest first; `minute` counts from the clock's zero. */
  readonly #minutes: { readonly minute: number; bytes: number }[] = [];

  count(bytes: number, mono: number): void {
    this.#forget(mono);
    const minute = Math.floor(mono / MINUTE);
    const last = this.#minutes.at(-1);
    if (last?.minute === minute) last.bytes += bytes;
    else this.#minutes.push({ minute, bytes });
  }

  /** Whether the hour's bytes are used up: then the connection is hung up. */
  isSpent(mono: number): boolean {
    return this.#used(mono) >= MOST;
  }

  /**
   * How long until a log of that size may be replayed, in ms; null when it never may, because it is larger than an hour's
   * bytes. The second half of them is dealt out evenly, so that the gaps grow with the log instead of one long gap at the end.
   * @param lastedMs How long the last connection stood: it counts as waited.
   */
  roomIn(size: number, mono: number, lastedMs = 0): number | null {
    const wanted = size * GROWTH;
    if (wanted > MOST) return null;
    const even = this.#used(mono) <= MOST / 2 ? 0 : (wanted / MOST) * HOUR - lastedMs;
    return Math.max(even, this.#roomFor(wanted, mono));
  }

  #roomFor(wanted: number, mono: number): number {
    let used = this.#used(mono);
    for (const { minute, bytes } of this.#minutes) {
      if (used + wanted <= MOST) break;
      used -= bytes;
      if (used + wanted <= MOST) return leavesAt(minute) - mono;
    }
    return 0;
  }

  #used(mono: number): number {
    this.#forget(mono);
    return this.#minutes.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #forget(mono: number): void {
    while (this.#minutes[0] !== undefined && leavesAt(this.#minutes[0].minute) <= mono) this.#minutes.shift();
  }
}

/** When the last byte of a minute is an hour old. */
const leavesAt = (minute: number): number => (minute + 1) * MINUTE + HOUR;

/** How a connection to a log stream went. */
export type Connection = {
  /** From the request to its end, in ms. */
  readonly lastedMs: number;
  readonly bytes: number;
  /** More of the log than any connection before it. */
  readonly grew: boolean;
  /** We hung up: the hour's bytes are spent. */
  readonly spent: boolean;
  /** `refused`: Kaggle knows no such log (403, 404). `paced`: it was not asked, or asked for patience (429). */
  readonly broke: 'refused' | 'paced' | 'otherwise';
  readonly retryAfterMs: number | null;
};

export type StreamFacts = {
  readonly isQueued: boolean;
  readonly sincePushMs: number;
  /** Connections without anything new, and refusals that say nothing yet, one after the other. */
  readonly empty: number;
  readonly early: number;
  /** Until the log may be replayed, in ms; null: never. */
  readonly roomInMs: number | null;
};

/** `giveUp`: the run is polled, for good when `outgrown`. */
export type StreamAgain =
  | { readonly kind: 'again'; readonly inMs: number; readonly empty: number; readonly early: number }
  | { readonly kind: 'giveUp'; readonly outgrown: boolean };

const RECONNECT = SECOND;
/** A connection that lasted so long was kept open on purpose (Kaggle holds it up to 60 s while the run is queued). */
const HELD = 10 * SECOND;
/** Right after the first push of a notebook Kaggle does not know it yet. */
const NOT_VISIBLE_YET = 2 * MINUTE;
const EARLY_FIRST = 5 * SECOND;
const EARLY_LONGEST = MINUTE;
const EMPTY_MOST = 5;

/**
 * When to connect again after a stream has ended without its end mark, or whether to leave the run to polling.
 * @param random 0 to 1. @returns ms from now.
 */
export function streamAgain(connection: Connection, facts: StreamFacts, random: number): StreamAgain {
  const { roomInMs, isQueued, sincePushMs, empty, early } = facts;
  const { lastedMs, bytes, broke } = connection;
  if (roomInMs === null) return { kind: 'giveUp', outgrown: true };
  const soon = Math.max(RECONNECT * (0.5 + random), roomInMs);
  if (broke === 'paced')
    return { kind: 'again', inMs: Math.max(soon, connection.retryAfterMs ?? EARLY_LONGEST), empty, early };
  // A log may be silent for long; a connection that stood and had the log in it is no failure.
  const isFine = connection.grew || connection.spent || (lastedMs >= HELD && (bytes > 0 || isQueued));
  if (isFine) return { kind: 'again', inMs: soon, empty: 0, early: 0 };
  if (isQueued || (broke === 'refused' && sincePushMs < NOT_VISIBLE_YET)) {
    const inMs = Math.min(EARLY_LONGEST, EARLY_FIRST * 2 ** early) * (0.75 + random / 2);
    return { kind: 'again', inMs, empty, early: Math.min(early + 1, 10) };
  }
  if (empty + 1 >= EMPTY_MOST) return { kind: 'giveUp', outgrown: false };
  return { kind: 'again', inMs: soon, empty: empty + 1, early };
}
