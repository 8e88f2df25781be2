import { MINUTE, SECOND } from '../clock.ts';
import type { Run, StateOf } from '../domain/run.ts';
import { type Credential, KaggleError } from '../kaggle/kaggle.ts';
import { accountOf, credentialOf } from './credential.ts';
import { findOurs, HiddenKernelError } from './find-ours.ts';
import { type InHand, workOn } from './in-hand.ts';
import { memoryOf } from './memory.ts';
import { adopt, type PushNeeds } from './push.ts';
import { noteAnswer, noteTrouble } from './trouble.ts';
import { isGone } from './unseen.ts';

/**
 * A push may land this long after its connection broke. Only when Kaggle was looked at after that time, and at least twice,
 * is our version taken not to exist (late landings up to 45 s are seen in public reports). A kernel that is new is not
 * shown for some time after its first push, so there the wait is longer.
 */
export const SETTLE_MS = MINUTE;
export const SETTLE_NEW_KERNEL_MS = 2 * MINUTE;
export const LOOKS_BEFORE_ABSENT = 2;
const BETWEEN_LOOKS_MS = 25 * SECOND;
/** Without a credential nobody can look; the run stays in doubt, since pushing it again could run it twice. */
const NO_CREDENTIAL_MS = 10 * MINUTE;
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
  const { credential, isOwn } = credentialToLook(found, needs);
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
    const pushed = await findOurs(run, run.state.baseVersion, credential, needs);
    if (isOwn) noteAnswer(run, needs);
    memoryOf(needs).unseen.delete(run.key);
    if (pushed === null) await notFound(run, metAt, needs);
    else adopt(run, pushed, needs);
  } catch (error) {
    if (!(error instanceof KaggleError)) throw error;
    // Not a look: nothing was seen. What is hidden for long is gone, and holds up its account no longer.
    if (error instanceof HiddenKernelError && isGone(run, needs))
      runs.move(run, { type: 'lostSight', at: clock.now(), why: 'gone' }, { dueAt: null });
    else runs.putOff(run, isOwn ? noteTrouble(error, run, needs) : clock.now() + BETWEEN_LOOKS_MS);
  }
}

/**
 * Whose credential may look for a push in doubt: the launcher's, else that of anybody who has linked the same Kaggle account,
 * for that account's line waits behind the doubt.
 */
function credentialToLook(run: Run, needs: PushNeeds): { credential: Credential | null; isOwn: boolean } {
  const own = credentialOf(run, needs);
  if (own !== null && needs.accounts.refusedSince(run.launcher.id) === null) return { credential: own, isOwn: true };
  const other = needs.accounts.withKaggleUser(accountOf(run)).find((one) => one.discordUser !== run.launcher.id);
  return other === undefined ? { credential: own, isOwn: true } : { credential: other.credential, isOwn: false };
}

async function notFound(run: Pushing, metAt: number, { runs, clock, log }: PushNeeds): Promise<void> {
  const now = clock.now();
  const looked = runs.move(run, { type: 'pushNotFound', at: now }, { dueAt: now + BETWEEN_LOOKS_MS });
  if (!isPushing(looked) || looked.state.doubt === null) return;
  // Both clocks must agree: a wall clock that was set must not make us push twice.
  const byWall = now - looked.state.doubt.since;
  const byMono = clock.mono() - metAt;
  const waited = byWall < 0 ? byMono : Math.min(byMono, byWall);
  const settle = looked.state.baseVersion === 0 ? SETTLE_NEW_KERNEL_MS : SETTLE_MS;
  if (waited < settle) {
    runs.putOff(looked, now + Math.min(BETWEEN_LOOKS_MS, Math.max(SECOND, settle - waited)));
    return;
  }
  if (looked.state.doubt.looks < LOOKS_BEFORE_ABSENT) return;
  memoryOf({ runs }).doubts.delete(run.key);
  log.warn({ run: run.key }, 'a push did not reach Kaggle and is made again');
  runs.move(looked, { type: 'pushAbsent', at: now }, { dueAt: now });
}
