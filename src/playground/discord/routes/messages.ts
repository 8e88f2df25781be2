import { HOUR } from '../../../clock.ts';
import { isUnicodeEmoji } from '../check/controls.ts';
import { DEFAULT_MENTIONS } from '../check/mentions.ts';
import { checkMessage, FLAG, type MessageDraft } from '../check/message.ts';
import type { Discord } from '../discord.ts';
import { message } from '../message-payload.ts';
import { createMessage, editMessage, removeMessage, tellEdit } from '../messages.ts';
import { refuse } from '../refusal.ts';
import { compareIds } from '../snowflake.ts';
import type { Channel, StoredMessage } from '../world.ts';
import { updateChannel } from '../world-events.ts';
import { botMay, channelForBot, messageForBot, need, uploadLimit } from './access.ts';
import { type Call, noContent, ok, type Route } from './route.ts';

const forBot = (discord: Discord, stored: StoredMessage) => message(discord, stored, { bot: true });
const byChannel = (
  name: 'createMessage' | 'editMessage' | 'deleteMessage' | 'listMessages' | 'getMessage' | 'typing' | 'addReaction',
) => ({ of: name, by: 'channel' }) as const;

export const messageRoutes: readonly Route[] = [
  {
    name: 'listMessages',
    method: 'GET',
    path: '/channels/:channel/messages',
    auth: 'bot',
    bucket: byChannel('listMessages'),
    run: ({ discord, param, query }) => {
      const channel = channelForBot(discord, param('channel'));
      if (!botMay(discord, channel, 'ReadMessageHistory')) return ok([]);
      return ok(pageOf(discord, channel, query).map((stored) => forBot(discord, stored)));
    },
  },
  {
    name: 'getMessage',
    method: 'GET',
    path: '/channels/:channel/messages/:message',
    auth: 'bot',
    bucket: byChannel('getMessage'),
    run: ({ discord, param }) => {
      const channel = channelForBot(discord, param('channel'));
      need(discord, channel, 'ReadMessageHistory');
      return ok(forBot(discord, messageForBot(discord, channel, param('message'))));
    },
  },
  {
    name: 'createMessage',
    method: 'POST',
    path: '/channels/:channel/messages',
    auth: 'bot',
    bucket: byChannel('createMessage'),
    run: create,
  },
  {
    name: 'editMessage',
    method: 'PATCH',
    path: '/channels/:channel/messages/:message',
    auth: 'bot',
    bucket: byChannel('editMessage'),
    run: edit,
  },
  {
    name: 'deleteMessage',
    method: 'DELETE',
    path: '/channels/:channel/messages/:message',
    auth: 'bot',
    bucket: byChannel('deleteMessage'),
    run: ({ discord, param }) => {
      const channel = channelForBot(discord, param('channel'));
      const stored = messageForBot(discord, channel, param('message'));
      if (stored.authorId !== discord.application.botUserId) {
        if (channel.guildId === null) throw refuse.onDirectMessages();
        need(discord, channel, 'ManageMessages');
      }
      removeMessage(discord, stored);
      return noContent;
    },
  },
  {
    name: 'typing',
    method: 'POST',
    path: '/channels/:channel/typing',
    auth: 'bot',
    bucket: byChannel('typing'),
    run: ({ discord, param }) => {
      need(discord, channelForBot(discord, param('channel')), 'SendMessages');
      return noContent;
    },
  },
  {
    name: 'addReaction',
    method: 'PUT',
    path: '/channels/:channel/messages/:message/reactions/:emoji/@me',
    auth: 'bot',
    bucket: byChannel('addReaction'),
    run: (call) => react(call, true),
  },
  {
    name: 'removeReaction',
    method: 'DELETE',
    path: '/channels/:channel/messages/:message/reactions/:emoji/@me',
    auth: 'bot',
    bucket: byChannel('addReaction'),
    run: (call) => react(call, false),
  },
];

function pageOf(discord: Discord, channel: Channel, query: URLSearchParams): StoredMessage[] {
  const given = Number(query.get('limit') ?? 50);
  const limit = Number.isInteger(given) && given >= 1 && given <= 100 ? given : null;
  if (limit === null) throw refuse.badRequest();
  const all = [...discord.world.messagesIn(channel.id).values()]
    .filter((one) => one.onlyFor === null)
    .sort((a, b) => compareIds(b.id, a.id));
  const [before, after, around] = [query.get('before'), query.get('after'), query.get('around')];
  if (around !== null) {
    const index = all.findIndex((one) => compareIds(one.id, around) <= 0);
    const from = Math.max(0, (index === -1 ? all.length : index) - Math.floor(limit / 2));
    return all.slice(from, from + limit);
  }
  if (before !== null) return all.filter((one) => compareIds(one.id, before) < 0).slice(0, limit);
  if (after !== null) return all.filter((one) => compareIds(one.id, after) > 0).slice(-limit);
  return all.slice(0, limit);
}

