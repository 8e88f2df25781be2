import type { Method } from './methods.ts';

/** Seconds (whole or with a decimal), or an HTTP date that many seconds ahead (source: Kaggle's own client). */
export type RetryAfter = { readonly seconds: number } | { readonly dateInSeconds: number };

/** An answer nobody wants. Those that need a true body (`truncated`, `slow`) only make sense after the effect. */
export type BadAnswer =
  | { readonly kind: 'reset' }
  /** The connection stays open and silent. */
  | { readonly kind: 'silence' }
  | { readonly kind: 'limited'; readonly shape?: 'A' | 'B'; readonly retryAfter?: RetryAfter }
  | {
      readonly kind: 'error';
      readonly status: 400 | 401 | 403 | 404 | 500 | 502 | 503 | 504;
      readonly body?: 'A' | 'B' | 'html' | 'empty';
      readonly message?: string;
      readonly retryAfter?: RetryAfter;
    }
  | { readonly kind: 'html'; readonly status: 200 | 503 }
  /** The first half of the true body, well ended as HTTP. */
  | { readonly kind: 'truncated' }
  /** The true body's length is announced, and the connection cut in the middle of it. */
  | { readonly kind: 'cutBody' }
  /** The true body, one byte at a time. */
  | { readonly kind: 'slow'; readonly everyMs?: number }
  | { readonly kind: 'endless' }
  /** The true body with some fields changed, those of inner objects one by one. */
  | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, unknown>> }
  /** 302 to any other place. */
  | { readonly kind: 'redirect'; readonly to: string }
  /** Any other JSON. */
  | { readonly kind: 'json'; readonly status?: number; readonly body: unknown }
  /** HTTP 200 that carries an error in shape B. */
  | { readonly kind: 'soft'; readonly code?: number; readonly message?: string };

export type Fault =
  /** The call has no effect. */
  | { readonly when: 'before'; readonly answer: BadAnswer }
  /** The call has its effect, and the answer is lost or spoiled. */
  | { readonly when: 'after'; readonly answer: BadAnswer }
  /** The answer is lost, and the effect lands so many seconds of the clock later. */
  | { readonly when: 'late'; readonly seconds: number; readonly answer: BadAnswer }
  /** A GetKernelSessionStatus that says another name than the truth: an unknown one, or an old one. */
  | { readonly when: 'status'; readonly says: string | { readonly stale: true } }
  /** A log stream that breaks. `halfOpen` stays open and silent, `noEnd` closes without END_OF_LOG. */
  | { readonly when: 'stream'; readonly how: 'cut' | 'halfOpen'; readonly afterEvents: number }
  | { readonly when: 'stream'; readonly how: 'noEnd' };

/** `*`: whatever comes. */
export type FaultTarget = Method | '*';

/** The faults in force. One that is `next` is used once, in the order given, before those that are `always`. */
export class Faults {
  readonly #next = new Map<FaultTarget, Fault[]>();
  readonly #always = new Map<FaultTarget, Fault>();

  next(method: FaultTarget, ...faults: readonly Fault[]): void {
    this.#next.set(method, [...(this.#next.get(method) ?? []), ...faults]);
  }

  always(method: FaultTarget, fault: Fault): void {
    this.#always.set(method, fault);
  }

  /** Takes off those of one method, or all. */
  clear(method?: FaultTarget): void {
    if (method === undefined) {
      this.#next.clear();
      this.#always.clear();
      return;
    }
    this.#next.delete(method);
    this.#always.delete(method);
  }

  /** How many `next` faults are still waiting for a call. */
  get waiting(): number {
    return [...this.#next.values()].reduce((sum, one) => sum + one.length, 0);
  }

  take(method: Method): Fault | null {
    return (
      this.#next.get(method)?.shift() ??
      this.#next.get('*')?.shift() ??
      this.#always.get(method) ??
      this.#always.get('*') ??
      null
    );
  }
}
