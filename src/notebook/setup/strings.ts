import type { Statement } from './statement.ts';

/** Stands in a followed text for a piece that is known only when the code runs. */
export const UNKNOWN = '\0';

export type Followed = { readonly value: string; readonly from: number; readonly to: number };
type Names = ReadonlyMap<string, string | null>;

type Literal = { readonly value: string; readonly prefix: string; readonly from: number; readonly to: number };

/** The string literal that begins at `at` (its prefix too), or null. */
function literalAt({ text, code }: Statement, at: number): Literal | null {
  let quoteAt = at;
  while (quoteAt - at < 2 && /[a-zA-Z]/.test(code[quoteAt] ?? '')) quoteAt += 1;
  const quote = code[quoteAt];
  if (quote !== '"' && quote !== "'") return null;
  const prefix = code.slice(at, quoteAt).toLowerCase();
  if (prefix !== '' && !/^(?:[rbuft]|rb|br|rf|fr|rt|tr)$/.test(prefix)) return null;
  const delimiter = code.startsWith(quote.repeat(3), quoteAt) ? quote.repeat(3) : quote;
  const from = quoteAt + delimiter.length;
  const end = code.indexOf(delimiter, from);
  if (end === -1) return null;
  const raw = text.slice(from, end);
  const value = prefix.includes('r') || !raw.includes('\\') ? raw : raw.replace(/\\([\\'"/])/g, '$1');
  return { value, prefix, from: at, to: end + delimiter.length };
}

/** Every string literal of a statement, by where it begins. */
export function literalsOf(statement: Statement): Literal[] {
  const found: Literal[] = [];
  if (statement.kind !== 'python') return found;
  const { code } = statement;
  for (let at = 0; at < code.length; at += 1) {
    if (code[at] !== '"' && code[at] !== "'") continue;
    let from = at;
    while (from > 0 && at - from < 2 && /[rbuftRBUFT]/.test(code[from - 1] ?? '')) from -= 1;
    if (from > 0 && /\w/.test(code[from - 1] ?? '')) from = at;
    const literal = literalAt(statement, from);
    if (literal === null) return found;
    found.push(literal);
    at = literal.to - 1;
  }
  return found;
}

/** Functions that give their first argument back as a path or a text, or join their arguments to one. */
const JOINS = /^(?:(?:os\.path|osp|path|posixpath)\.join|(?:pathlib\.)?(?:Pure)?(?:Posix)?Path|join|file\.path)$/;
const SAME =
  /^(?:str|os\.fspath|(?:os\.path|osp)\.(?:abspath|expanduser|normpath|realpath)|tf\.constant|glob|glob\.i?glob|r)$/;

const joinPaths = (left: string, right: string): string =>
  right.startsWith('/') || left === '' ? right : `${left.replace(/\/+$/, '')}/${right}`;

const spaces = (code: string, at: number): number => {
  let to = at;
  while (/[\s\\]/.test(code[to] ?? '')) to += 1;
  return to;
};

function fillFields(value: string, names: Names): string {
  // Fields of an f-string; a nested bracket is unknown anyway.
  return value.replace(/\{\{|\}\}|\{([^{}]*)\}/g, (all, field: string | undefined) => {
    if (field === undefined) return all[0] ?? '';
    return names.get(field.trim().replace(/!s$/, '')) ?? UNKNOWN;
  });
}

/** A name, a literal, a call of the functions above, or a bracket; null when it is nothing that can be followed. */
function atom(statement: Statement, start: number, names: Names, depth: number): Followed | null {
  const { code } = statement;
  const from = spaces(code, start);
  const literal = literalAt(statement, from);
  if (literal !== null) {
    let value = literal.prefix.includes('f') ? fillFields(literal.value, names) : literal.value;
    let to = literal.to;
    for (
      let next = literalAt(statement, spaces(code, to));
      next !== null;
      next = literalAt(statement, spaces(code, to))
    ) {
      value += next.prefix.includes('f') ? fillFields(next.value, names) : next.value;
      to = next.to;
    }
    if (code.startsWith('.format(', to))
      return { value: value.replace(/\{[^{}]*\}/g, UNKNOWN), from, to: closing(code, to + 7) };
    return { value, from, to };
  }
  WORD.lastIndex = from;
  const name = WORD.exec(code)?.[0];
  if (name !== undefined) {
    const behind = from + name.length;
    if (code[behind] === '(') {
      if (depth > 6 || !(JOINS.test(name) || SAME.test(name))) return null;
      return called(statement, name, from, behind, names, depth);
    }
    const value = names.get(name);
    return value === undefined || value === null ? null : { value, from, to: behind };
  }
  if (code[from] === '(' && depth <= 6) {
    const inner = follow(statement, from + 1, names, depth + 1);
    if (inner === null || code[spaces(code, inner.to)] !== ')') return null;
    return { value: inner.value, from, to: spaces(code, inner.to) + 1 };
  }
  return null;
}

/** Just behind the bracket that closes the one at `open`. */
function closing(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at += 1) {
    const char = code[at] ?? '';
    if ('([{'.includes(char)) depth += 1;
    else if (')]}'.includes(char)) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return code.length;
}

function called(
  statement: Statement,
  name: string,
  from: number,
  open: number,
  names: Names,
  depth: number,
): Followed | null {
  const call = statement.calls.find((one) => one.from === from);
  if (call === undefined) return null;
  const to = closing(statement.code, open);
  let value: string | null = null;
  for (const arg of call.args.filter((one) => one.name === null)) {
    const part = follow(statement, arg.from, names, depth + 1);
    const text = part !== null && part.to >= arg.to ? part.value : `${part?.value ?? ''}${UNKNOWN}`;
    value = value === null ? text : joinPaths(value, text);
    if (SAME.test(name)) break;
  }
  return value === null || value === UNKNOWN ? null : { value, from, to };
}

/**
 * Follows a text or path from `start`: literals, f-strings, names bound to one, `+`, `/`, `os.path.join`, `Path`. What is
 * not known is UNKNOWN in it; null when nothing is known from the first piece on.
 */
export function follow(statement: Statement, start: number, names: Names, depth = 0): Followed | null {
  const { code } = statement;
  const first = atom(statement, start, names, depth);
  if (first === null) return null;
  let { value, to } = first;
  for (;;) {
    const at = spaces(code, to);
    const sign = code[at];
    if (sign === '.' && code.startsWith('.joinpath(', at)) {
      const arg = follow(statement, at + 10, names, depth + 1);
      value = joinPaths(value, arg?.value ?? UNKNOWN);
      to = closing(code, at + 9);
      continue;
    }
    if (sign === '%') {
      value = value.replace(/%[-+ 0-9.]*[a-z]/g, UNKNOWN);
      break;
    }
    if (sign !== '+' && !(sign === '/' && code[at + 1] !== '/')) break;
    const next = atom(statement, at + 1, names, depth);
    const right = next?.value ?? UNKNOWN;
    value = sign === '+' ? value + right : joinPaths(value, right);
    if (next === null) {
      to = at + 1;
      break;
    }
    to = next.to;
  }
  return { value: value.length > LONGEST ? value.slice(0, LONGEST) + UNKNOWN : value, from: first.from, to };
}

/** A text that doubles with every line (`x = x + x`) is followed no further than a path is long. */
const LONGEST = 4_096;

const WORD = /[A-Za-z_][\w.]*/y;

/** All texts of a statement that can be followed, each the longest one from where it begins. */
export function followAll(statement: Statement, names: Names): Followed[] {
  const found: Followed[] = [];
  if (statement.kind !== 'python') return found;
  const { code } = statement;
  const start = /[A-Za-z_][\w.]*|["']/g;
  for (let match = start.exec(code); match !== null; match = start.exec(code)) {
    const at = match.index;
    const [word] = match;
    const isQuote = word === '"' || word === "'";
    const next = code[at + word.length];
    const leads =
      isQuote ||
      next === '"' ||
      next === "'" ||
      names.has(word) ||
      (next === '(' && (JOINS.test(word) || SAME.test(word)));
    if (!leads) continue;
    const followed = follow(statement, at, names);
    // Behind a `+` it goes on from something unknown: `os.getcwd() + "/data"` begins nowhere one could tell.
    const goesOn = followed !== null && /\+\s*$/.test(code.slice(Math.max(0, at - 20), at));
    if (followed !== null) found.push(goesOn ? { ...followed, value: UNKNOWN + followed.value } : followed);
    start.lastIndex = Math.max(start.lastIndex, followed?.to ?? literalAt(statement, at)?.to ?? 0);
  }
  return found;
}
