/**
 * Finds numbers that have a name before them: `val_loss: 0.31`, `'loss': '0.31'`, `acc=0.9`, `valid_1's auc: 0.88`, `train loss 0.31`,
 * `Val Loss -> 0.3`, `mse is 0.01`. It goes from number to number and looks back a bounded way, so a line costs no more than its length.
 */
export type Scanned = {
  readonly name: string;
  /** The number as printed, with its percent sign. */
  readonly text: string;
  /** What stands before the name, back to the number before it; at most 100 characters. */
  readonly gap: string;
};

const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|\b(?:nan|inf|infinity)\b/gi;
/** Words that may stand between a name and its number without a sign: `val loss is 0.3`, `loss so far is 0.1`. */
const LINK = /[ \t](?:so far )?(?:is|was)$/;
const KNOWN =
  /(?:loss|cost|acc(?:uracy)?|auc|f1|rmse|mse|mae|iou|dice|ppl|perplexity|error|err|map|prec|precision|recall|bleu|reward|score)(?:@?\d+|-\d)?$/i;
const LONGEST_NAME = 48;
const LONGEST_GAP = 100;
const MOST_NUMBERS = 120;

const code = (text: string): number => text.charCodeAt(0);
const [SPACE, TAB, QUOTE, APOSTROPHE, COLON, EQUALS, GREATER, MINUS, PLUS, CLOSE] = [...' \t"\':=>-+)'].map(code);

const isSpace = (char: number): boolean => char === SPACE || char === TAB;
const isQuote = (char: number): boolean => char === QUOTE || char === APOSTROPHE;
const isDigit = (char: number): boolean => char >= 48 && char <= 57;
const isLetter = (char: number): boolean => (char >= 97 && char <= 122) || (char >= 65 && char <= 90) || char === 95;
/** Letters, digits and `@ . / -`. */
const isOfName = (char: number): boolean => isLetter(char) || (char >= 45 && char <= 57) || char === 64;

const back = (line: string, from: number, most: number, isOne: (char: number) => boolean): number => {
  let at = from;
  while (at > 0 && from - at < most && isOne(line.charCodeAt(at - 1))) at -= 1;
  return at;
};

/** 3/10 is a count, 0,31 may be either, 1.2.3 is a version, 20ms and 12it/s are measured in something. */
function isWhole(line: string, end: number): boolean {
  const next = line.charCodeAt(end);
  if (Number.isNaN(next)) return true;
  if (isLetter(next) || isDigit(next) || next === 47 || next === COLON) return false;
  return !((next === 46 || next === 44) && isDigit(line.charCodeAt(end + 1)));
}

/** Where the name begins that ends before `end`; -1 when there is none. */
function nameStart(line: string, end: number): number {
  let at = end;
  if (line.charCodeAt(at - 1) === CLOSE) {
    const open = line.lastIndexOf('(', at - 1);
    if (open < 0 || at - open > 10 || !/^\([A-Za-z0-9]+\)$/.test(line.slice(open, at))) return -1;
    at = open;
  }
  let start = back(line, at, LONGEST_NAME + 1, isOfName);
  if (at - start > LONGEST_NAME) return -1;
  // A name begins with a letter: of `3/auc` and of `--loss` the end is one.
  while (start < at && !isLetter(line.charCodeAt(start))) start += 1;
  return start === at ? -1 : start;
}

/** `training's auc`: the name of LightGBM's data set belongs to the metric. */
function withOwner(line: string, start: number): number {
  if (line.slice(Math.max(0, start - 3), start) !== "'s ") return start;
  const owner = back(line, start - 3, LONGEST_NAME, isOfName);
  return owner < start - 3 && isLetter(line.charCodeAt(owner)) ? owner : start;
}

/** The end of the name whose separator and spaces stand before `at`; -1 when there is no separator. */
function behindSeparator(line: string, at: number): number {
  const value = isQuote(line.charCodeAt(at - 1)) ? at - 1 : at;
  const sign = back(line, value, 6, isSpace);
  const last = line.charCodeAt(sign - 1);
  let end: number;
  if (last === COLON || last === EQUALS) end = sign - 1;
  else if (last === GREATER && (line.charCodeAt(sign - 2) === MINUS || line.charCodeAt(sign - 2) === GREATER))
    end = sign - 2;
  else return -1;
  end = back(line, end, 3, isSpace);
  // `Mean ROC-AUC is: 0.87`
  if (line.slice(end - 3, end) === ' is') end = back(line, end - 2, 3, isSpace);
  return isQuote(line.charCodeAt(end - 1)) ? end - 1 : end;
}

/** The end of the name that stands before `at` with nothing but spaces or "is" between; -1 when there is none. */
function behindSpaces(line: string, at: number): number {
  const end = back(line, at, 4, isSpace);
  if (end === at) return -1;
  const link = LINK.exec(line.slice(Math.max(0, end - 12), end));
  return link === null ? end : end - link[0].length;
}

/** `Prec@1 05 88.1`: behind a name without a sign, a number before another one or with a zero in front may be part of the name. */
const isLabel = (line: string, number: number, end: number): boolean =>
  (line.charCodeAt(number) === 48 && isDigit(line.charCodeAt(number + 1))) ||
  /^[ \t]{1,4}[-+]?\d/.test(line.slice(end, end + 6));

/** `val_loss: 0.65 -> 0.55`: the number behind a name is what it was before. */
const isBefore = (line: string, end: number): boolean =>
  /^\s?%?[ \t]{0,3}(?:-{1,2}>|=>|\u2192)[ \t]{0,3}[-+]?\.?\d/.test(line.slice(end, end + 14));

function startOf(line: string, number: number): { start: number; end: number; isSpaced: boolean } | null {
  const end = behindSeparator(line, number);
  if (end >= 0) {
    const start = nameStart(line, end);
    return start < 0 ? null : { start: withOwner(line, start), end, isSpaced: false };
  }
  const spaced = behindSpaces(line, number);
  const start = spaced < 0 ? -1 : nameStart(line, spaced);
  return start < 0 || !KNOWN.test(line.slice(start, spaced)) ? null : { start, end: spaced, isSpaced: true };
}

/** The named numbers of a line, in order; of a line with more than 120 numbers the first ones. */
export function scanNumbers(line: string): Scanned[] {
  const found: Scanned[] = [];
  NUMBER.lastIndex = 0;
  let behind = 0;
  for (let count = 0; count < MOST_NUMBERS; count += 1) {
    const match = NUMBER.exec(line);
    if (match === null) break;
    let number = match.index;
    const end = number + match[0].length;
    const before = line.charCodeAt(number - 1);
    if (before === MINUS || before === PLUS) number -= 1;
    else if (isOfName(before) || before === 44) continue;
    const from = behind;
    behind = end;
    // Most numbers of a log have no name; they cost this one look.
    const sign = line.charCodeAt(number - 1);
    if (!isSpace(sign) && !isQuote(sign) && sign !== COLON && sign !== EQUALS && sign !== GREATER) continue;
    if (!isWhole(line, end) || isBefore(line, end)) continue;
    const place = startOf(line, number);
    if (place === null || (place.isSpaced && isLabel(line, number, end))) continue;
    const percent = /^\s?%/.test(line.slice(end, end + 2)) ? '%' : '';
    const name = line.slice(place.start, place.end);
    found.push({
      name,
      text: `${line.slice(number, end)}${percent}`,
      gap: line.slice(Math.max(from, place.start - LONGEST_GAP), place.start),
    });
  }
  return found;
}
