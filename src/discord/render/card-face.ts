import type { APIButtonComponent } from 'discord-api-types/v10';
import { GLYPHS, nameOf, whenAndDistance } from '../../domain/words.ts';
import type { CardView } from '../views.ts';
import { lastSeenLine, pageOf } from './card-lines.ts';
import { ACCENTS, button, linkButton } from './components.ts';

/** What differs from state to state: heading, facts in groups (each group stands by itself), small print, buttons. */
export type Face = {
  readonly heading: string;
  readonly accent: number;
  readonly groups: readonly (readonly (string | null)[])[];
  readonly small: string | null;
  readonly buttons: readonly (APIButtonComponent | null)[];
};

/** The buttons of cards, each bound to the run it stands on. */
export const buttonsOf = ({ run, web, endLink }: CardView) => {
  const one = (label: string, verb: string) => button(label, { verb, key: run.key });
  return {
    refresh: one('Refresh', 'refresh'),
    log: one('Log', 'log'),
    curve: one('Curve', 'curve'),
    stop: one('Stop…', 'stop'),
    withdraw: one('Withdraw', 'withdraw'),
    outputs: one('Outputs', 'outputs'),
    again: one('Run again…', 'again'),
    onCpu: button('Run on CPU…', { verb: 'again', key: run.key, argument: 'none' }),
    quota: button('Quota', { verb: 'quota', key: run.key }),
    lookAgain: one('Look again', 'lookAgain'),
    giveUp: one('Give up on it…', 'giveUp'),
    linkKaggle: button('Link Kaggle…', { verb: 'link', key: '-' }),
    open: linkButton('Open on Kaggle', pageOf(run, web)),
    toResult: linkButton('Go to the result', endLink),
    toReport: linkButton('Go to the report', endLink),
  };
};

/** `🔵 #42 running` */
export const heading = (view: CardView, words: string, glyph: string): string =>
  `${glyph} #${view.run.number} ${words}`;

/** Kaggle refuses the token: nothing can be pushed or followed until a new one is linked. */
export function refusedFace(view: CardView, since: number, doing: 'waiting' | 'queued' | 'running'): Face {
  const { run } = view;
  const buttons = buttonsOf(view);
  const name = nameOf(run);
  return {
    heading: heading(view, `${doing}, but Kaggle refuses the token`, GLYPHS.warning),
    accent: ACCENTS.amber,
    groups: [
      [
        `**Since** ${whenAndDistance(since, view.now)}`,
        doing === 'running' ? lastSeenLine(run) : null,
        doing === 'waiting'
          ? `**Then** it is pushed as soon as ${name} links a new token`
          : `**Then** it is followed again as soon as ${name} links a new token`,
      ],
    ],
    small: doing === 'waiting' ? 'Waiting uses no GPU hours.' : 'The run itself goes on at Kaggle.',
    buttons: [buttons.linkKaggle, doing === 'waiting' ? buttons.withdraw : null, buttons.open],
  };
}
