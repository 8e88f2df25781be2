import {
  ApplicationCommandOptionType,
  ChannelType,
  InteractionContextType,
  PermissionFlagsBits,
} from 'discord-api-types/v10';
import type { Place, Scope } from '../domain/scope.ts';
import type { Ask, AutocompleteAsk, CommandAsk, FormAsk, OptionValue, PressAsk } from './command.ts';
import type {
  Incoming,
  IncomingCommand,
  IncomingForm,
  IncomingPress,
  IncomingText,
  RawField,
  RawOption,
} from './incoming.ts';
import { DEFAULT_UPLOAD_LIMIT } from './rest-chat.ts';

/** Name and type of the options a command declares; null when it declares them deeper or not at all. */
export type DeclaredOption = { readonly name: string; readonly type: number };

const THREADS: readonly number[] = [
  ChannelType.AnnouncementThread,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
];

/**
 * Who asks, from where, with which rights.
 * @param isMember Whether the gateway has named that guild.
 */
export function readAsk(from: Incoming, isMember: (guildId: string) => boolean): Ask {
  const place = placeOf(from, isMember);
  const user = from.member?.user ?? from.user ?? { id: '0', username: '', global_name: null };
  // Always there on Discord; where it is not, a message that is refused finds its own way.
  const app = from.app_permissions === undefined ? EVERYTHING : permissions(from.app_permissions);
  const inThread = THREADS.includes(from.channel?.type ?? -1);
  const mayPost =
    place.kind === 'dm' ||
    (place.kind === 'guild' &&
      app.has(PermissionFlagsBits.ViewChannel) &&
      app.has(inThread ? PermissionFlagsBits.SendMessagesInThreads : PermissionFlagsBits.SendMessages));
  return {
    interactionId: from.id,
    user: { id: user.id, name: from.member?.nick || user.global_name || user.username },
    place,
    scope: scopeOf(place, user.id),
    manages: place.kind === 'guild' && permissions(from.member?.permissions).has(PermissionFlagsBits.ManageGuild),
    roles: place.kind === 'guild' ? (from.member?.roles ?? []) : [],
    mayPost,
    mayAttach: place.kind === 'dm' || (mayPost && app.has(PermissionFlagsBits.AttachFiles)),
    channelName: from.channel?.name ?? null,
    locale: from.locale ?? 'en-US',
    uploadLimit: from.attachment_size_limit ?? DEFAULT_UPLOAD_LIMIT,
  };
}

function placeOf(from: Incoming, isMember: (guildId: string) => boolean): Place {
  const channelId = from.channel?.id ?? from.channel_id ?? '0';
  const guildId = from.guild_id ?? null;
  if (guildId !== null) {
    // Key "0" names the guild that installed the bot; "1" alone, the person, means that the bot is not in this place.
    const installed = from.authorizing_integration_owners ?? {};
    const byGuild = installed['0'] !== undefined || installed['1'] === undefined;
    // The gateway may name a guild only after the first command from it. Whoever installed the app there has it there; should
    // the bot itself be missing, its messages find their way to the person.
    const isOurs = installed['0'] === guildId || (byGuild && isMember(guildId));
    // What happens in somebody else's guild belongs to the person alone, so its id goes no further.
    return isOurs ? { kind: 'guild', guildId, channelId } : { kind: 'foreign', guildId: null, channelId };
  }
  const withBot =
    from.context === undefined || from.context === null
      ? (from.channel?.type ?? ChannelType.DM) === ChannelType.DM
      : from.context === InteractionContextType.BotDM;
  return { kind: withBot ? 'dm' : 'foreign', guildId: null, channelId };
}

const scopeOf = (place: Place, userId: string): Scope => ({
  guildId: place.kind === 'guild' ? place.guildId : null,
  userId,
});

const EVERYTHING = { has: () => true };

function permissions(text: string | undefined): { has: (bit: bigint) => boolean } {
  const bits = text !== undefined && /^\d+$/.test(text) ? BigInt(text) : 0n;
  return { has: (bit) => (bits & (bit | PermissionFlagsBits.Administrator)) !== 0n };
}

/** @param declared As the command's data has them; a type the client has from an older registration gives way to it. */
export const readCommandAsk = (ask: Ask, from: IncomingCommand, declared: readonly DeclaredOption[]): CommandAsk => ({
  ...ask,
  options: new Map(
    flat(from.data.options ?? []).flatMap((option) => {
      const type = declared.find(({ name }) => name === option.name)?.type ?? option.type;
      const value = readValue(option, type, from);
      return value === null ? [] : [[option.name, value] as const];
    }),
  ),
  ...messageOf(from),
});

