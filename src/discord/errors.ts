import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { ChatError, type ChatErrorKind } from './chat.ts';

/** Discord's error codes that decide what follows. */
export const CODES = {
  unknownChannel: 10003,
  unknownGuild: 10004,
  unknownMessage: 10008,
  unknownWebhook: 10015,
  unknownInteraction: 10062,
  alreadyAcknowledged: 40060,
  invalidWebhookToken: 50027,
  tooManyEditsOfOldMessages: 30046,
  threadArchived: 50083,
} as const;

/** What each code means for a message we owe. Codes that are not here are judged by their HTTP status. */
const KINDS: ReadonlyMap<number, ChatErrorKind> = new Map<number, ChatErrorKind>([
  [CODES.unknownChannel, 'gone'],
  [CODES.unknownGuild, 'gone'],
  [CODES.unknownMessage, 'gone'],
  [10013, 'gone'], // unknown user
  [50001, 'gone'], // missing access: the bot does not see the channel
  [50013, 'forbidden'],
  [160002, 'forbidden'], // a reply without Read Message History
  [160005, 'forbidden'], // thread locked
  [CODES.threadArchived, 'forbidden'],
  [40058, 'forbidden'], // a forum takes no plain messages
  [50007, 'closed'],
  [50278, 'closed'],
  [50035, 'refused'],
  [50006, 'refused'], // empty message
  [40005, 'refused'], // too large
  [30015, 'refused'], // too many attachments
  [50005, 'refused'], // another author's message
  [200000, 'refused'], // AutoMod
  [240000, 'refused'], // link filter
  [CODES.tooManyEditsOfOldMessages, 'limited'],
  [40003, 'limited'], // direct messages opened too quickly
  [40062, 'limited'],
  [20028, 'limited'], // write limit of the channel: passes by itself, but not within seconds
  [40333, 'unavailable'], // Cloudflare in front of Discord
]);

/** For limits whose answer names no time. */
const UNNAMED_WAIT_MS = 60_000;
const SHORTEST_WAIT_MS = 1_000;

/**
 * @param what The deed in a few words, for the message of the error, e.g. `post in channel 1`.
 * @returns The failure in the words of the door. Nothing of the request is in it, as that may hold an interaction's token.
 */
export function chatError(error: unknown, what: string): ChatError {
  if (error instanceof ChatError) return error;
  if (error instanceof RateLimitError) {
    const wait = Math.max(error.retryAfter, error.timeToReset, error.sublimitTimeout, SHORTEST_WAIT_MS);
    // The library keeps the body of a 429 to itself. A limit beside the bucket's own on an edit is the one for old messages.
    const old = error.method === 'PATCH' && error.sublimitTimeout > 0 && error.scope !== 'shared';
    return new ChatError('limited', what, old ? CODES.tooManyEditsOfOldMessages : null, wait);
  }
  if (error instanceof DiscordAPIError) {
    const code = typeof error.code === 'number' && error.code !== 0 ? error.code : null;
    const kind = (code === null ? undefined : KINDS.get(code)) ?? kindOfStatus(error.status);
    return new ChatError(kind, what, code, kind === 'limited' ? UNNAMED_WAIT_MS : null);
  }
  if (error instanceof HTTPError) return new ChatError(kindOfStatus(error.status), what);
  // After a 401 the library forgets the token and says only this.
  if (error instanceof Error && error.message.startsWith('Expected token to be set'))
    return new ChatError('unauthorized', what);
  return new ChatError('unavailable', what);
}

function kindOfStatus(status: number): ChatErrorKind {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'gone';
    case 429:
      return 'limited';
    default:
      return status >= 400 && status < 500 ? 'refused' : 'unavailable';
  }
}

/** Discord's code of a refusal, or null when it gave none or did not answer. */
export const codeOf = (error: unknown): number | null =>
  error instanceof DiscordAPIError && typeof error.code === 'number' ? error.code : null;

/** The interaction's token no longer serves: too late, or never acknowledged. */
export function isTokenOver(error: unknown): boolean {
  const code = codeOf(error);
  return code === CODES.unknownInteraction || code === CODES.invalidWebhookToken || code === CODES.unknownWebhook;
}

/** No answer, or a 5xx: the request may or may not have had its effect. */
export const isDoubtful = (error: unknown): boolean => chatError(error, '').kind === 'unavailable';

/** Discord answered that it does not take this content. */
export const isRefused = (error: unknown): boolean =>
  !isTokenOver(error) && codeOf(error) !== CODES.alreadyAcknowledged && chatError(error, '').kind === 'refused';

/** For the log: what of the body Discord did not like. The tree names fields and reasons, never values. */
export const refusedFields = (error: unknown): object | null =>
  error instanceof DiscordAPIError && 'errors' in error.rawError && error.rawError.errors !== undefined
    ? { errors: error.rawError.errors }
    : null;

/** The bot cannot start, and trying again would not help. Its message is one sentence for whoever runs the bot. */
export class DiscordStartError extends Error {
  override readonly name = 'DiscordStartError';
}
