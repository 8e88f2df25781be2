import type {
  APIAttachment,
  APIChannel,
  APIEmbed,
  APIGuildMember,
  APIMessage,
  APIMessageTopLevelComponent,
  APIRole,
  APIUser,
  GuildMemberFlags,
  RoleFlags,
} from 'discord-api-types/v10';
import type { Discord } from './discord.ts';
import { ALL_PERMISSIONS, BOT_PERMISSIONS, bitsOf, EVERYONE_PERMISSIONS, may } from './permissions.ts';
import { timeOf } from './snowflake.ts';
import type { Channel, Guild, Person, StoredAttachment, StoredMessage } from './world.ts';

/** The JSON the platform sends: one function per kind of object. */

export const botUser = ({ application }: Discord): APIUser => ({
  id: application.botUserId,
  username: application.name,
  discriminator: '0000',
  global_name: null,
  avatar: null,
  bot: true,
});

export const personUser = (person: Person): APIUser => ({
  id: person.id,
  username: person.name.toLowerCase().replace(/[^a-z0-9_.]/g, '') || 'person',
  discriminator: '0',
  global_name: person.name,
  avatar: null,
});

export function user(discord: Discord, id: string): APIUser {
  const person = discord.world.people.get(id);
  if (person !== undefined) return personUser(person);
  if (id === discord.application.botUserId) return botUser(discord);
  return { id, username: 'deleted_user', discriminator: '0', global_name: null, avatar: null };
}

export const isoTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000+00:00');

const memberBase = (guild: Guild, roles: string[]) => ({
  roles,
  joined_at: isoTime(timeOf(guild.id)),
  deaf: false,
  mute: false,
  flags: 0 as GuildMemberFlags,
  avatar: null,
  banner: null,
  nick: null,
  pending: false,
  premium_since: null,
  communication_disabled_until: null,
});

export const member = (discord: Discord, guild: Guild, userId: string): APIGuildMember => ({
  ...memberBase(guild, userId === discord.application.botUserId ? [guild.botRoleId] : []),
  user: user(discord, userId),
});

/** What a member may do in that channel. Threads follow their parent. */
export function memberMay(discord: Discord, channel: Channel, userId: string): bigint {
  if (channel.guildId === null) return EVERYONE_PERMISSIONS;
  const parent = channel.thread === null ? channel : (discord.world.channels.get(channel.parentId ?? '') ?? channel);
  if (userId === discord.application.botUserId) return parent.botMay;
  if (discord.world.guilds.get(channel.guildId)?.ownerId === userId) return ALL_PERMISSIONS;
  const manages = discord.world.people.get(userId)?.manages === true;
  return parent.everyoneMay | (manages ? bitsOf(['ManageGuild', 'ManageMessages', 'ManageChannels']) : 0n);
}

const role = (id: string, name: string, permissions: bigint, position: number, botId: string | null): APIRole => ({
  id,
  name,
  color: 0,
  colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
  hoist: false,
  icon: null,
  unicode_emoji: null,
  position,
  permissions: String(permissions),
  managed: botId !== null,
  mentionable: false,
  flags: 0 as RoleFlags,
  ...(botId === null ? {} : { tags: { bot_id: botId } }),
});

export const roles = (discord: Discord, guild: Guild): APIRole[] => [
  role(guild.id, '@everyone', EVERYONE_PERMISSIONS, 0, null),
  role(guild.botRoleId, discord.application.name, BOT_PERMISSIONS, 1, discord.application.botUserId),
];

export function channel(discord: Discord, of: Channel): APIChannel {
  const base = { id: of.id, type: of.type, last_message_id: of.lastMessageId, flags: 0 };
  if (of.guildId === null) {
    const recipients = of.recipientIds.map((id) => user(discord, id));
    return {
      ...base,
      recipients,
      ...(of.type === 3 ? { name: of.name, owner_id: of.recipientIds[0] } : {}),
    } as APIChannel;
  }
  if (of.thread !== null) {
    return {
      ...base,
      guild_id: of.guildId,
      parent_id: of.parentId,
      name: of.name,
      owner_id: of.thread.ownerId,
      message_count: discord.world.messagesIn(of.id).size,
      total_message_sent: discord.world.messagesIn(of.id).size,
      member_count: 1,
      rate_limit_per_user: 0,
      thread_metadata: {
        archived: of.thread.archived,
        locked: of.thread.locked,
        auto_archive_duration: of.thread.autoArchiveMinutes,
        archive_timestamp: isoTime(of.thread.createdAt),
        create_timestamp: isoTime(of.thread.createdAt),
      },
    } as unknown as APIChannel;
  }
  const overwrite = (id: string, type: 0 | 1, bits: bigint) => ({
    id,
    type,
    allow: String(bits),
    deny: String(ALL_PERMISSIONS & ~bits),
  });
  return {
    ...base,
    guild_id: of.guildId,
    name: of.name ?? '',
    topic: null,
    nsfw: false,
    position: 0,
    parent_id: of.parentId,
    rate_limit_per_user: 0,
    permission_overwrites: [
      overwrite(of.guildId, 0, of.everyoneMay),
      overwrite(discord.application.botUserId, 1, of.botMay),
    ],
    ...(of.type === 15 ? { available_tags: [], default_reaction_emoji: null, default_sort_order: null } : {}),
  } as unknown as APIChannel;
}

export const guild = (discord: Discord, of: Guild) => ({
  id: of.id,
  name: of.name,
  icon: null,
  splash: null,
  discovery_splash: null,
  banner: null,
  description: null,
  owner_id: of.ownerId,
  region: null,
  afk_channel_id: null,
  afk_timeout: 300,
  application_id: null,
  default_message_notifications: 0,
  explicit_content_filter: 0,
  verification_level: 0,
  mfa_level: 0,
  nsfw_level: 0,
  system_channel_id: null,
  system_channel_flags: 0,
  rules_channel_id: null,
  public_updates_channel_id: null,
  safety_alerts_channel_id: null,
  vanity_url_code: null,
  preferred_locale: 'en-US',
  premium_tier: of.premiumTier,
  premium_subscription_count: 0,
  premium_progress_bar_enabled: false,
  max_members: 500_000,
  max_video_channel_users: 25,
  max_stage_video_channel_users: 50,
  emojis: [],
  stickers: [],
  features: [],
  roles: roles(discord, of),
});

/** What GUILD_CREATE carries on top. */
export function guildCreate(discord: Discord, of: Guild): object {
  const there = discord.world.channelsOf(of.id);
  return {
    ...guild(discord, of),
    joined_at: isoTime(timeOf(of.id)),
    large: false,
    unavailable: false,
    member_count: discord.world.people.size + 1,
    // Without the privileged intent for members the platform sends the bot's own member alone.
    members: [member(discord, of, discord.application.botUserId)],
    channels: there.filter((one) => one.thread === null).map((one) => channel(discord, one)),
    threads: there.filter((one) => one.thread?.archived === false).map((one) => channel(discord, one)),
    presences: [],
    voice_states: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

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

/** Whether the bot may see that channel. */
export const botSees = (discord: Discord, of: Channel): boolean =>
  discord.world.botIsIn(of) &&
  (of.guildId === null || may(memberMay(discord, of, discord.application.botUserId), 'ViewChannel'));
