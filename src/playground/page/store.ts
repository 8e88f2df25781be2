import type { APIMessage } from 'discord-api-types/v10';
import { useEffect, useState } from 'preact/hooks';
import { type FirstMinute, firstMinuteAfter, readFirstMinute, writeFirstMinute } from './first-minute.ts';
import { isYours } from './message-facts.ts';
import type { Event, Outcome, State, Wire } from './wire.ts';
import { WireError } from './wire.ts';

export type Toast = { readonly id: number; readonly text: string };
export type OpenForm = NonNullable<Outcome['modal']>;

export type View = {
  readonly state: State;
  readonly connected: boolean;
  readonly open: string;
  readonly unread: Readonly<Record<string, number>>;
  /** Buttons and selects that wait for the bot, as `{messageId} {customId}`. */
  readonly busy: ReadonlySet<string>;
  readonly toasts: readonly Toast[];
  readonly form: OpenForm | null;
  readonly steps: FirstMinute;
};

const TOAST_MS = 8_000;

/** Everything the page knows, and the only place that changes it. */
export class Store {
  readonly wire: Wire;
  #view: View;
  #toasts = 0;
  readonly #listeners = new Set<() => void>();

  constructor(wire: Wire, state: State) {
    this.wire = wire;
    this.#view = {
      state,
      connected: true,
      open: state.channels[0]?.id ?? '',
      unread: {},
      busy: new Set(),
      toasts: [],
      form: null,
      steps: readFirstMinute(),
    };
  }

  get view(): View {
    return this.#view;
  }

  subscribe(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  #set(change: Partial<View>): void {
    this.#view = { ...this.#view, ...change };
    for (const changed of this.#listeners) changed();
  }

  setConnected(connected: boolean): void {
    if (connected !== this.#view.connected) this.#set({ connected });
  }

  see(event: Event): void {
    const { state } = this.#view;
    switch (event.type) {
      case 'state':
        this.#set({ state: event.state });
        break;
      case 'kaggle':
        this.#set({ state: { ...state, kaggle: event.kaggle } });
        break;
      case 'bot':
        this.#set({ state: { ...state, online: event.online } });
        break;
      case 'message':
        this.#change(event.channelId, (messages) => placed(messages, event.message));
        this.#count(event.channelId, event.message);
        this.did('message', event.channelId, event.message);
        break;
      case 'edit':
        this.#change(event.channelId, (messages) =>
          messages.map((one) => (one.id === event.message.id ? event.message : one)),
        );
        break;
      case 'delete':
        this.#change(event.channelId, (messages) => messages.filter((one) => one.id !== event.messageId));
        break;
      default:
    }
  }

  #change(channelId: string, change: (messages: readonly APIMessage[]) => readonly APIMessage[]): void {
    const { state } = this.#view;
    const channels = state.channels.map((one) =>
      one.id === channelId ? { ...one, messages: change(one.messages) } : one,
    );
    this.#set({ state: { ...state, channels } });
  }

  #count(channelId: string, message: APIMessage): void {
    const { open, unread, state } = this.#view;
    const isHere = channelId === open && document.visibilityState === 'visible';
    if (isHere || isYours(message, state)) return;
    this.#set({ unread: { ...unread, [channelId]: (unread[channelId] ?? 0) + 1 } });
  }

  openChannel(id: string): void {
    this.#set({ open: id, unread: { ...this.#view.unread, [id]: 0 } });
  }

  /** Ticks the steps that this makes true. */
  did(what: Parameters<typeof firstMinuteAfter>[1], channelId = '', message?: APIMessage): void {
    const steps = firstMinuteAfter(this.#view.steps, what, { state: this.#view.state, channelId, message });
    if (steps === this.#view.steps) return;
    writeFirstMinute(steps);
    this.#set({ steps });
  }

  toast(text: string): void {
    this.#toasts += 1;
    const toast = { id: this.#toasts, text };
    this.#set({ toasts: [...this.#view.toasts.slice(-2), toast] });
    setTimeout(() => this.dropToast(toast.id), TOAST_MS);
  }

  dropToast(id: number): void {
    this.#set({ toasts: this.#view.toasts.filter((one) => one.id !== id) });
  }

  closeForm(): void {
    this.#set({ form: null });
  }

  /** Sends something the bot answers. `busy` names the control that waits. @returns null when nothing could be sent. */
  async ask(busy: string, send: () => Promise<Outcome>): Promise<Outcome | null> {
    this.#set({ busy: new Set([...this.#view.busy, busy]) });
    try {
      const outcome = await send();
      const { failed, modal, problems } = outcome;
      if (modal !== null) this.#set({ form: modal });
      // What is wrong with one option stands at that option.
      if (failed !== null && Object.keys(problems).length === 0) this.toast(failed);
      return outcome;
    } catch (error) {
      this.toast(error instanceof WireError ? error.message : 'That did not work. Reload the page and try again.');
      return null;
    } finally {
      this.#set({ busy: new Set([...this.#view.busy].filter((one) => one !== busy)) });
    }
  }
}

/** In the order they were sent; one that is known already is replaced. */
function placed(messages: readonly APIMessage[], message: APIMessage): readonly APIMessage[] {
  return messages.some((one) => one.id === message.id)
    ? messages.map((one) => (one.id === message.id ? message : one))
    : [...messages, message];
}

export function useView(store: Store): View {
  const [view, set] = useState(store.view);
  useEffect(() => {
    set(store.view);
    return store.subscribe(() => set(store.view));
  }, [store]);
  return view;
}
