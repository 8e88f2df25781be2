import { kernelOf, pushedOf, type Run } from '../../domain/run.ts';
import { escapeText } from '../../domain/words.ts';
import type { MessageBody } from '../chat.ts';
import type { AcceptedView } from './accepted.ts';
import { linkButton, panel, row, small, text } from './components.ts';

export type WatchedView = Omit<AcceptedView, 'run' | 'checkedMs' | 'found'> & {
  readonly run: Run;
  /** It was followed here before. */
  readonly isNew: boolean;
  /** It had ended before it was watched; `untimed`: and Kaggle does not tell when. */
  readonly over?: 'timed' | 'untimed';
};

/** The reply to /watch. Design: as the reply to a commit. */
export function renderWatched({
  run,
  isNew,
  over,
  cardLink,
  where,
  cardChannelId = null,
  mention,
}: WatchedView): MessageBody {
  const what = `${escapeText(kernelOf(run).slug)} v${pushedOf(run.state)?.version ?? 0}`;
  const channel = cardChannelId === null ? 'this channel' : `<#${cardChannelId}>`;
  const place =
    where === 'dm'
      ? 'This bot is not a member here, so its end comes by direct message.'
      : where === 'dmClosed'
        ? `This bot is not a member here, and your direct messages are closed. ${mention?.('status') ?? '`/status`'} shows the result.`
        : `Its card is in ${channel}, and its end is told there.`;
  const ended =
    over === undefined
      ? null
      : `It has ended already; the result follows.${over === 'untimed' ? ' Kaggle does not tell when it ended: the time shown is when it was looked at.' : ''}`;
  return panel([
    text(
      isNew ? `**#${run.number} watches ${what}.** ${place}` : `**${what} is #${run.number} here already.** ${place}`,
      ended,
      run.settings.origin.from === 'watch'
        ? small('It was started on Kaggle; nothing was pushed. Some settings are those of its newest version.')
        : null,
    ),
    row(linkButton('Go to the card', cardLink)),
  ]);
}
