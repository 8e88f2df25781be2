import { checkLength, Form, Problems } from '../check/form.ts';
import { DEFAULT_ANSWER_MENTIONS } from '../check/mentions.ts';
import { checkMessage, FLAG, type MessageDraft } from '../check/message.ts';
import { checkModal } from '../check/modal.ts';
import type { Discord } from '../discord.ts';
import type { Interaction } from '../interactions.ts';
import { message } from '../message-payload.ts';
import { createMessage, editMessage, removeMessage, seen } from '../messages.ts';
import { Refusal, refuse } from '../refusal.ts';
import type { UploadedPart } from '../request-body.ts';
import type { AutocompleteChoice } from '../types.ts';
import type { Channel, StoredMessage } from '../world.ts';
import { uploadLimit } from './access.ts';
import { editedFlags } from './messages.ts';
import { type Call, noContent, ok, type Route } from './route.ts';

const MAX_FOLLOW_UPS_USER_ONLY = 5;
const EMPTY: MessageDraft = {
  content: '',
  embeds: [],
  components: [],
  flags: null,
  kept: null,
  newFiles: [],
  allowedMentions: null,
  nonce: null,
  enforceNonce: false,
  reference: null,
};

const webhook = { of: 'webhook', by: 'token' } as const;
const messagePath = '/webhooks/:app/:token/messages/:message';

/** Answering an interaction: the callback, and for fifteen minutes what its token still allows. */
export const answerRoutes: readonly Route[] = [
  {
    name: 'callback',
    method: 'POST',
    path: '/interactions/:id/:token/callback',
    auth: 'token',
    bucket: null,
    run: callback,
  },
  { name: 'followUp', method: 'POST', path: '/webhooks/:app/:token', auth: 'token', bucket: webhook, run: followUp },
  {
    name: 'getAnswer',
    method: 'GET',
    path: messagePath,
    auth: 'token',
    bucket: webhook,
    run: (call) => ok(forApp(call.discord, answerOf(call).stored)),
  },
  { name: 'editAnswer', method: 'PATCH', path: messagePath, auth: 'token', bucket: webhook, run: editAnswer },
  {
    name: 'deleteAnswer',
    method: 'DELETE',
    path: messagePath,
    auth: 'token',
    bucket: webhook,
    run: (call) => {
      const { interaction, stored } = answerOf(call);
      removeMessage(call.discord, stored);
      if (interaction.pending !== null && stored.id === interaction.originalId) {
        interaction.pending = null;
        call.discord.interactions.settle(interaction);
      }
      return noContent;
    },
  },
];

const forApp = (discord: Discord, stored: StoredMessage) => message(discord, stored, { bot: true, complete: true });

/** Which first responses suit which interaction; anything else is a malformed body. */
function allowedTypes(interaction: Interaction): readonly number[] {
  if (interaction.kind === 4) return [8];
  if (interaction.kind === 2) return [4, 5, 9];
  if (interaction.kind === 3) return [4, 5, 6, 7, 9];
  return interaction.sourceMessageId === null ? [4, 5] : [4, 5, 6, 7];
}

function callback({ discord, param, query, body }: Call) {
  const interaction = discord.interactions.forCallback(param('id'), param('token'));
  const problems = new Problems();
  const form = Form.over(problems, [], body.json);
  const type = form?.oneOf('type', allowedTypes(interaction), { required: true });
  problems.refuseIfAny();
  const data = form?.value.data;
  const made = carryOut(discord, interaction, type ?? 0, data, body.files);
  discord.interactions.finishAcknowledging(interaction);
  if (query.get('with_response') !== 'true') return noContent;
  const isMessage = type === 4 || type === 7;
  return ok({
    interaction: {
      id: interaction.id,
      type: interaction.kind,
      channel_id: interaction.channelId,
      ...(interaction.guildId === null ? {} : { guild_id: interaction.guildId }),
      ...(made === null
        ? {}
        : {
            response_message_id: made.id,
            response_message_loading: type === 5,
            response_message_ephemeral: made.onlyFor !== null,
          }),
    },
    resource: { type, ...(made !== null && isMessage ? { message: forApp(discord, made) } : {}) },
  });
}

