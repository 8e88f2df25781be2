import { formatInput } from '../domain/input.ts';
import type { Failure } from '../domain/results.ts';
import type { Run } from '../domain/run.ts';
import { type Credential, KaggleError } from '../kaggle/kaggle.ts';
import { inputAdvice } from '../results/failure-advice.ts';
import { likelyInput } from './attachable.ts';
import { accountOf } from './credential.ts';
import type { Needs } from './needs.ts';

/**
 * Adds to a failure over a missing input the one that is likely meant, looked for among what the person can attach, so that one
 * press can run it again with it. A courtesy: what Kaggle does not answer now is left out.
 */
export async function withLikelyInput(
  failure: Failure | null,
  run: Run,
  credential: Credential | null,
  needs: Pick<Needs, 'kaggle' | 'log'>,
): Promise<Failure | null> {
  if (failure?.missing === undefined || credential === null) return failure;
  const { inputs } = run.settings;
  try {
    const found = await likelyInput(failure.missing, inputs, { account: accountOf(run), credential }, needs);
    if (found === null) return failure;
    const attach = formatInput(found);
    return { ...failure, attach, advice: inputAdvice(attach, inputs.map(formatInput)) };
  } catch (error) {
    if (!(error instanceof KaggleError)) throw error;
    needs.log.info({ run: run.key, what: error.message }, 'the input a run missed could not be looked for');
    return failure;
  }
}
