import type { RawFile } from 'discord.js';
import { type AllowedMentionsTypes, type APIAllowedMentions, MessageFlags } from 'discord-api-types/v10';
import type { MessageBody, OutFile } from './chat.ts';

/** A request to Discord: its JSON and the files that go beside it as multipart. */
export type Payload = { readonly body: Record<string, unknown>; readonly files: RawFile[] };

const NOBODY: AllowedMentionsTypes[] = [];

const mentionsOnly = (users: readonly string[]): APIAllowedMentions => ({
  parse: NOBODY,
  replied_user: false,
  ...(users.length === 0 ? {} : { users: [...users] }),
});

/** A new message in a channel. Mentions exactly the people the body names. */
export function newMessage(of: { body: MessageBody; nonce: string; replyTo?: string }): Payload {
  if (of.nonce.length === 0 || of.nonce.length > 25)
    throw new Error(`a nonce has 1 to 25 characters, not ${of.nonce.length}`);
  const { body, files } = filled(of.body, of.body.kind === 'notice' ? (of.body.mentions ?? []) : []);
  return {
    body: {
      ...body,
      flags: flagsOf(of.body),
      nonce: of.nonce,
      enforce_nonce: true,
      ...(of.replyTo === undefined ? {} : { message_reference: { message_id: of.replyTo, fail_if_not_exists: false } }),
    },
    files,
  };
}

/** The first answer to an interaction, when it was not deferred. */
export function answer(body: MessageBody): Payload {
  const filledBody = filled(body, []);
  return { ...filledBody, body: { ...filledBody.body, flags: flagsOf(body) | MessageFlags.Ephemeral } };
}

/**
 * A change of a message. It mentions nobody: an edit without `allowed_mentions` would be parsed with the defaults.
 * Files: those given take the place of all there were; a body without files keeps them, unless it is a panel that shows none.
 */
export function edit(body: MessageBody): Payload {
  const { body: json, files } = filled(body, []);
  const flags = body.kind === 'panel' ? MessageFlags.IsComponentsV2 : MessageFlags.SuppressEmbeds;
  const dropsFiles =
    body.files !== undefined || (body.kind === 'panel' && !JSON.stringify(body.components).includes('"attachment://'));
  return { body: { ...(dropsFiles ? { attachments: [] } : {}), ...json, flags }, files };
}

function flagsOf(body: MessageBody): number {
  if (body.kind === 'panel') return MessageFlags.IsComponentsV2;
  return MessageFlags.SuppressEmbeds | (body.silent === true ? MessageFlags.SuppressNotifications : 0);
}

function filled(body: MessageBody, mentions: readonly string[]): Payload {
  const files = body.files ?? [];
  return {
    body: {
      ...(body.kind === 'panel'
        ? { components: body.components }
        : { content: body.content, components: body.components ?? [] }),
      allowed_mentions: mentionsOnly(mentions),
      ...(files.length === 0 ? {} : { attachments: files.map(described) }),
    },
    files: files.map((file) => ({ name: file.name, data: file.bytes })),
  };
}

const described = (file: OutFile, id: number): object => ({
  id,
  filename: file.name,
  ...(file.description === undefined ? {} : { description: [...file.description].slice(0, 1024).join('') }),
});
