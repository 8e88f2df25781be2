import { MINUTE, SECOND } from '../clock.ts';
import { type LookFacts, lookAgainIn, wishedGap } from '../domain/look-again.ts';
import { endedAtOf, type Pushed, type Run, type RunEvent, type StateOf, startedAtOf } from '../domain/run.ts';
import { type Credential, KaggleError, type SessionSeen } from '../kaggle/kaggle.ts';
import { accountOf, credentialOf } from './credential.ts';
import { type InHand, workOn } from './in-hand.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';
import { pullOrNull } from './order-source.ts';
import { tellOverdue } from './overdue.ts';
import { noteAnswer, noteTrouble, type TroubleNeeds } from './trouble.ts';
import { lookForTwin } from './twin.ts';
import { GONE_AFTER_MS, GONE_LOOKS, isGone } from './unseen.ts';

export type LookNeeds = TroubleNeeds & Pick<Needs, 'kaggle' | 'follower' | 'pace'>;

/** Right after a push reads may answer that there is no such kernel (source: public reports). */
const NOT_VISIBLE_YET_MS = 2 * MINUTE;
const NOT_VISIBLE_AGAIN_MS = 10 * SECOND;
/** A run that Kaggle ended without a word this near to its limit was ended by it. */
const NEAR_LIMIT = 0.95;
/** A person may ask for a look this often, per run. */
export const REFRESH_MS = 10 * SECOND;
/** Kaggle refuses the question itself: a mistake of ours, or theirs; either way no reason to hurry. */
const REJECTED_AGAIN_MS = 5 * MINUTE;
const EARLIER_RUNS = 8;

type Followed = Run & { readonly state: StateOf<'queued' | 'running'> };
const isFollowed = (run: Run | null): run is Followed =>
  run !== null && (run.state.phase === 'queued' || run.state.phase === 'running');

/** Looks how the run that has waited longest stands at Kaggle. @returns whether there was one. */
export async function lookNext(needs: LookNeeds, inHand: InHand = new Set()): Promise<boolean> {
  const run = needs.runs.due(['queued', 'running'], needs.clock.now(), inHand);
  if (!isFollowed(run)) return false;
  await workOn(run, needs, inHand, () => lookAt(run, needs));
  return true;
}

/**
 * Looks because a person asked to; at most once in 10 s per run, else nothing is asked of Kaggle.
 * @returns the run as it is known after that. Kaggle's failures show in the run's card, not as an error.
 */
export async function lookNow(run: Run, needs: LookNeeds): Promise<Run> {
  const { runs, clock } = needs;
  const { refreshed } = memoryOf(needs);
  const now = runs.byKey(run.key) ?? run;
  const last = refreshed.get(run.key);
  if (!isFollowed(now) || (last !== undefined && clock.mono() - last < REFRESH_MS)) return now;
  refreshed.set(run.key, clock.mono());
  await lookAt(now, needs);
  const looked = runs.byKey(run.key) ?? now;
  if (looked.dueAt === null) memoryOf(needs).forget(run.key);
  return looked;
}

async function lookAt(run: Followed, needs: LookNeeds): Promise<void> {
  const { runs, kaggle, clock } = needs;
  const credential: Credential | null = credentialOf(run, needs);
  if (credential === null) {
    runs.move(run, { type: 'lostSight', at: clock.now(), why: 'unlinked' }, { dueAt: null });
    return;
  }
  const { kernel, version } = run.state.pushed;
  try {
    const seen = await kaggle.session(credential, kernel, version);
    noteAnswer(run, needs);
    memoryOf(needs).unseen.delete(run.key);
    const current = await lookForTwin(run, credential, needs);
    if (!isFollowed(current)) return;
    takeIn(current, seen, needs);
    if (seen.kind !== 'ended') tellOverdue(runs.byKey(run.key) ?? current, needs);
  } catch (error) {
    if (!(error instanceof KaggleError)) throw error;
    await notSeen(run, credential, error, needs);
  }
}