/** @returns the message the answer is, or null. Nothing is acknowledged when the data is refused. */
function carryOut(
  discord: Discord,
  interaction: Interaction,
  type: number,
  data: unknown,
  files: ReadonlyMap<number, UploadedPart>,
): StoredMessage | null {
  const { interactions } = discord;
  if (type === 8) {
    const choices = checkChoices(data);
    interactions.acknowledge(interaction, type);
    interaction.choices.resolve(choices);
    return null;
  }
  if (type === 9) {
    const modal = checkModal(data);
    interactions.acknowledge(interaction, type);
    interaction.modal = modal;
    discord.sightings.tell({ type: 'modal', userId: interaction.userId, interactionId: interaction.id, modal });
    return null;
  }
  const channel = channelOf(discord, interaction);
  if (type === 6 || type === 7) {
    const source = discord.world.message(channel.id, interaction.sourceMessageId ?? '');
    if (source === undefined) throw refuse.unknownMessage();
    const draft =
      type === 7
        ? checkIn(['data'], data, files, { existing: source, uploadLimit: uploadLimit(discord, channel) })
        : null;
    interactions.acknowledge(interaction, type);
    interaction.originalId = source.id;
    interaction.messageIds.add(source.id);
    interaction.pending = type === 6 ? 'update' : null;
    if (draft !== null) {
      editMessage(discord, source, draft, {
        flags: editedFlags(source, draft),
        defaultMentions: DEFAULT_ANSWER_MENTIONS,
      });
      interactions.show(interaction, seen(discord, source));
    }
    return source;
  }
  const isDeferral = type === 5;
  const draft = isDeferral
    ? { ...EMPTY, flags: deferralFlags(data) }
    : checkIn(['data'], data, files, { existing: null, uploadLimit: uploadLimit(discord, channel) });
  interactions.acknowledge(interaction, type);
  const stored = speak(discord, interaction, channel, draft, isDeferral ? FLAG.loading : 0);
  interaction.originalId = stored.id;
  interaction.pending = isDeferral ? 'message' : null;
  return stored;
}

/** Of a deferral's flags only "ephemeral" counts. */
function deferralFlags(data: unknown): number {
  const problems = new Problems();
  const flags = data === undefined || data === null ? 0 : (Form.over(problems, ['data'], data)?.integer('flags') ?? 0);
  problems.refuseIfAny();
  return flags & FLAG.ephemeral;
}

function checkIn(
  ...[path, data, files, rules]: [
    string[],
    unknown,
    ReadonlyMap<number, UploadedPart>,
    Parameters<typeof checkMessage>[2],
  ]
) {
  try {
    return checkMessage(data ?? {}, files, rules);
  } catch (error) {
    if (!(error instanceof Refusal) || error.errors === null) throw error;
    const errors = path.reduceRight((tree, step) => ({ [step]: tree }), error.errors);
    throw new Refusal(error.status, error.code, error.message, { errors });
  }
}

function speak(
  discord: Discord,
  interaction: Interaction,
  channel: Channel,
  draft: MessageDraft,
  extra: number,
): StoredMessage {
  const wanted = draft.flags ?? 0;
  const ephemeral = interaction.forceEphemeral || (wanted & FLAG.ephemeral) !== 0;
  const refersTo = interaction.originalId ?? (interaction.kind === 3 ? interaction.sourceMessageId : null);
  const stored = createMessage(discord, {
    channel,
    authorId: discord.application.botUserId,
    draft: { ...draft, nonce: null, reference: null },
    type: refersTo !== null ? 19 : interaction.commandType === null ? 0 : interaction.commandType === 1 ? 20 : 23,
    flags: (wanted & (FLAG.suppressEmbeds | FLAG.silent | FLAG.v2)) | (ephemeral ? FLAG.ephemeral : 0) | extra,
    onlyFor: ephemeral ? interaction.userId : null,
    interaction: discord.interactions.metadata(interaction),
    reference: refersTo === null ? null : { messageId: refersTo, channelId: channel.id },
    defaultMentions: { ...DEFAULT_ANSWER_MENTIONS, repliedUser: false },
  });
  interaction.messageIds.add(stored.id);
  if (extra === 0) discord.interactions.show(interaction, seen(discord, stored));
  return stored;
}

