import type { UserError } from '../../domain/user-error.ts';
import { codePoints } from '../../domain/words.ts';
import type { MessageBody } from '../chat.ts';
import { panel, small, text } from './components.ts';
import { PANEL_MAX, wholeLines } from './fit.ts';

/**
 * A mistake a person can do something about: the title in bold, the advice behind it.
 *
 * Both texts of a UserError are markdown, written by whoever throws it: a foreign part in it (a file name, a title, Kaggle's
 * words) has to go through `escapeText` or `inlineCode` there. The title must not hold `**`. An advice that begins with a
 * comma or semicolon continues the title's sentence. Of a text that is too long for a message the last lines are left out.
 */
export function renderError({ title, advice }: UserError): MessageBody {
  const joint = advice === '' || /^[,;\n]/.test(advice) ? '' : ' ';
  const said = `**${title}**${joint}${advice}`;
  if (codePoints(said) <= PANEL_MAX) return panel([text(said)]);
  const kept = wholeLines(said.split('\n'), PANEL_MAX - 4);
  return panel([text(...(kept.length === 0 ? ['**That did not work.**'] : kept), '…')]);
}

/** A mishap of our own. `reference` is what the log has too. */
export const renderFault = (reference: string): MessageBody =>
  panel([
    text(
      '**That did not work, and nothing was committed.** The fault is here, not in your notebook. Please try again.',
      small(`Reference ${reference} for whoever runs this bot`),
    ),
  ]);

/** A button of an older making, or of a run that is no longer known. */
export const renderOldButton = (mention: (command: string) => string): MessageBody =>
  panel([text(`This button belongs to an older message. ${mention('status')} shows the run.`)]);
