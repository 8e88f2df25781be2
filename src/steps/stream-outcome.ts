import type { Connection } from '../domain/stream-again.ts';
import type { KaggleError } from '../kaggle/kaggle.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What comes of one connection to a log stream; filled in while it stands. */
export type Outcome = Mutable<Omit<Connection, 'lastedMs' | 'grew'>> & {
  /** The log said its end. */
  ended: boolean;
  chunks: number;
};

export const newOutcome = (): Outcome => ({
  ended: false,
  chunks: 0,
  bytes: 0,
  spent: false,
  broke: 'otherwise',
  retryAfterMs: null,
});

/** Notes what a connection broke by. */
export function noteBroken(outcome: Outcome, { kind, retryAfterMs }: KaggleError): void {
  outcome.broke = kind === 'forbidden' || kind === 'notFound' ? 'refused' : kind === 'limited' ? 'paced' : 'otherwise';
  outcome.retryAfterMs = retryAfterMs;
}
