import { MINUTE } from '../clock.ts';
import type { Credential, Quota } from '../kaggle/kaggle.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';

const KEPT_MS = MINUTE;

/**
 * What Kaggle says of an account's hours; an answer is used for a minute, and those who ask meanwhile share one call.
 * @throws KaggleError
 */
export function quotaOf(
  { account, credential }: { readonly account: string; readonly credential: Credential },
  needs: Pick<Needs, 'kaggle' | 'runs' | 'clock'>,
): Promise<Quota> {
  const { quotas } = memoryOf(needs);
  const now = needs.clock.mono();
  for (const [name, { at }] of quotas) if (now - at >= KEPT_MS) quotas.delete(name);
  const known = quotas.get(account);
  if (known !== undefined) return known.seen;
  const seen = needs.kaggle.quota(credential);
  quotas.set(account, { seen, at: now });
  seen.catch(() => {
    if (quotas.get(account)?.seen === seen) quotas.delete(account);
  });
  return seen;
}
