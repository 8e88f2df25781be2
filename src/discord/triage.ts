import { UserError } from '../domain/user-error.ts';
import { errorFields, type Log } from '../log.ts';
import type { MessageBody } from './chat.ts';
import { newReference } from './reference.ts';
import { renderError, renderFault } from './render/error.ts';

/** Turns an error of another door into one for people; null when it is a fault of ours. */
export type Explain = (error: unknown) => UserError | null;

/**
 * @param during What was going on, for the log; nothing a person typed.
 * @returns What the person reads: the error itself when it is meant for them, else a reference to the line in the log.
 */
export function triage(error: unknown, explain: Explain, log: Log, during: object): MessageBody {
  if (error instanceof UserError) return renderError(error);
  const explained = explain(error);
  if (explained !== null) {
    log.info({ ...during, ...errorFields(error) }, 'An interaction met an outside failure');
    return renderError(explained);
  }
  const reference = newReference();
  log.error({ ...during, reference, ...errorFields(error) }, 'An interaction failed');
  return renderFault(reference);
}
