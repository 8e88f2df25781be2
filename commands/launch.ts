import { setTimeout as pause } from 'node:timers/promises';
import { MINUTE, SECOND } from '../src/clock.ts';
import type { MessageBody } from '../src/discord/chat.ts';
import type { Ask, Reply } from '../src/discord/command.ts';
import { type AcceptedView, renderAccepted } from '../src/discord/render/accepted.ts';
import type { Run } from '../src/domain/run.ts';
import { UserError } from '../src/domain/user-error.ts';
import { escapeText } from '../src/domain/words.ts';
import { messageLink } from '../src/steps/facts.ts';
import type { Needs } from '../src/steps/needs.ts';
import type { CommitOrder } from '../src/steps/order.ts';
import type { Prepared } from '../src/steps/prepare.ts';
import { submit } from '../src/steps/submit.ts';
import { PER_GUILD, PER_PERSON } from './launch-rate.ts';
import { recentOf } from './recent.ts';

export const DRAFT_KEPT_MS = 15 * MINUTE;
export const DRAFT = 'commit';

const NOTHING = 'Nothing was committed.';

/**
 * Whether the person may commit here and the bot may tell of it, found out before anything is done.
 * @throws UserError when it is not theirs to do
 */
export function mayLaunch(ask: Ask, { guilds, chat }: Pick<Needs, 'guilds' | 'chat'>): void {
  if (ask.place.kind !== 'guild') return;
  const { roles, channelId } = guilds.settings(ask.place.guildId);
  if (roles.length > 0 && !ask.manages && !roles.some((role) => ask.roles.includes(role)))
    throw new UserError(
      'Only some roles may commit on this server.',
      `They are ${roles.map((role) => `<@&${role}>`).join(', ')}; ${chat.mention('settings')} changes that. ${NOTHING}`,
    );
  // Cards that go to another channel need nothing of this one.
  if (channelId !== null && channelId !== ask.place.channelId) return;
  const here = ask.channelName === null ? 'this channel' : `#${escapeText(ask.channelName)}`;
  const remedy = (right: string): string => `Allow Nightshift *${right}* there, or use another channel. ${NOTHING}`;
  if (!ask.mayPost) throw new UserError(`I may not post in ${here}.`, remedy('Send Messages'));
  if (!ask.mayAttach) throw new UserError(`I may not attach files in ${here}.`, remedy('Attach Files'));
}

/** What a person would call the source of an order. */
export const sourceName = ({ from }: CommitOrder): string =>
  from.kind === 'file' ? from.name : from.kind === 'kernel' ? from.ref : 'The run';

/**
 * Submits an order, at the rate a person and a server are allowed.
 * @throws UserError with every problem; then nothing is stored, and it does not count as a launch
 */
export async function launch(order: CommitOrder, needs: Needs): Promise<Launched>;
/** @param preflight as of `submit`: when it gives something, nothing is launched, and that is the result */
export async function launch<Instead>(
  order: CommitOrder,
  needs: Needs,
  preflight: (prepared: Prepared) => Promise<Instead | null>,
): Promise<Launched | { readonly instead: Instead }>;
export async function launch<Instead>(
  order: CommitOrder,
  needs: Needs,
  preflight: (prepared: Prepared) => Promise<Instead | null> = async () => null,
): Promise<Launched | { readonly instead: Instead }> {
  const { launches } = recentOf(needs);
  const guildId = order.place.kind === 'guild' ? order.place.guildId : null;
  const counts = [
    { name: `u:${order.user.id}`, rate: PER_PERSON },
    ...(guildId === null ? [] : [{ name: `g:${guildId}`, rate: PER_GUILD }]),
  ];
  const { waitMs, of } = launches.take(counts, needs.clock.mono());
  if (waitMs > 0)
    throw new UserError(
      `${of.startsWith('g:') ? 'This server' : 'You'} can launch again in ${Math.ceil(waitMs / SECOND)} s.`,
      NOTHING,
    );
  try {
    const submitted = await submit(order, needs, preflight);
    if ('instead' in submitted || !submitted.isNew) launches.giveBack(counts);
    return submitted;
  } catch (error) {
    launches.giveBack(counts);
    throw error;
  }
}

/** A run that was accepted, how long its checks took (ms), and what they found. */
export type Launched = {
  readonly run: Run;
  readonly checkedMs: number;
  readonly found?: AcceptedView['found'];
};

type CardNeeds = Pick<Needs, 'runs' | 'notices'>;
type AcceptedNeeds = CardNeeds & Pick<Needs, 'chat' | 'settings' | 'guilds'>;
type Follow = NonNullable<Extract<Reply, { body: MessageBody }>['follow']>;

/** What is said of an accepted run. `firstStart`: the playground's first run, which its first start commits by itself. */
export function acceptedFacts({ run, checkedMs, found }: Launched, needs: AcceptedNeeds): AcceptedView {
  const { chat, settings } = needs;
  return {
    run,
    checkedMs,
    ...(found === undefined ? {} : { found }),
    cardLink: run.card === null ? null : messageLink(run, run.card, needs),
    where: whereOf(run, needs),
    cardChannelId: otherChannel(run, needs),
    mention: (name) => chat.mention(name),
    ...(settings.playground ? { playground: { firstStart: run.place.kind === 'guild' && run.number === 1 } } : {}),
  };
}

/** The reply to an accepted commit. */
export const acceptedReply = (accepted: Launched, needs: AcceptedNeeds): Reply => ({
  body: renderAccepted(acceptedFacts(accepted, needs)),
  follow: followCard(accepted, needs, renderAccepted),
});

/** Edits the reply once more, when the card is there or cannot come. */
export const followCard =
  (accepted: Launched, needs: AcceptedNeeds, render: (view: AcceptedView) => MessageBody): Follow =>
  async (edit, signal) => {
    const run = await cardOf(accepted.run.key, needs, signal);
    if (run !== null) await edit(render(acceptedFacts({ ...accepted, run }, needs)));
  };

/** The channel a server has set for its cards, unless it is the one of the commit. */
function otherChannel({ place }: Run, { guilds }: Pick<Needs, 'guilds'>): string | null {
  const set = place.kind === 'guild' ? guilds.settings(place.guildId).channelId : null;
  return set === null || set === place.channelId ? null : set;
}

const whereOf = (run: Run, { notices }: CardNeeds): 'channel' | 'dm' | 'dmClosed' =>
  run.place.kind !== 'foreign' ? 'channel' : notices.isParked(run.key, 'card') ? 'dmClosed' : 'dm';

/** Waits some seconds for the announce step, which posts the card in its own time. Null: nothing came of it. */
async function cardOf(key: string, { runs, notices }: CardNeeds, signal: AbortSignal): Promise<Run | null> {
  for (let looks = 0; looks < 40 && !signal.aborted; looks++) {
    await pause(500, undefined, { signal }).catch(() => undefined);
    const run = runs.byKey(key);
    if (run === null || run.card !== null || notices.isParked(key, 'card')) return run;
  }
  return null;
}
