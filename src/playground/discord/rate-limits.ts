import { createHash } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { RouteName } from './routes/names.ts';

export type Rule = { readonly limit: number; readonly perMs: number };
export type Bucket = RouteName | 'webhook' | 'global' | 'oldEdits';
/** `generous`: headers, but nobody is ever refused. `real`: what was observed. Single rules can be given besides. */
export type LimitsOption = 'generous' | 'real' | { readonly rules: Partial<Record<Bucket, Rule>> };

/** Typical values as observed; the platform promises none of them. */
const REAL: Partial<Record<Bucket, Rule>> = {
  createMessage: { limit: 5, perMs: 5_000 },
  editMessage: { limit: 5, perMs: 5_000 },
  deleteMessage: { limit: 5, perMs: 1_000 },
  addReaction: { limit: 1, perMs: 250 },
  typing: { limit: 5, perMs: 5_000 },
  webhook: { limit: 5, perMs: 2_000 },
  global: { limit: 50, perMs: 1_000 },
};
/** Messages older than an hour: 3 edits per 6 s and channel, whatever else is switched off (observed, code 30046). */
const OLD_EDITS: Rule = { limit: 3, perMs: 6_000 };
const GENEROUS: Rule = { limit: 1_000, perMs: 1_000 };

type Window = { used: number; endsAt: number };

export class RateLimits {
  readonly #clock: Clock;
  readonly #rules: Partial<Record<Bucket, Rule>>;
  readonly #windows = new Map<string, Window>();

  constructor(clock: Clock, option: LimitsOption) {
    this.#clock = clock;
    const chosen = option === 'generous' ? {} : option === 'real' ? REAL : option.rules;
    this.#rules = { oldEdits: OLD_EDITS, ...chosen };
  }

  /**
   * Counts one request. @param major the channel, guild or token the bucket belongs to.
   * @returns the headers of the answer. @throws LimitRefusal.
   */
  take(bucket: Bucket, major: string): Record<string, string> {
    const rule = this.#rules[bucket];
    const { limit, perMs } = rule ?? GENEROUS;
    const window = this.#window(`${bucket} ${major}`, perMs);
    const resetAfterMs = window.endsAt - this.#clock.mono();
    if (rule !== undefined && window.used >= limit) {
      throw new LimitRefusal(refuse.limited(resetAfterMs / 1000, 'user'), this.#headers(bucket, rule, 0, resetAfterMs));
    }
    window.used += 1;
    const remaining = Math.max(limit - window.used, rule === undefined ? 1 : 0);
    return this.#headers(bucket, { limit, perMs }, remaining, resetAfterMs);
  }

  /** All of the bot's requests but those of interactions. @throws Refusal 429. */
  takeGlobal(): void {
    const rule = this.#rules.global;
    if (rule === undefined) return;
    const window = this.#window('global', rule.perMs);
    if (window.used >= rule.limit) throw refuse.limited((window.endsAt - this.#clock.mono()) / 1000, 'global');
    window.used += 1;
  }

  /** @throws Refusal 30046. */
  takeOldEdit(channelId: string): void {
    const rule = this.#rules.oldEdits;
    if (rule === undefined) return;
    const window = this.#window(`oldEdits ${channelId}`, rule.perMs);
    if (window.used >= rule.limit) throw refuse.oldEdits((window.endsAt - this.#clock.mono()) / 1000);
    window.used += 1;
  }

  #window(key: string, perMs: number): Window {
    const now = this.#clock.mono();
    const there = this.#windows.get(key);
    if (there !== undefined && there.endsAt > now) return there;
    if (this.#windows.size > 5_000) {
      for (const [old, window] of this.#windows) if (window.endsAt <= now) this.#windows.delete(old);
    }
    const fresh = { used: 0, endsAt: now + perMs };
    this.#windows.set(key, fresh);
    return fresh;
  }

  #headers(bucket: Bucket, rule: Rule, remaining: number, resetAfterMs: number): Record<string, string> {
    return {
      'X-RateLimit-Limit': String(rule.limit),
      'X-RateLimit-Remaining': String(remaining),
      'X-RateLimit-Reset': ((this.#clock.now() + resetAfterMs) / 1000).toFixed(3),
      'X-RateLimit-Reset-After': (resetAfterMs / 1000).toFixed(3),
      'X-RateLimit-Bucket': createHash('md5').update(bucket).digest('hex'),
    };
  }
}

/** A 429 of a route, with the headers that belong to its bucket. */
export class LimitRefusal extends Error {
  readonly refusal: Refusal;
  readonly headers: Readonly<Record<string, string>>;

  constructor(refusal: Refusal, headers: Readonly<Record<string, string>>) {
    super(refusal.message);
    this.refusal = refusal;
    this.headers = headers;
  }
}
