import { betterOf, isMetric, phaseIn, phaseOf } from './metric-name.ts';
import { type Scanned, scanNumbers } from './number-scan.ts';

/** A named number as a line prints it. */
export type Named = {
  readonly name: string;
  readonly value: number;
  readonly text: string;
  /** Which way is better, where the line itself shows it: CatBoost prints the best beside the present. */
  readonly better?: 'lower' | 'higher' | null;
};

/** Words that belong to the name behind them: `Train Loss`, `balanced accuracy`, `log loss`. */
const QUALIFIERS = new Set(
  (
    'avg average mean running total log balanced macro micro weighted f1 dice iou roc pr bce mse ce cls box seg reg class smooth ema g d gen ' +
    'generator disc discriminator kl recon reconstruction learning grad focal cross entropy pixel top-1 top-5 masked lm mlm batch ' +
    'loss acc accuracy auc pal1 pal2 conf loc real fake policy value actor critic content style perceptual adversarial'
  ).split(' '),
);
/** Words between a phase and a name that say nothing more: `Validation Phase Loss`, `Train set accuracy`. */
const FILLERS = new Set('phase set data dataset epoch metrics result results overall current'.split(' '));
/** The number behind these is of another epoch. */
const ELSEWHERE =
  /\b(?:best|final|min(?:imum)?|max(?:imum)?|previous|prev|old|lowest|highest|target|early|so far)\b[^\d|;,]{0,40}$/i;
