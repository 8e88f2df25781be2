import type { APIApplicationCommand, APIMessage } from 'discord-api-types/v10';
import type { Answer, GivenOption, Sighting } from './discord/types.ts';

/** A notebook that ships with the playground and is offered in the tray above the composer. */
export type PageSample = {
  /** Stable id, e.g. `train`. */
  readonly name: string;
  readonly title: string;
  readonly hint: string;
  readonly fileName: string;
  readonly bytes: Uint8Array;
  /** What the command is filled with besides the file, e.g. `{ accelerator: 'gpu-t4x2' }`. */
  readonly options: Readonly<Record<string, string>>;
};

export type KaggleSummary = {
  /** What executes a notebook here: `Jupyter`, `python3` or `a recorded run`. */
  readonly runsWith: string;
  readonly gpuSessions: { readonly used: number; readonly of: number };
  readonly gpuHours: { readonly used: number; readonly of: number };
  readonly versions: number;
  /** The stand-in of Kaggle, for a browser. */
  readonly url: string;
  /** The Kaggle account that is linked at the moment, if that is known. */
  readonly account?: string | null;
};

export type ChoiceSeen = { readonly name: string; readonly value: string | number };

/** Exactly what the page needs of the person who looks at it. Everything is seen with that person's eyes. */
export type PageBackend = {
  readonly you: { readonly id: string; readonly name: string };
  readonly bot: { readonly id: string; readonly name: string };
  readonly channel: { readonly id: string; readonly name: string };
  readonly directMessage: { readonly id: string; readonly name: string };
  /** Files of messages are fetched from below this address and nowhere else. */
  readonly cdnUrl: string;
  /** The interaction that the first start sent by itself, to say so under its answer; null when there was none. */
  firstStartInteraction(): string | null;
  /** Oldest first, with the ephemeral ones that are not dismissed. */
  messages(channelId: string): readonly APIMessage[];
  commandsFor(channelId: string): readonly APIApplicationCommand[];
  /** Calls back on every sighting; the answer ends it. */
  watch(see: (sighting: Sighting) => void): () => void;
  use(channelId: string, command: string, options: Readonly<Record<string, GivenOption>>): Promise<Answer>;
  autocomplete(
    channelId: string,
    command: string,
    options: Readonly<Record<string, string | number | boolean>>,
    focused: string,
  ): Promise<readonly ChoiceSeen[]>;
  /** Chooses an entry of a message's menu. */
  menu(channelId: string, command: string, messageId: string): Promise<Answer>;
  press(messageId: string, customId: string): Promise<Answer>;
  select(messageId: string, customId: string, values: readonly string[]): Promise<Answer>;
  /** `interactionId` is the one whose answer was the form. */
  submit(interactionId: string, fields: Readonly<Record<string, string>>): Promise<Answer>;
  type(channelId: string, text: string): Promise<void>;
  dismiss(messageId: string): Promise<void>;
  kaggleSummary(): KaggleSummary;
  samples(): readonly PageSample[];
  isBotOnline(): boolean;
};