function takeIn(run: Followed, seen: SessionSeen, needs: LookNeeds): void {
  const { runs, clock, follower, log } = needs;
  const now = clock.now();
  switch (seen.kind) {
    case 'unknown':
      log.warn(
        { run: run.key, said: seen.said },
        'Kaggle reports a status that is not known; the run is taken as going on',
      );
      stay(run, needs);
      return;
    case 'queued':
      stay(run, needs);
      return;
    case 'running':
      if (run.state.phase === 'running' && run.state.stopping === seen.stopping) stay(run, needs);
      else {
        const startedAt = startedAtOf(run.state) ?? now;
        const event: RunEvent = { type: 'seenRunning', at: now, stopping: seen.stopping };
        runs.move(run, event, { dueAt: now + nextLookIn(run, 'running', startedAt, needs) });
      }
      return;
    case 'ended': {
      const end = seen.end === 'stopped' && seen.message === null && isNearLimit(run, now) ? 'timeLimit' : seen.end;
      const ended = runs.move(run, { type: 'ended', at: now, end, message: seen.message }, { dueAt: now });
      if (ended === null) return;
      log.info({ run: run.key, end, followed: follower.hears(run.key) }, 'a run has ended');
      // Its session is free: whoever is first in line is pushed now.
      runs.wakeAll(['accepted', 'waiting'], accountOf(run), now);
    }
  }
}

/** The state stays as it is: only the next look is set. */
function stay(run: Followed, needs: LookNeeds): void {
  const since = startedAtOf(run.state) ?? run.state.pushed.at;
  needs.runs.putOff(run, needs.clock.now() + nextLookIn(run, run.state.phase, since, needs));
}

/** Sees to it that the log is followed, as long as it has not ended. @returns when to look again, in ms from now. */
function nextLookIn(run: Followed, phase: 'queued' | 'running', since: number, needs: LookNeeds): number {
  const { runs, clock, follower, pace } = needs;
  const { logEnds, demand } = memoryOf(needs);
  const looks = logEnds.get(run.key);
  if (looks === undefined) follower.follow(run);
  else logEnds.set(run.key, looks + 1);
  const facts: LookFacts = {
    phase,
    ageMs: Math.max(0, clock.now() - since),
    earlierMs: earlierDurations(run, runs),
    followed: follower.hears(run.key),
    looksSinceLogEnd: looks ?? null,
  };
  const account = accountOf(run);
  if (facts.followed) demand.forget(run.key);
  else demand.note(account, run.key, wishedGap(facts));
  return lookAgainIn(facts, Math.random(), demand.stretch(account, pace.perMinute(account)));
}

/** How long earlier runs of the same kernel went on, in ms, the newest first. */
export const earlierDurations = (run: Run, runs: Needs['runs']): number[] =>
  runs.earlierOfKernel(run, EARLIER_RUNS).flatMap(({ state }) => {
    const started = startedAtOf(state);
    const ended = endedAtOf(state);
    return started === null || ended === null || ended < started ? [] : [ended - started];
  });

const isNearLimit = (run: Followed, now: number): boolean =>
  now - (startedAtOf(run.state) ?? run.state.pushed.at) >= NEAR_LIMIT * run.settings.limitMinutes * MINUTE;

async function notSeen(run: Followed, credential: Credential, error: KaggleError, needs: LookNeeds): Promise<void> {
  const { runs, clock } = needs;
  const again = noteTrouble(error, run, needs);
  const now = clock.now();
  if (error.kind === 'rejected') runs.putOff(run, now + REJECTED_AGAIN_MS);
  else if (error.kind !== 'forbidden' && error.kind !== 'notFound') runs.putOff(run, again);
  else if (isFresh(run.state.pushed, now)) runs.putOff(run, now + NOT_VISIBLE_AGAIN_MS);
  else await countUnseen(run, credential, needs);
}

const isFresh = (pushed: Pushed, now: number): boolean => Math.abs(now - pushed.at) < NOT_VISIBLE_YET_MS;

async function countUnseen(run: Followed, credential: Credential, needs: LookNeeds): Promise<void> {
  const { runs, clock, log } = needs;
  const now = clock.now();
  if (!isGone(run, needs)) {
    runs.putOff(run, now + GONE_AFTER_MS / (GONE_LOOKS - 1));
    return;
  }
  const why = (await isSuperseded(run, credential, needs)) ? 'superseded' : 'gone';
  log.warn({ run: run.key, why }, 'a run is lost from sight');
  runs.move(run, { type: 'lostSight', at: clock.now(), why }, { dueAt: null });
}

/** Kaggle shows the notebook, at a newer version: it was run again by hand, and ours is not shown any more. */
async function isSuperseded({ state }: Followed, credential: Credential, needs: LookNeeds): Promise<boolean> {
  try {
    const seen = await pullOrNull(credential, state.pushed.kernel, needs);
    return seen !== null && seen.currentVersion > state.pushed.version;
  } catch (error) {
    if (error instanceof KaggleError) return false;
    throw error;
  }
}
