import type { AttachmentSeen, Command, CommandAsk, Reply } from '../src/discord/command.ts';
import { renderLinkPanel } from '../src/discord/render/link.ts';
import { readSource } from '../src/notebook/read.ts';
import type { Needs } from '../src/steps/needs.ts';
import type { CommitOrder } from '../src/steps/order.ts';
import { commitData, settingsSaid, sourceSaid } from './commit-options.ts';
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
    if (needs.accounts.kaggleUserOf(ask.user.id) === null) return askToLink(order, needs);
    return commitChecked(order, needs);
  },
  presses: preflightPresses,
};

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
    from: said.from === 'kernel' ? { kind: 'kernel', ref: said.ref } : await fetched(said.attachment, needs),
    ...settingsSaid(ask.options),
  };
}

/** The address of an uploaded file works for a short time only (discord.md 4), so its text goes with the order. */
async function fetched(attachment: AttachmentSeen, needs: Needs): Promise<CommitOrder['from']> {
  const bytes = await needs.fetchAttachment(attachment);
  const { fileName, text } = readSource(attachment.name, bytes);
  return { kind: 'file', name: fileName, text };
}

function askToLink(order: CommitOrder, { drafts, clock, settings, chat }: Needs): Reply {
  const key = newPanelKey();
  const now = clock.now();
  drafts.keep({ key, discordUser: order.user.id, kind: DRAFT, value: order, expiresAt: now + DRAFT_KEPT_MS }, now);
  return {
    body: renderLinkPanel({
      key,
      draftName: sourceName(order),
      web: settings.web,
      mention: (name) => chat.mention(name),
    }),
  };
}
