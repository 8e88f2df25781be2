import type { Source } from './read.ts';

/**
 * How many epochs a notebook says it trains. Only a number that stands there counts, and only when every place that names one
 * names the same: anything else would be a guess.
 */

const NAME = '(?:num_train_|train_|num_|n_|nb_|max_|total_)?epochs?';
// Not a part of a sum, and not one of two: `3 if DEBUG else 30`.
const VALUE = '(\\d{1,5})(?![\\w.])(?!\\s{0,4}(?:[*/+-]|(?:if|or|and)\\b))';

const STATED: readonly RegExp[] = [
  // EPOCHS = 70, cfg.epochs: int = 70, Trainer(max_epochs=70, …
  new RegExp(`(?<![\\w'"])${NAME}(?:\\s{0,4}:\\s{0,4}int)?\\s{0,8}=\\s{0,8}${VALUE}`, 'gi'),
  // 'epochs': 70, "--epochs", "70" and --epochs 70
  new RegExp(`['"]${NAME}['"]\\s{0,4}:\\s{0,4}${VALUE}`, 'gi'),
  new RegExp(`--${NAME}['"]?[\\s,=]{1,4}['"]?${VALUE}`, 'gi'),
  // for epoch in range(70), in tqdm(range(1, 71))
  /\bfor\s{1,4}(?:epoch|ep)\s{1,4}in\s{1,4}(?:\w{1,20}\()?(?:range|trange)\(\s{0,4}(?:0\s{0,4},\s{0,4})?(\d{1,5})\s{0,4}[),]/gi,
];
const RANGE_FROM_ONE =
  /\bfor\s{1,4}(?:epoch|ep)\s{1,4}in\s{1,4}(?:\w{1,20}\()?(?:range|trange)\(\s{0,4}1\s{0,4},\s{0,4}(\d{1,5})\s{0,4}\)/gi;

const LONGEST_LINE = 2_000;

/** The one number of epochs the code names, at least 2; null when it names none, or several. */
export function statedEpochs({ cellSources }: Pick<Source, 'cellSources'>): number | null {
  const found = new Set<number>();
  for (const cell of cellSources) {
    for (const line of cell.split('\n')) {
      if (line.length > LONGEST_LINE || !/epoch|\bep\b/i.test(line) || /^\s*#/.test(line)) continue;
      const fromOne = [...line.matchAll(RANGE_FROM_ONE)];
      for (const match of fromOne) found.add(Number(match[1]) - 1);
      if (fromOne.length > 0) continue;
      for (const pattern of STATED) for (const match of line.matchAll(pattern)) found.add(Number(match[1]));
    }
  }
  // A counter is set to 0, and later raised.
  found.delete(0);
  const [only] = found;
  return found.size === 1 && only !== undefined && only >= 2 ? only : null;
}
