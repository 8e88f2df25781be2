import { setTimeout as wait } from 'node:timers/promises';
import type { REST } from 'discord.js';
import { type InteractionResponseType, Routes } from 'discord-api-types/v10';
import type { Clock } from '../clock.ts';
import { CODES, codeOf, isDoubtful, isTokenOver } from './errors.ts';
import type { Histogram } from './histogram.ts';
import type { Payload } from './payload.ts';

/** What names an interaction towards Discord, and when it reached this process (monotonic ms). */
export type Answerable = {
  readonly id: string;
  readonly application_id: string;
  readonly token: string;
  readonly receivedAt: number;
};

/**
 * `accepted`: ours, go on. `late`: Discord no longer waits for it (10062). `taken`: somebody acknowledged it before us, so
 * another process or an earlier delivery does the work (40060). `failed`: refused, or no answer at all.
 */
export type Acknowledged = 'accepted' | 'late' | 'taken' | 'failed';

/**
 * Discord waits three seconds, so the first try leaves time for a second one. The later ones come too late to be in time, but
 * tell whether an earlier one was heard: if it was, the person is looking at "thinking" and has to get an answer.
 */
const ACKNOWLEDGE_WITHIN_MS = [2_000, 3_000, 10_000];
const ACKNOWLEDGE_AGAIN_AFTER_MS = [50, 500];
const EDIT_WITHIN_MS = 30_000;
const EDIT_AGAIN_AFTER_MS = [500, 1_500, 4_000];

/** The routes that answer interactions. They carry the interaction's own token, not the bot's. */
export class InteractionRoutes {
  readonly #rest: REST;
  readonly #clock: Clock;
  /** From receipt until the request was handed over, and until Discord had answered it, in ms. */
  readonly sent: Histogram;
  readonly answered: Histogram;

  constructor(rest: REST, clock: Clock, histograms: { sent: Histogram; answered: Histogram }) {
    this.#rest = rest;
    this.#clock = clock;
    this.sent = histograms.sent;
    this.answered = histograms.answered;
  }

  /** Since it reached this process, in whole ms. */
  age(of: Answerable): number {
    return Math.round(this.#clock.mono() - of.receivedAt);
  }

  /**
   * The first response. Repeats it when the answer was lost: having been heard the first time then shows as 40060.
   * @throws What Discord refused with, when the response carries content that can be refused (50035 …).
   */
  async acknowledge(to: Answerable, type: InteractionResponseType, payload?: Payload): Promise<Acknowledged> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        if (attempt === 0) this.sent.add(this.#clock.mono() - to.receivedAt);
        await this.#rest.post(Routes.interactionCallback(to.id, to.token), {
          auth: false,
          body: { type, ...(payload === undefined ? {} : { data: payload.body }) },
          ...(payload === undefined ? {} : { files: payload.files }),
          signal: AbortSignal.timeout(ACKNOWLEDGE_WITHIN_MS[attempt] ?? 0),
        });
        this.answered.add(this.#clock.mono() - to.receivedAt);
        return 'accepted';
      } catch (error) {
        const code = codeOf(error);
        if (code === CODES.unknownInteraction) return 'late';
        if (code === CODES.alreadyAcknowledged) return attempt === 0 ? 'taken' : 'accepted';
        if (!isDoubtful(error)) throw error;
        const pause = ACKNOWLEDGE_AGAIN_AFTER_MS[attempt];
        if (pause === undefined) return 'failed';
        await wait(pause);
      }
    }
  }

  /** Edits the first response, or after a deferred update the message the component hangs on. Repeats when in doubt: it is idempotent. */
  async editOriginal(to: Answerable, payload: Payload, signal?: AbortSignal): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#rest.patch(Routes.webhookMessage(to.application_id, to.token), {
          auth: false,
          body: payload.body,
          files: payload.files,
          signal: within(EDIT_WITHIN_MS, signal),
        });
        return;
      } catch (error) {
        const pause = EDIT_AGAIN_AFTER_MS[attempt];
        if (pause === undefined || isTokenOver(error) || !isDoubtful(error) || signal?.aborted === true) throw error;
        await wait(pause, undefined, signal === undefined ? {} : { signal });
      }
    }
  }

  /** One more ephemeral message. Not repeated: it has no nonce. */
  async followUp(to: Answerable, payload: Payload): Promise<void> {
    await this.#rest.post(Routes.webhook(to.application_id, to.token), {
      auth: false,
      body: payload.body,
      files: payload.files,
      signal: within(EDIT_WITHIN_MS),
    });
  }
}

const within = (ms: number, signal?: AbortSignal): AbortSignal =>
  signal === undefined ? AbortSignal.timeout(ms) : AbortSignal.any([AbortSignal.timeout(ms), signal]);
