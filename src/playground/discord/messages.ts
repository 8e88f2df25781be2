import type { APIMessage, APIMessageTopLevelComponent } from 'discord-api-types/v10';
import { type AllowedMentions, mentionsIn } from './check/mentions.ts';
import { FLAG, type MessageDraft } from './check/message.ts';
import type { Discord } from './discord.ts';
import { INTENT } from './gateway.ts';
import { message } from './message-payload.ts';
import { memberMay } from './payloads.ts';
import { may } from './permissions.ts';
import type { Channel, MessageInteraction, StoredMessage } from './world.ts';

export type NewMessage = {
  readonly channel: Channel;
  readonly authorId: string;
  readonly draft: MessageDraft;
  readonly type: number;
  readonly flags: number;
  readonly onlyFor: string | null;
  readonly interaction: MessageInteraction | null;
  readonly reference: StoredMessage['reference'];
  readonly defaultMentions: AllowedMentions;
  /** In a thread started from a message: that message's id. */
  readonly id?: string;
};

/** Stores a message, tells whoever sees it, and notes who is notified. */
export function createMessage(discord: Discord, of: NewMessage): StoredMessage {
  const { channel, draft } = of;
  const id = of.id ?? discord.ids.next();
  const mentions = evaluate(discord, of, draft.content ?? '', draft.components ?? [], draft.allowedMentions);
  const stored: StoredMessage = {
    id,
    channelId: channel.id,
    authorId: of.authorId,
    type: of.type,
    content: draft.content ?? '',
    embeds: draft.embeds ?? [],
    components: draft.components ?? [],
    attachments: draft.newFiles.map((file) => keep(discord, of, file)),
    flags: of.flags,
    at: discord.clock.now(),
    editedAt: null,
    nonce: draft.nonce,
    reference: of.reference,
    mentions,
    notified: whoIsNotified(discord, of, mentions),
    onlyFor: of.onlyFor,
    interaction: of.interaction,
    reactions: [],
  };
  discord.world.addMessage(stored);
  if (of.onlyFor === null) channel.lastMessageId = id;
  discord.world.changed();
  discord.sightings.tell({
    type: 'message',
    channelId: channel.id,
    message: seen(discord, stored),
    onlyFor: of.onlyFor,
  });
  if (of.onlyFor === null) tellBot(discord, 'MESSAGE_CREATE', stored);
  return stored;
}

const keep = (discord: Discord, of: NewMessage, file: MessageDraft['newFiles'][number]) =>
  discord.media.keep(
    file,
    of.onlyFor === null ? { channelId: of.channel.id } : { ephemeralFor: discord.application.id },
  );

/**
 * Changes what the draft names and leaves the rest. Nobody is notified by an edit.
 * @param flags the flags as they shall be.
 */
export function editMessage(
  discord: Discord,
  stored: StoredMessage,
  draft: MessageDraft,
  how: { flags: number; defaultMentions: AllowedMentions; isFirstAnswer?: boolean },
): void {
  const channel = discord.world.channels.get(stored.channelId);
  if (channel === undefined) return;
  const place = stored.onlyFor === null ? { channelId: channel.id } : { ephemeralFor: discord.application.id };
  const stay = stored.attachments.filter((one) => draft.kept === null || draft.kept.includes(one.id));
  stored.content = draft.content ?? stored.content;
  stored.embeds = draft.embeds ?? stored.embeds;
  stored.components = draft.components ?? stored.components;
  stored.attachments = [...stay, ...draft.newFiles.map((file) => discord.media.keep(file, place))];
  stored.flags = how.flags;
  // Filling a deferred answer is its first content, so it does not count as edited.
  if (how.isFirstAnswer !== true) stored.editedAt = discord.clock.now();
  const of = { channel, authorId: stored.authorId, defaultMentions: how.defaultMentions, reference: stored.reference };
  stored.mentions = evaluate(discord, of, stored.content, stored.components, draft.allowedMentions);
  tellEdit(discord, stored);
}

export function tellEdit(discord: Discord, stored: StoredMessage): void {
  discord.world.changed();
  discord.sightings.tell({
    type: 'edit',
    channelId: stored.channelId,
    message: seen(discord, stored),
    onlyFor: stored.onlyFor,
  });
  if (stored.onlyFor === null) tellBot(discord, 'MESSAGE_UPDATE', stored);
}

export function removeMessage(discord: Discord, stored: StoredMessage): void {
  discord.world.messagesIn(stored.channelId).delete(stored.id);
  discord.world.changed();
  discord.sightings.tell({ type: 'delete', channelId: stored.channelId, messageId: stored.id });
  if (stored.onlyFor !== null) return;
  const channel = discord.world.channels.get(stored.channelId);
  if (channel === undefined || !discord.world.botIsIn(channel)) return;
  discord.gateway.dispatch(
    'MESSAGE_DELETE',
    { id: stored.id, channel_id: stored.channelId, ...(channel.guildId === null ? {} : { guild_id: channel.guildId }) },
    channel.guildId === null ? INTENT.directMessages : INTENT.guildMessages,
  );
}

/** The message as a person sees it. */
export const seen = (discord: Discord, stored: StoredMessage): APIMessage => message(discord, stored, { bot: false });

function tellBot(discord: Discord, event: string, stored: StoredMessage): void {
  const channel = discord.world.channels.get(stored.channelId);
  if (channel === undefined || !discord.world.botIsIn(channel)) return;
  if (!may(memberMay(discord, channel, discord.application.botUserId), 'ViewChannel')) return;
  const isDirect = channel.guildId === null;
  discord.gateway.dispatch(
    event,
    {
      ...message(discord, stored, { bot: true }),
      channel_type: channel.type,
      ...(isDirect ? {} : { guild_id: channel.guildId }),
    },
    isDirect ? INTENT.directMessages : INTENT.guildMessages,
  );
}

type Speaker = Pick<NewMessage, 'channel' | 'authorId' | 'defaultMentions' | 'reference'>;

function evaluate(
  discord: Discord,
  of: Speaker,
  content: string,
  components: readonly APIMessageTopLevelComponent[],
  allowed: AllowedMentions | null,
) {
  const target =
    of.reference === null ? undefined : discord.world.message(of.reference.channelId, of.reference.messageId);
  const mayEveryone =
    of.channel.guildId !== null && may(memberMay(discord, of.channel, of.authorId), 'MentionEveryone');
  return mentionsIn(
    [content, ...textsIn(components)],
    allowed ?? of.defaultMentions,
    target?.authorId ?? null,
    mayEveryone,
  );
}

/** The content of every Text Display, in reading order. */
export function textsIn(components: unknown): string[] {
  if (Array.isArray(components)) return components.flatMap(textsIn);
  if (typeof components !== 'object' || components === null) return [];
  if ('type' in components && components.type === 10 && 'content' in components) return [String(components.content)];
  return 'components' in components ? textsIn(components.components) : [];
}

/** People only, never the author; in a direct message everybody else there. A silent message wakes nobody. */
function whoIsNotified(discord: Discord, of: NewMessage, mentions: StoredMessage['mentions']): string[] {
  if ((of.flags & FLAG.silent) !== 0 || of.onlyFor !== null) return [];
  const everybody = of.channel.guildId === null ? of.channel.recipientIds : [...discord.world.people.keys()];
  const all = of.channel.guildId === null || mentions.everyone ? everybody : mentions.users;
  return [...new Set(all)].filter((id) => id !== of.authorId && discord.world.people.has(id));
}
