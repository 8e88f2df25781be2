import { createHash } from 'node:crypto';
import type { CardRow } from '../../db/cards.ts';
import { HOUR, MINUTE, SECOND } from '../clock.ts';
import { ChatError } from '../discord/chat.ts';
import { cardContent, renderCard } from '../discord/render/card.ts';
import type { CardView } from '../discord/views.ts';
import { errorFields } from '../log.ts';
import { cardView, type FactNeeds } from './facts.ts';
import type { InHand } from './in-hand.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';

export type EditNeeds = FactNeeds & Pick<Needs, 'cards' | 'chat' | 'log'>;

/** Discord limits edits of messages that are older than an hour. */
const OLD_MESSAGE = 30_046;
const CHANNEL_MS = 2 * SECOND;
const SLOW_FOR_MS = HOUR;
const AGAIN_MS = 30 * SECOND;

/** Edits the card that has waited longest, if it would show something else. @returns whether there was one. */
export async function editCardNext(needs: EditNeeds, inHand: InHand = new Set()): Promise<boolean> {
  const { cards, clock, log } = needs;
  const card = cards.due(clock.now(), inHand);
  if (card === null) return false;
  inHand.add(card.channelId);
  try {
    await edit(card, needs);
  } catch (error) {
    if (error instanceof ChatError && error.kind === 'unauthorized') throw error;
    log.error({ err: errorFields(error), run: card.runKey }, 'a card could not be drawn');
    cards.putOff(card.runKey, clock.now() + MINUTE);
  } finally {
    inHand.delete(card.channelId);
  }
  return true;
}

async function edit(card: CardRow, needs: EditNeeds): Promise<void> {
  const { runs, cards, chat, clock } = needs;
  const run = runs.byKey(card.runKey);
  if (run === null) {
    cards.gone(card.runKey);
    return;
  }
  const view = cardView(run, needs);
  const digest = digestOf(view);
  const now = clock.now();
  if (digest === card.shown) {
    cards.shown(card.runKey, digest, card.shownAt ?? now, null);
    return;
  }
  const wait = Math.max(channelWait(card.channelId, needs), progressWait(card, digest, now, needs));
  if (wait > 0) {
    cards.putOff(card.runKey, now + wait);
    return;
  }
  const takenUntil = now + AGAIN_MS;
  cards.putOff(card.runKey, takenUntil);
  channelEdited(card.channelId, needs);
  try {
    await chat.edit(card.channelId, card.messageId, renderCard(view));
    cards.edited(card.runKey, digest, clock.now(), takenUntil);
  } catch (error) {
    if (!(error instanceof ChatError) || error.kind === 'unauthorized') throw error;
    failed(card, digest, error, needs);
  }
}

/**
 * What a card shows, as one short text: `{state}.{all}`. When only the part behind the dot differs, nothing has happened but
 * progress, and that may wait.
 */
export function digestOf(view: CardView): string {
  const { run, kaggleDown, tokenRefusedSince, endLink } = view;
  const { progress: _, dueAt: __, revision: ___, card: ____, ...fixed } = run;
  const state = JSON.stringify([fixed.state, kaggleDown !== null, tokenRefusedSince, endLink]);
  const short = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 16);
  return `${short(state)}.${short(cardContent(view))}`;
}

const stateOf = (digest: string | null): string | null => digest?.split('.')[0] ?? null;

/** A change of state is shown at once; progress at most each minute, and rarely on an old message. In ms. */
function progressWait({ shown, shownAt, postedAt }: CardRow, digest: string, now: number, needs: EditNeeds): number {
  if (shownAt === null || stateOf(shown) !== stateOf(digest)) return 0;
  const age = now - postedAt;
  const each = age < HOUR ? MINUTE : age < 3 * HOUR ? 5 * MINUTE : 15 * MINUTE;
  // The stand-in of Discord has no limits to spare, and its runs last a minute.
  return Math.max(0, Math.min(shownAt, now) + (needs.settings.playground ? CHANNEL_MS : each) - now);
}

function channelWait(channelId: string, { runs, clock }: EditNeeds): number {
  return Math.max(0, (memoryOf({ runs }).channels.get(channelId)?.readyAt ?? 0) - clock.mono());
}

function channelEdited(channelId: string, { runs, clock }: EditNeeds): void {
  const { channels } = memoryOf({ runs });
  const slowUntil = channels.get(channelId)?.slowUntil ?? 0;
  const now = clock.mono();
  channels.set(channelId, { readyAt: now + (now < slowUntil ? 2 : 1) * CHANNEL_MS, slowUntil });
}

function failed(card: CardRow, digest: string, error: ChatError, { runs, cards, clock, log }: EditNeeds): void {
  const { runKey, channelId } = card;
  log.info({ run: runKey, kind: error.kind, code: error.code }, 'a card was not edited');
  switch (error.kind) {
    case 'gone':
    case 'forbidden':
    case 'closed':
      cards.gone(runKey);
      return;
    case 'refused':
      // This content never succeeds; the next one may.
      cards.shown(runKey, digest, clock.now(), null);
      return;
    case 'limited':
    case 'unavailable':
    case 'unauthorized': {
      if (error.code === OLD_MESSAGE) {
        const mono = clock.mono();
        memoryOf({ runs }).channels.set(channelId, { readyAt: mono + 2 * CHANNEL_MS, slowUntil: mono + SLOW_FOR_MS });
      }
      cards.putOff(runKey, clock.now() + (error.retryAfterMs ?? AGAIN_MS));
    }
  }
}
