import {
  type ClientOptions,
  DiscordjsError,
  DiscordjsErrorCodes,
  type Guild,
  IntentsBitField,
  Options,
  PermissionFlagsBits,
} from 'discord.js';
import { ChannelType, GatewayCloseCodes } from 'discord-api-types/v10';
import { DiscordStartError } from './errors.ts';

/** How a client is made: intents that need no review, and caches of no more than is read. */
export const clientOptions = (api: string): ClientOptions => ({
  // Interactions need no intent. Message events come for direct messages only.
  intents: [IntentsBitField.Flags.Guilds, IntentsBitField.Flags.DirectMessages],
  rest: { api, version: '10' },
  allowedMentions: { parse: [], repliedUser: false },
  waitGuildTimeout: 5_000,
  makeCache: Options.cacheWithLimits({
    ...Options.DefaultMakeCacheSettings,
    MessageManager: 0,
    UserManager: { maxSize: 0, keepOverLimit: (user) => user.id === user.client.user?.id },
    GuildMemberManager: { maxSize: 0, keepOverLimit: (member) => member.id === member.client.user.id },
    GuildEmojiManager: 0,
    GuildStickerManager: 0,
    PresenceManager: 0,
    ReactionManager: 0,
    VoiceStateManager: 0,
    ThreadMemberManager: 0,
  }),
});

/** Close codes after which the library does not connect again, and what whoever runs the bot can do about each. */
const FATAL_CLOSES: ReadonlyMap<number, string> = new Map([
  [GatewayCloseCodes.AuthenticationFailed, 'Discord refused DISCORD_TOKEN.'],
  [GatewayCloseCodes.InvalidShard, 'Discord refused the shard.'],
  [GatewayCloseCodes.ShardingRequired, 'Discord demands sharding: the bot is in too many servers for one connection.'],
  [GatewayCloseCodes.InvalidAPIVersion, 'Discord no longer speaks version 10 of its API: Nightshift needs an update.'],
  [GatewayCloseCodes.InvalidIntents, 'Discord refused the intents.'],
  [GatewayCloseCodes.DisallowedIntents, 'Discord refused the intents.'],
]);

export const fatalClose = (code: number): string | null => FATAL_CLOSES.get(code) ?? null;

export const WRONG_TOKEN =
  'Discord refused DISCORD_TOKEN. Copy the token of the bot again: Developer Portal, your application, Bot, Reset Token.';

/** @returns Why trying again would not help; null when it may. */
export function readStartError(error: unknown): DiscordStartError | null {
  if (error instanceof DiscordStartError) return error;
  if (error instanceof DiscordjsError && error.code === DiscordjsErrorCodes.TokenInvalid)
    return new DiscordStartError(WRONG_TOKEN);
  const message = error instanceof Error ? error.message : '';
  if (message === 'Authentication failed') return new DiscordStartError(WRONG_TOKEN);
  if (/intents|sharding|API version|Invalid shard/i.test(message))
    return new DiscordStartError(`Discord does not let the bot connect: ${message}.`);
  return null;
}

/** The channel to greet a guild in: its system channel, else the first text channel the bot may write in; null if none. */
export function welcomeChannel(guild: Guild): string | null {
  const me = guild.members.me;
  const writable = guild.channels.cache.filter(
    (channel) =>
      channel.type === ChannelType.GuildText &&
      me !== null &&
      channel.permissionsFor(me).has([PermissionFlagsBits.ViewChannel, PermissionFlagsBits.SendMessages]),
  );
  if (guild.systemChannelId !== null && writable.has(guild.systemChannelId)) return guild.systemChannelId;
  const positions = [...writable.values()].map((channel) => ({
    id: channel.id,
    position: 'rawPosition' in channel ? channel.rawPosition : 0,
  }));
  return positions.sort((a, b) => a.position - b.position || (BigInt(a.id) < BigInt(b.id) ? -1 : 1))[0]?.id ?? null;
}
