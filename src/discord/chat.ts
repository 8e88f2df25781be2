import type { APIMessageTopLevelComponent } from 'discord-api-types/v10';

/** A file that goes up with a message. `name` is plain ASCII, as the platform would sanitise it anyway. */
export type OutFile = { readonly name: string; readonly bytes: Buffer; readonly description?: string };

/**
 * One message as Discord takes it, in one of two kinds: a panel or a notice. Nobody is mentioned but `mentions`, and a reply
 * never pings its author.
 */
export type MessageBody =
  | {
      readonly kind: 'panel';
      /** Components V2. */
      readonly components: readonly APIMessageTopLevelComponent[];
      readonly files?: readonly OutFile[];
    }
  | {
      readonly kind: 'notice';
      readonly content: string;
      /** Action rows only. */
      readonly components?: readonly APIMessageTopLevelComponent[];
      readonly files?: readonly OutFile[];
      /** Users who are notified. */
      readonly mentions?: readonly string[];
      readonly silent?: boolean;
    };

export type Post = {
  readonly channelId: string;
  readonly body: MessageBody;
  /** At most 25 characters; sent with enforce_nonce. */
  readonly nonce: string;
  /** Degrades to a plain message when that one is gone. */
  readonly replyTo?: string;
};

/** Which messages to look through. */
export type Among = {
  readonly kind?: MessageBody['kind'];
  readonly since?: number;
  /** A message without any component counts too when this holds of its content. */
  readonly says?: (content: string) => boolean;
};

/**
 * The door to Discord for what is not an answer to an interaction. Throws ChatError and nothing else; never retries a post by
 * itself.
 */
export interface Chat {
  /** @returns the id of the message (of the first one, when the nonce was seen before). */
  post(post: Post): Promise<string>;
  edit(channelId: string, messageId: string, body: MessageBody): Promise<void>;
  /** The channel for direct messages with that person. */
  directMessages(userId: string): Promise<string>;
  /**
   * Our own newest message in the channel that has a component whose custom id contains `part`; null if none. Without `since`
   * among the last 50 messages, else among those since then (ms since the epoch), at most the last 1,000.
   */
  findOwn(channelId: string, part: string, among?: Among): Promise<string | null>;
  /** Bytes a file may have in that channel. */
  uploadLimit(guildId: string | null): number;
  /** `</commit:ID>` once the commands are registered, else `/commit` in code style. */
  mention(command: string): string;
  /** The server's name, or null when it is not known. */
  guildName(guildId: string): string | null;
}

export type ChatErrorKind =
  /** The channel, guild or message is gone, or the bot may not see it. Final. */
  | 'gone'
  /** A permission is missing there (50013). */
  | 'forbidden'
  /** The person takes no direct messages (50007, 50278). */
  | 'closed'
  /** The body was refused (50035, 40005, 50006 …): this body never succeeds. */
  | 'refused'
  /** 429; see retryAfterMs. */
  | 'limited'
  /** Network, time-out, 5xx. A post may have had its effect: send again with the same nonce. */
  | 'unavailable'
  /** The bot's own token is wrong. The program must end. */
  | 'unauthorized';

export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly kind: ChatErrorKind;
  /** Discord's error code, e.g. 50013. */
  readonly code: number | null;
  readonly retryAfterMs: number | null;

  constructor(kind: ChatErrorKind, what: string, code: number | null = null, retryAfterMs: number | null = null) {
    super(`${what}: ${kind}${code === null ? '' : ` (${code})`}`);
    this.kind = kind;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}
