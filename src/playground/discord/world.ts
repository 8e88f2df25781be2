import type { APIApplicationCommand, APIEmbed, APIMessageTopLevelComponent } from 'discord-api-types/v10';

/** The truth of the emulated platform: plain data with ids, so that it can be written to a file as it is (bigints as strings). */
export type Person = {
  readonly id: string;
  readonly name: string;
  /** Has Manage Server in every guild. */
  manages: boolean;
  dmsClosed: boolean;
  locale: string;
  /** Has added the application to the own account, besides being in guilds with it. */
  userInstalled: boolean;
};

export type Guild = {
  readonly id: string;
  name: string;
  ownerId: string;
  botIsMember: boolean;
  readonly botRoleId: string;
  /** 0 to 3; raises what a file may weigh from tier 2. */
  premiumTier: 0 | 1 | 2 | 3;
  unavailable: boolean;
};

export type Channel = {
  readonly id: string;
  readonly guildId: string | null;
  /** As the platform numbers them: 0 text, 1 direct message, 3 group, 11 and 12 threads, 15 forum. */
  readonly type: number;
  name: string | null;
  readonly parentId: string | null;
  /** The people of a direct message or group. */
  readonly recipientIds: readonly string[];
  /** What the bot and everybody else may do here. */
  botMay: bigint;
  everyoneMay: bigint;
  thread: Thread | null;
  lastMessageId: string | null;
};

export type Thread = {
  readonly ownerId: string;
  readonly createdAt: number;
  archived: boolean;
  locked: boolean;
  autoArchiveMinutes: number;
};

export type StoredAttachment = {
  readonly id: string;
  readonly filename: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly size: number;
  readonly contentType: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly ephemeral: boolean;
  /** Path of the file below the CDN, without signature. */
  readonly path: string;
};

export type StoredMessage = {
  readonly id: string;
  readonly channelId: string;
  readonly authorId: string;
  readonly type: number;
  content: string;
  embeds: readonly APIEmbed[];
  components: readonly APIMessageTopLevelComponent[];
  attachments: readonly StoredAttachment[];
  flags: number;
  readonly at: number;
  editedAt: number | null;
  readonly nonce: string | number | null;
  readonly reference: { readonly messageId: string; readonly channelId: string } | null;
  /** Who is mentioned in it as it stands; changes with an edit. */
  mentions: Mentions;
  /** Who got a notification when it was sent; an edit never changes it. */
  readonly notified: readonly string[];
  /** An ephemeral message has one reader. */
  readonly onlyFor: string | null;
  readonly interaction: MessageInteraction | null;
  reactions: readonly { readonly emoji: string; readonly userIds: readonly string[] }[];
};

export type Mentions = {
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly everyone: boolean;
};

export type MessageInteraction = {
  readonly id: string;
  readonly type: number;
  readonly userId: string;
  readonly name: string | null;
  readonly interactedMessageId: string | null;
  readonly owners: Readonly<Record<string, string>>;
};

export type CommandScope = string | 'global';

export class World {
  readonly people = new Map<string, Person>();
  readonly guilds = new Map<string, Guild>();
  readonly channels = new Map<string, Channel>();
  /** By channel, oldest first. */
  readonly messages = new Map<string, Map<string, StoredMessage>>();
  /** By guild id or `global`. */
  readonly commands = new Map<CommandScope, APIApplicationCommand[]>();
  /** The newest message of an author with that nonce in that channel. */
  readonly #byNonce = new Map<string, string>();
  readonly #listeners: (() => void)[] = [];

  /** Called after every change, before anybody is told. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  addMessage(message: StoredMessage): void {
    this.messagesIn(message.channelId).set(message.id, message);
    if (message.nonce !== null)
      this.#byNonce.set(nonceKey(message.channelId, message.authorId, message.nonce), message.id);
  }

  messageByNonce(channelId: string, authorId: string, nonce: string | number): StoredMessage | undefined {
    return this.message(channelId, this.#byNonce.get(nonceKey(channelId, authorId, nonce)) ?? '');
  }

  messagesIn(channelId: string): Map<string, StoredMessage> {
    let there = this.messages.get(channelId);
    if (there === undefined) {
      there = new Map();
      this.messages.set(channelId, there);
    }
    return there;
  }

  message(channelId: string, messageId: string): StoredMessage | undefined {
    return this.messages.get(channelId)?.get(messageId);
  }

  findMessage(messageId: string): StoredMessage | undefined {
    for (const there of this.messages.values()) {
      const found = there.get(messageId);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Of every file that belongs to a message. */
  attachmentIds(): Set<string> {
    const messages = [...this.messages.values()].flatMap((there) => [...there.values()]);
    return new Set(messages.flatMap((message) => message.attachments.map((one) => one.id)));
  }

  channelsOf(guildId: string): Channel[] {
    return [...this.channels.values()].filter((channel) => channel.guildId === guildId);
  }

  /** The channel for direct messages between the bot and that person, if it was ever opened. */
  directChannelOf(personId: string): Channel | undefined {
    for (const channel of this.channels.values()) {
      if (channel.type === 1 && channel.recipientIds[0] === personId) return channel;
    }
    return undefined;
  }

  /** Whether the bot's own token reaches that channel at all. */
  botIsIn(channel: Channel): boolean {
    if (channel.guildId === null) return channel.type === 1;
    return this.guilds.get(channel.guildId)?.botIsMember ?? false;
  }
}

const nonceKey = (channelId: string, authorId: string, nonce: string | number): string =>
  `${channelId} ${authorId} ${nonce}`;
