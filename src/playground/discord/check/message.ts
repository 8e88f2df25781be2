import type { APIEmbed, APIMessageTopLevelComponent } from 'discord-api-types/v10';
import { type NewFile, sanitise } from '../media.ts';
import { refuse } from '../refusal.ts';
import type { UploadedPart } from '../request-body.ts';
import type { StoredMessage } from '../world.ts';
import { checkComponents } from './components.ts';
import { checkEmbeds } from './embeds.ts';
import { Form, type Path, Problems } from './form.ts';
import { type AllowedMentions, checkAllowedMentions } from './mentions.ts';

export const FLAG = { suppressEmbeds: 4, ephemeral: 64, loading: 128, silent: 4096, v2: 32_768 } as const;

/** What a checked body asks for. Fields left out of an edit are null and stay as they are. */
export type MessageDraft = {
  readonly content: string | null;
  readonly embeds: readonly APIEmbed[] | null;
  readonly components: readonly APIMessageTopLevelComponent[] | null;
  readonly flags: number | null;
  /** Ids of files that stay; null: all. */
  readonly kept: readonly string[] | null;
  readonly newFiles: readonly NewFile[];
  readonly allowedMentions: AllowedMentions | null;
  readonly nonce: string | number | null;
  readonly enforceNonce: boolean;
  readonly reference: { readonly messageId: string; readonly failIfGone: boolean } | null;
};

export type MessageRules = {
  /** The message that is edited, or null for a new one. */
  readonly existing: StoredMessage | null;
  readonly uploadLimit: number;
  /** Where the body stands in the request: `['data']` in an interaction callback. */
  readonly path?: Path;
};

const MAX_FILES = 10;

/**
 * Checks the body of a message, new or edited, as the platform does.
 * @throws Refusal 50035 with the tree of errors, 50006 for an empty message, 40005 and 30015 for files.
 */
export function checkMessage(
  json: unknown,
  files: ReadonlyMap<number, UploadedPart>,
  rules: MessageRules,
): MessageDraft {
  const { existing } = rules;
  const problems = new Problems();
  const form = Form.over(problems, [], json);
  if (form === null) {
    problems.refuseIfAny();
    throw refuse.badRequest();
  }
  const content = form.value.content === null ? '' : (form.string('content', { max: 2000 }) ?? null);
  const flags = checkFlags(form, existing);
  const isV2 = ((flags ?? existing?.flags ?? 0) & FLAG.v2) !== 0;
  const embedList = form.value.embeds === null ? [] : (form.list('embeds', { max: 10 }) ?? null);
  const embeds = embedList === null ? null : checkEmbeds(problems, embedList);
  checkLegacyFields(form, isV2, existing, content, embeds);
  const { kept, newFiles } = checkFiles(form, files, existing, rules.uploadLimit);
  const fileNames = new Set([
    ...(existing?.attachments ?? []).filter((one) => kept === null || kept.includes(one.id)).map((one) => one.filename),
    ...newFiles.map((one) => sanitise(one.name).filename),
  ]);
  const componentList = form.value.components === null ? [] : (form.list('components') ?? null);
  const components = componentList === null ? null : checkComponents(problems, componentList, { v2: isV2, fileNames });
  const draft: MessageDraft = {
    content,
    embeds,
    components,
    flags,
    kept,
    newFiles,
    allowedMentions: checkAllowedMentions(form),
    ...checkNonce(form),
    reference: checkReference(form),
  };
  problems.refuseIfAny();
  refuseIfEmpty(draft, existing, isV2);
  return draft;
}

