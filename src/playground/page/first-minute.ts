import type { APIMessage } from 'discord-api-types/v10';
import { isYours, textsOf } from './message-facts.ts';
import type { State } from './wire.ts';

/** The five steps of the first minute: ticked by what really happens, kept in the browser. */

export const stepNames = ['sample', 'send', 'watch', 'ask', 'own'] as const;
export type StepName = (typeof stepNames)[number];

export type FirstMinute = {
  readonly done: readonly StepName[] /** Commands that committed something from this page. */;
  readonly runs: number;
};

export const stepTexts: Readonly<Record<StepName, { title: string; hint: string; chip: string }>> = {
  sample: { title: 'Click a sample', hint: 'under the messages', chip: 'Tap a sample' },
  send: { title: 'Press Enter', hint: 'it is committed as a version', chip: 'Send it' },
  watch: { title: 'Watch its card', hint: 'the result is a new message', chip: 'Watch' },
  ask: { title: 'Ask in the direct message', hint: 'open Nightshift at the left, write status', chip: 'Ask' },
  own: { title: 'Bring your own notebook', hint: 'drop it anywhere on this page', chip: 'Your own' },
};

const KEY = 'nightshift.first-minute';
const nothing: FirstMinute = { done: [], runs: 0 };

export type Deed = 'sample' | 'sentSample' | 'sentOwn' | 'message';

/** Pure. The same object when nothing changed. */
export function firstMinuteAfter(
  before: FirstMinute,
  deed: Deed,
  seen: { readonly state: State; readonly channelId: string; readonly message?: APIMessage | undefined },
): FirstMinute {
  const found: StepName[] = [];
  if (deed === 'sample') found.push('sample');
  if (deed === 'sentSample' || deed === 'sentOwn') found.push('send');
  if (deed === 'sentOwn') found.push('own');
  if (deed === 'message' && seen.message !== undefined) {
    const { state, channelId, message } = seen;
    const isDirect = state.channels.some((one) => one.id === channelId && one.kind === 'dm');
    // The end of a run is the bot's only message that replies to another of its own.
    if (before.done.includes('send') && message.message_reference !== undefined && !isYours(message, state)) {
      found.push('watch');
    }
    if (isDirect && isYours(message, state) && /^\s*status\b/i.test(textsOf(message)[0] ?? '')) found.push('ask');
  }
  // Whoever sends a sample has clicked one, and whoever sends something of their own needs no sample.
  if (found.includes('send')) found.push('sample');
  const added = found.filter((step) => !before.done.includes(step));
  const runs = before.runs + (deed === 'sentSample' || deed === 'sentOwn' ? 1 : 0);
  if (added.length === 0 && runs === before.runs) return before;
  return { done: stepNames.filter((step) => before.done.includes(step) || added.includes(step)), runs };
}

/** The first step still open; null after the last. */
export const nextStep = (first: FirstMinute): StepName | null =>
  stepNames.find((step) => !first.done.includes(step)) ?? null;

export function readFirstMinute(): FirstMinute {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Partial<FirstMinute> | null;
    const done = stepNames.filter((step) => Array.isArray(kept?.done) && kept.done.includes(step));
    return { done, runs: typeof kept?.runs === 'number' ? kept.runs : 0 };
  } catch {
    // Storage may be switched off or hold something else: the steps then live as long as the page.
    return nothing;
  }
}

export function writeFirstMinute(first: FirstMinute): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(first));
  } catch {
    // As above.
  }
}
