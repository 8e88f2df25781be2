/** Where in the training a line stands: `Epoch 27/70`, `fold 2 of 5`, `step 1,200/8,000`. */
export type Mark = { readonly at: number; readonly of: number | null };
export type Marks = {
  readonly epoch: Mark | null;
  readonly fold: Mark | null;
  readonly step: Mark | null;
  /** The line speaks of an epoch that is not the current one: `best epoch 9`. Its numbers are of no use. */
  readonly isElsewhere: boolean;
};

const COUNT = String.raw`\d{1,3}(?:,\d{3})+|\d+`;
const OF = String.raw`(?:\]?\s*/\s*\[?|\s+\(?of\s+|\s+out of\s+)(${COUNT})`;
const OPEN = String.raw`["']?[\s:#=_\[(-]{0,8}["']?`;
const EPOCH = new RegExp(
  String.raw`(?<![\w-])(?:epoch(?:s(?=${OPEN}(?:${COUNT})(?:\s*[/|]|\s+of\b)))?|ep(?=[\s:#=\[]{0,3}\d))${OPEN}(${COUNT})(?:${OF})?(?![\w%]|\.\d*[1-9])(?:\.0+\b)?`,
  'gi',
);
/** In a record only: of `Training loss epoch: 0.05` it is the loss. */
const FRACTIONAL_EPOCH = /(?:^|[{,|;(])\s*["']?epoch["']?\s{0,3}[:=]\s{0,3}["']?(\d+\.\d+)(?!\w)/i;
const FOLD = new RegExp(String.raw`(?<![\w-])fold${OPEN}(${COUNT})(?:${OF})?(?![\w%.]*\d)`, 'i');
const STEP = new RegExp(
  String.raw`(?<![\w-])(?:global[_ ]step|steps?|iter(?:ation)?s?|batch(?:es)?|episodes?|it)${OPEN}(${COUNT})(?:${OF})?(?![\w%]|\.\d)`,
  'i',
);
const BRACKET = new RegExp(String.raw`\[\s*(${COUNT})\s*/\s*(${COUNT})\s*(?:\(\s*\d+(?:\.\d+)?%\s*\))?\s*\]`);
const NOT_NOW =
  /\b(?:best|from|at|after|until|till|since|last|every|each|per|by|in|before|resum\w*|load\w*|restor\w*|sav\w*|previous|first|next|to)(?:\s+(?:the|model|weights|checkpoint|best|of))*\W*$/i;

/** `epoch 1 to 12`: neither is the present one. */
const RANGE = /^\s{1,3}(?:to|through|until)\s{1,3}\d/i;

const numberOf = (text: string | undefined): number | null =>
  text === undefined ? null : Number(text.replaceAll(',', ''));

function markOf(match: RegExpExecArray | null): Mark | null {
  const at = numberOf(match?.[1]);
  const of = numberOf(match?.[2]);
  if (at === null || !Number.isSafeInteger(at)) return null;
  // `Epoch 12/7` is a date or a score, not a place in a count.
  if (of !== null && (of < at || of === 0)) return null;
  return { at, of };
}

const NO_EPOCH = { mark: null, rest: null, isElsewhere: false };

function epochOf(line: string): { mark: Mark | null; rest: string | null; isElsewhere: boolean } {
  let isElsewhere = false;
  for (const match of line.matchAll(EPOCH)) {
    const rest = line.slice(match.index + match[0].length);
    if (NOT_NOW.test(line.slice(0, match.index)) || RANGE.test(rest)) isElsewhere = true;
    else return { mark: markOf(match), rest, isElsewhere: false };
  }
  return { mark: null, rest: null, isElsewhere };
}

const MARK_WORDS = ['ep', 'fold', 'step', 'it', 'batch'];
const NO_MARKS: Marks = { epoch: null, fold: null, step: null, isElsewhere: false };

/**
 * Where the number of the epoch stands in a line; -1 when it names none, or one with decimals: after `'epoch': 1.0` comes
 * `'epoch': 1.05`, which is no other line of the same epoch.
 */
export function epochIndex(line: string): number {
  EPOCH.lastIndex = 0;
  const match = EPOCH.exec(line);
  EPOCH.lastIndex = 0;
  if (match === null) return -1;
  const index = match.index + match[0].search(/\d/);
  return /^\d+\.\d/.test(line.slice(index, index + 24)) ? -1 : index;
}

/** Reads the marks of one line. Counts may have thousands commas; a mark whose count exceeds its total is none. */
export function marksIn(line: string): Marks {
  const lower = line.toLowerCase();
  if (!MARK_WORDS.some((word) => lower.includes(word))) return NO_MARKS;
  const { mark: epoch, rest, isElsewhere } = lower.includes('ep') ? epochOf(line) : NO_EPOCH;
  const fractional = epoch === null && !isElsewhere ? FRACTIONAL_EPOCH.exec(line) : null;
  const fold = lower.includes('fold') ? FOLD.exec(line) : null;
  const spoken = STEP.exec(line);
  const step = spoken === null || NOT_NOW.test(line.slice(0, spoken.index)) ? null : spoken;
  return {
    epoch: fractional === null ? epoch : { at: Number(fractional[1]), of: null },
    fold: fold === null || NOT_NOW.test(line.slice(0, fold.index)) ? null : markOf(fold),
    // `Epoch: 1 [6400/60000 (11%)]`: a fraction in brackets behind the epoch is a place inside it.
    step: markOf(step ?? (rest === null ? null : BRACKET.exec(rest))),
    isElsewhere,
  };
}
