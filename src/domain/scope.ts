/**
 * Who asks, from where: the key to every look-up. In a guild one sees the guild's runs; in a direct message one's own,
 * wherever they were started.
 */
export type Scope = { readonly guildId: string | null; readonly userId: string };

/**
 * Where a run was asked for. `guild`: the bot is a member there and may post. `dm`: the direct message with the bot.
 * `foreign`: the bot is only installed by the person (somebody else's guild, a group), so it reports by direct message.
 */
export type Place = {
  readonly kind: 'guild' | 'dm' | 'foreign';
  readonly guildId: string | null;
  readonly channelId: string;
};

/** Numbers (#42) are counted per guild; runs that belong to no guild of the bot are counted per person. */
export const numberedBy = (place: Place, userId: string): string =>
  place.kind === 'guild' && place.guildId !== null ? `g:${place.guildId}` : `u:${userId}`;
