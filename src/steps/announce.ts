import { type Notice, placeOf } from '../../db/notices.ts';
import { isStorageFull } from '../../db/storage.ts';
import { MINUTE, SECOND } from '../clock.ts';
import { ChatError, type MessageBody } from '../discord/chat.ts';
import { renderAlarm } from '../discord/render/alarms.ts';
import { renderCard } from '../discord/render/card.ts';
import { renderEnd } from '../discord/render/end.ts';
import {
  renderInputDropped,
  renderLost,
  renderOtherGpu,
  renderOverdue,
  renderTokenRefused,
} from '../discord/render/notices.ts';
import { isAlarmKind } from '../domain/alarms.ts';
import { nonceOf } from '../domain/notice.ts';
import { gotWords, isAsAsked } from '../domain/receipt.ts';
import { isAlive, pushedOf, type Run } from '../domain/run.ts';
import { errorFields } from '../log.ts';
import { isStillTrue } from './alarms.ts';
import { attachmentsOf, NOTHING_ATTACHED } from './attachments.ts';
import { digestOf } from './edit-card.ts';
import { cardView, endView, messageLink } from './facts.ts';
import { findSent } from './find-sent.ts';
import type { InHand } from './in-hand.ts';
import { ALONE, amongOthers, batchOf, LONGEST_WAIT_MS, lateness, turnOf } from './late-ends.ts';
import { memoryOf } from './memory.ts';
import { areAlarmsMuted, isMuted } from './mute.ts';
import type { Needs } from './needs.ts';
import { isStillOverdue } from './overdue.ts';

export type AnnounceNeeds = Pick<
  Needs,
  | 'runs'
  | 'links'
  | 'notices'
  | 'cards'
  | 'accounts'
  | 'guilds'
  | 'meta'
  | 'kaggle'
  | 'chat'
  | 'clock'
  | 'health'
  | 'settings'
  | 'log'
> &
  Partial<Pick<Needs, 'follower'>>;

const AFTER_A_FAULT_MS = MINUTE;
/** Discord's code for an answer to a message in a channel whose history the bot may not read. */
const NO_HISTORY = 160_002;

/** How a message can be cut down (db/notices.ts). */
const PLAIN = 2;
const PLAIN_DIRECT = 3;
const DIRECT = 4;

/**
 * Sends the oldest message that is owed. That it is tried is stored before, so that after a crash nothing is sent twice: with
 * the same nonce for two minutes, and after that only when the channel does not show it.
 * @returns whether there was one.
 * @throws ChatError `unauthorized` alone: without its token the bot cannot go on.
 */
export async function announceNext(needs: AnnounceNeeds, inHand: InHand = new Set()): Promise<boolean> {
  const { runs, notices, clock, log } = needs;
  const due = notices.due(clock.now(), inHand);
  if (due === null) return false;
  const found = runs.byKey(due.runKey);
  const notice = found === null ? due : turnOf(due, found, needs);
  if (notice === null) return true;
  const run = notice === due ? found : runs.byKey(notice.runKey);
  if (run === null) {
    notices.park(notice, 'the run is gone');
    return true;
  }
  if (isAlarmKind(notice.kind) && (notice.alarm === null || !isStillTrue(run, notice.alarm, needs))) {
    notices.drop(notice);
    return true;
  }
  if (notice.kind === 'otherGpu' && (!isAlive(run.state) || areAlarmsMuted(run, needs))) {
    // The message about the end says what it ran on.
    notices.drop(notice);
    return true;
  }
  if (notice.kind === 'overdue' && !isStillOverdue(run)) {
    notices.drop(notice);
    return true;
  }
  const place = placeOf(run);
  inHand.add(place);
  try {
    await announce(run, notice, needs);
  } catch (error) {
    if (isStorageFull(error) || (error instanceof ChatError && error.kind === 'unauthorized')) throw error;
    log.error({ err: errorFields(error), run: run.key, notice: notice.kind }, 'a message could not be made');
    notices.later(notice, clock.now() + AFTER_A_FAULT_MS);
  } finally {
    inHand.delete(place);
  }
  return true;
}

