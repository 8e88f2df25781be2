import { isMetric, phaseIn, phaseOf } from './metric-name.ts';

/** A named number as a line prints it. */
export type Named = { readonly name: string; readonly value: number; readonly text: string };

const NUMBER = String.raw`[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|(?:nan|NaN|NAN|inf|Inf|-inf|infinity|Infinity)\b)`;
// 3/10 is a count, 0,31 may be either, 1.2.3 is a version, 20ms and 12it/s are measured in something.
const WHOLE = String.raw`(?![\w/:]|[.,]\d)`;
const NAME = String.raw`[A-Za-z_][\w@./-]{0,48}(?:\([A-Za-z0-9]{1,8}\))?(?:'s [A-Za-z_][\w@]{0,40})?`;
/** `val_loss: 0.31`, `'loss': '0.31'`, `acc=0.9`, `valid_1's auc: 0.88`, `Val Loss -> 0.3`. */
const SEPARATED = new RegExp(
  String.raw`(?<![\w@./-])(${NAME})["']?\s{0,3}(?:[:=]|->)\s{0,6}["']?(${NUMBER})${WHOLE}(\s?%)?`,
  'g',
);
/** `train loss 0.31`, `Acc@1 77.10`: only for names that are known to be metrics. */
const SPACED = new RegExp(String.raw`(?<![\w@./-])([A-Za-z_][\w@./-]{0,48}) {1,4}(${NUMBER})${WHOLE}(\s?%)?`, 'g');
const KNOWN =
  /(?:loss|acc(?:uracy)?|auc|f1|rmse|mse|mae|iou|dice|ppl|perplexity|error|err|map|precision|recall|bleu|reward)(?:@?\d+)?$/i;

const KNOWN_SOMEWHERE = /loss|acc|auc|f1|mse|mae|iou|dice|ppl|perplexity|err|map|precision|recall|bleu|reward/i;
const SEPARATOR = /[:=]|->/;

/** Words that belong to the name behind them: `Train Loss`, `balanced accuracy`, `log loss`. */
const QUALIFIERS = new Set(
  (
    'avg average mean running total log balanced macro micro weighted f1 dice iou roc pr bce mse ce cls box seg reg class smooth ema g d gen ' +
    'generator disc discriminator kl recon reconstruction learning grad focal cross entropy pixel top-1 top-5 masked lm mlm'
  ).split(' '),
);
/** The number behind these is of another epoch. */
const ELSEWHERE = /(?:best|final|min(?:imum)?|max(?:imum)?|previous|prev|old|lowest|highest|target|early|so far)$/i;
const SEGMENTS = /\s*[|;]\s*|\s+(?=(?:train(?:ing)?|val(?:id(?:ation)?)?|test|eval)\s*[-:]\s)/i;
const LEADING_PHASE =
  /^[\s\W]*(?:epoch\W{0,4}\d+(?:\s*\/\s*\d+)?[\s\W]*)?(train(?:ing)?|val(?:id(?:ation)?)?|eval(?:uation)?|test|dev)(?:\s+(?:set|metrics|results?))?(?=[\s:>\])-])/i;