function channelOf(discord: Discord, interaction: Interaction): Channel {
  const channel = discord.world.channels.get(interaction.channelId);
  if (channel === undefined) throw refuse.unknownChannel();
  return channel;
}

/** The message of a webhook route. @throws Refusal 10008 when it is gone or not of this interaction. */
function answerOf({ discord, param }: Call): { interaction: Interaction; stored: StoredMessage } {
  const interaction = discord.interactions.forToken(param('app'), param('token'));
  const id = param('message') === '@original' ? interaction.originalId : param('message');
  const stored =
    id !== null && interaction.messageIds.has(id) ? discord.world.message(interaction.channelId, id) : undefined;
  if (stored === undefined) throw refuse.unknownMessage();
  return { interaction, stored };
}

function editAnswer(call: Call) {
  const { discord, body } = call;
  const { interaction, stored } = answerOf(call);
  const limit = uploadLimit(discord, channelOf(discord, interaction));
  const draft = checkMessage(body.json ?? {}, body.files, { existing: stored, uploadLimit: limit });
  fill(discord, interaction, stored, draft);
  return ok(forApp(discord, stored));
}

/** An edit of an answer; the first one of a deferral ends "thinking". */
function fill(discord: Discord, interaction: Interaction, stored: StoredMessage, draft: MessageDraft): void {
  const isFirst = (stored.flags & FLAG.loading) !== 0;
  const flags = editedFlags(stored, draft) & ~FLAG.loading;
  editMessage(discord, stored, draft, { flags, defaultMentions: DEFAULT_ANSWER_MENTIONS, isFirstAnswer: isFirst });
  told(discord, interaction, stored);
}

function told(discord: Discord, interaction: Interaction, stored: StoredMessage): void {
  discord.interactions.show(interaction, seen(discord, stored));
  if (interaction.pending === null) return;
  interaction.pending = null;
  discord.interactions.settle(interaction);
}

function followUp({ discord, param, body }: Call) {
  const interaction = discord.interactions.forToken(param('app'), param('token'));
  if (interaction.kind === 4) throw refuse.unknownWebhook();
  const channel = channelOf(discord, interaction);
  const original = discord.world.message(channel.id, interaction.originalId ?? '');
  const rules = { existing: null, uploadLimit: uploadLimit(discord, channel) };
  if (interaction.pending === 'message' && original !== undefined) {
    const draft = checkMessage(body.json, body.files, rules);
    fill(discord, interaction, original, draft);
    return ok(forApp(discord, original));
  }
  if (interaction.userOnly && interaction.followUps >= MAX_FOLLOW_UPS_USER_ONLY) throw refuse.followUpsUsed();
  const draft = checkMessage(body.json, body.files, rules);
  interaction.followUps += 1;
  const stored = speak(discord, interaction, channel, draft, 0);
  if (interaction.pending !== null) {
    interaction.pending = null;
    discord.interactions.settle(interaction);
  }
  return ok(forApp(discord, stored));
}

function checkChoices(data: unknown): AutocompleteChoice[] {
  const problems = new Problems();
  const form = Form.over(problems, ['data'], data);
  const list = form?.forms('choices', { required: true }) ?? [];
  checkLength(problems, ['data', 'choices'], list.length, 0, 25);
  const choices = list.map((choice) => {
    const name = choice.string('name', { required: true, min: 1, max: 100 }) ?? '';
    const value =
      typeof choice.value.value === 'number'
        ? choice.value.value
        : choice.string('value', { required: true, min: 1, max: 100 });
    return { name, value: value ?? '' };
  });
  problems.refuseIfAny();
  return choices;
}
