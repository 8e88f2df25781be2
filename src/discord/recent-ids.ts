/**
 * Remembers the newest ids, so that an event the gateway sends twice (after a resume it may) is handled once. Bounded:
 * the oldest is forgotten first.
 */
export class RecentIds {
  readonly #ids = new Set<string>();
  readonly #capacity: number;

  constructor(capacity = 10_000) {
    this.#capacity = capacity;
  }

  /** @returns Whether `id` is new. */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size > this.#capacity) for (const oldest of this.#ids.keys()) return this.#ids.delete(oldest);
    return true;
  }
}
