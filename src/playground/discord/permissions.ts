import { PermissionFlagsBits } from 'discord-api-types/v10';

export type Permission = keyof typeof PermissionFlagsBits;

export const bitsOf = (names: readonly Permission[]): bigint =>
  names.reduce((bits, name) => bits | PermissionFlagsBits[name], 0n);

export const may = (bits: bigint, name: Permission): boolean =>
  (bits & PermissionFlagsBits.Administrator) !== 0n || (bits & PermissionFlagsBits[name]) !== 0n;

/** Every bit there is: an owner's rights, and what is denied where something is not allowed. */
export const ALL_PERMISSIONS = Object.values(PermissionFlagsBits).reduce((bits, bit) => bits | bit, 0n);

/** What an invitation that asks for what a chat bot needs gives it (developer documentation, "Permissions"). */
export const BOT_PERMISSIONS = bitsOf([
  'ViewChannel',
  'SendMessages',
  'SendMessagesInThreads',
  'CreatePublicThreads',
  'EmbedLinks',
  'AttachFiles',
  'ReadMessageHistory',
  'AddReactions',
  'UseApplicationCommands',
]);

/** What everybody may do in a new server, as far as it matters here. */
export const EVERYONE_PERMISSIONS = bitsOf([
  'ViewChannel',
  'SendMessages',
  'SendMessagesInThreads',
  'CreatePublicThreads',
  'EmbedLinks',
  'AttachFiles',
  'ReadMessageHistory',
  'AddReactions',
  'UseExternalEmojis',
  'MentionEveryone',
  'UseApplicationCommands',
  'UseExternalApps',
]);

/** `app_permissions` in a direct message (developer documentation, "Receiving and responding"). */
export const DIRECT_MESSAGE_PERMISSIONS = bitsOf(['AttachFiles', 'EmbedLinks', 'MentionEveryone', 'UseExternalEmojis']);
