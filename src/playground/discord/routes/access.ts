import type { Discord } from '../discord.ts';
import { memberMay } from '../payloads.ts';
import { may, type Permission } from '../permissions.ts';
import { refuse } from '../refusal.ts';
import { isSnowflake } from '../snowflake.ts';
import type { Channel, Guild, StoredMessage } from '../world.ts';

/** What the bot's own token may reach: each function returns the thing or throws what the platform would answer. */

/** @throws Refusal 10003 when it is not there, 50001 when the bot may not see it. */
export function channelForBot(discord: Discord, id: string): Channel {
  const channel = isSnowflake(id) ? discord.world.channels.get(id) : undefined;
  if (channel === undefined) throw refuse.unknownChannel();
  if (!discord.world.botIsIn(channel)) throw refuse.missingAccess();
  if (channel.guildId !== null && !botMay(discord, channel, 'ViewChannel')) throw refuse.missingAccess();
  return channel;
}

/** @throws Refusal 10004. */
export function guildForBot(discord: Discord, id: string): Guild {
  const guild = discord.world.guilds.get(id);
  if (guild === undefined || !guild.botIsMember) throw refuse.unknownGuild();
  return guild;
}

/** True in direct messages, where there are no permissions. */
export const botMay = (discord: Discord, channel: Channel, permission: Permission): boolean =>
  channel.guildId === null || may(memberMay(discord, channel, discord.application.botUserId), permission);

/** @throws Refusal 50013. */
export function need(discord: Discord, channel: Channel, permission: Permission): void {
  if (!botMay(discord, channel, permission)) throw refuse.missingPermissions();
}

/** @throws Refusal 10008; ephemeral messages do not exist for the bot's token. */
export function messageForBot(discord: Discord, channel: Channel, id: string): StoredMessage {
  const message = discord.world.message(channel.id, id);
  if (message === undefined || message.onlyFor !== null) throw refuse.unknownMessage();
  return message;
}

/** Bytes a single file may have there: 10 MiB, more in boosted guilds. */
export function uploadLimit(discord: Discord, channel: Channel): number {
  const tier = channel.guildId === null ? 0 : (discord.world.guilds.get(channel.guildId)?.premiumTier ?? 0);
  return (tier === 3 ? 100 : tier === 2 ? 50 : 10) * 1024 * 1024;
}
