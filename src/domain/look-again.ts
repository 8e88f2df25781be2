import { MINUTE, SECOND } from '../clock.ts';

/**
 * When to look at a session again. With a log stream the stream tells of the end and looks are a safety net; without one the
 * gap follows the hazard: the likelier the run ends now, the shorter (inspection theory: the gap that costs
 * least is proportional to 1/sqrt(hazard)).
 */
export type LookFacts = {
  readonly phase: 'queued' | 'running';
  /** Since it was pushed (queued) or started (running), in ms. */
  readonly ageMs: number;
  /** How long earlier runs of the same kernel took, in ms, the newest first. */
  readonly earlierMs: readonly number[];
  /** A log stream of this run is open. */
  readonly followed: boolean;
  /** The log has said its end and Kaggle's status does not know yet: how many looks that was ago. Null: it has not. */
  readonly looksSinceLogEnd: number | null;
};

/** The gap without its spread, in ms: what a run would like. */
export const wishedGap = (facts: LookFacts): number => gap(facts);

const SHORTEST = 5 * SECOND;
const LONGEST = 2 * MINUTE;
/** A look behind an open stream: it only guards against a stream that is silently dead. */
const SAFETY = 60 * MINUTE;
/** While it is queued the stream is held open by Kaggle, but says nothing about the machine that was found. */
const QUEUED_BEHIND_STREAM = MINUTE;
const AFTER_LOG_END = [1, 2, 4, 8, 15].map((seconds) => seconds * SECOND);
const COST_SECONDS = 0.5;
/** Looks spread a tenth to both sides, so that runs started together are not looked at together for ever. */
const JITTER = 0.1;

/**
 * @param random 0 to 1.
 * @param stretch 1, or more when all wishes together are above what may be asked.
 * @returns ms.
 */
export function lookAgainIn(facts: LookFacts, random: number, stretch = 1): number {
  const spread = gap(facts) * (1 - JITTER + 2 * JITTER * random);
  if (facts.followed || facts.looksSinceLogEnd !== null) return Math.round(spread);
  return Math.round(Math.min(LONGEST, spread) * stretch);
}

function gap({ phase, ageMs, earlierMs, followed, looksSinceLogEnd }: LookFacts): number {
  if (looksSinceLogEnd !== null) return AFTER_LOG_END[looksSinceLogEnd] ?? 30 * SECOND;
  if (phase === 'queued') {
    if (followed) return QUEUED_BEHIND_STREAM;
    return ageMs < 2 * MINUTE ? 10 * SECOND : ageMs < 10 * MINUTE ? 30 * SECOND : MINUTE;
  }
  if (followed) return SAFETY;
  const hazard = hazardAt(Math.max(ageMs, 1) / SECOND, lawsFrom(earlierMs));
  return Math.min(LONGEST, Math.max(SHORTEST, Math.sqrt((2 * COST_SECONDS) / hazard) * SECOND));
}

/** Lognormal: `mu` and `sd` of the logarithm of seconds. */
type Law = { readonly weight: number; readonly mu: number; readonly sd: number };

const EARLY_FAILURE: Law = { weight: 0.12, mu: Math.log(45), sd: 1 };
/** All notebooks of all people: median 27 min. */
const ANY_NOTEBOOK: Law = { weight: 0.88, mu: Math.log(27 * 60), sd: 1.39 };

function lawsFrom(earlierMs: readonly number[]): Law[] {
  const logs = earlierMs
    .slice(0, 8)
    .filter((ms) => ms >= SECOND)
    .map((ms) => Math.log(ms / SECOND));
  if (logs.length === 0) return [ANY_NOTEBOOK, EARLY_FAILURE];
  const mu = logs.reduce((sum, one) => sum + one, 0) / logs.length;
  const spread =
    logs.length < 2 ? 0 : Math.sqrt(logs.reduce((sum, one) => sum + (one - mu) ** 2, 0) / (logs.length - 1));
  return [{ weight: 0.75, mu, sd: Math.max(0.25, spread) * 1.15 }, { weight: 0.13, mu, sd: 1 }, EARLY_FAILURE];
}

/** The chance per second that a run which is still going at `age` seconds ends now. */
function hazardAt(age: number, laws: readonly Law[]): number {
  let density = 0;
  let survival = 0;
  for (const { weight, mu, sd } of laws) {
    const z = (Math.log(age) - mu) / sd;
    density += (weight * Math.exp((-z * z) / 2)) / (age * sd * Math.sqrt(2 * Math.PI));
    survival += weight * 0.5 * erfc(z / Math.SQRT2);
  }
  // Far beyond everything known the quotient loses its digits; then nothing is foretold any more.
  return survival < 1e-200 ? 1 / age : density / survival;
}

/** Complementary error function, relative error below 1.2e-7 everywhere (a Chebyshev fit; the tail is what matters here). */
function erfc(x: number): number {
  const t = 1 / (1 + 0.5 * Math.abs(x));
  const c = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ];
  const series = c.reduceRight((sum, one) => one + t * sum, 0);
  const tail = t * Math.exp(-x * x + series);
  return x >= 0 ? tail : 2 - tail;
}
