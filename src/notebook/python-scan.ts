/** Where one logical line of Python ends, and what of it is code. */
export type Scanned = {
  /** Index of the line break that ends it, or the length of the text. */
  readonly end: number;
  /** As long as the text from the start to `end`; comments and what stands between quotes are spaces, line breaks stay. */
  readonly code: string;
  /** Whether a comment closes it. */
  readonly commented: boolean;
  /** Index of the first `=` outside brackets that is followed by `!` or `%name`: IPython's `x = !ls`. */
  readonly escapeAt: number | null;
};

type Quote = '"' | "'" | '"""' | "'''";
/** What is open: a bracket, the literal part of an f-string, a `{field}` of it, or what stands after the colon there. */
type Open =
  | { readonly kind: 'bracket' }
  | { readonly kind: 'literal' | 'field' | 'spec'; readonly quote: Quote; readonly from: number };

const BRACKETS = '([{';
const CLOSING = ')]}';
const OPERATOR_BEFORE_EQUALS = '=!<>+-*/%&|^@:~';

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');
const isWord = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}_]/u.test(char);

function quoteAt(text: string, at: number): Quote | null {
  const char = text[at];
  if (char !== '"' && char !== "'") return null;
  const three = char.repeat(3);
  return text.startsWith(three, at) ? (three as Quote) : char;
}

/** The letters before a quote that say what string it is: `rb`, `f`. */
function prefixBefore(text: string, at: number, start: number): string {
  let from = at;
  while (from > start && at - from < 3 && /[rRbBuUfFtT]/.test(text[from - 1] ?? '')) from -= 1;
  return from > start && isWord(text[from - 1]) ? '' : text.slice(from, at).toLowerCase();
}

/** Index of the closing quote; for a string that nothing closes, the end of its line (of the text for triple quotes). */
function endOfBody(text: string, from: number, quote: Quote): number {
  let at = from;
  while (at < text.length) {
    const char = text[at];
    if (char === '\\') at += 2;
    else if (text.startsWith(quote, at) || (char === '\n' && quote.length === 1)) return at;
    else at += 1;
  }
  return text.length;
}

/**
 * Reads one logical line of Python from `start`: strings, f-strings with fields in them as Python 3.12 takes them, brackets
 * and backslashes may carry it over many physical lines. Never throws; what is not Python ends somewhere. Linear in the text.
 * @param start index of the first character after the indent
 */
export function scanPython(text: string, start: number): Scanned {
  const open: Open[] = [];
  let code = '';
  let kept = start;
  let at = start;
  let commented = false;
  /** f-strings in f-strings; without the count a million of them would take their square. */
  let literals = 0;
  let sawEquals = false;
  let escapeAt: number | null = null;

  /** Everything up to `to` is code; then blanks up to `next`. */
  const hide = (to: number, next: number): void => {
    code += text.slice(kept, to) + blank(text.slice(to, next));
    kept = next;
  };
  const innermostString = (): (Open & { quote: Quote }) | null => {
    const last = open.at(-1);
    return last !== undefined && last.kind !== 'bracket' ? last : null;
  };
  /** Closes everything down to and with the f-string the innermost part belongs to. */
  const closeString = (behind: number): void => {
    let closed = open.pop();
    while (closed !== undefined && closed.kind !== 'literal') closed = open.pop();
    if (closed?.kind === 'literal') literals -= 1;
    if (closed?.kind === 'literal' && literals === 0) hide(closed.from, at);
    at = behind;
  };

  while (at < text.length) {
    const char = text[at] ?? '';
    const inside = innermostString();
    if (inside?.kind === 'literal' || inside?.kind === 'spec') {
      if (char === '\\') at += 2;
      else if (text.startsWith(inside.quote, at)) closeString(at + inside.quote.length);
      else if (char === '\n' && inside.quote.length === 1) closeString(at);
      else if (char === '{' && inside.kind === 'literal' && text[at + 1] === '{') at += 2;
      else if (char === '{') {
        open.push({ kind: 'field', quote: inside.quote, from: at });
        at += 1;
      } else if (char === '}' && inside.kind === 'spec') {
        open.splice(-2);
        at += 1;
      } else at += 1;
      continue;
    }
    if (char === '#' && (inside === null || inside.quote.length === 3)) {
      const newline = text.indexOf('\n', at);
      const end = newline === -1 ? text.length : newline;
      if (literals === 0) hide(at, end);
      commented = true;
      at = end;
      continue;
    }
    if (char === '\n') {
      if (open.length === 0) break;
      commented = false;
      at += 1;
      continue;
    }
    const quote = quoteAt(text, at);
    if (quote !== null) {
      const from = at + quote.length;
      const prefix = prefixBefore(text, at, start);
      if (prefix.includes('f') || prefix.includes('t')) {
        open.push({ kind: 'literal', quote, from });
        literals += 1;
        at = from;
        continue;
      }
      const end = endOfBody(text, from, quote);
      if (literals === 0) hide(from, end);
      at = text.startsWith(quote, end) ? end + quote.length : end;
      continue;
    }
    if (char === '\\' && text[at + 1] === '\n') at += 2;
    else if (BRACKETS.includes(char)) {
      open.push({ kind: 'bracket' });
      at += 1;
    } else if (CLOSING.includes(char)) {
      if (open.at(-1)?.kind === 'bracket' || (inside?.kind === 'field' && char === '}')) open.pop();
      at += 1;
    } else if (char === ':' && inside?.kind === 'field') {
      open.push({ kind: 'spec', quote: inside.quote, from: at });
      at += 1;
    } else if (char === '=' && open.length === 0 && !sawEquals) {
      if (text[at + 1] === '=') at += 2;
      else {
        sawEquals = !OPERATOR_BEFORE_EQUALS.includes(text[at - 1] ?? '') || at === start;
        if (sawEquals && /^[ \t]*(?:!|%[A-Za-z_])/.test(text.slice(at + 1, at + 200))) {
          escapeAt = at;
          break;
        }
        at += 1;
      }
    } else at += 1;
  }
  const end = Math.min(at, text.length);
  const outer = open.find((one) => one.kind === 'literal');
  if (outer?.kind === 'literal') hide(outer.from, end);
  return { end, code: code + text.slice(kept, end), commented, escapeAt };
}
