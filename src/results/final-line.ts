import { phaseIn } from './metric-name.ts';
import type { Named } from './named-numbers.ts';

/**
 * Reads lines that tell how well a model did, once, outside of any epoch: `Test accuracy: 0.91`, `OOF AUC = 0.83`,
 * `Mean CV score: 0.81 ± 0.01`. The whole line must be such names and numbers: a sentence, a table's row, a line with a
 * hyperparameter is none.
 */
const LONGEST = 160;
const MOST_WORDS = 10;
/** A line that is none of these costs one look. */
const MAY_BE =
  /acc|auc|f1|f-?score|mse|mae|mape|msle|r2|r²|r\^2|loss|iou|dice|score|precision|recall|perplexity|\bppl|map\b|ndcg|mrr|bleu|rouge|[wc]er\b|kappa|qwk|mcc|matthews|psnr|ssim|gini|brier|error|spearman|pearson|sensitivity|specificity|jaccard|\boof\b|\bcv\b/i;
const LOGGED = /^[^A-Za-z]*(?:(?:INFO|DEBUG|root|__main__)\b[^A-Za-z]{1,40}){1,3}(?=[A-Za-z])/;
const BETWEEN = /[|;\t]|,\s|\s{2,}(?=[A-Za-z])/;
const NUMBER = String.raw`[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?`;
const PAIR = new RegExp(
  String.raw`^[^A-Za-z0-9]{0,16}([A-Za-z0-9][^:=>]{0,79}?)['"]?\s?(?::|==?|->|\s(?:is|of|was):?(?=\s)|(?=\s))\s{0,30}['"]?(${NUMBER})['"]?(\s?%)?(?:\s?(?:±|\+/?-)\s?${NUMBER}%?)?(?:\s?\([^()]{0,60}\))?[\s.!}\])*]{0,8}$`,
  'i',
);
/** Words that make a number something else than the model's: a setting, a comparison, a part of the data, one of many. */
const STRANGE =
  /\b(?:so far|previous|prev|old|baseline|target|expected|required|goal|random(?!\s*forest)|dummy|naive|improve\w*|differ\w*|diff|drop|gap|delta|change\w*|increas\w*|decreas\w*|reduc\w*|per|class|label|category|each|batch|step|iter\w*|epoch\w*|threshold|if|when|weights?|coef\w*|std|stdev|deviation|variance|min|max|minimum|maximum|time|seconds?|tolerance|tol|margin|smoothing|fn|function|importance|public|private|lb|leaderboard|paper|sota|human|chance|rate|lr|alpha|patience|fold\s?#?\d+|trial|image|sample|row|query|user|question|confidence|similarity|anomaly|quality|risk|credit|p-value|z-score|ci|bound|norm|scale|feature|n_\w+|lower|upper|params|parameters|kaggle|confusion)\b/i;
const PART = /\b(?:of|for)\s+(?!(?:the|our|my|this|a|model|network|test|val\w*|train\w*|best|final|all|median)\b)/i;
const MEASURES = new Set(
  (
    'accuracy acc auc auroc rocauc roc_auc aucroc auprc prauc f1 fscore f1score fbeta precision recall rmse mse mae mape smape rmsle msle medae r2 ' +
    'logloss loss iou miou jaccard dice map map50 ndcg mrr bleu rouge rouge1 rouge2 rougel perplexity ppl wer cer kappa qwk mcc ' +
    'matthews psnr ssim gini brier spearman pearson sensitivity specificity'
  ).split(' '),
);
const SHARES = new Set('accuracy acc auc auroc f1 precision recall iou miou jaccard dice map kappa qwk'.split(' '));
const SCORED = /\b(?:cv|oof|cross|validation|valid|val|test|testing|holdout|mean|average|avg|best|final|overall)\b/i;
const WHOLE_NAME = /^(?:(?:mean|average|avg|overall|final|best)\s)?(?:cv|oof)(?:\s(?:mean|average|avg))?$/i;

const tokensOf = (name: string): string[] =>
  name
    .replace(/r²|r\^2/gi, 'r2')
    .replaceAll('mAP', 'map')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((token) => token !== '');

/** Whether a number of this name is surely the measure of a model. */
function isMeasure(name: string, value: number): boolean {
  const words = name.replaceAll('_', ' ');
  // `conf 0.25 iou` has another number in it; of `mAP@0.5:0.95` this is the first half.
  if (name.includes('@') ? value === 0.95 : /\d\.\d/.test(name)) return false;
  // `49999 loss: …` is a step; the accuracy of one class is not the model's.
  if (/^\d+(?!\d*-?\s?fold)/i.test(name) || PART.test(words)) return false;
  if (STRANGE.test(words) || words.split(/\s+/).length > MOST_WORDS) return false;
  const tokens = tokensOf(name);
  if (tokens.some((token) => MEASURES.has(token)))
    return !tokens.some((token) => SHARES.has(token)) || tokens.includes('error') || Math.abs(value) <= 100;
  // `cv: 5.0` says how many folds.
  if (WHOLE_NAME.test(words)) return value <= 1 || !Number.isInteger(value);
  const last = tokens.at(-1) ?? '';
  if (/^errors?$/.test(last)) return phaseIn(name) !== null || /\b(?:mean|absolute|squared|percentage)\b/i.test(words);
  if (!tokens.includes('score')) return false;
  return tokens.length === 1 ? value > 0 && value <= 1 : SCORED.test(words) && tokens.length <= 6;
}

/** What is no measure and does not make the line another one's. */
const ASIDE = /time|elapsed|runtime|duration|second|samples|support/i;

function pairIn(part: string): { readonly number: Named | null } | null {
  const match = PAIR.exec(part);
  if (match === null) return null;
  const [, raw = '', digits = '', percent = ''] = match;
  const name = raw
    .replace(/\s+/g, ' ')
    .replace(/['"\s.(*-]+$/, '')
    .slice(0, 48);
  const value = Number(digits);
  if (!Number.isFinite(value) || !isMeasure(name, value)) return ASIDE.test(name) ? { number: null } : null;
  // A whole number without a percent sign may be a count.
  if (/^[-+]?\d+$/.test(digits) && percent === '') return null;
  return { number: { name, value, text: percent === '' ? digits : `${digits}%` } };
}

/** The measures on a line, if it consists of nothing else; empty otherwise. */
export function finalNumbers(line: string): Named[] {
  if (line.length > LONGEST || !/\d/.test(line) || !MAY_BE.test(line)) return [];
  const text = line.replace(LOGGED, '').trim();
  if (/^\[(?:CV|I )|[[\]{}]\s*[-\d.]+[,\s]+[-\d.]+|^wandb/.test(text)) return [];
  const found: Named[] = [];
  for (const part of text.split(BETWEEN)) {
    if (part.trim() === '') continue;
    const pair = pairIn(part.trim());
    if (pair === null) return [];
    if (pair.number !== null) found.push(pair.number);
  }
  return found;
}