/** The sentence a V2 message is refused with when it says something outside of its components. */
function checkLegacyFields(
  form: Form,
  isV2: boolean,
  existing: StoredMessage | null,
  content: string | null,
  embeds: readonly APIEmbed[] | null,
): void {
  for (const name of ['poll', 'sticker_ids', 'shared_client_theme']) {
    const value = form.value[name];
    const given = value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
    if (given && !isV2) form.add(name, 'NOT_EMULATED', `The playground does not know "${name}"`);
    else if (given) refuseLegacy(form, name);
  }
  if (!isV2) return;
  if ((content ?? existing?.content ?? '') !== '') refuseLegacy(form, 'content');
  if ((embeds ?? existing?.embeds ?? []).length > 0) refuseLegacy(form, 'embeds');
}

const refuseLegacy = (form: Form, name: string): void =>
  form.add(
    name,
    'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
    `The '${name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
  );

function checkFlags(form: Form, existing: StoredMessage | null): number | null {
  const given = form.integer('flags', { min: 0 });
  if (given === undefined) return null;
  if (existing !== null && (existing.flags & FLAG.v2) !== 0 && (given & FLAG.v2) === 0) {
    form.add(
      'flags',
      'MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG',
      'The IS_COMPONENTS_V2 flag cannot be removed from a message',
    );
  }
  return given;
}

function checkFiles(
  form: Form,
  files: ReadonlyMap<number, UploadedPart>,
  existing: StoredMessage | null,
  limit: number,
): { kept: string[] | null; newFiles: NewFile[] } {
  for (const file of files.values()) if (file.bytes.length > limit) throw refuse.tooLarge();
  const isListed = form.has('attachments');
  const listed = form.forms('attachments');
  const kept: string[] = [];
  const described = new Map<number, { name: string | undefined; description: string | null }>();
  for (const one of listed) {
    const id = String(one.value.id ?? '');
    const description = one.string('description', { max: 1024 }) ?? null;
    if (existing?.attachments.some((there) => there.id === id)) kept.push(id);
    else if (/^\d{1,3}$/.test(id) && files.has(Number(id))) {
      described.set(Number(id), { name: one.string('filename', { max: 1024 }), description });
    } else one.add('id', 'ATTACHMENT_NOT_FOUND', `Unknown attachment "${id}"`);
  }
  const newFiles = [...files].map(([index, part]) => ({
    name: described.get(index)?.name ?? part.name,
    bytes: part.bytes,
    description: described.get(index)?.description ?? null,
  }));
  const before = existing?.attachments.length ?? 0;
  if ((isListed ? kept.length : before) + newFiles.length > MAX_FILES) throw refuse.tooManyAttachments();
  return { kept: isListed ? kept : null, newFiles };
}

function checkNonce(form: Form): { nonce: string | number | null; enforceNonce: boolean } {
  const enforceNonce = form.boolean('enforce_nonce') ?? false;
  const value = form.value.nonce;
  if (value === undefined || value === null) return { nonce: null, enforceNonce };
  if (typeof value === 'number' && Number.isInteger(value)) return { nonce: value, enforceNonce };
  return { nonce: form.string('nonce', { max: 25 }) ?? null, enforceNonce };
}

function checkReference(form: Form): MessageDraft['reference'] {
  const reference = form.object('message_reference');
  if (reference === null) return null;
  if ((reference.integer('type') ?? 0) !== 0)
    reference.add('type', 'NOT_EMULATED', 'The playground does not forward messages');
  const messageId = reference.snowflake('message_id', { required: true });
  return messageId === undefined ? null : { messageId, failIfGone: reference.boolean('fail_if_not_exists') ?? true };
}

function refuseIfEmpty(draft: MessageDraft, existing: StoredMessage | null, isV2: boolean): void {
  const content = draft.content ?? existing?.content ?? '';
  const embeds = draft.embeds ?? existing?.embeds ?? [];
  const components = draft.components ?? existing?.components ?? [];
  const files = (draft.kept ?? existing?.attachments ?? []).length + draft.newFiles.length;
  const says = isV2 ? components.length > 0 : content.trim() !== '' || embeds.length > 0 || files > 0;
  if (!says) throw refuse.emptyMessage();
}
