import { MINUTE, SECOND } from '../clock.ts';
import { formatKernel } from '../domain/kernel.ts';
import { lineOf } from '../domain/line.ts';
import { askForHoursIn, askForSlotIn } from '../domain/retry.ts';
import type { Pushed, Run, RunEvent, WaitReason } from '../domain/run.ts';
import { type Credential, KaggleError, type PushAnswer } from '../kaggle/kaggle.ts';
import { accountOf, credentialOf, kernelName } from './credential.ts';
import { findOurs } from './find-ours.ts';
import { type InHand, workOn } from './in-hand.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';
import { pullOrNull } from './order-source.ts';
import { noteAnswer, noteTrouble, type TroubleNeeds } from './trouble.ts';

export type PushNeeds = TroubleNeeds & Pick<Needs, 'kaggle' | 'follower'>;

/** The first look after the push was answered: a machine is seldom found sooner. */
const FIRST_LOOK_MS = 5 * SECOND;
const FIRST_LOOK_BEHIND_STREAM_MS = MINUTE;
/** The first look after an answer was lost: usually Kaggle had it all. */
export const FIRST_DOUBT_LOOK_MS = 5 * SECOND;
/** How old what we saw of a kernel may be to serve as the version before our push. */
const BASE_MAX_AGE_MS = MINUTE;
/** A push that Kaggle does not allow is tried this often in all: names of new kernels are sometimes refused for a moment. */
const FORBIDDEN_TRIES = 3;

/**
 * Pushes the run that has waited longest. Only the head of an account's line is pushed, and one at a time; the intent is
 * stored before the call, because the call cannot be taken back and Kaggle has no key to make it idempotent.
 * @returns whether there was one.
 */
export async function pushNext(needs: PushNeeds, inHand: InHand = new Set()): Promise<boolean> {
  const run = needs.runs.due(['accepted', 'waiting'], needs.clock.now(), inHand);
  if (run === null) return false;
  await workOn(run, needs, inHand, () => pushOne(run, needs));
  return true;
}

async function pushOne(run: Run, needs: PushNeeds): Promise<void> {
  const { runs, kaggle, clock } = needs;
  const credential = credentialOf(run, needs);
  if (credential === null) {
    runs.move(run, { type: 'lostSight', at: clock.now(), why: 'unlinked' }, { dueAt: null });
    return;
  }
  if (standsBehind(run, needs)) return;
  const source = runs.source(run.sourceHash);
  if (source === null) throw new Error('the source of the run is not stored');
  let baseVersion: number;
  let landed: Pushed | null;
  try {
    landed = await earlierPush(run, credential, needs);
    baseVersion = await versionBefore(run, credential, needs);
  } catch (error) {
    if (!(error instanceof KaggleError)) throw error;
    runs.putOff(run, noteTrouble(error, run, needs));
    return;
  }
  const at = clock.now();
  // Due at once: whoever finds it after a crash must look, and nobody else takes it while its account is in hand.
  const pushing = runs.move(run, { type: 'pushStarted', at, baseVersion }, { dueAt: at });
  // Withdrawn in the last moment.
  if (pushing === null) return;
  if (landed !== null) {
    adopt(pushing, landed, needs);
    return;
  }
  const { settings } = run;
  try {
    const answer = await kaggle.push(credential, { ...settings, source });
    noteAnswer(run, needs);
    await settle(pushing, credential, answer, needs);
  } catch (error) {
    fail(pushing, error, needs);
  }
}

/** What an earlier push of this run has made after all, seen in the last moment before it is made again. */
async function earlierPush(run: Run, credential: Credential, needs: PushNeeds): Promise<Pushed | null> {
  const { state } = run;
  const earlier = 'earlier' in state ? state.earlier : undefined;
  return earlier === undefined ? null : findOurs(run, earlier.baseVersion, credential, needs);
}

/** Puts a run off that is not the first of its line, or whose account has a push under way. */
function standsBehind(run: Run, { runs, clock }: PushNeeds): boolean {
  const now = clock.now();
  const alive = runs.aliveOfAccount(accountOf(run));
  const pushing = alive.find((one) => one.state.phase === 'pushing');
  if (pushing !== undefined) {
    runs.putOff(run, Math.max(pushing.dueAt ?? now, now) + SECOND);
    return true;
  }
  const head = lineOf(run, alive)[0];
  if (head === undefined || head.key === run.key || head.dueAt === null) return false;
  const dueAt = Math.max(head.dueAt, now) + SECOND;
  if (run.state.phase === 'accepted' && head.state.phase === 'waiting')
    runs.move(run, { type: 'pushDeferred', at: now, reason: head.state.reason }, { dueAt });
  else runs.putOff(run, dueAt);
  return true;
}

