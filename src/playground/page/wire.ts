import type { APIApplicationCommand, APIMessage, APIModalInteractionResponseCallbackData } from 'discord-api-types/v10';

import { EventStream } from './event-stream.ts';

/** What goes over the wire between the page and its server (src/playground/page-state.ts, page-api.ts). */

export type Channel = {
  readonly id: string;
  readonly name: string;
  readonly kind: 'channel' | 'dm';
  readonly messages: readonly APIMessage[];
  readonly commands: readonly APIApplicationCommand[];
};

export type Sample = {
  readonly name: string;
  readonly title: string;
  readonly hint: string;
  readonly fileName: string;
  readonly size: number;
  readonly cells: number | null;
  readonly options: Readonly<Record<string, string>>;
};

export type Kaggle = {
  readonly runsWith: string;
  readonly gpuSessions: { readonly used: number; readonly of: number };
  readonly gpuHours: { readonly used: number; readonly of: number };
  readonly versions: number;
  readonly url: string;
  readonly account?: string | null;
};

export type State = {
  readonly you: { readonly id: string; readonly name: string };
  readonly bot: { readonly id: string; readonly name: string };
  readonly channels: readonly Channel[];
  readonly online: boolean;
  readonly firstStartInteraction: string | null;
  readonly kaggle: Kaggle;
  readonly samples: readonly Sample[];
};

export type Event =
  | { readonly type: 'state'; readonly state: State }
  | { readonly type: 'message' | 'edit'; readonly channelId: string; readonly message: APIMessage }
  | { readonly type: 'delete'; readonly channelId: string; readonly messageId: string }
  | { readonly type: 'bot'; readonly online: boolean }
  | { readonly type: 'commands' }
  | { readonly type: 'kaggle'; readonly kaggle: Kaggle };

export type Outcome = {
  readonly failed: string | null;
  /** What is wrong with single options or fields, by name. */
  readonly problems: Readonly<Record<string, string>>;
  readonly modal: { readonly interactionId: string; readonly form: APIModalInteractionResponseCallbackData } | null;
};

export type Choice = { readonly name: string; readonly value: string | number };
export type GivenOption = string | number | boolean | { readonly upload: string } | { readonly sample: string };

/** The server's own words, or one sentence when it did not answer. */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

const AWAY = 'The playground does not answer. Is it still running in the terminal?';
const RECONNECT_MS = 1_000;
/** The server writes at least every 15 s; a silence of twice that is a dead connection. */
const SILENCE_MS = 35_000;

async function call(key: string, path: string, body: BodyInit, type: string): Promise<unknown> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': type },
    body,
  }).catch(() => {
    throw new WireError(0, AWAY);
  });
  const answer: unknown = await response.json().catch(() => ({}));
  if (!response.ok) {
    const sentence = (answer as { error?: unknown }).error;
    throw new WireError(response.status, typeof sentence === 'string' ? sentence : AWAY);
  }
  return answer;
}

export class Wire {
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  async #act(action: string, body: object): Promise<unknown> {
    return call(this.#key, `/api/${action}`, JSON.stringify(body), 'application/json');
  }

  async use(channelId: string, command: string, options: Readonly<Record<string, GivenOption>>): Promise<Outcome> {
    return (await this.#act('use', { channelId, command, options })) as Outcome;
  }

  async autocomplete(
    channelId: string,
    command: string,
    options: Readonly<Record<string, string | number | boolean>>,
    focused: string,
  ): Promise<readonly Choice[]> {
    const answer = await this.#act('autocomplete', { channelId, command, options, focused });
    return (answer as { choices: readonly Choice[] }).choices;
  }

  async menu(channelId: string, command: string, messageId: string): Promise<Outcome> {
    return (await this.#act('menu', { channelId, command, messageId })) as Outcome;
  }

  async press(messageId: string, customId: string): Promise<Outcome> {
    return (await this.#act('press', { messageId, customId })) as Outcome;
  }

  async select(messageId: string, customId: string, values: readonly string[]): Promise<Outcome> {
    return (await this.#act('select', { messageId, customId, values })) as Outcome;
  }

  async submit(interactionId: string, fields: Readonly<Record<string, string>>): Promise<Outcome> {
    return (await this.#act('submit', { interactionId, fields })) as Outcome;
  }

  async type(channelId: string, text: string): Promise<void> {
    await this.#act('type', { channelId, text });
  }

  async dismiss(messageId: string): Promise<void> {
    await this.#act('dismiss', { messageId });
  }

  /** @returns the id to name the file by in `use`. */
  async upload(file: File): Promise<string> {
    const path = `/api/upload?name=${encodeURIComponent(file.name)}`;
    const answer = await call(this.#key, path, file, 'application/octet-stream');
    return (answer as { upload: string }).upload;
  }

  /**
   * Calls back with every event, from the last one seen, and connects again by itself for as long as the page is open.
   * `connected(false)`: the server is away. Ends only when the key is refused.
   */
  async listen(see: (event: Event) => void, connected: (is: boolean) => void): Promise<'refused'> {
    let last: string | undefined;
    for (;;) {
      const quiet = new AbortController();
      let timer = setTimeout(() => quiet.abort(), SILENCE_MS);
      try {
        const response = await fetch('/api/events', {
          headers: { authorization: `Bearer ${this.#key}`, ...(last === undefined ? {} : { 'last-event-id': last }) },
          signal: quiet.signal,
          cache: 'no-store',
        });
        if (response.status === 401) return 'refused';
        if (!response.ok || response.body === null) throw new Error(`status ${response.status}`);
        connected(true);
        const stream = new EventStream();
        for await (const text of chunksOf(response.body)) {
          clearTimeout(timer);
          timer = setTimeout(() => quiet.abort(), SILENCE_MS);
          for (const { id, type, data } of stream.push(text)) {
            last = id ?? last;
            const value = JSON.parse(data) as Record<string, unknown>;
            if (type === 'state') see({ type, state: value as unknown as State });
            else if (type === 'kaggle') see({ type, kaggle: value as unknown as Kaggle });
            else see(value as unknown as Event);
          }
        }
      } catch {
        // Whatever broke it, the answer is the same: wait a moment, then ask for what was missed.
      } finally {
        clearTimeout(timer);
      }
      connected(false);
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
    }
  }
}

async function* chunksOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
