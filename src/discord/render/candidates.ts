import { clean, cutMiddle } from '../../domain/words.ts';
import type { MessageBody } from '../chat.ts';
import { panel, select, small, text } from './components.ts';

/** A message with several notebooks: which of them is meant. @param names files and links, at most 25 */
export const renderCandidates = (key: string, names: readonly string[]): MessageBody =>
  panel([
    text(`### Which of these ${names.length}?`, small('Nothing is committed until you choose one.')),
    select(
      'Commit to Kaggle',
      { verb: 'commitThis', key },
      names.map((name, index) => ({ value: String(index), label: cutMiddle(clean(name), 48) })),
    ),
  ]);
