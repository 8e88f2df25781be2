import type {
  APIModalInteractionResponseCallbackData,
  RESTPostAPIApplicationCommandsJSONBody,
} from 'discord-api-types/v10';
import type { Place, Scope } from '../domain/scope.ts';
import type { MessageBody } from './chat.ts';

/** A file a person attached. Its `url` is fetched at once and only from DISCORD_CDN_URL. */
export type AttachmentSeen = {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly url: string;
};

/** What every interaction says of itself: who, where, with which rights. */
export type Ask = {
  readonly interactionId: string;
  readonly user: { readonly id: string; readonly name: string };
  readonly place: Place;
  readonly scope: Scope;
  /** Has Manage Server here. Always false in direct messages. */
  readonly manages: boolean;
  /** Ids of the roles the person has here; empty in direct messages. */
  readonly roles: readonly string[];
  /** Whether the bot may post / attach files in this channel. True in its own direct messages. */
  readonly mayPost: boolean;
  readonly mayAttach: boolean;
  readonly channelName: string | null;
  readonly locale: string;
  /** Bytes per file here. */
  readonly uploadLimit: number;
};

export type OptionValue = string | number | boolean | AttachmentSeen;

/** The message whose menu a command was chosen in. Everything in it is a stranger's text. */
export type MessageSeen = {
  readonly id: string;
  readonly content: string;
  readonly attachments: readonly AttachmentSeen[];
};

export type CommandAsk = Ask & {
  readonly options: ReadonlyMap<string, OptionValue>;
  /** Of a message's menu only. */
  readonly message?: MessageSeen;
};
export type AutocompleteAsk = CommandAsk & { readonly focused: { readonly name: string; readonly value: string } };
/** A button or a select. Its custom id is `{verb}:v1:{key}[:{argument}]`. `messageId` is the message it hangs on. */
export type PressAsk = Ask & {
  readonly key: string;
  readonly argument: string | null;
  readonly values: readonly string[];
  readonly messageId: string;
};
/** A submitted form. */
export type FormAsk = Ask & {
  readonly key: string;
  readonly argument: string | null;
  readonly fields: ReadonlyMap<string, string>;
};

export type Choice = { readonly name: string; readonly value: string };

export type Reply =
  | {
      readonly body: MessageBody;
      /**
       * Goes on editing this answer after it was given: called with a function that edits it, until the promise resolves,
       * the token ends (15 min) or the program stops (`signal`).
       */
      readonly follow?: (edit: (body: MessageBody) => Promise<void>, signal: AbortSignal) => Promise<void>;
    }
  | { readonly modal: APIModalInteractionResponseCallbackData };

/**
 * How the platform is answered before the work is done (once, in dispatch). `reply`: a new ephemeral answer, deferred at once.
 * `update`: the message the component hangs on is edited, deferred at once. `modal`: the answer is a form, so nothing may
 * take long. A `modal` press may also return a body: it becomes an ephemeral answer.
 */
export type Answers = 'reply' | 'update' | 'modal';

export type Press<Needs> = { readonly answers: Answers; execute(ask: PressAsk, needs: Needs): Promise<Reply> };
export type Form<Needs> = { readonly answers: 'reply' | 'update'; execute(ask: FormAsk, needs: Needs): Promise<Reply> };

/** One slash or context-menu command with the buttons and forms that belong to it. Verbs are unique over all commands. */
export type Command<Needs> = {
  readonly data: RESTPostAPIApplicationCommandsJSONBody;
  execute(ask: CommandAsk, needs: Needs): Promise<Reply>;
  autocomplete?(ask: AutocompleteAsk, needs: Needs): Promise<Choice[]>;
  readonly presses?: Readonly<Record<string, Press<Needs>>>;
  readonly forms?: Readonly<Record<string, Form<Needs>>>;
};

/** Plain text somebody wrote to the bot in a direct message. Null: say nothing. */
export type DirectMessage<Needs> = (ask: Ask & { readonly text: string }, needs: Needs) => Promise<MessageBody | null>;

/** `{verb}:v1:{key}[:{argument}]`, at most 100 characters. */
export function customId(verb: string, key: string, argument?: string): string {
  const id = argument === undefined ? `${verb}:v1:${key}` : `${verb}:v1:${key}:${argument}`;
  if (id.length > 100) throw new Error(`custom id of ${id.length} characters: ${verb}`);
  return id;
}

/** Null for ids of another version or another making. */
export function parseCustomId(id: string): { verb: string; key: string; argument: string | null } | null {
  const match = /^([a-z][A-Za-z]*):v1:([^:]*)(?::(.*))?$/s.exec(id);
  return match === null ? null : { verb: match[1] ?? '', key: match[2] ?? '', argument: match[3] ?? null };
}