/** The message a menu belongs to, with what was forwarded in it. */
function messageOf({ data }: IncomingCommand): Pick<CommandAsk, 'message'> {
  const seen = data.target_id === undefined ? undefined : data.resolved?.messages?.[data.target_id];
  if (seen === undefined) return {};
  const parts = [seen, ...(seen.message_snapshots ?? []).map(({ message }) => message)];
  return {
    message: {
      id: seen.id,
      content: parts.map(({ content }) => content).join('\n'),
      attachments: parts.flatMap(({ attachments }) =>
        attachments.map((one) => ({ id: one.id, name: originalName(one), size: one.size, url: one.url })),
      ),
    },
  };
}

/** @returns Null when no option is in focus, which no client sends. */
export function readAutocompleteAsk(
  ask: Ask,
  from: IncomingCommand,
  declared: readonly DeclaredOption[],
): AutocompleteAsk | null {
  const focused = flat(from.data.options ?? []).find((option) => option.focused === true);
  if (focused === undefined) return null;
  return {
    ...readCommandAsk(ask, from, declared),
    focused: { name: focused.name, value: focused.value === undefined ? '' : String(focused.value) },
  };
}

export const readPressAsk = (
  ask: Ask,
  from: IncomingPress,
  id: { key: string; argument: string | null },
): PressAsk => ({
  ...ask,
  key: id.key,
  argument: id.argument,
  values: from.data.values ?? [],
  messageId: from.message.id,
});

export const readFormAsk = (ask: Ask, from: IncomingForm, id: { key: string; argument: string | null }): FormAsk => ({
  ...ask,
  key: id.key,
  argument: id.argument,
  fields: new Map(fieldsOf(from.data.components)),
});

/** The locale of a direct message is not told. */
export const readTextAsk = (from: IncomingText): Ask & { readonly text: string } => ({
  interactionId: from.id,
  user: { id: from.author.id, name: from.author.global_name || from.author.username },
  place: { kind: 'dm', guildId: null, channelId: from.channel_id },
  scope: { guildId: null, userId: from.author.id },
  manages: false,
  roles: [],
  mayPost: true,
  mayAttach: true,
  channelName: null,
  locale: 'en-US',
  uploadLimit: DEFAULT_UPLOAD_LIMIT,
  text: from.content,
});

/** Options of sub-commands stand below them. */
const flat = (options: readonly RawOption[]): RawOption[] =>
  options.flatMap((option) =>
    option.type === ApplicationCommandOptionType.Subcommand ||
    option.type === ApplicationCommandOptionType.SubcommandGroup
      ? flat(option.options ?? [])
      : [option],
  );

/** Values may come in another type than declared: numbers as text while they are typed, or the reverse. */
function readValue(option: RawOption, type: number, from: IncomingCommand): OptionValue | null {
  const { value } = option;
  if (value === undefined) return null;
  switch (type) {
    case ApplicationCommandOptionType.Attachment: {
      const seen = from.data.resolved?.attachments?.[String(value)];
      if (seen === undefined) return null;
      return { id: seen.id, name: originalName(seen), size: seen.size, url: seen.url };
    }
    case ApplicationCommandOptionType.Integer:
    case ApplicationCommandOptionType.Number: {
      const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
      return Number.isFinite(number) ? number : null;
    }
    case ApplicationCommandOptionType.Boolean:
      return typeof value === 'boolean' ? value : String(value).toLowerCase() === 'true' || value === 1;
    default:
      return String(value);
  }
}

/** Discord replaces what it does not like in a name and keeps the stem as it was in `title`. */
function originalName({ filename, title }: { filename: string; title?: string | undefined }): string {
  const dot = filename.lastIndexOf('.');
  if (title === undefined || title === '' || dot <= 0) return filename;
  const extension = filename.slice(dot);
  return title.toLowerCase().endsWith(extension.toLowerCase()) ? title : `${title}${extension}`;
}

function fieldsOf(fields: readonly RawField[]): [string, string][] {
  return fields.flatMap((field) => {
    const inner = fieldsOf([...(field.component === undefined ? [] : [field.component]), ...(field.components ?? [])]);
    if (field.custom_id === undefined) return inner;
    const value = field.values === undefined ? (field.value ?? '') : field.values.join(',');
    return [[field.custom_id, String(value)], ...inner];
  });
}
