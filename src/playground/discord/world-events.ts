import type { Discord } from './discord.ts';
import { INTENT } from './gateway.ts';
import { channel as channelPayload, guildCreate } from './payloads.ts';
import type { Channel, Guild } from './world.ts';

/** Changes of the world that the bot hears about. */

const tellChannel = (discord: Discord, channel: Channel, event: 'CREATE' | 'UPDATE' | 'DELETE'): void => {
  if (!discord.world.botIsIn(channel) || channel.guildId === null) return;
  const kind = channel.thread === null ? 'CHANNEL' : 'THREAD';
  const newly = kind === 'THREAD' && event === 'CREATE' ? { newly_created: true } : {};
  discord.gateway.dispatch(`${kind}_${event}`, { ...channelPayload(discord, channel), ...newly }, INTENT.guilds);
};

export function addChannel(discord: Discord, channel: Channel): Channel {
  discord.world.channels.set(channel.id, channel);
  discord.world.changed();
  tellChannel(discord, channel, 'CREATE');
  return channel;
}

export type ChannelChange = {
  readonly name?: string;
  readonly archived?: boolean;
  readonly locked?: boolean;
  readonly autoArchiveMinutes?: number;
  readonly botMay?: bigint;
  readonly everyoneMay?: bigint;
};

export function updateChannel(discord: Discord, channel: Channel, change: ChannelChange): void {
  channel.name = change.name ?? channel.name;
  channel.botMay = change.botMay ?? channel.botMay;
  channel.everyoneMay = change.everyoneMay ?? channel.everyoneMay;
  if (channel.thread !== null) {
    channel.thread.archived = change.archived ?? channel.thread.archived;
    channel.thread.locked = change.locked ?? channel.thread.locked;
    channel.thread.autoArchiveMinutes = change.autoArchiveMinutes ?? channel.thread.autoArchiveMinutes;
  }
  discord.world.changed();
  tellChannel(discord, channel, 'UPDATE');
}

/** Its messages and its threads go with it. */
export function removeChannel(discord: Discord, channel: Channel): void {
  for (const thread of [...discord.world.channels.values()]) {
    if (thread.thread !== null && thread.parentId === channel.id) removeChannel(discord, thread);
  }
  const told = { ...channel };
  discord.world.channels.delete(channel.id);
  discord.world.messages.delete(channel.id);
  discord.world.changed();
  tellChannel(discord, told, 'DELETE');
}

export function joinGuild(discord: Discord, guild: Guild): void {
  guild.botIsMember = true;
  discord.world.changed();
  discord.gateway.dispatch('GUILD_CREATE', guildCreate(discord, guild), INTENT.guilds);
}

/** The bot is removed, or leaves. */
export function leaveGuild(discord: Discord, guild: Guild): void {
  guild.botIsMember = false;
  discord.world.changed();
  discord.gateway.dispatch('GUILD_DELETE', { id: guild.id }, INTENT.guilds);
}

/** The platform itself has lost the guild for a while; the bot is still a member. */
export function setGuildAvailable(discord: Discord, guild: Guild, available: boolean): void {
  guild.unavailable = !available;
  if (available) discord.gateway.dispatch('GUILD_CREATE', guildCreate(discord, guild), INTENT.guilds);
  else discord.gateway.dispatch('GUILD_DELETE', { id: guild.id, unavailable: true }, INTENT.guilds);
}

/** The channel for direct messages with that person, opened if there was none. */
export function openDirect(discord: Discord, personId: string): Channel {
  const there = discord.world.directChannelOf(personId);
  if (there !== undefined) return there;
  const channel: Channel = {
    id: discord.ids.next(),
    guildId: null,
    type: 1,
    name: null,
    parentId: null,
    recipientIds: [personId],
    botMay: 0n,
    everyoneMay: 0n,
    thread: null,
    lastMessageId: null,
  };
  discord.world.channels.set(channel.id, channel);
  discord.world.changed();
  return channel;
}
