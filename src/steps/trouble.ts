import { MINUTE } from '../clock.ts';
import { retryIn } from '../domain/retry.ts';
import type { Run } from '../domain/run.ts';
import type { KaggleError } from '../kaggle/kaggle.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';

export type TroubleNeeds = Pick<Needs, 'runs' | 'cards' | 'notices' | 'accounts' | 'clock' | 'health' | 'log'>;

/** Kaggle must refuse a credential twice, this far apart, before anybody is told (reliability.md 1.5). */
const CONFIRM_MS = MINUTE;
/** A refused credential is tried again now and then: Kaggle has had such mishaps. */
const REFUSED_AGAIN_MS = 10 * MINUTE;

/**
 * Takes in that a call for this run failed: what it says of Kaggle and of the credential.
 * @returns when (ms since the epoch) to try again.
 */
export function noteTrouble(error: KaggleError, run: Run, needs: TroubleNeeds): number {
  const { clock, health, log } = needs;
  const memory = memoryOf(needs);
  const now = clock.now();
  log.info({ run: run.key, kind: error.kind, what: error.message }, 'a call to Kaggle failed');
  if (error.kind === 'unauthorized') return noteUnauthorized(run, needs);
  if (error.kind === 'unavailable' || error.kind === 'unreadable') {
    health.failed(now);
    if (health.downSince !== null) needs.cards.want(run.key, now);
  } else {
    // Any answer of its own, also a refusal, says that Kaggle is there.
    health.answered();
  }
  const wait = retryIn(memory.waits.get(run.key) ?? null, error.retryAfterMs, Math.random());
  memory.waits.set(run.key, wait);
  return now + wait;
}

function noteUnauthorized(run: Run, needs: TroubleNeeds): number {
  const { runs, cards, notices, accounts, clock, health, log } = needs;
  const { unauthorized } = memoryOf({ runs });
  const person = run.launcher.id;
  const now = clock.now();
  health.answered();
  const since = unauthorized.get(person);
  if (since === undefined) {
    unauthorized.set(person, clock.mono());
    return now + CONFIRM_MS;
  }
  if (clock.mono() - since < CONFIRM_MS) return now + CONFIRM_MS - (clock.mono() - since);
  if (accounts.refusedSince(person) === null) {
    // Owed before it is known to be refused, so that a crash in between tells it all the same.
    notices.owe(run.key, 'tokenRefused', now);
    accounts.refused(person, now);
    log.warn({ person }, 'Kaggle refuses the token of a person');
    for (const one of runs.aliveOfLauncher(person)) cards.want(one.key, now);
  }
  return now + REFUSED_AGAIN_MS;
}

/** Takes in that a call for this run was answered. */
export function noteAnswer(run: Run, { runs, cards, accounts, clock, health }: TroubleNeeds): void {
  const memory = memoryOf({ runs });
  const now = clock.now();
  const wasDown = health.downSince !== null;
  health.answered();
  memory.waits.delete(run.key);
  memory.unauthorized.delete(run.launcher.id);
  if (wasDown) cards.want(run.key, now);
  if (accounts.refusedSince(run.launcher.id) === null) return;
  accounts.accepted(run.launcher.id);
  for (const one of runs.aliveOfLauncher(run.launcher.id)) cards.want(one.key, now);
}
