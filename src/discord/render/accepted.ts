import type { Run } from '../../domain/run.ts';
import { clean, cutMiddle, escapeText, facts, NBSP, pace, plural } from '../../domain/words.ts';
import type { MessageBody } from '../chat.ts';
import { button, linkButton, panel, row, small, text } from './components.ts';

/** The reply to a commit that was accepted, and in places where the bot is no member. */
export type AcceptedView = {
  readonly run: Pick<Run, 'number' | 'settings'>;
  /** Address of the card; null until it is posted. */
  readonly cardLink: string | null;
  /** How long the checks took, in ms. */
  readonly checkedMs: number;
  /** Where the card and the result go. `channel`: where it was asked for, also a direct message with the bot. */
  readonly where: 'channel' | 'dm' | 'dmClosed';
  /** The channel the server's cards go to, when that is another one than this. */
  readonly cardChannelId?: string | null;
  /** `</status:ID>`; needed for `dmClosed`. */
  readonly mention?: (command: string) => string;
  /**
   * What the checks found and let pass. `hints`: how many, behind the button whose draft has that key. `spite`: what it was
   * committed in spite of, `1 blocker, 2 warnings`.
   */
  readonly found?: { readonly hints: number; readonly key: string | null; readonly spite: string | null };
  /** In the playground it is a page that one closes. `firstStart`: nobody typed this command. */
  readonly playground?: { readonly firstStart: boolean };
};

/** One or two lines of text, for an answer of its own or after another one's (linking goes on with a commit). */
export function acceptedText({ run, where, cardChannelId = null, mention, playground }: AcceptedView): string {
  const accepted = `**#${run.number} accepted.**`;
  const foreign = 'This bot is not a member here,';
  if (where === 'dm')
    return `${accepted} ${foreign} so there is no card in this channel.\nThe card and the result come by direct message.`;
  if (where === 'dmClosed')
    return `${accepted} ${foreign} and your direct messages are closed. ${mention?.('status') ?? '`/status`'} shows the result.`;
  return `${accepted} Its card is in ${cardChannelId === null ? 'this channel' : `<#${cardChannelId}>`}. You can close ${playground === undefined ? 'your computer' : 'this page'}.`;
}

export function renderAccepted(view: AcceptedView): MessageBody {
  const { run, checkedMs, playground, cardLink, found } = view;
  const { settings } = run;
  const { origin, kind, cells } = settings;
  const origins = facts(
    escapeText(cutMiddle(clean(origin.name), origin.from === 'url' ? 110 : 48)),
    kind === 'notebook' && cells > 0 && plural(cells, 'cell'),
    playground?.firstStart === true
      ? 'first start: this command was sent for you'
      : found?.spite != null
        ? `committed with ${found.spite}`
        : `checked${checkedMs < 50 ? '' : ` in ${pace(checkedMs)}`}: nothing blocks it${found === undefined || found.hints === 0 ? '' : `, ${plural(found.hints, 'hint')}`}`,
    settings.receipt === true && `its GPU is checked before cell${NBSP}1`,
  );
  return panel([
    text(acceptedText(view), small(origins)),
    row(hintsButton(found), linkButton('Go to the card', cardLink)),
  ]);
}

function hintsButton(found: AcceptedView['found']): ReturnType<typeof button> | null {
  if (found === undefined || found.key === null || found.hints === 0) return null;
  return button(found.hints === 1 ? 'Show the hint' : 'Show the hints', { verb: 'checkHints', key: found.key });
}
