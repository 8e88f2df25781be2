import type { Discord } from './discord.ts';
import { DID_NOT_RESPOND, type Interaction, type InteractionKind } from './interactions.ts';
import { channel as channelPayload, memberMay, personUser } from './payloads.ts';
import { DIRECT_MESSAGE_PERMISSIONS, may } from './permissions.ts';
import { uploadLimit } from './routes/access.ts';
import type { Asked } from './types.ts';
import type { Channel, Person } from './world.ts';

export type Sending = {
  readonly kind: InteractionKind;
  readonly person: Person;
  readonly channel: Channel;
  readonly data: object;
  readonly commandName?: string;
  readonly commandType?: 1 | 2 | 3;
  /** Where the command may be installed; both when unknown, as for components. */
  readonly integrationTypes?: readonly number[];
  /** The message a component hangs on, as the bot gets it. */
  readonly message?: { readonly id: string; readonly payload: object; readonly installedBy: string | null };
};

/** Tells the bot that a person did something, and starts the three seconds. */
export function sendInteraction(discord: Discord, of: Sending): Interaction {
  const { channel, person } = of;
  const guild = channel.guildId === null ? null : (discord.world.guilds.get(channel.guildId) ?? null);
  const owners = ownersFor(discord, of);
  const isMemberThere = discord.world.botIsIn(channel);
  const bits = memberMay(discord, channel, person.id);
  const mayOpenly =
    may(bits, 'UseExternalApps') && may(bits, channel.thread === null ? 'SendMessages' : 'SendMessagesInThreads');
  const interaction = discord.interactions.open({
    id: discord.ids.next(),
    kind: of.kind,
    userId: person.id,
    channelId: channel.id,
    guildId: channel.guildId,
    commandName: of.commandName ?? null,
    commandType: of.commandType ?? null,
    sourceMessageId: of.message?.id ?? null,
    owners,
    userOnly: !isMemberThere,
    forceEphemeral: !isMemberThere && guild !== null && !mayOpenly,
  });
  const who = personUser(person);
  const payload = {
    id: interaction.id,
    application_id: discord.application.id,
    type: of.kind,
    token: interaction.token,
    version: 1,
    data: of.data,
    channel_id: channel.id,
    channel: { ...channelPayload(discord, channel), ...(guild === null ? {} : { permissions: String(bits) }) },
    ...(guild === null
      ? { user: who }
      : {
          guild_id: guild.id,
          guild: { id: guild.id, locale: 'en-US', features: [] },
          guild_locale: 'en-US',
          member: {
            user: who,
            roles: [],
            permissions: String(bits),
            joined_at: '2026-01-01T00:00:00.000000+00:00',
            nick: null,
            avatar: null,
            premium_since: null,
            pending: false,
            communication_disabled_until: null,
            deaf: false,
            mute: false,
            flags: 0,
          },
        }),
    ...(of.message === undefined ? {} : { message: of.message.payload }),
    locale: person.locale,
    app_permissions: String(appMay(discord, channel, bits)),
    entitlements: [],
    authorizing_integration_owners: owners,
    context: channel.guildId !== null ? 0 : channel.type === 1 ? 1 : 2,
    attachment_size_limit: uploadLimit(discord, channel),
  };
  const heard = discord.gateway.dispatch('INTERACTION_CREATE', payload, 0);
  // Nobody is there and nobody can come back for it: the three seconds would end the same way.
  if (heard === 0) discord.interactions.fail(interaction, DID_NOT_RESPOND);
  return interaction;
}

/** What the bot may do there. Where it is no member: what the person lets it do. */
function appMay(discord: Discord, channel: Channel, personMay: bigint): bigint {
  if (channel.guildId === null) return DIRECT_MESSAGE_PERMISSIONS;
  if (discord.world.botIsIn(channel)) return memberMay(discord, channel, discord.application.botUserId);
  return DIRECT_MESSAGE_PERMISSIONS & personMay;
}

/** Key `0`: the guild (or `0` in the bot's own direct messages); key `1`: the person who added the app to their account. */
function ownersFor(discord: Discord, of: Sending): Record<string, string> {
  const { channel, person } = of;
  const types = of.integrationTypes ?? discord.application.integrationTypes;
  const byGuild = discord.world.botIsIn(channel);
  const byUser = person.userInstalled || !byGuild;
  return {
    ...(byGuild && types.includes(0) ? { '0': channel.guildId ?? '0' } : {}),
    // A component belongs to whoever brought its message there, not to who presses it.
    ...(byUser && types.includes(1) ? { '1': of.message?.installedBy ?? person.id } : {}),
  };
}

export const asked = (interaction: Interaction): Asked =>
  Object.assign(interaction.settled.promise, {
    interactionId: interaction.id,
    acknowledged: interaction.acknowledged.promise,
  });

/** The client did not send it: the person sees why at once. */
export function notSent(reason: string, problems: Readonly<Record<string, string>> = {}): Asked {
  const answer = {
    interactionId: '',
    message: null,
    modal: null,
    failed: reason,
    acknowledgedInMs: 0,
    problems,
    next: () => Promise.reject(new Error('nothing was sent, so nothing comes after it')),
  };
  return Object.assign(Promise.resolve(answer), { interactionId: '', acknowledged: Promise.resolve(answer) });
}