async function announce(run: Run, notice: Notice, needs: AnnounceNeeds): Promise<void> {
  let trying = notice;
  try {
    const channelId = await channelFor(run, notice, needs);
    const replyTo = cardToReplyTo(run, channelId, needs);
    const body = await bodyFor(run, notice, replyTo !== null, needs);
    const before = await findSent(run, notice, channelId, body.message, needs);
    if (before !== null) {
      sent(run, notice, channelId, before, NOTHING_DRAWN, needs);
      return;
    }
    trying = needs.notices.trying(notice, channelId, needs.clock.now());
    const messageId = await needs.chat.post({
      channelId,
      body: body.message,
      nonce: nonceOf(run, notice.kind, channelId),
      ...(notice.kind === 'card' || replyTo === null ? {} : { replyTo }),
    });
    sent(run, trying, channelId, messageId, body, needs);
  } catch (error) {
    if (!(error instanceof ChatError) || error.kind === 'unauthorized') throw error;
    failed(run, trying, error, needs);
  }
}

/** What concerns a person's token is told to them alone, and in the channel only when that is not possible. */
const isForLauncherAlone = ({ kind, reduced }: Notice): boolean => kind === 'tokenRefused' && reduced === 0;

const isDirect = (run: Run, notice: Notice): boolean =>
  run.place.kind !== 'guild' || notice.reduced >= PLAIN_DIRECT || isForLauncherAlone(notice);

/** The guild's channel, or the direct messages of whoever launched the run. */
async function channelFor(run: Run, notice: Notice, { chat, guilds }: AnnounceNeeds): Promise<string> {
  if (isDirect(run, notice)) return chat.directMessages(run.launcher.id);
  // What was begun in one channel goes on there: its nonce and its traces are there.
  if (notice.channelId !== null && notice.kind !== 'tokenRefused') return notice.channelId;
  return run.card?.channelId ?? guilds.settings(run.place.guildId).channelId ?? run.place.channelId;
}

function cardToReplyTo({ card }: Run, channelId: string, needs: AnnounceNeeds): string | null {
  if (card === null || card.channelId !== channelId) return null;
  return memoryOf(needs).withoutReplies.has(channelId) ? null : card.messageId;
}

/** A message to send; of a card the digest of what it shows, of an end whether several others follow it at once. */
type Drawn = {
  readonly message: MessageBody;
  readonly digest: string | null;
  readonly opensBatch: boolean;
  /** It says who can open the links of a private notebook. */
  readonly tellsPrivate: boolean;
};
const NOTHING_DRAWN = { digest: null, opensBatch: false, tellsPrivate: false };

async function bodyFor(run: Run, notice: Notice, isReply: boolean, needs: AnnounceNeeds): Promise<Drawn> {
  const { chat, clock, settings } = needs;
  const direct = isDirect(run, notice);
  const mention = direct || isMuted(run, needs) ? null : run.launcher.id;
  const reduced = notice.reduced === DIRECT ? 0 : Math.min(notice.reduced, PLAIN);
  const cardLink = isReply || run.card === null ? null : messageLink(run, run.card, needs);
  switch (notice.kind) {
    case 'card': {
      const view = cardView(run, needs);
      return { message: renderCard(view), ...NOTHING_DRAWN, digest: digestOf(view) };
    }
    case 'inputDropped': {
      const inputs = pushedOf(run.state)?.inputsDropped ?? [];
      return { message: renderInputDropped({ run, web: settings.web, mention, reduced, inputs }), ...NOTHING_DRAWN };
    }
    case 'otherGpu': {
      const receipt = run.receipt ?? null;
      const gpus = receipt?.gpus ?? [];
      const view = {
        ...{ run, web: settings.web, mention, reduced, got: gotWords(gpus) },
        isAsAsked: isAsAsked(run.settings.accelerator, gpus),
        works: receipt === null || receipt.verdict === 'unsure' ? null : receipt.verdict === 'works',
      };
      return { message: renderOtherGpu(view), ...NOTHING_DRAWN };
    }
    case 'lost': {
      const since = run.state.phase === 'lost' ? run.state.since : notice.owedAt;
      return { message: renderLost({ run, web: settings.web, mention, reduced, since }), ...NOTHING_DRAWN };
    }
    case 'tokenRefused': {
      const since = needs.accounts.refusedSince(run.launcher.id) ?? notice.owedAt;
      const alive = needs.runs.aliveOfLauncher(run.launcher.id).length;
      const view = { run, web: settings.web, mention, reduced, since, runs: Math.max(1, alive) };
      return { message: renderTokenRefused(view), ...NOTHING_DRAWN };
    }
    case 'overdue': {
      const now = clock.now();
      const seenAt = memoryOf(needs).seenAt.get(run.key) ?? notice.owedAt;
      return { message: renderOverdue({ run, web: settings.web, mention, reduced, now, seenAt }), ...NOTHING_DRAWN };
    }
    case 'end': {
      const limit = chat.uploadLimit(direct ? null : run.place.guildId);
      const late = lateness(notice, clock.now());
      const among = late === null ? ALONE : amongOthers(run, needs);
      const silent = among.silent || isMuted(run, needs);
      const privateOf = direct || reduced > 0 ? null : untoldOwner(run, needs);
      const view = endView(
        run,
        {
          mention: silent ? null : mention,
          silent,
          moreBelow: among.moreBelow,
          reduced,
          ...(reduced === 0 ? await attachmentsOf(run, limit, needs) : NOTHING_ATTACHED),
          privateOf,
          cardLink,
          late,
        },
        needs,
      );
      const message = renderEnd(view);
      return {
        message,
        digest: null,
        opensBatch: among.moreBelow > 0,
        tellsPrivate: privateOf !== null && tells(message),
      };
    }
    default: {
      const { alarm } = notice;
      if (alarm === null) throw new Error(`an alarm without its facts: ${notice.kind}`);
      const now = clock.now();
      const view = { run, web: settings.web, mention, reduced, alarm, now, late: lateness(notice, now), cardLink };
      return { message: renderAlarm(view), ...NOTHING_DRAWN };
    }
  }
}

