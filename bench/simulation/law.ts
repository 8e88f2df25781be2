import { HOUR, MINUTE, SECOND } from '../../src/clock.ts';

/**
 * How long runs go on, and how their logs behave: assumptions, since nobody publishes it. Median 27 min, 1 % and 99 % at a
 * minute and twelve hours; runs of one notebook resemble each other; some fail early, some leave their history.
 */
export type Life = {
  readonly queuedMs: number;
  readonly runsMs: number;
  readonly failed: boolean;
  /** Prints now and then; a silent log is cut by Kaggle's load balancer each time it has been idle for three minutes. */
  readonly chatty: boolean;
  /** Kaggle's status is behind the end of the log by so much. */
  readonly statusLagMs: number;
};

const LIMIT_MS = 12 * HOUR;
const BETWEEN_NOTEBOOKS = 1.39;
const BETWEEN_RUNS = 0.25;
const EARLY_FAILURES = 0.12;
const ESTRANGED = 0.15;
const CHATTY = 0.7;
const LAGGING = 0.15;

/** Of a normal distribution (Box and Muller). */
export const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

export const exponential = (meanMs: number, random: () => number): number => -meanMs * Math.log(1 - random());

const anyLength = (random: () => number): number => Math.log(27 * 60) + BETWEEN_NOTEBOOKS * normal(random);

/** A notebook: the logarithm of the seconds it usually takes, and whether it prints. */
export const notebookLaw = (random: () => number): { readonly mu: number; readonly chatty: boolean } => ({
  mu: anyLength(random),
  chatty: random() < CHATTY,
});

export function lifeOf({ mu, chatty }: ReturnType<typeof notebookLaw>, random: () => number): Life {
  const failed = random() < EARLY_FAILURES;
  const log = failed
    ? Math.log(45) + normal(random)
    : random() < ESTRANGED
      ? anyLength(random)
      : mu + BETWEEN_RUNS * normal(random);
  return {
    queuedMs: 5 * SECOND + exponential(MINUTE, random),
    runsMs: Math.min(LIMIT_MS, Math.max(5 * SECOND, Math.exp(log) * SECOND)),
    failed,
    chatty,
    statusLagMs: random() < LAGGING ? exponential(SECOND, random) : 0,
  };
}
