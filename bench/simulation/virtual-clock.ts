import type { Clock } from '../../src/clock.ts';

type Sleeper = { readonly at: number; readonly order: number; readonly wake: () => void };

/** A clock that goes from event to event, however long nothing happens in between. Wall and monotonic time agree. */
export class VirtualClock implements Clock {
  readonly #begin: number;
  #mono = 0;
  #order = 0;
  /** A binary heap: thousands of streams sleep at any time. */
  readonly #sleepers: Sleeper[] = [];

  constructor(begin = Date.UTC(2026, 10, 20, 21, 0, 0)) {
    this.#begin = begin;
  }

  now(): number {
    return this.#begin + this.#mono;
  }

  mono(): number {
    return this.#mono;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      // Whole milliseconds, as every clock of the bot has them.
      this.#push({ at: this.#mono + Math.ceil(ms), order: this.#order++, wake: resolve });
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Goes to that moment (monotonic ms), stopping at each sleeper on the way to let what it woke run until it waits again. */
  async goTo(mono: number, settle: () => Promise<void>): Promise<void> {
    for (let next = this.#sleepers[0]; next !== undefined && next.at <= mono; next = this.#sleepers[0]) {
      this.#mono = Math.max(this.#mono, next.at);
      for (let due = this.#sleepers[0]; due !== undefined && due.at <= this.#mono; due = this.#sleepers[0]) {
        this.#pop();
        due.wake();
      }
      await settle();
    }
    this.#mono = mono;
  }

  #isBefore(a: Sleeper | undefined, b: Sleeper | undefined): boolean {
    if (a === undefined || b === undefined) return a !== undefined;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #swap(a: number, b: number): void {
    const heap = this.#sleepers;
    const one = heap[a];
    const other = heap[b];
    if (one === undefined || other === undefined) return;
    heap[a] = other;
    heap[b] = one;
  }

  #push(sleeper: Sleeper): void {
    const heap = this.#sleepers;
    heap.push(sleeper);
    for (let at = heap.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(heap[at], heap[parent])) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #pop(): void {
    const heap = this.#sleepers;
    this.#swap(0, heap.length - 1);
    heap.pop();
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const smaller = this.#isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
      if (!this.#isBefore(heap[smaller], heap[at])) return;
      this.#swap(at, smaller);
      at = smaller;
    }
  }
}