const PHASE = 'train(?:ing)?|val(?:id(?:ation)?|idate)?|eval(?:uation)?|test(?:ing)?|dev';
/** ` Val: ` or ` test - ` in the middle of a line begins what belongs to it. */
const NEXT_PHASE = new RegExp(String.raw`\s(?=(?:${PHASE})\s?[-:]\s)`, 'i');
const HAS_PHASE = /train|val|eval|test|dev/i;
const LOGGER = String.raw`^[^A-Za-z]*(?:(?:INFO|DEBUG|WARNING|root|__main__)\b[^A-Za-z]*){0,3}`;
const LEADING_PHASE = new RegExp(
  String.raw`${LOGGER}(?:epoch\W{0,8}\d+(?:\W{1,6}\d+)?[\s\W]*)?(${PHASE})\.?(?:\s+(?:set|phase|metrics|results?|stats?))?(?=[\s:>\])-])\s?([:>\]])?`,
  'i',
);
const ONLY_PHASE = new RegExp(
  String.raw`${LOGGER}(${PHASE})(?:\s+(?:set|phase|metrics|results?|stats?|loop|performance|begin))?[\s:.=*#>\])-]*$`,
  'i',
);
/** A line that names nothing has neither of these; it costs one look. */
const MAY_NAME = /[:=>]|loss|cost|acc|auc|f1|mse|mae|iou|dice|ppl|perplexity|err|map|prec|recall|bleu|reward|score/i;
/** A meter of PyTorch's examples and timm, `Loss: 4.94 (5.44)`: of the batch, and in brackets the mean of the epoch so far. */
const METER = /(\s)[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)? {0,2}\( {0,4}([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)\)/gi;
/** What stands on such a line is that of one class, not of all. */
const OF_ONE_CLASS = /^[\s\W]{0,8}(?:class|label|category)(?:[ _]?id)?\s{0,3}[:#=]?\s{0,3}\d{1,5}\b(?!\s{0,3}\/)/i;
const WRAPPED = /\b(?:tensor|array|np\.float\d+|float)\(\s*([^\s(),]{1,30})[^()]{0,60}\)/g;

function parseNumber(text: string): number {
  const plain = text.toLowerCase();
  if (plain.includes('nan')) return Number.NaN;
  if (plain.includes('inf')) return plain.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(plain.replace('%', ''));
}

const NO_PHASE = { phase: null, isHeading: false };

type Found = {
  readonly name: string;
  /** The phase said before it on the line, if any. */
  readonly phase: string | null;
  /** Neither the name nor the front of its segment says a phase. */
  readonly isBare: boolean;
  readonly text: string;
};

const plainWord = (word: string): string => word.replace(/\.$/, '');

/** What the words before a name make of it. */
type Said = {
  /** The whole name, with the words before it that belong to it. */
  readonly name: string;
  /** The phase it says itself. */
  readonly own: string | null;
  /** The number is that of another epoch. */
  readonly isElsewhere: boolean;
};

const MOST_KEPT = 2_000;
const keptSaid = new Map<string, Said>();

/** Reads the name together with what stands before it. The same words come again and again; they are read once. */
function saidBy({ gap, name }: Scanned): Said {
  const key = `${gap}\n${name}`;
  const before = keptSaid.get(key);
  if (before !== undefined) return before;
  if (keptSaid.size >= MOST_KEPT) keptSaid.clear();
  const said = readName(gap, name);
  keptSaid.set(key, said);
  return said;
}

function readName(gap: string, raw: string): Said {
  const spoken = /[A-Za-z][\w.-]*(?:[ \t]+[A-Za-z][\w.-]*)*[ \t]+$/.exec(gap.slice(-60))?.[0] ?? '';
  const last = spoken
    .split(/[ \t]+/)
    .filter((word) => word !== '')
    .slice(-4);
  const strange = last.findLastIndex((word) => {
    const plain = plainWord(word).toLowerCase();
    return phaseOf(plain) === null && !QUALIFIERS.has(plain) && !FILLERS.has(plain);
  });
  const before = last.slice(strange + 1);
  const taken = before.length === 0 ? 0 : spoken.length - spoken.lastIndexOf(before[0] ?? '');
  const isElsewhere = ELSEWHERE.test(gap.slice(0, gap.length - taken));
  const words = before.map(plainWord).filter((word) => !FILLERS.has(word.toLowerCase()));
  words.push(raw.replace(/'s /, '_'));
  const name =
    words.length === 1 ? (words[0] ?? '') : words.map((word) => phaseOf(word) ?? word.toLowerCase()).join('_');
  return { name, own: phaseIn(words.join('_')), isElsewhere };
}

/** A phase at the front is that of all numbers behind it, unless another one is said further on. */
function leadingPhase(segment: string): { phase: string | null; isHeading: boolean } {
  const match = HAS_PHASE.test(segment) ? LEADING_PHASE.exec(segment) : null;
  if (match === null) return NO_PHASE;
  const phases = new Set(segment.match(/[A-Za-z]+/g)?.flatMap((word) => phaseOf(word) ?? []));
  if (phases.size !== 1) return NO_PHASE;
  return { phase: phaseOf(match[1] ?? ''), isHeading: match[2] !== undefined };
}

/** The phase a line announces for the lines below it: `Validation Results:`, `--- test ---`; null when it announces none. */
export function phaseAnnounced(line: string): string | null {
  if (line.length > 90 || !HAS_PHASE.test(line)) return null;
  return phaseOf(ONLY_PHASE.exec(line)?.[1] ?? '');
}

function foundOf(one: Scanned, leading: string | null, spoken: string | null): Found | null {
  const { name, own, isElsewhere } = saidBy(one);
  if (isElsewhere) return null;
  const isPrefixed = own === null && leading !== null;
  const phase = own === null ? (leading ?? spoken) : own;
  return {
    name: isPrefixed ? `${leading}_${name.toLowerCase()}` : name,
    phase,
    isBare: own === null && !isPrefixed,
    text: one.text,
  };
}

function findIn(segments: readonly string[]): Found[] {
  let spoken: string | null = null;
  let heading: string | null = null;
  const all: Found[] = [];
  for (const segment of segments) {
    const front = leadingPhase(segment);
    if (front.isHeading) heading = front.phase;
    const scanned = scanNumbers(segment);
    if (scanned.length === 0) continue;
    const leading = front.phase ?? (heading !== null && phaseIn(segment) === null ? heading : null);
    for (const one of scanned) {
      const found = foundOf(one, leading, spoken);
      if (found === null) continue;
      if (!found.isBare) spoken = found.phase;
      all.push(found);
    }
  }
  return all;
}

/** A name twice on one line: told apart by the phase said before each (`train loss … acc … val loss … acc`), else left out. */
function tellApart(found: readonly Found[]): Found[] {
  if (found.length < 2) return [...found];
  const times = new Map<string, Found[]>();
  for (const one of found) times.set(one.name, [...(times.get(one.name) ?? []), one]);
  if (times.size === found.length) return [...found];
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
 * decimal commas, the same name twice, whole numbers under a name that no measure has (`active=58226`).
 */
export function namedNumbers(line: string): Named[] {
  if (!MAY_NAME.test(line) || OF_ONE_CLASS.test(line)) return [];
  let plain = line.includes('(') ? line.replace(WRAPPED, '$1') : line;
  if (plain.includes('(') && (plain.match(METER)?.length ?? 0) >= 2 && /\[[^\]]{0,20}\d\/ ?\d/.test(plain))
    plain = plain.replace(METER, '$1$2');
  if (plain.includes('%|')) plain = plain.replace(/\d{1,3}%\|[^|]{0,400}\|/, ' ');
  const parts = plain.includes('|') || plain.includes(';') ? plain.split(/[|;]/) : [plain];
  const segments = HAS_PHASE.test(plain) ? parts.flatMap((part) => part.split(NEXT_PHASE)) : parts;
  const found = findIn(segments);
  if (found.length === 0) return [];
  return tellApart(found)
    .map(({ name, text }) => ({ name: name.replace(/[\s.:-]+$/, '').slice(0, 48), value: parseNumber(text), text }))
    .filter(({ name, text }) => name !== '' && isMetric(name) && (betterOf(name) !== null || !/^\d+$/.test(text)));
}
