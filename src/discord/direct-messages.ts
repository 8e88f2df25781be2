import { setTimeout as wait } from 'node:timers/promises';
import { errorFields, type Log } from '../log.ts';
import { readTextAsk } from './ask.ts';
import { type Chat, ChatError, type MessageBody } from './chat.ts';
import type { DirectMessage } from './command.ts';
import { tokenPasted } from './dispatch.ts';
import { type IncomingText, readText } from './incoming.ts';
import { hasToken } from './pasted-token.ts';
import type { RecentIds } from './recent-ids.ts';
import { renderError } from './render/error.ts';
import { type Explain, triage } from './triage.ts';

const SEND_AGAIN_AFTER_MS = [500, 2_000, 5_000];

export type DirectMessagesNeeds = {
  readonly chat: Chat;
  readonly explain: Explain;
  readonly log: Log;
  readonly seen: RecentIds;
  /** The bot's own user id. */
  readonly ownId: () => string | null;
  /** The program stops. */
  readonly stopping: AbortSignal;
};

/** Answers what people write to the bot in a direct message. */
export class DirectMessages<Needs> {
  readonly #handle: DirectMessage<Needs>;
  readonly #handlerNeeds: Needs;
  readonly #own: DirectMessagesNeeds;
  readonly #running = new Set<Promise<void>>();

  constructor(handle: DirectMessage<Needs>, handlerNeeds: Needs, own: DirectMessagesNeeds) {
    this.#handle = handle;
    this.#handlerNeeds = handlerNeeds;
    this.#own = own;
  }

  /** Takes a MESSAGE_CREATE. Never throws; leaves guild messages, bots and itself alone. */
  receive(raw: unknown): void {
    if (this.#own.stopping.aborted) return;
    const text = readText(raw);
    if (text === null || text.author.id === this.#own.ownId() || !this.#own.seen.add(text.id)) return;
    const run = this.#answer(text)
      .catch((error: unknown) =>
        this.#own.log.warn({ messageId: text.id, ...errorFields(error) }, 'A direct message could not be answered'),
      )
      .finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  /** Resolves when all that was received is answered. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #answer(text: IncomingText): Promise<void> {
    const { chat, explain, log } = this.#own;
    let body: MessageBody | null;
    if (hasToken(text.content)) body = renderError(tokenPasted((command) => chat.mention(command)));
    else
      try {
        body = await this.#handle(readTextAsk(text), this.#handlerNeeds);
      } catch (error) {
        body = triage(error, explain, log, { directMessage: text.id });
      }
    if (body !== null) await this.#post(text, body);
  }

  async #post(text: IncomingText, body: MessageBody): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        // The same nonce each time: a message whose answer was lost does not appear twice.
        await this.#own.chat.post({ channelId: text.channel_id, body, nonce: `dm.${text.id}` });
        return;
      } catch (error) {
        const pause = SEND_AGAIN_AFTER_MS[attempt];
        const passes = error instanceof ChatError && (error.kind === 'unavailable' || error.kind === 'limited');
        if (!passes || pause === undefined) throw error;
        await wait(Math.max(pause, error.retryAfterMs ?? 0), undefined, { signal: this.#own.stopping });
      }
    }
  }
}
