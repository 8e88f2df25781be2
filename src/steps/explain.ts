import { UserError } from '../domain/user-error.ts';
import { at, cutEnd, escapeText } from '../domain/words.ts';
import { KaggleError } from '../kaggle/kaggle.ts';

export type ExplainOptions = {
  /** Since when Kaggle answers nobody, if that is known. */
  readonly downSince?: number | null;
  /** What did not happen, as a sentence; `Nothing was committed.` for a commit. */
  readonly nothing?: string;
};

const sentences = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ');

/** What a failed call to Kaggle means for the person who asked for it. */
export function explainKaggle(error: KaggleError, { downSince = null, nothing = '' }: ExplainOptions = {}): UserError {
  const said = error.said === null ? null : escapeText(cutEnd(error.said, 300));
  switch (error.kind) {
    case 'unavailable':
    case 'unreadable': {
      const again = sentences(nothing, 'Please try again in some minutes.');
      return downSince === null
        ? new UserError('Kaggle is not answering.', again)
        : new UserError('Kaggle is not answering,', `since ${at(downSince, 't')}. ${again}`);
    }
    case 'tooLarge':
      return new UserError(
        'Kaggle’s answer is too large to read here.',
        sentences(nothing, 'Kaggle’s own page shows it.'),
      );
    case 'limited':
      return new UserError(
        'Kaggle asks for a pause:',
        sentences('too many requests from this account.', nothing, 'Please try again in some minutes.'),
      );
    case 'unauthorized':
      return new UserError(
        'Kaggle does not accept your token any more.',
        sentences(nothing, 'It was revoked or has expired. Link a new one with `/link`.'),
      );
    case 'forbidden':
    case 'notFound':
      return new UserError(
        'Kaggle does not show that to you:',
        sentences('it does not exist or is not yours.', nothing),
      );
    case 'rejected':
      return new UserError(
        nothing === '' ? 'Kaggle refused this:' : 'Kaggle refused this notebook:',
        sentences(said === null ? 'it gave no reason.' : `${said}.`, nothing),
      );
  }
}

/** For dispatch: errors of the doors in words for people; null for what is a mistake of this program. */
export const explain = (error: unknown): UserError | null =>
  error instanceof UserError ? error : error instanceof KaggleError ? explainKaggle(error) : null;
