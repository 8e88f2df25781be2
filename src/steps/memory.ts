import type { Runs } from '../../db/runs.ts';
import type { Overrun } from '../domain/alarms.ts';
import { Demand } from '../domain/demand.ts';
import type { Finding } from '../domain/finding.ts';
import type { Quota } from '../kaggle/kaggle.ts';
import type { DrawnCurve } from './curve.ts';
import type { Hearing } from './hearing.ts';

/**
 * What the steps learn on the way and may forget: after a restart it is learned anew, and every rule that counts something
 * here then waits longer, never shorter. Whatever must survive stands in the row of the run instead.
 */
export class Memory {
  /** Both clocks at the last beat; null before the first one. */
  lastBeat: { now: number; mono: number } | null = null;
  /** When a beat last found runs followed, and when that was stored (ms since the epoch); see following.ts. */
  followedAt: number | null = null;
  followedStoredAt: number | null = null;
  /** The comparison with Kaggle after a restore: since when, when to go on (monotonic), and whose account was seen. */
  reconciling: { readonly since: number; againAt: number; readonly done: Set<string> } | null = null;
  /** Monotonic time at which this process first met a doubtful push. */
  readonly doubts = new Map<string, number>();
  /** How often Kaggle has said "not there" of a run, and when first (monotonic). */
  readonly unseen = new Map<string, { looks: number; since: number }>();
  /** Monotonic time at which Kaggle first refused a person's credential. */
  readonly unauthorized = new Map<string, number>();
  /** When Kaggle last said that a run goes on (ms since the epoch). */
  readonly seenAt = new Map<string, number>();
  /** Since when (monotonic) this process has seen a run go on beyond its limit. */
  readonly pastLimit = new Map<string, number>();
  /** The last wait after a failed call, per run. */
  readonly waits = new Map<string, number>();
  /** How often a run's end could not be collected, or its push was forbidden. */
  readonly failures = new Map<string, number>();
  /** Monotonic time of the last look a person asked for. */
  readonly refreshed = new Map<string, number>();
  /** What the cards say of Kaggle as a whole. */
  isKaggleDown = false;
  /** The looks that polled runs would like. */
  readonly demand = new Demand();
  /** Looks since the log said its end. */
  readonly logEnds = new Map<string, number>();
  /** The newest version Kaggle has shown of a kernel, and when (monotonic). */
  readonly versions = new Map<string, { version: number; at: number }>();
  /** When an account's hours come back, and how many there are. */
  readonly hours = new Map<string, { total: number | null; refillAt: number | null }>();
  /** What Kaggle said of an account's hours, or is just being asked, and when (monotonic). */
  readonly quotas = new Map<string, { seen: Promise<Quota>; at: number }>();
  /** What was found in the code of a source, or is just being looked for, by its hash, and when (monotonic). */
  readonly codes = new Map<string, { found: Promise<readonly Finding[]>; at: number }>();
  /** Channels in which the bot may not answer to a message, because it may not read them back. */
  readonly withoutReplies = new Set<string>();
  /** Person and place where the first of several ends that are told late at once was told: the others follow silently. */
  readonly toldFirst = new Set<string>();
  /** What ended runs left, until it is told; see leftovers.ts. */
  readonly leftovers = new Map<string, { urls: ReadonlyMap<string, string>; log: string | null; at: number }>();
  /** When a channel next takes an edit, and until when it is edited at half the speed (monotonic). */
  readonly channels = new Map<string, { readyAt: number; slowUntil: number }>();

  /** Monotonic time at which the runs were last looked over for alarms. */
  watchedAt: number | null = null;
  /** In how many epochs running the forecast has exceeded the limit. */
  readonly overruns = new Map<string, Overrun>();

  /** What a run's progress was when it last moved on, and when (wall time, ms). */
  readonly reached = new Map<string, { readonly what: string; readonly when: number }>();

  /** When the logs of followed runs were last heard of. */
  readonly hearings = new Map<string, Hearing>();
  /** Pictures of running runs, and when they were drawn (monotonic). */
  readonly curves = new Map<string, { readonly curve: DrawnCurve; readonly mono: number }>();

  /** The run is over or has begun anew. */
  forget(runKey: string): void {
    const { doubts, unseen, seenAt, pastLimit, waits, failures, refreshed, logEnds } = this;
    const { overruns, reached, hearings, curves } = this;
    const ofRuns = [
      doubts,
      unseen,
      seenAt,
      pastLimit,
      waits,
      failures,
      refreshed,
      logEnds,
      overruns,
      reached,
      hearings,
      curves,
    ];
    for (const map of ofRuns) map.delete(runKey);
  }
}

const memories = new WeakMap<Runs, Memory>();

/** One memory per database, so that two bots in one process (tests) know nothing of each other. */
export function memoryOf({ runs }: { readonly runs: Runs }): Memory {
  const known = memories.get(runs);
  if (known !== undefined) return known;
  const memory = new Memory();
  memories.set(runs, memory);
  return memory;
}