function create({ discord, param, body }: Call) {
  const channel = channelForBot(discord, param('channel'));
  if (channel.type === 15) throw refuse.notInForum();
  if (channel.type === 4) throw refuse.notTextChannel();
  refuseClosedDirect(discord, channel);
  const draft = checkMessage(body.json, body.files, { existing: null, uploadLimit: uploadLimit(discord, channel) });
  needToSend(discord, channel, draft);
  const before = draft.enforceNonce ? sameNonce(discord, channel, draft.nonce) : undefined;
  if (before !== undefined) return ok(forBot(discord, before));
  const reference = referenceOf(discord, channel, draft);
  if (channel.thread?.archived === true) updateChannel(discord, channel, { archived: false });
  const stored = createMessage(discord, {
    channel,
    authorId: discord.application.botUserId,
    draft,
    type: reference === null ? 0 : 19,
    flags: (draft.flags ?? 0) & (FLAG.suppressEmbeds | FLAG.silent | FLAG.v2),
    onlyFor: null,
    interaction: null,
    reference,
    defaultMentions: DEFAULT_MENTIONS,
  });
  return ok(forBot(discord, stored));
}

/** A person who has closed their direct messages, or shares nothing with the bot. */
function refuseClosedDirect(discord: Discord, channel: Channel): void {
  const person = discord.world.people.get(channel.recipientIds[0] ?? '');
  if (channel.type !== 1 || person === undefined) return;
  if (person.dmsClosed) throw refuse.directMessagesClosed();
  const meets = person.userInstalled || [...discord.world.guilds.values()].some((guild) => guild.botIsMember);
  if (!meets) throw refuse.noMutualGuild();
}

export function needToSend(discord: Discord, channel: Channel, draft: MessageDraft): void {
  need(discord, channel, channel.thread === null ? 'SendMessages' : 'SendMessagesInThreads');
  if ((draft.embeds ?? []).length > 0) need(discord, channel, 'EmbedLinks');
  if (draft.newFiles.length > 0) need(discord, channel, 'AttachFiles');
  if (channel.thread?.locked === true) throw refuse.threadLocked();
}

/** The message this author made with the same nonce here a short while ago. */
function sameNonce(discord: Discord, channel: Channel, nonce: string | number | null): StoredMessage | undefined {
  if (nonce === null) return undefined;
  const found = discord.world.messageByNonce(channel.id, discord.application.botUserId, nonce);
  return found !== undefined && discord.clock.now() - found.at <= discord.nonceWindowMs ? found : undefined;
}

function referenceOf(discord: Discord, channel: Channel, draft: MessageDraft): StoredMessage['reference'] {
  if (draft.reference === null) return null;
  if (!botMay(discord, channel, 'ReadMessageHistory')) throw refuse.noHistory();
  const target = discord.world.message(channel.id, draft.reference.messageId);
  if (target !== undefined && target.onlyFor === null) return { messageId: target.id, channelId: channel.id };
  if (draft.reference.failIfGone) throw refuse.unknownReference();
  return null;
}

function edit({ discord, param, body }: Call) {
  const channel = channelForBot(discord, param('channel'));
  const stored = messageForBot(discord, channel, param('message'));
  if (stored.authorId !== discord.application.botUserId) throw refuse.notAuthor();
  if (channel.thread?.archived === true) throw refuse.threadArchived();
  const draft = checkMessage(body.json, body.files, { existing: stored, uploadLimit: uploadLimit(discord, channel) });
  if (draft.newFiles.length > 0) need(discord, channel, 'AttachFiles');
  if (discord.clock.now() - stored.at > HOUR) discord.limits.takeOldEdit(channel.id);
  editMessage(discord, stored, draft, { flags: editedFlags(stored, draft), defaultMentions: DEFAULT_MENTIONS });
  return ok(forBot(discord, stored));
}

/** An edit may set and take away "suppress embeds", and set Components V2; everything else stays. */
export function editedFlags(stored: StoredMessage, draft: MessageDraft): number {
  if (draft.flags === null) return stored.flags;
  return (stored.flags & ~FLAG.suppressEmbeds) | (draft.flags & (FLAG.suppressEmbeds | FLAG.v2));
}

function react({ discord, param }: Call, add: boolean) {
  const channel = channelForBot(discord, param('channel'));
  const stored = messageForBot(discord, channel, param('message'));
  const emoji = param('emoji');
  if (!isUnicodeEmoji(emoji)) throw refuse.unknownEmoji();
  if (channel.thread?.archived === true) throw refuse.threadArchived();
  const me = discord.application.botUserId;
  const there = stored.reactions.find((one) => one.emoji === emoji);
  if (add) {
    need(discord, channel, 'ReadMessageHistory');
    if (there === undefined) {
      need(discord, channel, 'AddReactions');
      if (stored.reactions.length >= 20) throw refuse.tooManyReactions();
    }
  }
  const others = (there?.userIds ?? []).filter((id) => id !== me);
  const userIds = add ? [...others, me] : others;
  const rest = stored.reactions.filter((one) => one !== there);
  stored.reactions = userIds.length === 0 ? rest : [...rest, { emoji, userIds }];
  tellEdit(discord, stored);
  return noContent;
}