function parseNumber(text: string): number {
  const plain = text.toLowerCase();
  if (plain.includes('nan')) return Number.NaN;
  if (plain.includes('inf')) return plain.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

type Found = {
  readonly name: string;
  /** The phase said before it on the line, if any. */
  readonly phase: string | null;
  /** Neither the name nor the front of its segment says a phase. */
  readonly isBare: boolean;
  readonly value: number;
  readonly text: string;
};

/** Words right before the name that are part of it, in order; at most three. */
function qualifiersBefore(before: string): string[] {
  const words = /([A-Za-z][\w-]*(?:[ \t]+[A-Za-z][\w-]*)*)[ \t]+$/.exec(before.slice(-60))?.[1]?.split(/[ \t]+/) ?? [];
  const last = words.slice(-3);
  const strange = last.findLastIndex((word) => phaseOf(word) === null && !QUALIFIERS.has(word.toLowerCase()));
  return last.slice(strange + 1);
}

/** A phase at the front is that of all numbers behind it, unless another one is said further on. */
function leadingPhase(segment: string): string | null {
  const said = LEADING_PHASE.exec(segment)?.[1];
  if (said === undefined) return null;
  const phases = new Set(segment.match(/[A-Za-z]+/g)?.flatMap((word) => phaseOf(word) ?? []));
  return phases.size === 1 ? phaseOf(said) : null;
}

function matchesIn(segment: string): RegExpExecArray[] {
  const separated = SEPARATOR.test(segment) ? [...segment.matchAll(SEPARATED)] : [];
  const spaced = KNOWN_SOMEWHERE.test(segment)
    ? [...segment.matchAll(SPACED)].filter(([, name = '']) => KNOWN.test(name))
    : [];
  if (spaced.length === 0) return separated;
  const free = spaced.filter((one) => {
    const end = one.index + one[0].length;
    return !separated.some((other) => one.index < other.index + other[0].length && end > other.index);
  });
  return [...separated, ...free].sort((a, b) => a.index - b.index);
}

function findIn(segment: string): Found[] {
  const matches = matchesIn(segment);
  if (matches.length === 0) return [];
  const leading = leadingPhase(segment);
  let spoken: string | null = null;
  return matches.flatMap((match) => {
    const [, rawName = '', number = '', percent] = match;
    const before = segment.slice(Math.max(0, match.index - 120), match.index);
    const qualifiers = qualifiersBefore(before);
    const joined = qualifiers.join(' ');
    const rest = before.trimEnd().slice(0, joined === '' ? undefined : -joined.length);
    if (ELSEWHERE.test(rest.slice(-40).replace(/["'(\s]+$/, ''))) return [];
    const words = [...qualifiers, rawName.replace(/'s /, '_')];
    const own = phaseIn(words.join('_'));
    if (own !== null) spoken = own;
    const said =
      words.length === 1 ? (words[0] ?? '') : words.map((word) => phaseOf(word) ?? word.toLowerCase()).join('_');
    const isPrefixed = own === null && leading !== null;
    const name = isPrefixed ? `${leading}_${said.toLowerCase()}` : said;
    const phase = own === null ? (leading ?? spoken) : null;
    const text = `${number}${percent === undefined ? '' : '%'}`;
    return [{ name, phase, isBare: own === null && !isPrefixed, value: parseNumber(number), text }];
  });
}

/** A name twice on one line: told apart by the phase said before each (`train loss … acc … val loss … acc`), else left out. */
function tellApart(found: readonly Found[]): Found[] {
  const times = new Map<string, Found[]>();
  for (const one of found) times.set(one.name, [...(times.get(one.name) ?? []), one]);
  return found.flatMap((one) => {
    const same = times.get(one.name) ?? [];
    if (same.length === 1) return [one];
    const phases = new Set(same.map((each) => each.phase));
    if (one.phase === null || phases.size !== same.length || !one.isBare) return [];
    return [{ ...one, name: `${one.phase}_${one.name.toLowerCase()}` }];
  });
}

/**
 * Reads the named numbers of one line, in order. What cannot be told for sure is left out: counts, numbers with units,
 * decimal commas, the same name twice.
 */
export function namedNumbers(line: string): Named[] {
  // Most lines of a log name nothing; they cost one look.
  if (!SEPARATOR.test(line) && !KNOWN_SOMEWHERE.test(line)) return [];
  const plain = line
    .replace(/\b(?:tensor|array|np\.float\d+|float)\(\s*([^\s(),]{1,30})[^()]{0,60}\)/g, '$1')
    .replace(/\d{1,3}%\|[^|]{0,400}\|/, ' ');
  return tellApart(plain.split(SEGMENTS).flatMap(findIn))
    .map(({ name, value, text }) => ({ name: name.replace(/[\s.:-]+$/, '').slice(0, 48), value, text }))
    .filter(({ name }) => name !== '' && isMetric(name));
}
