import type { Notice } from '../../db/notices.ts';
import { MINUTE } from '../clock.ts';
import { ChatError, type MessageBody } from '../discord/chat.ts';
import type { Run } from '../domain/run.ts';
import type { Needs } from './needs.ts';
import { mayHaveBeenSent } from './reconcile.ts';

/** Discord remembers a nonce for some minutes; so long a message is sent again without looking first. */
const BLIND_MS = 2 * MINUTE;

/**
 * A component that a message of this kind carries and no other of this run's messages does, apart from the card. A message
 * that was cut down to plain text has none and is known by its words.
 */
const traceOf = ({ key }: Pick<Run, 'key'>, kind: Notice['kind']): string => {
  switch (kind) {
    case 'card':
      return `:v1:${key}`;
    case 'end':
      return `again:v1:${key}`;
    case 'lost':
      return `giveUp:v1:${key}`;
    case 'tokenRefused':
      return `link:v1:${key}`;
    default:
      // Every alarm offers to stop the run; which one it is stands behind it.
      return `stop:v1:${key}:${kind}`;
  }
};

/** The words that a message says whenever it is sent: without the mark of its lateness and of others that follow it. */
const lasting = (content: string): string =>
  content
    .replace(/ · and \d+ more below/, '')
    .split('\n')
    .filter((line) => !line.startsWith('-# Told late'))
    .join('\n')
    .replace(/\s+/g, ' ')
    .trim();

/**
 * The message that an earlier try may have left, once Discord no longer knows its nonce for sure.
 * @param body The message as it would be sent now.
 * @returns its id; null when there is none.
 * @throws ChatError
 */
export async function findSent(
  run: Run,
  { kind, channelId: triedIn, firstTryAt }: Notice,
  channelId: string,
  body: MessageBody,
  { chat, clock, log, meta }: Pick<Needs, 'chat' | 'clock' | 'log' | 'meta'>,
): Promise<string | null> {
  const words = body.kind === 'notice' ? lasting(body.content) : null;
  const triedLongAgo = firstTryAt !== null && triedIn === channelId && Math.abs(clock.now() - firstTryAt) > BLIND_MS;
  if (!triedLongAgo && !mayHaveBeenSent(run, { meta })) return null;
  try {
    // The card carries the same buttons as what replies to it.
    return await chat.findOwn(channelId, traceOf(run, kind), {
      ...(words === null ? {} : { says: (content: string) => lasting(content) === words }),
      kind: kind === 'card' ? 'panel' : 'notice',
      since: triedLongAgo ? firstTryAt : run.acceptedAt,
    });
  } catch (error) {
    if (!(error instanceof ChatError) || error.kind !== 'forbidden') throw error;
    log.warn({ run: run.key, notice: kind }, 'the channel may not be read back, so a message may appear twice');
    return null;
  }
}
