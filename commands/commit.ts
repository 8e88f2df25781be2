import type { AttachmentSeen, Command, CommandAsk, Reply } from '../src/discord/command.ts';
import { renderLinkPanel } from '../src/discord/render/link.ts';
import { readSource } from '../src/notebook/read.ts';
import type { Needs } from '../src/steps/needs.ts';
import type { CommitOrder } from '../src/steps/order.ts';
import { commitData, type SourceSaid, settingsSaid, sourceSaid } from './commit-options.ts';
import { completeCommit } from './complete-commit.ts';
import { DRAFT, DRAFT_KEPT_MS, mayLaunch, sourceName } from './launch.ts';
import { commitChecked } from './launch-checked.ts';
import { newPanelKey } from './panel-key.ts';
import { preflightPresses } from './preflight-presses.ts';

export const commit: Command<Needs> = {
  data: commitData,
  autocomplete: completeCommit,
  execute: async (ask, needs) => {
    const order = await orderOf(ask, needs, 'commit');
    return commitOrdered(order, needs);
  },
  presses: preflightPresses,
};

/** Commits an order that was given in full, or asks for an account first. */
export const commitOrdered = async (order: CommitOrder, needs: Needs): Promise<Reply> =>
  needs.accounts.kaggleUserOf(order.user.id) === null ? askToLink(order, needs) : commitChecked(order, needs);

/**
 * What was said, with the file's text: a file that cannot be read is told at once, also to somebody without an account.
 * @throws UserError
 */
export async function orderOf(ask: CommandAsk, needs: Needs, purpose: 'commit' | 'check'): Promise<CommitOrder> {
  const said = sourceSaid(ask.options);
  if (purpose === 'commit') mayLaunch(ask, needs);
  return {
    interactionId: ask.interactionId,
    user: ask.user,
    place: ask.place,
    from: await orderedFrom(said, needs),
    ...settingsSaid(ask.options),
  };
}

/** @throws UserError when a file cannot be had or is no notebook. */
export async function orderedFrom(said: SourceSaid, needs: Needs): Promise<CommitOrder['from']> {
  switch (said.from) {
    case 'kernel':
      return { kind: 'kernel', ref: said.ref, ...(said.byUrl === true ? { byUrl: true } : {}) };
    case 'file':
      return fetched(said.attachment, needs);
    case 'github': {
      const { name, bytes, origin } = await needs.github.fetch(said.url);
      const { fileName, text } = readSource(name, bytes);
      return { kind: 'file', name: fileName, text, origin };
    }
  }
}

/**
 * The address of an uploaded file works for a short time only (source: Discord's documentation), so its text goes with the
 * order.
 */
async function fetched(attachment: AttachmentSeen, needs: Needs): Promise<CommitOrder['from']> {
  const bytes = await needs.fetchAttachment(attachment);
  const { fileName, text } = readSource(attachment.name, bytes);
  return { kind: 'file', name: fileName, text };
}

/** Each holds a source of up to a megabyte, and nothing is asked of Kaggle that would slow down whoever begins many. */
const MOST_WAITING = 5;

export function askToLink(order: CommitOrder, { drafts, clock, settings, chat }: Needs): Reply {
  const key = newPanelKey();
  const now = clock.now();
  const expiresAt = now + DRAFT_KEPT_MS;
  drafts.keep({ key, discordUser: order.user.id, kind: DRAFT, value: order, expiresAt, most: MOST_WAITING }, now);
  return {
    body: renderLinkPanel({
      key,
      draftName: sourceName(order),
      web: settings.web,
      mention: (name) => chat.mention(name),
    }),
  };
}
