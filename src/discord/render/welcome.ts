import type { MessageBody } from '../chat.ts';
import { button, framed, row, small, text } from './components.ts';

/** Once per guild. */
export type WelcomeView = {
  readonly mention: (command: string) => string;
  /** Whether the message menu has *Commit to Kaggle*. */
  readonly messageMenu: boolean;
};

export function renderWelcome({ mention, messageMenu }: WelcomeView): MessageBody {
  const menu = messageMenu ? ', or open a message’s menu and choose *Apps*, *Commit to Kaggle*' : '';
  return framed(null, [
    text(
      '### Nightshift runs your notebooks on Kaggle GPUs',
      `Attach a notebook to ${mention('commit')}, close your computer, and read here how it ended: metrics, curve, models and tables, or the cell it failed in.`,
    ),
    text(
      `**1** ${mention('link')} your own Kaggle account. Only you see that.`,
      `**2** ${mention('commit')} a notebook${menu}.`,
      `**3** Ask any time with ${mention('status')}, here or in a direct message.`,
    ),
    text(
      small('Notebooks are private on Kaggle unless you ask otherwise. The notebook needs no change and no internet.'),
    ),
    row(button('Link Kaggle…', { verb: 'link', key: '-' }, 'primary'), button('Help', { verb: 'help', key: '-' })),
  ]);
}

/** The first message of the playground (picture 12). */
export const renderPlaygroundWelcome = (): MessageBody =>
  framed(null, [
    text(
      '### Nightshift runs your notebooks on Kaggle GPUs',
      'This is its playground. The bot is real; Discord and Kaggle are stand-ins on this computer, so nothing leaves it and there is no GPU.',
      '**Click a sample below, then press Enter.** The result is here about a minute later.',
    ),
  ]);
