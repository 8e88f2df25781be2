import { HOUR, MINUTE } from '../clock.ts';
import { type Accelerator, acceleratorFacts } from '../domain/accelerator.ts';
import type { Finding } from '../domain/finding.ts';
import { formatLimit } from '../domain/limit.ts';
import { endedAtOf, type Run, startedAtOf } from '../domain/run.ts';
import { aboutDuration, at, hours } from '../domain/words.ts';

/** Whether a run would end before its limit, and before the hours of the week do. Pure; says nothing it would have to guess. */

/** An earlier run of the same kernel that is over, and how many epochs its own source stated. */
export type Earlier = { readonly run: Run; readonly epochs: number | null };

export type BudgetFacts = {
  readonly accelerator: Accelerator;
  readonly limitMinutes: number;
  /** The longest limit Kaggle gives to that machine. */
  readonly ceilingMinutes: number;
  /** What the source states now; null when it states none, or several. */
  readonly epochs: number | null;
  /** The newest first. */
  readonly earlier: readonly Earlier[];
  /** Hours left of the week for that kind of machine; null when it uses none, or Kaggle did not say. */
  readonly hoursLeft: number | null;
  readonly refillAt: number | null;
};

export type Budget = {
  readonly findings: readonly Finding[];
  /** How long it should take, in ms; null when nothing says so. */
  readonly needsMs: number | null;
  /** What that was reckoned from, when from epochs. */
  readonly pace: { readonly epochs: number; readonly ms: number; readonly accelerator: Accelerator } | null;
};

export function budgetOf(facts: BudgetFacts): Budget {
  const earlier = facts.earlier.filter(({ run }) => run.settings.accelerator === facts.accelerator);
  const pace = facts.epochs === null ? null : knownPace(facts.epochs, earlier);
  const past = pace === null ? usualMs(facts.epochs, earlier) : null;
  const needsMs = pace === null ? past : pace.startMs + pace.epochs * pace.ms;
  const findings = [timeFinding(facts, needsMs, pace), hoursFinding(facts, needsMs)].filter((one) => one !== null);
  return {
    findings,
    needsMs,
    pace: pace === null ? null : { epochs: pace.epochs, ms: pace.ms, accelerator: facts.accelerator },
  };
}

type Pace = { readonly epochs: number /** Per epoch. */; readonly ms: number; readonly startMs: number };

/**
 * The pace of the newest run whose log counted just as many epochs as its source stated: only then is the number in the source
 * known to be what the log counts, and an epoch of it to be one of this notebook. Folds multiply epochs, so they give none.
 */
function knownPace(epochs: number, earlier: readonly Earlier[]): Pace | null {
  for (const { run, epochs: stated } of earlier) {
    const progress = run.report?.progress ?? run.progress;
    if (progress === null || progress.unit !== 'epoch' || progress.fold !== undefined || progress.paceMs === null)
      continue;
    if (stated === null || progress.of !== stated) continue;
    const took = run.state.phase === 'complete' ? ranMs(run) : null;
    // What a complete run took beyond its epochs: loading, predicting, saving.
    const startMs = took === null ? 0 : Math.max(0, took - stated * progress.paceMs);
    return { epochs, ms: progress.paceMs, startMs };
  }
  return null;
}

function ranMs({ state }: Run): number | null {
  const [started, ended] = [startedAtOf(state), endedAtOf(state)];
  return started === null || ended === null || ended < started ? null : ended - started;
}

/** The median of complete runs that stated as many epochs, or as little, as this one. */
function usualMs(epochs: number | null, earlier: readonly Earlier[]): number | null {
  const took = earlier
    .filter(({ run, epochs: stated }) => run.state.phase === 'complete' && stated === epochs)
    .flatMap(({ run }) => ranMs(run) ?? [])
    .sort((a, b) => a - b);
  return took[Math.floor(took.length / 2)] ?? null;
}

function timeFinding(facts: BudgetFacts, needsMs: number | null, pace: Pace | null): Finding | null {
  const { limitMinutes, ceilingMinutes } = facts;
  const limit = limitMinutes * MINUTE;
  if (needsMs === null || needsMs <= limit) return null;
  const fits = needsMs <= ceilingMinutes * MINUTE;
  const fix = fits ? ({ kind: 'limit', minutes: ceilingMinutes } as const) : null;
  const about = `about ${aboutDuration(needsMs)}; the limit is ${formatLimit(limitMinutes)}.`;
  const said =
    pace === null
      ? `Earlier runs of this notebook took ${about}`
      : `${pace.epochs} epochs need ${about} ${lastEpoch(pace, limit)}`;
  const advice = fits ? '' : ' Save checkpoints, or train fewer epochs.';
  return { severity: 'warning', rule: 'time', sentence: said + advice, at: null, ...(fix === null ? {} : { fix }) };
}

function lastEpoch({ ms, startMs }: Pace, limit: number): string {
  const last = Math.floor((limit - startMs) / ms);
  return last < 1 ? 'The first epoch would not end.' : `Epoch\u00a0${last} would be the last.`;
}

/** Below this an hour is none: Kaggle says fractions of seconds. */
const NO_HOURS = 0.02;

function hoursFinding(
  { accelerator, hoursLeft, refillAt, limitMinutes }: BudgetFacts,
  needsMs: number | null,
): Finding | null {
  const { kind } = acceleratorFacts(accelerator);
  if (kind === 'cpu' || hoursLeft === null) return null;
  const what = kind.toUpperCase();
  const refill = refillAt === null ? '' : `, refill ${at(refillAt, 'R')}`;
  const finding = (sentence: string): Finding => ({ severity: 'warning', rule: 'hours', sentence, at: null });
  if (hoursLeft < NO_HOURS) return finding(`No ${what} hours are left this week${refill}. It would wait for them.`);
  // Nothing runs beyond its limit, whatever it would need.
  const needs = needsMs === null ? null : Math.min(needsMs, limitMinutes * MINUTE);
  if (needs === null || needs <= hoursLeft * HOUR) return null;
  return finding(
    `It needs about ${aboutDuration(needs)}; ${hours(hoursLeft)} of ${what} time are left this week${refill}.`,
  );
}
