import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { Store, View } from './store.ts';
import { timeText } from './time.ts';

/** What every part of the page may ask for. */
export type Page = {
  readonly store: Store;
  readonly view: View;
  /** Fills the composer with a command and puts the cursor there. */
  readonly fillCommand: (name: string) => void;
  /** Opens the channel of a message, brings it into view and marks it for a moment. */
  readonly goTo: (channelId: string, messageId: string) => void;
};

export const PageContext = createContext<Page | null>(null);

export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === null) throw new Error('outside of the page');
  return page;
}

const narrow = matchMedia('(max-width: 699px)');

/** Whether there is room for the messages only. */
export function useNarrow(): boolean {
  const [is, set] = useState(narrow.matches);
  useEffect(() => {
    const changed = (): void => set(narrow.matches);
    narrow.addEventListener('change', changed);
    return () => narrow.removeEventListener('change', changed);
  }, []);
  return is;
}

const tickers = new Set<() => void>();
setInterval(() => {
  for (const tick of tickers) tick();
}, 1_000);

/** A text of the current time (ms) that is drawn again only when it changes. */
export function useTicking(read: (now: number) => string): string {
  const [text, set] = useState(() => read(Date.now()));
  useEffect(() => {
    const tick = (): void => set(read(Date.now()));
    tick();
    tickers.add(tick);
    return () => {
      tickers.delete(tick);
    };
  }, [read]);
  return text;
}

/** The full date of a point in time, for a title. */
export const fullTime = (ms: number): string => timeText(ms / 1_000, 'F', 0);

/** The channel and message that a link of Discord's form names. */
export function messageLink(url: string): { channelId: string; messageId: string } | null {
  const match = /\/channels\/(?:\d+|@me)\/(\d+)\/(\d+)$/.exec(url);
  return match === null ? null : { channelId: match[1] ?? '', messageId: match[2] ?? '' };
}
