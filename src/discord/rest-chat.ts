import type { REST, RequestData } from 'discord.js';
import { MessageFlags, Routes } from 'discord-api-types/v10';
import { z } from 'zod';
import { type Among, type Chat, ChatError, type MessageBody, type Post } from './chat.ts';
import { CODES, chatError } from './errors.ts';
import { edit, newMessage } from './payload.ts';

const MIB = 1024 * 1024;
export const DEFAULT_UPLOAD_LIMIT = 10 * MIB;
/** By the guild's boost tier. */
const UPLOAD_LIMITS = [DEFAULT_UPLOAD_LIMIT, DEFAULT_UPLOAD_LIMIT, 50 * MIB, 100 * MIB];

/** So that a body that never ends holds nobody up; the library limits only the wait for the head. */
const DEADLINE_MS = 60_000;

const WithId = z.object({ id: z.string() });
const Messages = z.array(
  z.object({
    id: z.string().regex(/^\d+$/),
    author: z.object({ id: z.string() }),
    flags: z.number().optional(),
    content: z.string().optional(),
    components: z.unknown().optional(),
  }),
);

const PAGE = 100;
const MOST_PAGES = 10;
const DISCORD_EPOCH = 1_420_070_400_000;
/** Ids are of Discord's clock, `since` of ours. */
const CLOCKS_DIFFER_MS = 60_000;

/** When a message was sent, from its id (Discord's documentation: snowflakes). */
const timeOf = (id: string): number => Number(BigInt(id) >> 22n) + DISCORD_EPOCH;

/** What the gateway knows and REST would have to ask for. */
export type Surroundings = {
  /** The bot's own user id; null before it is connected for the first time. */
  ownId(): string | null;
  boostTier(guildId: string): number;
  guildName(guildId: string): string | null;
  commandId(name: string): string | null;
};

const kindOf = ({ flags }: { flags?: number | undefined }): MessageBody['kind'] =>
  ((flags ?? 0) & MessageFlags.IsComponentsV2) === 0 ? 'notice' : 'panel';

/** Chat over Discord's HTTP API. Works without a gateway connection, except `findOwn` before the first one. */
export class RestChat implements Chat {
  readonly #rest: REST;
  readonly #around: Surroundings;
  readonly #onUnauthorized: () => void;

  /**
   * @param rest With `retries: 0`: the library repeats posts at once and without a nonce of ours (source: Discord's
   * documentation).
   */
  constructor(rest: REST, around: Surroundings, onUnauthorized: () => void) {
    this.#rest = rest;
    this.#around = around;
    this.#onUnauthorized = onUnauthorized;
  }

  async post(post: Post): Promise<string> {
    const payload = newMessage(post);
    const sent = await this.#ask(`post in channel ${post.channelId}`, (signal) =>
      this.#rest.post(Routes.channelMessages(post.channelId), { ...payload, signal }),
    );
    return read(WithId, sent, 'post').id;
  }

  async edit(channelId: string, messageId: string, body: MessageBody): Promise<void> {
    const payload = edit(body);
    const attempt = () =>
      this.#ask(`edit in channel ${channelId}`, (signal) =>
        this.#rest.patch(Routes.channelMessage(channelId, messageId), { ...payload, signal }),
      );
    try {
      await attempt();
    } catch (error) {
      if (!(error instanceof ChatError) || error.code !== CODES.threadArchived) throw error;
      // An archived thread takes messages, but no edits until it is open again.
      await this.#ask(`open thread ${channelId}`, (signal) =>
        this.#rest.patch(Routes.channel(channelId), { body: { archived: false }, signal }),
      );
      await attempt();
    }
  }

  async directMessages(userId: string): Promise<string> {
    const channel = await this.#ask(`open direct messages with ${userId}`, (signal) =>
      this.#rest.post(Routes.userChannels(), { body: { recipient_id: userId }, signal }),
    );
    return read(WithId, channel, 'open direct messages').id;
  }

  async findOwn(channelId: string, part: string, { kind, since, says }: Among = {}): Promise<string | null> {
    const own = this.#around.ownId();
    if (own === null) throw new ChatError('unavailable', `read channel ${channelId}`);
    let before: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const messages = await this.#messages(channelId, since === undefined ? 50 : PAGE, before);
      const found = messages.find(
        (message) =>
          message.author.id === own &&
          (kind === undefined || kind === kindOf(message)) &&
          (customIds(message.components).some((id) => id.includes(part)) ||
            (customIds(message.components).length === 0 && says?.(message.content ?? '') === true)),
      );
      if (found !== undefined) return found.id;
      const oldest = messages.at(-1)?.id;
      if (since === undefined || oldest === undefined || messages.length < PAGE) return null;
      if (timeOf(oldest) < since - CLOCKS_DIFFER_MS) return null;
      before = oldest;
    }
    return null;
  }

  /** One page of a channel, the newest first. */
  async #messages(channelId: string, limit: number, before: string | undefined): Promise<z.infer<typeof Messages>> {
    const query = new URLSearchParams({ limit: String(limit), ...(before === undefined ? {} : { before }) });
    const answer = await this.#ask(`read channel ${channelId}`, (signal) =>
      this.#rest.get(Routes.channelMessages(channelId), { query, signal }),
    );
    return read(Messages, answer, 'read channel').sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
  }

  uploadLimit(guildId: string | null): number {
    if (guildId === null) return DEFAULT_UPLOAD_LIMIT;
    return UPLOAD_LIMITS[this.#around.boostTier(guildId)] ?? DEFAULT_UPLOAD_LIMIT;
  }

  mention(command: string): string {
    const id = this.#around.commandId(command);
    return id === null ? `\`/${command}\`` : `</${command}:${id}>`;
  }

  guildName(guildId: string): string | null {
    return this.#around.guildName(guildId);
  }

  async #ask(
    what: string,
    request: (signal: NonNullable<RequestData['signal']>) => Promise<unknown>,
  ): Promise<unknown> {
    try {
      return await request(AbortSignal.timeout(DEADLINE_MS));
    } catch (error) {
      const known = chatError(error, what);
      if (known.kind === 'unauthorized') this.#onUnauthorized();
      throw known;
    }
  }
}

function read<T>(shape: z.ZodType<T>, answer: unknown, what: string): T {
  const parsed = shape.safeParse(answer);
  // Something between us and Discord answered, so whether there was an effect is unknown.
  if (!parsed.success) throw new ChatError('unavailable', what);
  return parsed.data;
}

/** Every custom id in a message's components, however deep: rows, sections, containers. */
function customIds(components: unknown): string[] {
  if (Array.isArray(components)) return components.flatMap(customIds);
  if (typeof components !== 'object' || components === null) return [];
  const own = 'custom_id' in components && typeof components.custom_id === 'string' ? [components.custom_id] : [];
  const inner = 'components' in components ? customIds(components.components) : [];
  const accessory = 'accessory' in components ? customIds(components.accessory) : [];
  return [...own, ...inner, ...accessory];
}
