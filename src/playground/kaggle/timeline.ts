import type { Clock } from '../../clock.ts';

type Due = { readonly at: number; readonly order: number; readonly happen: (at: number) => void };

/** How often a running timeline looks at its clock, in real ms: a hand clock says nothing when it is moved. */
const LOOK_MS = 20;

/** What is to happen at a time of the clock, in order of time. Nothing happens before `settle` sees the clock past it. */
export class Timeline {
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #due: Due[] = [];
  #order = 0;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  /** @returns what takes it off again. */
  at(at: number, happen: (at: number) => void): () => void {
    const due: Due = { at, order: this.#order++, happen };
    this.#due.push(due);
    this.#due.sort((a, b) => a.at - b.at || a.order - b.order);
    this.#wake();
    return () => {
      this.#due = this.#due.filter((one) => one !== due);
    };
  }

  /** Calls back at every look at the clock, until taken off: for waits that also end in other ways. */
  each(look: () => void): () => void {
    this.#listeners.add(look);
    this.#wake();
    return () => this.#listeners.delete(look);
  }

  /** Lets everything happen that is due, each with the time it was due at. */
  settle(): void {
    for (;;) {
      const first = this.#due[0];
      if (first === undefined || first.at > this.#clock.now()) return;
      this.#due.shift();
      first.happen(first.at);
    }
  }

  close(): void {
    this.#closed = true;
    this.#due = [];
    this.#listeners.clear();
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #wake(): void {
    if (this.#timer !== null || this.#closed) return;
    this.#timer = setInterval(() => {
      this.settle();
      for (const look of [...this.#listeners]) look();
      if (this.#due.length > 0 || this.#listeners.size > 0 || this.#timer === null) return;
      clearInterval(this.#timer);
      this.#timer = null;
    }, LOOK_MS);
    this.#timer.unref();
  }
}
