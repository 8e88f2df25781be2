import { Form, Problems } from '../check/form.ts';
import { DEFAULT_MENTIONS } from '../check/mentions.ts';
import { checkMessage, FLAG } from '../check/message.ts';
import type { Discord } from '../discord.ts';
import { message } from '../message-payload.ts';
import { createMessage } from '../messages.ts';
import { channel as payload } from '../payloads.ts';
import { refuse } from '../refusal.ts';
import type { Channel } from '../world.ts';
import { addChannel, openDirect, removeChannel, updateChannel } from '../world-events.ts';
import { channelForBot, messageForBot, need, uploadLimit } from './access.ts';
import { type Call, noContent, ok, type Route } from './route.ts';

export const channelRoutes: readonly Route[] = [
  {
    name: 'openDirect',
    method: 'POST',
    path: '/users/@me/channels',
    auth: 'bot',
    bucket: { of: 'openDirect', by: '' },
    run: ({ discord, body }) => {
      const form = readForm(body.json);
      const id = form.snowflake('recipient_id', { required: true });
      form.problems.refuseIfAny();
      if (id === undefined || id === discord.application.botUserId) throw refuse.recipient();
      if (!discord.world.people.has(id)) throw refuse.unknownUser();
      return ok(payload(discord, openDirect(discord, id)));
    },
  },
  {
    name: 'getChannel',
    method: 'GET',
    path: '/channels/:channel',
    auth: 'bot',
    bucket: { of: 'getChannel', by: 'channel' },
    run: ({ discord, param }) => ok(payload(discord, channelForBot(discord, param('channel')))),
  },
  {
    name: 'changeChannel',
    method: 'PATCH',
    path: '/channels/:channel',
    auth: 'bot',
    bucket: { of: 'changeChannel', by: 'channel' },
    run: change,
  },
  {
    name: 'deleteChannel',
    method: 'DELETE',
    path: '/channels/:channel',
    auth: 'bot',
    bucket: { of: 'deleteChannel', by: 'channel' },
    run: ({ discord, param }) => {
      const channel = channelForBot(discord, param('channel'));
      if (channel.guildId !== null) {
        need(discord, channel, channel.thread === null ? 'ManageChannels' : 'ManageThreads');
        removeChannel(discord, channel);
      }
      return ok(payload(discord, channel));
    },
  },
  {
    name: 'startThreadFromMessage',
    method: 'POST',
    path: '/channels/:channel/messages/:message/threads',
    auth: 'bot',
    bucket: { of: 'startThread', by: 'channel' },
    run: ({ discord, param, body }) => {
      const channel = parentOfThreads(discord, param('channel'));
      if (channel.type === 15) throw refuse.wrongChannelType();
      const target = messageForBot(discord, channel, param('message'));
      if (discord.world.channels.has(target.id)) throw refuse.threadExists();
      need(discord, channel, 'CreatePublicThreads');
      const { name, autoArchiveMinutes } = readThread(body.json);
      const type = channel.type === 5 ? 10 : 11;
      return {
        status: 201,
        body: payload(discord, addThread(discord, channel, { id: target.id, type, name, autoArchiveMinutes })),
      };
    },
  },
  {
    name: 'startThread',
    method: 'POST',
    path: '/channels/:channel/threads',
    auth: 'bot',
    bucket: { of: 'startThread', by: 'channel' },
    run: startThread,
  },
  {
    name: 'joinThread',
    method: 'PUT',
    path: '/channels/:channel/thread-members/@me',
    auth: 'bot',
    bucket: { of: 'joinThread', by: 'channel' },
    run: ({ discord, param }) => {
      const channel = channelForBot(discord, param('channel'));
      if (channel.thread === null) throw refuse.wrongChannelType();
      if (channel.thread.archived) throw refuse.threadArchived();
      return noContent;
    },
  },
];

function readForm(json: unknown): Form {
  const problems = new Problems();
  const form = Form.over(problems, [], json);
  problems.refuseIfAny();
  if (form === null) throw refuse.badRequest();
  return form;
}