/** It may have been too long for that line. */
const tells = (message: MessageBody): boolean =>
  message.kind === 'notice' && message.content.includes('The notebook is private');

const privateTold = (run: Run): string => `private-told:${run.place.guildId}`;

/** The owner of a private notebook, as long as this guild was not told what that means for its links; else null. */
function untoldOwner(run: Run, { meta }: AnnounceNeeds): string | null {
  const pushed = pushedOf(run.state);
  const isUntold = run.place.kind === 'guild' && meta.get(privateTold(run)) === null;
  return pushed !== null && !run.settings.isPublic && isUntold ? pushed.kernel.owner : null;
}

function sent(
  run: Run,
  notice: Notice,
  channelId: string,
  messageId: string,
  { digest, opensBatch, tellsPrivate }: Omit<Drawn, 'message'>,
  { runs, notices, cards, clock, meta }: AnnounceNeeds,
): void {
  const now = clock.now();
  notices.sent(notice, channelId, messageId, now);
  if (tellsPrivate) meta.set(privateTold(run), 'yes');
  if (notice.kind === 'end') {
    const { leftovers, toldFirst } = memoryOf({ runs });
    leftovers.delete(run.key);
    if (notices.endsOwed(run.launcher.id, placeOf(run)).length === 0) toldFirst.delete(batchOf(run));
    else if (opensBatch) toldFirst.add(batchOf(run));
    // The card gets its link to the result.
    cards.want(run.key, now);
  }
  // Nothing has changed since the card was drawn, so it needs no edit.
  if (notice.kind === 'card' && digest !== null && runs.byKey(run.key)?.revision === run.revision)
    cards.shown(run.key, digest, now, null);
}

function failed(run: Run, notice: Notice, error: ChatError, { runs, notices, clock, log }: AnnounceNeeds): void {
  const now = clock.now();
  const { withoutReplies } = memoryOf({ runs });
  log.warn({ run: run.key, notice: notice.kind, kind: error.kind, code: error.code }, 'a message was not sent');
  const direct = isDirect(run, notice);
  const isAlone = isForLauncherAlone(notice) && run.place.kind === 'guild';
  switch (error.kind) {
    case 'limited':
    case 'unavailable': {
      const wait = Math.min(LONGEST_WAIT_MS, SECOND * 2 ** Math.min(10, notice.attempts));
      notices.later(notice, now + Math.max(SECOND, error.retryAfterMs ?? wait));
      return;
    }
    case 'refused':
      if (notice.reduced === DIRECT) notices.later(notice, now, PLAIN_DIRECT);
      else if (notice.reduced >= (direct ? PLAIN : PLAIN_DIRECT)) notices.park(notice, 'Discord refuses the message');
      else notices.later(notice, now, notice.reduced + 1);
      return;
    case 'forbidden':
    case 'gone':
      if (error.code === NO_HISTORY && notice.channelId !== null && !withoutReplies.has(notice.channelId)) {
        withoutReplies.add(notice.channelId);
        notices.later(notice, now);
      } else if (isAlone) notices.later(notice, now, 1);
      else if (direct) notices.park(notice, 'Discord does not let the bot write there');
      else notices.later(notice, now, DIRECT);
      return;
    case 'closed':
      if (isAlone) notices.later(notice, now, 1);
      else notices.park(notice, 'the direct messages are closed');
      return;
    case 'unauthorized':
      throw error;
  }
}
