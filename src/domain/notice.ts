import { createHash } from 'node:crypto';
import type { AlarmKind } from './alarms.ts';
import type { Run, RunState } from './run.ts';

/**
 * A message we owe, stored in the same transaction as the change it tells of.
 * `card`: the run's one message in the channel, owed from the start. `end`: the completion, failure or stop, a new message.
 * `inputDropped`: Kaggle runs it without an input. `lost`: it can no longer be followed.
 * `otherGpu`: the check cell saw another GPU than was asked for, or one that does not work.
 * `tokenRefused`: Kaggle refuses the launcher's token; hangs on one of their runs, and goes to them directly.
 * `overdue`: long past its limit it still goes on; told once a day.
 * The alarms are stored with the facts they tell, and each is said once per run (alarms.ts).
 */
export type NoticeKind = 'card' | 'end' | 'inputDropped' | 'lost' | 'otherGpu' | 'tokenRefused' | 'overdue' | AlarmKind;

/** Which notices a change owes. Withdrawing tells nobody: the card says it. */
export function noticesFor(before: RunState, after: RunState): NoticeKind[] {
  if (before.phase === after.phase) return [];
  switch (after.phase) {
    case 'complete':
    case 'error':
      return ['end'];
    case 'cancelled':
      return after.how === 'stopped' ? ['end'] : [];
    case 'queued':
      return before.phase === 'pushing' && after.pushed.inputsDropped.length > 0 ? ['inputDropped'] : [];
    case 'lost':
      return after.why === 'unlinked' ? [] : ['lost'];
    default:
      return [];
  }
}

/**
 * The nonce that makes sending idempotent within Discord's window of some minutes: the same for the same run, purpose and
 * channel, 25 characters (Discord's limit).
 */
export const nonceOf = (run: Pick<Run, 'key'>, kind: NoticeKind, channelId: string): string =>
  createHash('sha256').update(`${run.key}|${kind}|${channelId}`).digest('base64url').slice(0, 25);
