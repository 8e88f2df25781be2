import type { Reply } from '../src/discord/command.ts';
import { renderPreflight } from '../src/discord/render/preflight.ts';
import { formatInput } from '../src/domain/input.ts';
import type { Needs } from '../src/steps/needs.ts';
import type { CommitOrder } from '../src/steps/order.ts';
import { checkAhead, preflight } from '../src/steps/preflight.ts';
import { KaggleAwayError, NotLinkedError, type Prepared, prepare, prepareUnasked } from '../src/steps/prepare.ts';
import { keepCheck, mayCheck, newThread, overtaken, type Thread } from './launch-checked.ts';

/**
 * Checks an order and says what was found; nothing is committed. What only Kaggle knows is left out, and said so, without a
 * linked account or while Kaggle does not answer.
 * @throws UserError
 */
export async function checkReply(order: CommitOrder, needs: Needs, thread: Thread = newThread()): Promise<Reply> {
  mayCheck(order, needs);
  checkAhead(order, needs);
  const { prepared, unasked } = await preparedFor(order, needs);
  const found = await preflight(order, prepared, needs);
  const newer = overtaken(thread, order.user.id, needs);
  if (newer !== null) return { body: renderPreflight(newer) };
  if (found.findings.length > 0) {
    const inputs = prepared.settings.inputs.map(formatInput);
    const { key, ...where } = thread;
    keepCheck(key, order.user.id, { purpose: 'check', order, inputs, preflight: found, ...where, run: null }, needs);
  }
  return { body: renderPreflight({ purpose: 'check', preflight: found, unasked, ...thread }) };
}

async function preparedFor(order: CommitOrder, needs: Needs): Promise<{ prepared: Prepared; unasked: string | null }> {
  const without = (why: string): { prepared: Prepared; unasked: string } => ({
    prepared: prepareUnasked(order, needs),
    unasked: `${why}: its inputs, earlier runs and the hours left were not checked`,
  });
  try {
    return { prepared: await prepare(order, needs), unasked: null };
  } catch (error) {
    if (order.from.kind !== 'file') throw error;
    if (error instanceof NotLinkedError) return without('no Kaggle account is linked');
    if (error instanceof KaggleAwayError) return without('Kaggle is not answering');
    throw error;
  }
}
