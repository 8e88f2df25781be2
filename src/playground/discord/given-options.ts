import {
  type APIApplicationCommand,
  type APIApplicationCommandOption,
  ApplicationCommandOptionType as Type,
} from 'discord-api-types/v10';
import { lengthOf } from './check/form.ts';
import type { Discord } from './discord.ts';
import { attachment } from './message-payload.ts';
import { channel, memberMay, personUser, user } from './payloads.ts';
import type { GivenOption, Upload } from './types.ts';
import type { StoredAttachment } from './world.ts';

/** Loose view of an option: the fields the client looks at, whatever the type. */
type Option = {
  readonly type: number;
  readonly name: string;
  readonly required?: boolean;
  readonly autocomplete?: boolean;
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[];
  readonly min_length?: number;
  readonly max_length?: number;
  readonly min_value?: number;
  readonly max_value?: number;
  readonly file_types?: readonly string[];
  readonly options?: readonly APIApplicationCommandOption[];
};

export const isUpload = (value: unknown): value is Upload =>
  typeof value === 'object' && value !== null && 'bytes' in value && 'name' in value;

/** The command a person named, `group sub` included, and its plain options. Null when there is none like it. */
export function findCommand(
  commands: readonly APIApplicationCommand[],
  name: string,
): { command: APIApplicationCommand; path: readonly Option[]; options: readonly Option[] } | null {
  const [first = '', ...rest] = name.trim().replace(/^\//, '').split(/\s+/);
  const command = commands.find((one) => one.type === 1 && one.name === first);
  if (command === undefined) return null;
  let options = (command.options ?? []) as readonly Option[];
  const path: Option[] = [];
  for (const step of rest) {
    const next = options.find((one) => (one.type === 1 || one.type === 2) && one.name === step);
    if (next === undefined) return null;
    path.push(next);
    options = (next.options ?? []) as readonly Option[];
  }
  // A command with sub-commands cannot be used bare.
  return options.some((one) => one.type === 1 || one.type === 2) ? null : { command, path, options };
}

/** What the client shows in red under an option before it sends anything. Empty: all is well. */
export function problemsOf(
  options: readonly Option[],
  given: Readonly<Record<string, GivenOption>>,
  maxBytes: number,
): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const name of Object.keys(given)) {
    if (!options.some((one) => one.name === name)) problems[name] = 'This command has no such option.';
  }
  for (const option of options) {
    const value = given[option.name];
    const problem = value === undefined ? missing(option) : problemOf(option, value, maxBytes);
    if (problem !== null) problems[option.name] = problem;
  }
  return problems;
}

const missing = (option: Option): string | null =>
  option.required === true ? 'This option is required. Specify a value.' : null;

function problemOf(option: Option, value: GivenOption, maxBytes: number): string | null {
  if (option.type === Type.Attachment) {
    if (!isUpload(value)) return 'Attach a file.';
    if (value.bytes.length > maxBytes) return `The file is too large. Max file size is ${maxBytes / 1024 / 1024} MB.`;
    return fitsTypes(value.name, option.file_types) ? null : 'This file type is not accepted here.';
  }
  if (isUpload(value)) return 'Only an attachment option takes a file.';
  if (option.type === Type.Boolean) return typeof value === 'boolean' ? null : 'Please enter True or False.';
  if (option.type === Type.Integer || option.type === Type.Number) return numberProblem(option, value);
  if (typeof value !== 'string') return 'Please enter text.';
  if (option.type !== Type.String) return /^\d{17,20}$/.test(value) ? null : 'Please choose from the list.';
  return textProblem(option, value);
}

function numberProblem(option: Option, value: string | number | boolean): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'Please enter a valid number.';
  if (option.type === Type.Integer && !Number.isInteger(value)) return 'Please enter a valid integer.';
  if (isNoChoice(option, value)) return 'Please enter a valid choice.';
  if (option.min_value !== undefined && value < option.min_value) return `Value must be at least ${option.min_value}.`;
  if (option.max_value !== undefined && value > option.max_value) return `Value must be at most ${option.max_value}.`;
  return null;
}

