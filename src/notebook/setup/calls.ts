/** The calls in a piece of Python, with their arguments. Pure; one pass, bounded by the length of the code. */

export type Argument = {
  /** `path` in `f(path=x)`; null for one without a name. */
  readonly name: string | null;
  /** Where its value stands in the statement, spaces around it taken off. */
  readonly from: number;
  readonly to: number;
};

export type Call = {
  /** `pd.read_csv`; `.to_csv` after a bracket (`f(x).to_csv(`), as far as it can be read without running it. */
  readonly name: string;
  /** Where the name begins, and just behind the closing bracket. */
  readonly from: number;
  readonly to: number;
  readonly args: readonly Argument[];
};

/** Letters, digits, `_` and `.`; by number, because it is asked for every sign before a bracket. */
function isWord(code: string, at: number): boolean {
  const sign = at < 0 ? 0 : code.charCodeAt(at);
  return (
    (sign >= 97 && sign <= 122) ||
    (sign >= 65 && sign <= 90) ||
    (sign >= 48 && sign <= 57) ||
    sign === 95 ||
    sign === 46
  );
}

type Open = { name: string | null; from: number; argFrom: number; argName: string | null; args: Argument[] };

/** The dotted name that ends just before `at`. Null when there is none, or when it is being defined here. */
function calleeBefore(code: string, at: number): { name: string; from: number } | null {
  let end = at;
  while (code[end - 1] === ' ') end -= 1;
  let from = end;
  while (isWord(code, from - 1)) from -= 1;
  const name = code.slice(from, end);
  if (name === '' || !/^\.?[A-Za-z_]/.test(name)) return null;
  if (
    /^(?:if|elif|while|return|in|not|and|or|for|print|assert|yield|await|lambda|with|is|else|del|raise|from|import)$/.test(
      name,
    ) &&
    name !== 'print'
  )
    return null;
  return /\b(?:def|class)\s+$/.test(code.slice(Math.max(0, from - 12), from)) ? null : { name, from };
}

function close(open: Open, code: string, end: number): void {
  let from = open.argFrom;
  let to = end;
  while (from < to && /\s/.test(code[from] ?? '')) from += 1;
  while (to > from && /\s/.test(code[to - 1] ?? '')) to -= 1;
  if (from < to) open.args.push({ name: open.argName, from, to });
}

/**
 * All calls of a statement, inner ones too, in the order of their names.
 * @param code a statement whose comments and strings are blanked, as logicalLines gives it
 */
export function callsOf(code: string): Call[] {
  const calls: Call[] = [];
  const stack: Open[] = [];
  for (let at = 0; at < code.length; at += 1) {
    const char = code[at];
    if (char === '(' || char === '[' || char === '{') {
      const callee = char === '(' ? calleeBefore(code, at) : null;
      stack.push({ name: callee?.name ?? null, from: callee?.from ?? at, argFrom: at + 1, argName: null, args: [] });
    } else if (char === ')' || char === ']' || char === '}') {
      const open = stack.pop();
      if (open === undefined || open.name === null) continue;
      close(open, code, at);
      calls.push({ name: open.name, from: open.from, to: at + 1, args: open.args });
    } else if (char === ',') {
      const open = stack.at(-1);
      if (open === undefined || open.name === null) continue;
      close(open, code, at);
      open.argFrom = at + 1;
      open.argName = null;
    } else if (char === '=' && code[at + 1] !== '=' && !/[=<>!:+\-*/%&|^~]/.test(code[at - 1] ?? '')) {
      const open = stack.at(-1);
      if (open === undefined || open.name === null || open.argName !== null) continue;
      const name = code.slice(open.argFrom, at).trim();
      if (/^[A-Za-z_]\w*$/.test(name)) {
        open.argName = name;
        open.argFrom = at + 1;
      }
    }
  }
  return calls.sort((a, b) => a.from - b.from);
}

/** The n-th argument without a name, or the one with any of these names. */
export function argument(call: Call, position: number | null, ...names: string[]): Argument | null {
  const named = call.args.find((one) => one.name !== null && names.includes(one.name));
  if (named !== undefined) return named;
  if (position === null) return null;
  const free = call.args[position];
  return free !== undefined && free.name === null ? free : null;
}
