/** What a metric's name tells: whether it is one, which way is better, whether it was measured on held-out data. */

/** A log has few names but prints them a million times: what is found out of one is kept, for so many names. */
const MOST_KEPT = 2_000;

function kept<Value>(find: (name: string) => Value): (name: string) => Value {
  const found = new Map<string, { readonly value: Value }>();
  return (name) => {
    const before = found.get(name);
    if (before !== undefined) return before.value;
    if (found.size >= MOST_KEPT) found.clear();
    const value = find(name);
    found.set(name, { value });
    return value;
  };
}

const tokensOf = (name: string): string[] =>
  name
    .replaceAll('mAP', 'map')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((token) => token !== '');

const setOf = (words: string): ReadonlySet<string> => new Set(words.split(' '));

const LOWER = setOf(
  'loss losses logloss error err errors rmse mse mae mape smape rmsle msle medae logcosh perplexity ppl wer cer nll bce ce kl kld ' +
    'crossentropy entropy l1 l2 fid eer ece brier pinball quantile deviance merror mlogloss poisson gamma tweedie huber hinge ' +
    'focal lpips bpb bpc mcrmse wrmse rmsse cost medae rms',
);
const HIGHER = setOf(
  'acc accuracy auc auroc auprc aucpr roc f1 f2 fbeta precision recall iou miou jaccard dice map map50 map5095 map95 ap ndcg mrr ' +
    'bleu rouge rouge1 rouge2 rougel meteor r2 kappa qwk mcc psnr ssim reward sensitivity specificity acc1 acc5 top1 top5 spearman pearson ' +
    'corr em hits recall1 bacc gini gap reward rew rewards return returns prec prec1 prec5',
);

/** Numbers that stand near an epoch mark but measure the machine, the clock or the settings. */
const OTHER = setOf(
  'lr rate time eta elapsed duration dur sec secs seconds second s ms min mins minutes hours step steps epoch epochs iter iters iteration ' +
    'iterations it batch batches bs n seed fold folds rank gpu gpus cpu mem memory vram v num size instances samples sample tokens token ' +
    'speed throughput fps mfu remaining total norm momentum wd decay patience counter runtime flos worker workers version port pid line ' +
    'count images image gb mb kb best final min max minimum maximum previous prev old target threshold baseline temperature alpha beta ' +
    'params parameters trainable round rounds depth leaves id index loader eps epsilon dropout world reader ips timer grad date time_s data',
);

const PHASES: ReadonlyMap<string, string> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['trn', 'train'],
  ['val', 'val'],
  ['valid', 'val'],
  ['validation', 'val'],
  ['validate', 'val'],
  ['validating', 'val'],
  ['eval', 'eval'],
  ['evaluation', 'eval'],
  ['dev', 'dev'],
  ['holdout', 'holdout'],
  ['test', 'test'],
  ['testing', 'test'],
]);

/** `train`, `val`, `eval`, `dev`, `holdout` or `test` when the word says one of them. */
export const phaseOf = (word: string): string | null => PHASES.get(word.toLowerCase()) ?? null;

/** The phase inside a name: `val` of `val_loss`, of `Loss/validation`, of `valid_0_auc`. */
export const phaseIn = kept((name: string): string | null => {
  for (const token of tokensOf(name)) {
    const phase = phaseOf(token);
    if (phase !== null) return phase;
  }
  return null;
});

/** The name without its phase, for telling which series measure the same thing: `loss` of `val_loss` and of `train_loss`. */
export const stemOf = (name: string): string =>
  tokensOf(name)
    .filter((token) => phaseOf(token) === null && !/^\d+$/.test(token))
    .join('_');

/** Which way is better, by the name; null when it does not tell. `neg_log_loss` and `1-acc` are turned around. */
export const betterOf = kept((name: string): 'lower' | 'higher' | null => {
  const tokens = tokensOf(name);
  const negative = tokens[0] === 'neg' || tokens[0] === 'negative';
  // From the end: in `f1_loss` and `accuracy_error` the last word rules.
  for (const token of tokens.toReversed()) {
    if (LOWER.has(token) || /(?:loss|error)$/.test(token)) return negative ? 'higher' : 'lower';
    if (HIGHER.has(token) || /(?:accuracy|auc)$/.test(token)) return negative ? 'lower' : 'higher';
  }
  return null;
});

/** Whether a number of this name says how well the training goes. Unknown words may; see `betterOf`. */
export const isMetric = kept((name: string): boolean => {
  const tokens = tokensOf(name);
  if (tokens.length > 8 || tokens.every((token) => phaseOf(token) !== null)) return false;
  // One letter is a coordinate or a loop's variable; a dot before letters is a file.
  if (tokens.every((token) => token.length === 1) || /\.(?:py|ipynb|cc|cpp|h|R|js|json|yaml|csv|txt)$/.test(name))
    return false;
  if (/reader_cost|batch_cost/i.test(name)) return false;
  if (/^(?:best|final|min|max|num|previous|prev|early|n|target)$/.test(tokens[0] ?? '')) return false;
  if (tokens[0] === 'total' && betterOf(name) === null) return false;
  if (/^err(?:or)?_rate$|_err(?:or)?_rate$/.test(tokens.join('_'))) return true;
  if (/(?:runtime|second|seconds|samples|time|norm|lr|rate|best|params)$/.test(tokens.at(-1) ?? '')) return false;
  return betterOf(name) !== null || !tokens.some((token) => OTHER.has(token));
});

export const isLoss = (name: string): boolean => tokensOf(name).some((token) => /(?:^|log)loss(?:es)?$/.test(token));

const isHeldOut = (name: string): boolean => {
  const phase = phaseIn(name);
  // Mean average precision is never taken of the training data.
  if (phase === null && /^map(?:\d|$)/.test(tokensOf(name)[0] ?? '')) return true;
  return phase !== null && phase !== 'train';
};

/**
 * The place of a metric among others, lower first: validation accuracy-like, validation loss, then losses, then the
 * rest; of an agent the reward. Equal ones keep the order in which the log named them.
 */
export function rankOf(name: string, better = betterOf(name)): number {
  if (tokensOf(name).some((token) => /^(?:rew|rewards?)$/.test(token))) return 0.8;
  const test = phaseIn(name) === 'test' ? 0.5 : 0;
  if (isHeldOut(name) && better === 'higher') return 0 + test;
  if (isHeldOut(name) && better === 'lower') return 1 + test;
  if (better === null) return 4;
  return isLoss(name) ? 2 : 3;
}
