import type { APIChannel, APIGuildMember, APIRole, APIUser, GuildMemberFlags, RoleFlags } from 'discord-api-types/v10';
import type { Discord } from './discord.ts';
import { ALL_PERMISSIONS, BOT_PERMISSIONS, bitsOf, EVERYONE_PERMISSIONS } from './permissions.ts';
import { timeOf } from './snowflake.ts';
import type { Channel, Guild, Person } from './world.ts';

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