function readThread(json: unknown): { name: string; autoArchiveMinutes: number; type: 10 | 11 | 12 } {
  const form = readForm(json);
  const name = form.string('name', { required: true, min: 1, max: 100 }) ?? '';
  const autoArchiveMinutes = form.oneOf('auto_archive_duration', [60, 1440, 4320, 10080]) ?? 4320;
  // Without a type the platform makes a private thread.
  const type = form.oneOf('type', [10, 11, 12] as const) ?? 12;
  form.problems.refuseIfAny();
  return { name, autoArchiveMinutes, type };
}

function parentOfThreads(discord: Discord, id: string): Channel {
  const channel = channelForBot(discord, id);
  if (channel.guildId === null || channel.thread !== null || ![0, 5, 15].includes(channel.type))
    throw refuse.wrongChannelType();
  return channel;
}

type NewThread = { id: string; type: number; name: string; autoArchiveMinutes: number };

const addThread = (discord: Discord, parent: Channel, of: NewThread): Channel =>
  addChannel(discord, {
    id: of.id,
    guildId: parent.guildId,
    type: of.type,
    name: of.name,
    parentId: parent.id,
    recipientIds: [],
    botMay: parent.botMay,
    everyoneMay: parent.everyoneMay,
    lastMessageId: null,
    thread: {
      ownerId: discord.application.botUserId,
      createdAt: discord.clock.now(),
      archived: false,
      locked: false,
      autoArchiveMinutes: of.autoArchiveMinutes,
    },
  });

function startThread({ discord, param, body }: Call) {
  const channel = parentOfThreads(discord, param('channel'));
  const { name, autoArchiveMinutes, type } = readThread(body.json);
  const id = discord.ids.next();
  if (channel.type !== 15) {
    need(discord, channel, type === 12 ? 'CreatePrivateThreads' : 'CreatePublicThreads');
    return { status: 201, body: payload(discord, addThread(discord, channel, { id, type, name, autoArchiveMinutes })) };
  }
  need(discord, channel, 'SendMessages');
  const first = readForm(body.json).object('message', { required: true });
  const draft = checkMessage(first?.value, body.files, { existing: null, uploadLimit: uploadLimit(discord, channel) });
  const thread = addThread(discord, channel, { id, type: 11, name, autoArchiveMinutes });
  const stored = createMessage(discord, {
    id,
    channel: thread,
    authorId: discord.application.botUserId,
    draft,
    type: 0,
    flags: (draft.flags ?? 0) & (FLAG.suppressEmbeds | FLAG.silent | FLAG.v2),
    onlyFor: null,
    interaction: null,
    reference: null,
    defaultMentions: DEFAULT_MENTIONS,
  });
  return { status: 201, body: { ...payload(discord, thread), message: message(discord, stored, { bot: true }) } };
}

function change({ discord, param, body }: Call) {
  const channel = channelForBot(discord, param('channel'));
  if (channel.guildId === null) throw refuse.onDirectMessages();
  const form = readForm(body.json);
  const name = form.string('name', { min: 1, max: 100 });
  const archived = form.boolean('archived');
  const locked = form.boolean('locked');
  const autoArchiveMinutes = form.oneOf('auto_archive_duration', [60, 1440, 4320, 10080]);
  form.problems.refuseIfAny();
  const { thread } = channel;
  const revives = thread !== null && archived === false && locked === undefined && name === undefined;
  if (thread === null) need(discord, channel, 'ManageChannels');
  else if (revives) {
    if (thread.locked) need(discord, channel, 'ManageThreads');
  } else if (locked !== undefined || thread.ownerId !== discord.application.botUserId)
    need(discord, channel, 'ManageThreads');
  if (thread?.archived === true && archived !== false) throw refuse.threadArchived();
  updateChannel(discord, channel, {
    ...(name === undefined ? {} : { name }),
    ...(archived === undefined ? {} : { archived }),
    ...(locked === undefined ? {} : { locked }),
    ...(autoArchiveMinutes === undefined ? {} : { autoArchiveMinutes }),
  });
  return ok(payload(discord, channel));
}