/** Kaggle's newest version before our push; 0 when there is no such kernel. */
async function versionBefore(run: Run, credential: Credential, needs: PushNeeds): Promise<number> {
  const { clock } = needs;
  const seen = memoryOf(needs).versions.get(formatKernel(run.settings.kernel));
  // What submit saw a moment ago will do: whatever came in between is looked at by its source, not by its number.
  if (seen !== undefined && clock.mono() - seen.at < BASE_MAX_AGE_MS) return seen.version;
  const pulled = await pullOrNull(credential, run.settings.kernel, needs);
  noteAnswer(run, needs);
  return pulled?.currentVersion ?? 0;
}

async function settle(run: Run, credential: Credential, answer: PushAnswer, needs: PushNeeds): Promise<void> {
  switch (answer.kind) {
    case 'pushed':
      adopt(run, { ...answer.pushed, at: needs.clock.now() }, needs);
      return;
    case 'full': {
      const reason: WaitReason = { for: answer.of, said: answer.said };
      const dueAt = needs.clock.now() + (await askAgainIn(run, reason, credential, needs));
      moveOn(run, { type: 'pushDeferred', at: needs.clock.now(), reason }, dueAt, needs);
      return;
    }
    case 'refused':
      moveOn(run, { type: 'pushRefused', at: needs.clock.now(), message: answer.said }, null, needs);
  }
}

/** Kaggle has our version: from now on it is followed. */
export function adopt(run: Run, pushed: Pushed, needs: PushNeeds): void {
  const { runs, cards, clock, follower, log } = needs;
  const now = clock.now();
  const queued = moveOn(run, { type: 'pushed', at: now, pushed }, now + FIRST_LOOK_MS, needs);
  if (queued === null) return;
  log.info({ run: run.key, kernel: formatKernel(pushed.kernel), version: pushed.version }, 'a run is pushed');
  memoryOf(needs).versions.set(formatKernel(pushed.kernel), { version: pushed.version, at: clock.mono() });
  follower.follow(queued);
  // Its first line wakes the run, and so does a stream that is refused.
  if (follower.hears(queued.key)) runs.putOff(queued, now + FIRST_LOOK_BEHIND_STREAM_MS);
  for (const other of runs.aliveOfAccount(accountOf(run)))
    if (other.key !== run.key && kernelName(other) === kernelName(queued)) cards.want(other.key, now);
  // There may be room for the next one too.
  runs.wakeAll(['accepted', 'waiting'], accountOf(run), now);
}

async function askAgainIn(run: Run, reason: WaitReason, credential: Credential, needs: PushNeeds): Promise<number> {
  const now = needs.clock.now();
  if (reason.for !== 'hours') return askForSlotIn(Math.max(0, now - run.acceptedAt));
  const { hours } = memoryOf(needs);
  try {
    const quota = await needs.kaggle.quota(credential);
    const of = run.settings.accelerator.startsWith('Tpu') ? quota.tpu : quota.gpu;
    hours.set(accountOf(run), { total: of?.total ?? null, refillAt: quota.refillAt });
  } catch (error) {
    if (!(error instanceof KaggleError)) throw error;
  }
  return askForHoursIn(now, hours.get(accountOf(run))?.refillAt ?? null);
}

function fail(run: Run, error: unknown, needs: PushNeeds): void {
  const { clock, log } = needs;
  const now = clock.now();
  if (!(error instanceof KaggleError)) {
    // A mistake of ours, somewhere around the call: nobody knows whether it went out.
    moveOn(run, { type: 'pushDoubted', at: now }, now + FIRST_DOUBT_LOOK_MS, needs);
    throw error;
  }
  const again = noteTrouble(error, run, needs);
  if (error.maybeDone) {
    log.warn({ run: run.key, kind: error.kind }, 'the answer to a push was lost');
    moveOn(run, { type: 'pushDoubted', at: now }, now + FIRST_DOUBT_LOOK_MS, needs);
    return;
  }
  const refused =
    error.kind === 'rejected' ||
    ((error.kind === 'forbidden' || error.kind === 'notFound') && tries(run, needs) >= FORBIDDEN_TRIES);
  if (refused) {
    const message = error.said ?? 'It gave no reason.';
    moveOn(run, { type: 'pushRefused', at: now, message }, null, needs);
  } else moveOn(run, { type: 'pushAbsent', at: now }, again, needs);
}

function tries(run: Run, needs: PushNeeds): number {
  const { failures } = memoryOf(needs);
  const count = (failures.get(run.key) ?? 0) + 1;
  failures.set(run.key, count);
  return count;
}

/**
 * Stores what came of a push. What Kaggle has done is true whatever happened to the row meanwhile, so a change that somebody
 * else was quicker to make (a doubt, say) is read and gone on from.
 */
function moveOn(run: Run, event: RunEvent, dueAt: number | null, { runs }: PushNeeds): Run | null {
  const moved = runs.move(run, event, { dueAt });
  if (moved !== null) return moved;
  const now = runs.byKey(run.key);
  return now?.state.phase === 'pushing' ? runs.move(now, event, { dueAt }) : null;
}
