import type { Pushed, Run } from '../src/domain/run.ts';
import { pushedOf } from '../src/domain/run.ts';
import { UserError } from '../src/domain/user-error.ts';
import { escapeText } from '../src/domain/words.ts';
import { type Credential, type Kaggle, KaggleError } from '../src/kaggle/kaggle.ts';
import { credentialOf } from '../src/steps/credential.ts';
import { explainKaggle } from '../src/steps/explain.ts';
import type { Needs } from '../src/steps/needs.ts';

/**
 * One call to Kaggle for a person who waits for the answer; whether Kaggle answers at all is learned from it.
 * @param nothing what did not happen, for the error; may be empty
 * @throws UserError that says what to do
 */
export async function askKaggle<T>(
  call: (kaggle: Kaggle) => Promise<T>,
  { kaggle, health, clock }: Pick<Needs, 'kaggle' | 'health' | 'clock'>,
  nothing = '',
): Promise<T> {
  try {
    const answer = await call(kaggle);
    health.answered(clock.now());
    return answer;
  } catch (error) {
    if (!(error instanceof KaggleError)) throw error;
    if (error.kind === 'unavailable' || error.kind === 'unreadable') health.failed(clock.now());
    else if (error.status !== null) health.answered(clock.now());
    throw explainKaggle(error, { downSince: health.downSince, nothing });
  }
}

/**
 * What Kaggle must be shown to speak of this run: its launcher's account, whoever asks.
 * @throws UserError when that account is no longer linked
 */
export function credentialFor(run: Run, needs: Pick<Needs, 'accounts' | 'chat'>): Credential {
  const credential = credentialOf(run, needs);
  if (credential !== null) return credential;
  throw new UserError(
    `The Kaggle account of #${run.number} is not linked any more.`,
    `${escapeText(run.launcher.name)} can link it again with ${needs.chat.mention('link')}.`,
  );
}

/**
 * The version at Kaggle that a run made.
 * @throws UserError while there is none
 */
export function pushedFor(run: Run, what: 'log' | 'outputs'): Pushed {
  const pushed = pushedOf(run.state);
  if (pushed !== null) return pushed;
  const none = what === 'log' ? 'has no log' : 'has no outputs';
  switch (run.state.phase) {
    case 'accepted':
    case 'waiting':
    case 'pushing':
      throw new UserError(`#${run.number} ${none} yet.`, 'It is not on Kaggle so far.');
    default:
      throw new UserError(`#${run.number} ${none}.`, 'It never ran on Kaggle.');
  }
}
