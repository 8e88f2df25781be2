import { createHash } from 'node:crypto';
import { type Clock, HOUR, SECOND } from '../clock.ts';
import { Allowance } from '../domain/allowance.ts';
import { Breaker } from '../domain/breaker.ts';
import { type Credential, KaggleError } from './kaggle.ts';

/**
 * Kaggle publishes no limits for its API; a 429 is what tells of one. These are guesses to start with, low enough that seven
 * sessions of one account are followed well. What people wait for may go far ahead of them: many short runs at once are told
 * without delay, and a 429 would end that at once.
 */
const OF_ACCOUNT = { perMinute: 20, burst: 5, urgent: 200 };
const OF_ALL = { perMinute: 3_000, burst: 50, urgent: 50 };
/** Those that were sent away while Kaggle does not answer come back one after the other behind the probe. */
const SPREAD_MS = 10 * SECOND;
/** Repeated calls may be a tenth of all, and this many at once. */
const RETRIES = { share: 0.1, most: 10 };
const ACCOUNTS_KEPT = 20_000;

/** Something a person waits for, or that must not be late, goes before what may as well be done later. */
export type Urgency = 'urgent' | 'background';

type Account = { readonly allowance: Allowance; readonly breaker: Breaker; usedAt: number };

/**
 * The pace at which Kaggle is asked: an allowance and a breaker for each account and for all together. A call goes at once or
 * not at all; what is sent away hears when to come back, so nothing piles up here and nobody waits for a stranger. Needs no
 * socket: anything that answers or throws KaggleError can be paced.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #all = new Allowance(OF_ALL);
  readonly #host = new Breaker(true);
  readonly #accounts = new Map<string, Account>();
  #retries = RETRIES.most;
  #hostDownAt: number | null = null;

  constructor(clock: Clock, random: () => number = Math.random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Since when (ms since the epoch) calls of several accounts fail; null while they do not. */
  get hostDownSince(): number | null {
    return this.#host.openSince === null ? null : this.#hostDownAt;
  }

  /** Calls a minute that may be made now for one account, and for all. */
  perMinute(account: string): { own: number; all: number } {
    const mono = this.#clock.mono();
    const own = this.#accounts.get(account)?.allowance.perMinute(mono) ?? OF_ACCOUNT.perMinute;
    return { own, all: this.#all.perMinute(mono) };
  }

  /** Whether a call that failed may soon be repeated; if not, it has to wait for its usual turn. */
  mayRetry(): boolean {
    if (this.#retries < 1) return false;
    this.#retries -= 1;
    return true;
  }

  /**
   * Makes one call for an account, if it may be made now.
   * @throws KaggleError what the call throws; without making it `limited` when the account or all have asked enough, and
   *   `unavailable` while Kaggle does not answer, both with the time after which to come back.
   */
  async run<T>(account: string, urgency: Urgency, what: string, call: () => Promise<T>): Promise<T> {
    const of = this.#accountOf(account);
    this.#admit(of, urgency === 'urgent', what);
    try {
      const answer = await call();
      this.#answered(account, of);
      return answer;
    } catch (error) {
      if (error instanceof KaggleError) this.#failed(account, of, error);
      throw error;
    }
  }

  #admit(of: Account, isUrgent: boolean, what: string): void {
    const mono = this.#clock.mono();
    const paced = of.allowance.waitFor(mono, isUrgent) || this.#all.waitFor(mono, isUrgent);
    if (paced > 0)
      throw new KaggleError('limited', what, { said: 'held back to keep Kaggle’s limits', retryAfterMs: paced });
    // The account first: the probe of the host must be a call that is really made.
    const broken = of.breaker.waitFor(mono) || this.#host.waitFor(mono);
    if (broken > 0)
      throw new KaggleError('unavailable', what, {
        said: 'not asked while Kaggle does not answer',
        retryAfterMs: Math.round(broken + this.#random() * SPREAD_MS),
      });
    of.allowance.take(mono);
    this.#all.take(mono);
    this.#retries = Math.min(RETRIES.most, this.#retries + RETRIES.share);
  }

  #answered(account: string, { breaker }: Account): void {
    breaker.answered(account);
    this.#host.answered(account);
  }

  #failed(account: string, of: Account, error: KaggleError): void {
    const mono = this.#clock.mono();
    if (error.kind === 'limited') of.allowance.refused(mono, error.retryAfterMs);
    if (error.kind !== 'unavailable' && error.kind !== 'unreadable') {
      // A refusal is an answer.
      this.#answered(account, of);
      return;
    }
    if (error.retryAfterMs !== null) of.allowance.refused(mono, error.retryAfterMs);
    of.breaker.failed(account, mono);
    const wasOpen = this.#host.openSince !== null;
    this.#host.failed(account, mono);
    if (!wasOpen && this.#host.openSince !== null) this.#hostDownAt = this.#clock.now();
  }

  #accountOf(account: string): Account {
    const now = this.#clock.mono();
    const known = this.#accounts.get(account);
    if (known !== undefined) {
      known.usedAt = now;
      return known;
    }
    if (this.#accounts.size >= ACCOUNTS_KEPT)
      for (const [name, { usedAt }] of this.#accounts) if (now - usedAt > HOUR) this.#accounts.delete(name);
    const made = { allowance: new Allowance(OF_ACCOUNT), breaker: new Breaker(false), usedAt: now };
    this.#accounts.set(account, made);
    return made;
  }
}

/** Whose calls are counted together. A credential nobody has named yet is told apart by its digest. */
export const payerOf = (credential: Credential): string => credential.user ?? strangerOf(credential);

/** Who pays for asking whose a credential is: the user name beside an old key is only what somebody typed. */
export function strangerOf(credential: Credential): string {
  const secret = credential.kind === 'token' ? credential.token : credential.key;
  return `#${createHash('sha256').update(secret.reveal()).digest('base64url').slice(0, 16)}`;
}
