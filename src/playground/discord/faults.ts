import type { RouteName } from './routes/names.ts';

/** What can go wrong with a request. `after`: the effect is there, only the answer is not. */
export type Fault =
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  | { readonly kind: 'status'; readonly status: 500 | 502 | 503 | 504; readonly when: 'before' | 'after' }
  | { readonly kind: 'limited'; readonly scope: 'user' | 'global' | 'shared'; readonly retryAfterMs: number }
  /** The platform refuses: any status with any of its codes. */
  | { readonly kind: 'refused'; readonly status: number; readonly code: number; readonly message: string }
  /** Real milliseconds before it is carried out. */
  | { readonly kind: 'slow'; readonly ms: number };

type Waiting = { readonly route: RouteName | 'any'; readonly fault: Fault; left: number };

/** Faults wait here until a request of their route comes by; each is used up in the order they were given. */
export class Faults {
  #waiting: Waiting[] = [];

  /** @param times how many requests it meets. */
  next(route: RouteName | 'any', fault: Fault, times = 1): void {
    this.#waiting.push({ route, fault, left: times });
  }

  take(route: RouteName): Fault | null {
    const found = this.#waiting.find((one) => one.route === route || one.route === 'any');
    if (found === undefined) return null;
    found.left -= 1;
    if (found.left <= 0) this.#waiting = this.#waiting.filter((one) => one !== found);
    return found.fault;
  }

  clear(): void {
    this.#waiting = [];
  }
}
