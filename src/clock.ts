import { setTimeout as pause } from 'node:timers/promises';

/** The only source of time. Tests hold a hand clock in its place. */
export interface Clock {
  /** Wall time in ms since the epoch: for what is stored or shown. May jump. */
  now(): number;
  /** Monotonic time in whole ms: for measuring waits. Never goes back. */
  mono(): number;
  /** Resolves after so many ms of monotonic time, or at once when aborted; never rejects, and keeps no process alive. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  mono: () => Math.round(performance.now()),
  sleep: (ms, signal) =>
    pause(ms, undefined, { ref: false, ...(signal === undefined ? {} : { signal }) }).catch(() => undefined),
};

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
