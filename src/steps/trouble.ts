import { MINUTE } from '../clock.ts';
import { LONGEST_WAIT, retryIn } from '../domain/retry.ts';
import type { Run } from '../domain/run.ts';
import type { KaggleError } from '../kaggle/kaggle.ts';
import { accountOf } from './credential.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';

export type TroubleNeeds = Pick<Needs, 'runs' | 'cards' | 'notices' | 'accounts' | 'clock' | 'health' | 'log' | 'pace'>;

/** Kaggle must refuse a credential twice, this far apart, before anybody is told. */
const CONFIRM_MS = MINUTE;
/** A refused credential is tried again now and then: Kaggle has had such mishaps. */
const REFUSED_AGAIN_MS = 10 * MINUTE;

/**
 * Takes in that a call for this run failed: what it says of Kaggle and of the credential.
 * @returns when (ms since the epoch) to try again.
 */
export function noteTrouble(error: KaggleError, run: Run, needs: TroubleNeeds): number {
  const { cards, clock, health, log, pace } = needs;
  const memory = memoryOf(needs);
  const now = clock.now();
  log.info({ run: run.key, kind: error.kind, what: error.message }, 'a call to Kaggle failed');
  if (error.kind === 'unauthorized') return noteUnauthorized(run, needs);
  if (error.kind === 'unavailable' || error.kind === 'unreadable') {
    health.failed(now, accountOf(run));
    tellTurn(needs);
    if (health.downSince !== null) cards.want(run.key, now);
  } else if (error.status !== null) {
    // Any answer of its own, also a refusal, says that Kaggle is there. Without a status it was not even asked.
    noteThere(run, needs);
  }
  const soon = retryIn(memory.waits.get(run.key) ?? null, error.retryAfterMs, Math.random());
  memory.waits.set(run.key, soon);
  // When too much is repeated already, it waits for its usual turn.
  const wait = error.retryAfterMs !== null || pace.mayRetry() ? soon : Math.max(soon, LONGEST_WAIT);
  return now + wait;
}

function noteUnauthorized(run: Run, needs: TroubleNeeds): number {
  const { runs, cards, notices, accounts, clock, log } = needs;
  const { unauthorized } = memoryOf({ runs });
  const person = run.launcher.id;
  const now = clock.now();
  noteThere(run, needs);
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

/** Kaggle has answered in whatever way. */
function noteThere(run: Run, needs: TroubleNeeds): void {
  needs.health.answered(needs.clock.now(), accountOf(run));
  tellTurn(needs);
}

/** When Kaggle goes away or comes back every card says so, also of runs that are not looked at for long. */
function tellTurn({ runs, cards, clock, health }: TroubleNeeds): void {
  const memory = memoryOf({ runs });
  const isDown = health.downSince !== null;
  if (memory.isKaggleDown === isDown) return;
  memory.isKaggleDown = isDown;
  cards.wantFollowed(clock.now());
}

/** Takes in that a call for this run was answered. */
export function noteAnswer(run: Run, needs: TroubleNeeds): void {
  const { runs, cards, accounts, clock } = needs;
  noteThere(run, needs);
  const memory = memoryOf({ runs });
  const now = clock.now();
  memory.waits.delete(run.key);
  memory.unauthorized.delete(run.launcher.id);
  if (accounts.refusedSince(run.launcher.id) === null) return;
  accounts.accepted(run.launcher.id);
  for (const one of runs.aliveOfLauncher(run.launcher.id)) cards.want(one.key, now);
}
