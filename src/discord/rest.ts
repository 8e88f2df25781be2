import { type RateLimitData, REST } from 'discord.js';

/** A wait this short is spent in the library; a longer one goes back to the outbox as a date. */
const SHORT_WAIT_MS = 1_000;
/** The library computes about this much when a 429 names no time, and would then ask again and again. */
const NO_TIME_NAMED_MS = 100;
const LONGEST_WAIT_FOR_ANSWER_MS = 10_000;
const LONGEST_WAIT_FOR_ACKNOWLEDGEMENT_MS = 1_500;

const common = (api: string) => ({ api, version: '10', retries: 0, timeout: 15_000 });

/** For calls in the bot's name. Never repeats a request by itself (source: Discord's documentation). */
export const createBotRest = (api: string, token: string): REST =>
  new REST({
    ...common(api),
    rejectOnRateLimit: ({ timeToReset, sublimitTimeout }: RateLimitData) =>
      sublimitTimeout > 0 || timeToReset > SHORT_WAIT_MS || timeToReset < NO_TIME_NAMED_MS,
  }).setToken(token);

/**
 * For answers to interactions, which need no bot token and do not count towards the bot's 50 requests per second: in one
 * REST with the others, a rush of commands would wait for that limit. Each interaction makes its own bucket, so they are
 * swept every minute.
 */
export const createAnswerRest = (api: string): REST =>
  new REST({
    ...common(api),
    globalRequestsPerSecond: Number.POSITIVE_INFINITY,
    handlerSweepInterval: 60_000,
    rejectOnRateLimit: ({ route, timeToReset, sublimitTimeout }: RateLimitData) =>
      Math.max(timeToReset, sublimitTimeout) >
      (route.startsWith('/interactions/') ? LONGEST_WAIT_FOR_ACKNOWLEDGEMENT_MS : LONGEST_WAIT_FOR_ANSWER_MS),
  });

export function closeRest(rest: REST): void {
  rest.clearHashSweeper();
  rest.clearHandlerSweeper();
}
