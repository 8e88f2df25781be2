import type { Discord } from './discord.ts';
import { removeMessage } from './messages.ts';
import { BOT_PERMISSIONS, bitsOf, EVERYONE_PERMISSIONS, type Permission } from './permissions.ts';
import { PersonSide } from './person.ts';
import type { Channel, Guild } from './world.ts';
import { addChannel, joinGuild, leaveGuild, removeChannel, setGuildAvailable, updateChannel } from './world-events.ts';

export type NewGuild = {
  readonly name: string;
  readonly ownerId?: string;
  /** False: the bot is only installed by its users there. */
  readonly botIsMember?: boolean;
  readonly premiumTier?: 0 | 1 | 2 | 3;
};

export type NewChannel = {
  readonly name: string;
  /** 0 text (default), 5 announcements, 11 public thread, 12 private thread, 15 forum. */
  readonly type?: number;
  /** Of a thread. */
  readonly parentId?: string;
  /** What the bot may not do there, out of what an invitation gives it. */
  readonly botMayNot?: readonly Permission[];
  readonly everyoneMayNot?: readonly Permission[];
};

export type NewPerson = {
  readonly name: string;
  readonly manages?: boolean;
  readonly dmsClosed?: boolean;
  readonly locale?: string;
  readonly userInstalled?: boolean;
};

/** How the world is made and changed from outside: what members, owners and the platform itself do. Guilds and channels are named by id. */
export type Setup = {
  addGuild(of: NewGuild): { readonly id: string; readonly name: string };
  addChannel(guildId: string, of: NewChannel): { readonly id: string; readonly name: string };
  /** A direct message between people, or a group: the bot is not in it. */
  addPrivateChannel(personIds: readonly string[]): { readonly id: string };
  addPerson(of: NewPerson): PersonSide;
  /** One guild with #training, and one person called You who manages it; the same again when they are there already. */
  defaultWorld(): { readonly guildId: string; readonly channelId: string; readonly you: PersonSide };
  inviteBot(guildId: string): void;
  kickBot(guildId: string): void;
  setGuildAvailable(guildId: string, available: boolean): void;
  deleteChannel(channelId: string): void;
  deleteMessage(messageId: string): void;
  /** Takes these rights away from the bot in that channel. */
  revoke(channelId: string, permissions: readonly Permission[]): void;
  /** Gives them (back). */
  grant(channelId: string, permissions: readonly Permission[]): void;
  archiveThread(channelId: string, how?: { readonly locked?: boolean }): void;
  /** The guilds and their channels, for a list at the side. */
  guilds(): readonly GuildSeen[];
};

export type GuildSeen = {
  readonly id: string;
  readonly name: string;
  readonly botIsMember: boolean;
  readonly channels: readonly { readonly id: string; readonly name: string; readonly type: number }[];
};

export function setupOf(discord: Discord): Setup {
  const { world, ids } = discord;
  const guildOf = (id: string): Guild => found(world.guilds.get(id), 'guild', id);
  const channelOf = (id: string): Channel => found(world.channels.get(id), 'channel', id);

  const addGuild = (of: NewGuild): Guild => {
    const guild: Guild = {
      id: ids.next(),
      name: of.name,
      ownerId: of.ownerId ?? ids.next(),
      botIsMember: false,
      botRoleId: ids.next(),
      premiumTier: of.premiumTier ?? 0,
      unavailable: false,
    };
    world.guilds.set(guild.id, guild);
    if (of.botIsMember ?? true) joinGuild(discord, guild);
    else world.changed();
    return guild;
  };

  const addGuildChannel = (guildId: string, of: NewChannel): { id: string; name: string } => {
    const type = of.type ?? 0;
    const isThread = type === 10 || type === 11 || type === 12;
    const channel = addChannel(discord, {
      id: ids.next(),
      guildId: guildOf(guildId).id,
      type,
      name: of.name,
      parentId: of.parentId ?? null,
      recipientIds: [],
      botMay: BOT_PERMISSIONS & ~bitsOf(of.botMayNot ?? []),
      everyoneMay: EVERYONE_PERMISSIONS & ~bitsOf(of.everyoneMayNot ?? []),
      lastMessageId: null,
      thread: isThread
        ? {
            ownerId: guildOf(guildId).ownerId,
            createdAt: discord.clock.now(),
            archived: false,
            locked: false,
            autoArchiveMinutes: 4320,
          }
        : null,
    });
    return { id: channel.id, name: of.name };
  };

  const addPerson = (of: NewPerson): PersonSide => {
    const person = {
      id: ids.next(),
      name: of.name,
      manages: of.manages ?? false,
      dmsClosed: of.dmsClosed ?? false,
      locale: of.locale ?? 'en-US',
      userInstalled: of.userInstalled ?? false,
    };
    world.people.set(person.id, person);
    world.changed();
    return new PersonSide(discord, person);
  };

  return {
    addGuild,
    addChannel: addGuildChannel,
    addPerson,
    addPrivateChannel: (personIds) => {
      const channel: Channel = {
        id: ids.next(),
        guildId: null,
        type: 3,
        name: null,
        parentId: null,
        recipientIds: [...personIds],
        botMay: 0n,
        everyoneMay: 0n,
        thread: null,
        lastMessageId: null,
      };
      world.channels.set(channel.id, channel);
      world.changed();
      return channel;
    },
    defaultWorld: () => {
      const [there] = world.people.values();
      const you = there === undefined ? addPerson({ name: 'You', manages: true }) : new PersonSide(discord, there);
      const guild =
        [...world.guilds.values()].find((one) => one.botIsMember) ?? addGuild({ name: 'Night lab', ownerId: you.id });
      const channel =
        world.channelsOf(guild.id).find((one) => one.type === 0) ?? addGuildChannel(guild.id, { name: 'training' });
      return { guildId: guild.id, channelId: channel.id, you };
    },
    inviteBot: (guildId) => joinGuild(discord, guildOf(guildId)),
    kickBot: (guildId) => leaveGuild(discord, guildOf(guildId)),
    setGuildAvailable: (guildId, available) => setGuildAvailable(discord, guildOf(guildId), available),
    deleteChannel: (channelId) => removeChannel(discord, channelOf(channelId)),
    deleteMessage: (messageId) => removeMessage(discord, found(world.findMessage(messageId), 'message', messageId)),
    revoke: (channelId, permissions) => {
      const channel = channelOf(channelId);
      updateChannel(discord, channel, { botMay: channel.botMay & ~bitsOf(permissions) });
    },
    grant: (channelId, permissions) => {
      const channel = channelOf(channelId);
      updateChannel(discord, channel, { botMay: channel.botMay | bitsOf(permissions) });
    },
    archiveThread: (channelId, how = {}) =>
      updateChannel(discord, channelOf(channelId), { archived: true, locked: how.locked ?? false }),
    guilds: () =>
      [...world.guilds.values()].map((guild) => ({
        id: guild.id,
        name: guild.name,
        botIsMember: guild.botIsMember,
        channels: world.channelsOf(guild.id).map((one) => ({ id: one.id, name: one.name ?? '', type: one.type })),
      })),
  };
}

function found<T>(value: T | undefined, kind: string, id: string): T {
  if (value === undefined) throw new Error(`there is no ${kind} ${id}`);
  return value;
}
