import { createHash } from 'node:crypto';
import { MINUTE, SECOND } from '../clock.ts';
import { formatInput } from '../domain/input.ts';
import { type KernelRef, sameKernel } from '../domain/kernel.ts';
import type { Pushed, Run, StateOf } from '../domain/run.ts';
import { type Credential, KaggleError, type KernelSeen } from '../kaggle/kaggle.ts';
import { markerOf } from '../notebook/marker.ts';
import { credentialOf } from './credential.ts';
import { type InHand, workOn } from './in-hand.ts';
import { memoryOf } from './memory.ts';
import { pullOrNull } from './order-source.ts';
import { adopt, type PushNeeds } from './push.ts';
import { noteAnswer, noteTrouble } from './trouble.ts';

/**
 * A push may land this long after its connection broke. Only when Kaggle was looked at after that time, and at least twice,
 * is our version taken not to exist (reliability.md 1.5: late landings up to 45 s are seen).
 */
export const SETTLE_MS = MINUTE;
export const LOOKS_BEFORE_ABSENT = 2;
const BETWEEN_LOOKS_MS = 25 * SECOND;
/** Without a credential nobody can look; the run stays in doubt, since pushing it again could run it twice. */
const NO_CREDENTIAL_MS = 10 * MINUTE;
/**
 * So many versions are looked through at either end: ours was among the first after the one before. After a restore the one
 * before is not known, and ours is among the newest.
 */
const MOST_VERSIONS = 20;
/** So many kernels with our title are looked at, when Kaggle may have given it another address than foreseen. */
const MOST_NAMESAKES = 3;

type Pushing = Run & { readonly state: StateOf<'pushing'> };
const isPushing = (run: Run | null): run is Pushing => run?.state.phase === 'pushing';

/**
 * Finds out what became of a push whose answer nobody read: the connection broke, or the program was killed in between.
 * @returns whether there was one.
 */
export async function recoverNext(needs: PushNeeds, inHand: InHand = new Set()): Promise<boolean> {
  const run = needs.runs.due(['pushing'], needs.clock.now(), inHand);
  if (!isPushing(run)) return false;
  await workOn(run, needs, inHand, () => recover(run, needs));
  return true;
}

async function recover(found: Pushing, needs: PushNeeds): Promise<void> {
  const { runs, clock } = needs;
  const credential = credentialOf(found, needs);
  if (credential === null) {
    runs.putOff(found, clock.now() + NO_CREDENTIAL_MS);
    return;
  }
  // A push under way has its account in hand, so one that is found here without a doubt was left by a process that is gone.
  const run =
    found.state.doubt === null
      ? runs.move(found, { type: 'pushDoubted', at: clock.now() }, { dueAt: clock.now() })
      : found;
  if (!isPushing(run)) return;
  const { doubts } = memoryOf(needs);
  const metAt = doubts.get(run.key) ?? clock.mono();
  doubts.set(run.key, metAt);
  try {
    const pushed = await findOurs(run, credential, needs);
    noteAnswer(run, needs);
    if (pushed === null) await notFound(run, metAt, needs);
    else adopt(run, pushed, needs);
  } catch (error) {
    if (!(error instanceof KaggleError)) throw error;
    // Not a look: nothing was seen.
    runs.putOff(run, noteTrouble(error, run, needs));
  }
}

async function notFound(run: Pushing, metAt: number, { runs, clock, log }: PushNeeds): Promise<void> {
  const now = clock.now();
  const looked = runs.move(run, { type: 'pushNotFound', at: now }, { dueAt: now + BETWEEN_LOOKS_MS });
  if (!isPushing(looked) || looked.state.doubt === null) return;
  // Both clocks must agree: a wall clock that was set must not make us push twice.
  const byWall = now - looked.state.doubt.since;
  const byMono = clock.mono() - metAt;
  const waited = byWall < 0 ? byMono : Math.min(byMono, byWall);
  if (waited < SETTLE_MS) {
    runs.putOff(looked, now + Math.min(BETWEEN_LOOKS_MS, Math.max(SECOND, SETTLE_MS - waited)));
    return;
  }
  if (looked.state.doubt.looks < LOOKS_BEFORE_ABSENT) return;
  log.warn({ run: run.key }, 'a push did not reach Kaggle and is made again');
  runs.move(looked, { type: 'pushAbsent', at: now }, { dueAt: now });
}

/** Our version at Kaggle, recognised by the marker in its source or by the very bytes; null when it is not there. */
async function findOurs(run: Pushing, credential: Credential, needs: PushNeeds): Promise<Pushed | null> {
  const asked = run.settings.kernel;
  const seen = await pullOrNull(credential, asked, needs);
  if (seen !== null) return findIn(run, seen, run.state.baseVersion, credential, needs);
  // It was there before our push: hidden now is not gone, so nothing was seen that could speak against our version.
  if (run.state.baseVersion > 0)
    throw new KaggleError('forbidden', 'look for a version', { said: 'the notebook is not shown now' });
  // A new kernel gets the address Kaggle makes of its title, and that may be another than the one we foresaw.
  const named = await needs.kaggle.kernels(credential, run.settings.title, 20);
  const namesakes = named.filter(({ ref, title }) => title === run.settings.title && !sameKernel(ref, asked));
  for (const { ref } of namesakes.slice(0, MOST_NAMESAKES)) {
    const other = await pullOrNull(credential, ref, needs);
    const pushed = other === null ? null : await findIn(run, other, 0, credential, needs);
    if (pushed !== null) return pushed;
  }
  return null;
}

async function findIn(
  run: Pushing,
  newest: KernelSeen,
  baseVersion: number,
  credential: Credential,
  { kaggle, clock }: PushNeeds,
): Promise<Pushed | null> {
  const { currentVersion, ref } = newest;
  if (isOurs(run, newest.source)) return pushedAs(run, ref, currentVersion, newest, clock.now());
  for (let version = baseVersion + 1; version < currentVersion; version++) {
    if (version > baseVersion + MOST_VERSIONS && version < currentVersion - MOST_VERSIONS) continue;
    try {
      const seen = await kaggle.kernel(credential, ref, version);
      if (isOurs(run, seen.source)) return pushedAs(run, ref, version, null, clock.now());
    } catch (error) {
      // A version of which Kaggle keeps nothing was not made by a push that was just accepted.
      if (!(error instanceof KaggleError) || (error.kind !== 'notFound' && error.kind !== 'forbidden')) throw error;
    }
  }
  return null;
}

const isOurs = (run: Run, source: string): boolean =>
  markerOf(source) === run.key || createHash('sha256').update(source).digest('hex') === run.sourceHash;

/** What the lost answer would have said; `newest` when the version is Kaggle's newest. Dropped inputs show only at the newest version: Kaggle tells them of no other. */
export function pushedAs(run: Run, kernel: KernelRef, version: number, newest: KernelSeen | null, at: number): Pushed {
  const attached = newest?.inputs.map(formatInput) ?? null;
  const inputsDropped =
    attached === null ? [] : run.settings.inputs.map(formatInput).filter((input) => !attached.includes(input));
  return { kernel, version, page: null, at, inputsDropped };
}
