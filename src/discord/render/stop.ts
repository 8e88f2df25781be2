import { acceleratorFacts } from '../../domain/accelerator.ts';
import { kernelPage, versionPage } from '../../domain/links.ts';
import { kernelOf, pushedOf, type Run } from '../../domain/run.ts';
import { when } from '../../domain/words.ts';
import type { MessageBody } from '../chat.ts';
import { button, linkButton, panel, row, text } from './components.ts';

/** Answers to Stop…. */
export type StopView = {
  readonly run: Run;
  readonly web: string;
  readonly now: number;
  /** When its limit ends it; null while it has not started. */
  readonly limitAt: number | null;
  /** Whether the asker may have its end told silently: the launcher, who alone would be notified. */
  readonly mayMute?: boolean;
};

/** After the push only Kaggle's site can stop it. */
export function renderStop({ run, web, now, limitAt, mayMute = false }: StopView): MessageBody {
  const pushed = pushedOf(run.state);
  const { kind } = acceleratorFacts(run.settings.accelerator);
  const hours = kind === 'cpu' ? 'goes on' : `uses ${kind.toUpperCase()} hours`;
  const until = limitAt === null ? '' : `, at the latest until its limit at ${when(limitAt, now)}`;
  return panel([
    text(
      `**#${run.number} can only be stopped on Kaggle.** Kaggle gives bots no way to stop a running session.`,
      '- Open it on Kaggle and stop the running version there.',
      `- Until then it ${hours}${until}.`,
      '- The card notices within 2\u00a0min.',
    ),
    row(
      linkButton('Open on Kaggle', pushed === null ? kernelPage(web, kernelOf(run)) : versionPage(web, pushed)),
      mayMute ? button(`Mute #${run.number}`, { verb: 'mute', key: run.key }) : null,
    ),
  ]);
}

/** After Mute. */
export const renderMuted = (run: Pick<Run, 'number'>): MessageBody =>
  panel([text(`**#${run.number} is muted.** Its end is told without notifying you.`)]);

/** After No more alarms. */
export const renderNoAlarms = (run: Pick<Run, 'number'>): MessageBody =>
  panel([text(`**No more alarms for #${run.number}.** Its end is told as always.`)]);

/** Before the push. */
export const renderWithdrawn = (run: Pick<Run, 'number'>): MessageBody =>
  panel([text(`**#${run.number} is withdrawn.** It was not pushed; no GPU hours were used.`)]);

/** Asks before a run that is lost from sight is looked for no more. */
export const renderGiveUp = (run: Pick<Run, 'number' | 'key'>): MessageBody =>
  panel([
    text(`**Give up on #${run.number}?** It is not looked for any more. If it still runs at Kaggle, it goes on there.`),
    row(
      button('Give up on it', { verb: 'giveUpGo', key: run.key }, 'danger'),
      button('Cancel', { verb: 'cancel', key: run.key }),
    ),
  ]);

export const renderGivenUp = (run: Pick<Run, 'number'>): MessageBody =>
  panel([text(`**#${run.number} is given up.** It is not looked for any more.`)]);

/** After Look again. */
export const renderLookingAgain = (run: Pick<Run, 'number'>): MessageBody =>
  panel([text(`**#${run.number} is looked for again.** Its card shows what is found.`)]);

/** After Cancel: what asked goes away with it. */
export const renderCancelled = (): MessageBody => panel([text('Nothing was changed.')]);
