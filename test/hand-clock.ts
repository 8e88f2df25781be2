import type { Clock } from '../src/clock.ts';

/** A clock that only moves when a test moves it. Begins at a fixed night, so that texts with times can be written down. */
export class HandClock implements Clock {
  #now: number;
  #mono = 0;
  readonly #sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();

  constructor(now = Date.UTC(2026, 10, 20, 21, 0, 0)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  mono(): number {
    return this.#mono;
  }

  /** Time passes: wall and monotonic time go on together. */
  advance(ms: number): void {
    this.#now += ms;
    this.#mono += ms;
    for (const sleeper of this.#sleepers) if (sleeper.until <= this.#mono) sleeper.wake();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = {
        until: this.#mono + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake, { once: true });
    });
  }

  /** The wall clock is set, as by a time server; no time passes. */
  jump(ms: number): void {
    this.#now += ms;
  }
}
