import type { APIAttachment, APIEmbed, APIMessage, APIMessageTopLevelComponent } from 'discord-api-types/v10';
import type { Discord } from './discord.ts';
import { channel, isoTime, user } from './payloads.ts';
import type { StoredAttachment, StoredMessage } from './world.ts';

export function attachment(discord: Discord, of: StoredAttachment): APIAttachment {
  const url = discord.media.sign(of.path);
  return {
    id: of.id,
    filename: of.filename,
    size: of.size,
    url,
    proxy_url: url,
    ...(of.title === null ? {} : { title: of.title }),
    ...(of.description === null ? {} : { description: of.description }),
    ...(of.contentType === null ? {} : { content_type: of.contentType }),
    ...(of.width === null ? {} : { width: of.width, height: of.height }),
    ...(of.ephemeral ? { ephemeral: true } : {}),
  };
}

/**
 * A message as its reader gets it. Where the reader is the bot without the privilege, other people's messages are
 * empty, except direct messages, mentions of it and its own (`complete` for the target of a context-menu command).
 */
export function message(discord: Discord, of: StoredMessage, reader: { bot: boolean; complete?: boolean }): APIMessage {
  const place = discord.world.channels.get(of.channelId);
  const botUserId = discord.application.botUserId;
  const open =
    !reader.bot ||
    reader.complete === true ||
    of.authorId === botUserId ||
    place?.guildId === null ||
    of.mentions.users.includes(botUserId) ||
    (discord.application.privilegedIntents & 32_768) !== 0;
  const target =
    of.reference === null ? undefined : discord.world.message(of.reference.channelId, of.reference.messageId);
  const shown = openReferences(discord, of);
  const threadOf = discord.world.channels.get(of.id);
  return {
    id: of.id,
    channel_id: of.channelId,
    type: of.type,
    author: user(discord, of.authorId),
    content: open ? of.content : '',
    embeds: open ? shown.embeds : [],
    components: open ? shown.components : [],
    attachments: open ? shown.rest.map((one) => attachment(discord, one)) : [],
    timestamp: isoTime(of.at),
    edited_timestamp: of.editedAt === null ? null : isoTime(of.editedAt),
    tts: false,
    pinned: false,
    flags: of.flags,
    mention_everyone: of.mentions.everyone,
    mentions: of.mentions.users.map((id) => user(discord, id)),
    mention_roles: [...of.mentions.roles],
    ...(of.nonce === null ? {} : { nonce: of.nonce }),
    ...(of.authorId === botUserId ? { application_id: discord.application.id } : {}),
    ...(of.interaction === null ? {} : interactionFields(discord, of.interaction)),
    ...(of.reference === null
      ? {}
      : {
          message_reference: {
            type: 0,
            message_id: of.reference.messageId,
            channel_id: of.reference.channelId,
            ...(place?.guildId ? { guild_id: place.guildId } : {}),
          },
          referenced_message: target === undefined ? null : message(discord, { ...target, reference: null }, reader),
        }),
    ...(of.reactions.length === 0
      ? {}
      : {
          reactions: of.reactions.map(({ emoji, userIds }) => ({
            count: userIds.length,
            count_details: { burst: 0, normal: userIds.length },
            me: userIds.includes(botUserId),
            me_burst: false,
            emoji: { id: null, name: emoji },
            burst_colors: [],
          })),
        }),
    ...(threadOf?.thread ? { thread: channel(discord, threadOf) } : {}),
  } as APIMessage;
}

const interactionFields = (discord: Discord, of: NonNullable<StoredMessage['interaction']>) => ({
  interaction_metadata: {
    id: of.id,
    type: of.type,
    user: user(discord, of.userId),
    authorizing_integration_owners: of.owners,
    ...(of.name === null ? {} : { name: of.name }),
    ...(of.interactedMessageId === null ? {} : { interacted_message_id: of.interactedMessageId }),
  },
});

/** `attachment://name` becomes the file's address; files shown that way are not listed as attachments any more. */
function openReferences(discord: Discord, of: StoredMessage) {
  const used = new Set<string>();
  const media = (reference: string): object => {
    const name = /^attachment:\/\/(.+)$/.exec(reference)?.[1];
    const file = name === undefined ? undefined : of.attachments.find((one) => one.filename === name);
    if (file === undefined) {
      const url = discord.media.refresh(reference);
      return { url, proxy_url: url };
    }
    used.add(file.id);
    const url = discord.media.sign(file.path);
    return {
      url,
      proxy_url: url,
      attachment_id: file.id,
      ...(file.width === null ? {} : { width: file.width, height: file.height }),
      ...(file.contentType === null ? {} : { content_type: file.contentType }),
    };
  };
  const open = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(open);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, inner]) => {
      const isMedia = ['media', 'file', 'image', 'thumbnail'].includes(key) && hasUrl(inner);
      return [key, isMedia ? { ...inner, ...media(inner.url) } : open(inner)];
    });
    return Object.fromEntries(entries);
  };
  const components = of.components.map((one) => nameFiles(open(one), of)) as APIMessageTopLevelComponent[];
  const embeds = of.embeds.map((one) => open(one)) as APIEmbed[];
  return { components, embeds, rest: of.attachments.filter((one) => !used.has(one.id)) };
}

const hasUrl = (value: unknown): value is { url: string } =>
  typeof value === 'object' && value !== null && 'url' in value && typeof value.url === 'string';

/** File components come back with the name and size of their file. */
function nameFiles(component: unknown, of: StoredMessage): unknown {
  if (typeof component !== 'object' || component === null) return component;
  if ('components' in component && Array.isArray(component.components)) {
    return { ...component, components: component.components.map((inner) => nameFiles(inner, of)) };
  }
  if (!('type' in component) || component.type !== 13 || !('file' in component)) return component;
  const id = (component.file as { attachment_id?: string }).attachment_id;
  const file = of.attachments.find((one) => one.id === id);
  return file === undefined ? component : { ...component, name: file.filename, size: file.size };
}