function textProblem(option: Option, value: string): string | null {
  if (value.trim() === '') return 'This option is required. Specify a value.';
  if (isNoChoice(option, value)) return 'Please enter a valid choice.';
  const length = lengthOf(value);
  if (length < (option.min_length ?? 0)) return `Must be at least ${option.min_length} characters.`;
  if (length > (option.max_length ?? 6000)) return `Must be at most ${option.max_length ?? 6000} characters.`;
  return null;
}

const isNoChoice = (option: Option, value: string | number): boolean =>
  option.choices !== undefined && option.choices.length > 0 && !option.choices.some((choice) => choice.value === value);

/** `image`, `video`, `audio` or an extension; compared by extension only, in any case. */
export function fitsTypes(name: string, types: readonly string[] | undefined): boolean {
  if (types === undefined || types.length === 0) return true;
  const groups: Record<string, RegExp> = {
    image: /\.(png|jpe?g|gif|webp|bmp|heic|avif)$/i,
    video: /\.(mp4|mov|webm|mkv|avi)$/i,
    audio: /\.(mp3|wav|ogg|flac|m4a)$/i,
  };
  return types.some((type) => groups[type]?.test(name) ?? name.toLowerCase().endsWith(type.toLowerCase()));
}

/** Collects what the ids in an interaction stand for, as the platform sends it along. */
export class Resolved {
  readonly #discord: Discord;
  readonly #channelId: string;
  readonly #guildId: string | null;
  readonly #found: Record<string, Record<string, unknown>> = {};

  constructor(discord: Discord, channelId: string, guildId: string | null) {
    this.#discord = discord;
    this.#channelId = channelId;
    this.#guildId = guildId;
  }

  put(kind: string, id: string, value: unknown): void {
    this.#found[kind] = { ...this.#found[kind], [id]: value };
  }

  attach(upload: Upload): string {
    const kept: StoredAttachment = this.#discord.media.keep(upload, { ephemeralFor: this.#discord.application.id });
    this.put('attachments', kept.id, attachment(this.#discord, kept));
    return kept.id;
  }

  user(id: string): void {
    const person = this.#discord.world.people.get(id);
    this.put('users', id, person === undefined ? user(this.#discord, id) : personUser(person));
    const place = this.#discord.world.channels.get(this.#channelId);
    if (this.#guildId !== null && place !== undefined) {
      const permissions = String(memberMay(this.#discord, place, id));
      this.put('members', id, { roles: [], joined_at: null, permissions, pending: false, flags: 0 });
    }
  }

  channel(id: string, asker: string): void {
    const of = this.#discord.world.channels.get(id);
    if (of === undefined) return;
    this.put('channels', id, {
      ...channel(this.#discord, of),
      permissions: String(memberMay(this.#discord, of, asker)),
      app_permissions: String(of.botMay),
    });
  }

  get value(): object | null {
    return Object.keys(this.#found).length === 0 ? null : this.#found;
  }
}

/** Options as they go over the wire; in autocomplete one has the focus and nothing is checked. */
export function wireOptions(
  found: { path: readonly Option[]; options: readonly Option[] },
  given: Readonly<Record<string, GivenOption>>,
  resolved: Resolved,
  asker: string,
  focused: string | null,
): object[] {
  const plain = found.options.flatMap((option) => {
    const value = given[option.name] ?? (option.name === focused ? '' : undefined);
    if (value === undefined) return [];
    const wire = isUpload(value) ? resolved.attach(value) : value;
    if (option.type === Type.User || option.type === Type.Mentionable) resolved.user(String(wire));
    if (option.type === Type.Channel) resolved.channel(String(wire), asker);
    return [
      { name: option.name, type: option.type, value: wire, ...(option.name === focused ? { focused: true } : {}) },
    ];
  });
  return found.path.reduceRight<object[]>(
    (inner, step) => [{ name: step.name, type: step.type, options: inner }],
    plain,
  );
}
