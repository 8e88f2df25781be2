import type { Sighting } from './types.ts';

/** Tells everybody who looks, in order, what can be seen. Nothing is kept: who comes later reads the history. */
export class Sightings implements AsyncIterable<Sighting> {
  readonly #watchers = new Set<(sighting: Sighting) => void>();
  readonly #enders = new Set<() => void>();

  tell(sighting: Sighting): void {
    for (const watcher of [...this.#watchers]) watcher(sighting);
  }

  /** @returns a function that stops watching. */
  watch(watcher: (sighting: Sighting) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** The first sighting from now on for which `wanted` holds. Rejects after `withinMs` of real time, or when all ends. */
  waitFor(wanted: (sighting: Sighting) => boolean, withinMs = 10_000): Promise<Sighting> {
    const { promise, resolve, reject } = Promise.withResolvers<Sighting>();
    const finish = (): void => {
      clearTimeout(timer);
      unwatch();
      this.#enders.delete(fail);
    };
    const fail = (): void => {
      finish();
      reject(new Error(`the awaited sighting did not come within ${withinMs} ms`));
    };
    const timer = setTimeout(fail, withinMs);
    this.#enders.add(fail);
    const unwatch = this.watch((sighting) => {
      if (!wanted(sighting)) return;
      finish();
      resolve(sighting);
    });
    return promise;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Sighting> {
    const waiting: Sighting[] = [];
    let ended = false;
    let wake = (): void => {};
    const end = (): void => {
      ended = true;
      wake();
    };
    this.#enders.add(end);
    const unwatch = this.watch((sighting) => {
      waiting.push(sighting);
      wake();
    });
    try {
      while (true) {
        const next = waiting.shift();
        if (next !== undefined) yield next;
        else if (ended) return;
        else {
          const { promise, resolve } = Promise.withResolvers<void>();
          wake = resolve;
          await promise;
        }
      }
    } finally {
      unwatch();
      this.#enders.delete(end);
    }
  }

  end(): void {
    for (const end of [...this.#enders]) end();
    this.#watchers.clear();
  }
}
