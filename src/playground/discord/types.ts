import type { APIMessage, APIModalInteractionResponseCallbackData } from 'discord-api-types/v10';

/**
 * What the Discord emulator tells whoever looks at it as a person would: the page, the terminal and the tests. Messages are
 * the platform's own JSON, exactly as a client would get them.
 */
export type Sighting =
  | {
      readonly type: 'message';
      readonly channelId: string;
      readonly message: APIMessage /** Only this person sees it; null: everybody. */;
      readonly onlyFor: string | null;
    }
  | { readonly type: 'edit'; readonly channelId: string; readonly message: APIMessage; readonly onlyFor: string | null }
  | { readonly type: 'delete'; readonly channelId: string; readonly messageId: string }
  | {
      readonly type: 'modal';
      readonly userId: string;
      readonly interactionId: string;
      readonly modal: APIModalInteractionResponseCallbackData;
    }
  /** The application did not respond in time, or refused: what the client shows to the person, under the command or button. */
  | {
      readonly type: 'interactionFailed';
      readonly userId: string;
      readonly interactionId: string;
      readonly reason: string;
    }
  | { readonly type: 'bot'; readonly online: boolean };

/** A file a person attaches. */
export type Upload = { readonly name: string; readonly bytes: Buffer };

export type GivenOption = string | number | boolean | Upload;

/** What a person gets back from using a command, pressing a button or submitting a form. */
export type Answer = {
  readonly interactionId: string;
  /** The ephemeral or public answer, or the edited message; null for a modal or when the application failed. */
  readonly message: APIMessage | null;
  readonly modal: APIModalInteractionResponseCallbackData | null;
  /** What the client would show in red; null when all went well. */
  readonly failed: string | null;
  /** ms from sending to the acknowledgement. */
  readonly acknowledgedInMs: number;
  /** What came after: the next edit or follow-up of the same interaction, as an answer with a `next` of its own. Never polls. */
  next(): Promise<Answer>;
  /** What the client would not even send, by option or field; absent when it was sent. */
  readonly problems?: Readonly<Record<string, string>>;
};

/**
 * What is under way: resolves once a person sees an answer. That is the acknowledgement, or, where the application only asked
 * for time, the first thing after it. `acknowledged` resolves with the acknowledgement itself.
 */
export type Asked = Promise<Answer> & { readonly interactionId: string; readonly acknowledged: Promise<Answer> };

export type AutocompleteChoice = { readonly name: string; readonly value: string | number };

/** A message as a person reads it in the history. */
export type SeenMessage = { readonly message: APIMessage; readonly onlyFor: string | null };

/** What a person enters in one field of a form: text, a tick, chosen values or files. */
export type GivenField = string | boolean | null | readonly (string | Upload)[];
