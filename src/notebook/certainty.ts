import { wordsOf } from './magics.ts';
import type { Program, Statement } from './program.ts';

/**
 * How sure it is that a place is reached and stops the run there: `certain`; `likely`: a branch or a function that may run;
 * `caught`: an `except` around it takes the error; `never`: under `if False:`, or in a function that nothing names.
 */
export type Certainty = 'certain' | 'likely' | 'caught' | 'never';

const RANK: Readonly<Record<Certainty, number>> = { certain: 0, likely: 1, caught: 2, never: 3 };
const least = (a: Certainty, b: Certainty): Certainty => (RANK[a] >= RANK[b] ? a : b);

const CATCHES_ALL =
  /^\s*except\s*(?::|\*?[^:]*\b(?:NameError|Exception|BaseException|UnboundLocalError|StandardError)\b)/;
const NEVER = /^\s*(?:if|elif|while)\s*\(?\s*(?:False|0|None|not\s+True|(?:typing\.|t\.)?TYPE_CHECKING)\s*\)?\s*:/;
const ALWAYS = /^\s*(?:if|while)\s*\(?\s*(?:True|1|__name__\s*==\s*["']\s*["'])\s*\)?\s*:/;
const SWALLOWS = /\b(?:suppress|raises|assertRaises|assertRaisesRegex|ExceptionExpected)\s*\(/;
const RUN_BY_CALL: ReadonlySet<string> = new Set(['__init__', '__new__', '__post_init__', '__init_subclass__']);
/** How far calls are followed: a chain of hostile length must not fill the stack. */
const DEEPEST = 30;
const MOST_MENTIONS = 60;

/** What a program runs for certain, found out once and asked for many places. */
export type Flow = {
  /** @param at index in the statement's text */
  at(one: Statement, at: number): Certainty;
  /** The same with the innermost function taken as called. */
  within(one: Statement, at: number): { certainty: Certainty; fn: Statement | null };
  mentions(name: string): readonly Statement[];
  calls(one: Statement, name: string): number;
};

/** The name a `def` or `class` defines. */
export const definedName = (one: Statement): string =>
  /\b(?:def|class)\s+([\p{L}_][\p{L}\p{N}_]*)/u.exec(one.code)?.[1] ?? '';

/** Index of the colon that ends a block's header; the length of the code where it is not found. */
function headerEnd(code: string): number {
  let depth = 0;
  for (let at = 0; at < code.length; at++) {
    const char = code[at] ?? '';
    if ('([{'.includes(char)) depth += 1;
    else if (')]}'.includes(char)) depth -= 1;
    else if (
      char === ':' &&
      depth === 0 &&
      code[at + 1] !== '=' &&
      !/\blambda\b[^:]*$/.test(code.slice(Math.max(0, at - 80), at))
    )
      return at;
  }
  return code.length;
}

export function flowOf(program: Program): Flow {
  const { statements } = program;
  const mentioned = new Map<string, Statement[]>();
  for (const one of statements)
    for (const word of new Set(wordsOf(one.code))) {
      const list = mentioned.get(word);
      if (list === undefined) mentioned.set(word, [one]);
      else list.push(one);
    }
  const mentions = (name: string): readonly Statement[] => mentioned.get(name) ?? [];

  /** The next clause of the same statement: `except` of a `try`. */
  function clausesOf(head: Statement): Statement[] {
    const found: Statement[] = [];
    for (let at = head.index + 1; at < statements.length; at++) {
      const next = statements[at];
      if (next === undefined || next.cell !== head.cell || next.indent < head.indent) break;
      if (next.indent > head.indent) continue;
      if (!['except', 'else', 'finally'].includes(next.head ?? '')) break;
      found.push(next);
    }
    return found;
  }
  const caught = new Map<number, boolean>();
  function catches(head: Statement): boolean {
    const known = caught.get(head.index);
    if (known !== undefined) return known;
    const answer = clausesOf(head).some((one) => CATCHES_ALL.test(one.code));
    caught.set(head.index, answer);
    return answer;
  }

  /** What being in the block of this header means. */
  function inBlock(head: Statement): Certainty {
    switch (head.head) {
      case 'if':
        return NEVER.test(head.code) ? 'never' : ALWAYS.test(head.code) ? 'certain' : 'likely';
      case 'while':
        return NEVER.test(head.code) ? 'never' : 'certain';
      case 'elif':
      case 'else':
      case 'except':
      case 'match':
      case 'case':
        return 'likely';
      case 'try':
        return catches(head) ? 'caught' : 'certain';
      case 'with':
        return SWALLOWS.test(head.code) ? 'caught' : 'certain';
      default:
        return 'certain';
    }
  }

  /** `a if b else c`, `a and b`, `lambda: a`: what may not be evaluated though its statement runs. */
  function inLine(one: Statement, at: number): Certainty {
    const before = one.code.slice(Math.max(0, at - 2_000), at);
    if (
      /\b(?:and|or|lambda)\b/.test(before) ||
      ((one.head === 'elif' || one.head === 'except') && at < headerEnd(one.code))
    )
      return 'likely';
    const whole = one.code.length > 20_000 ? '' : one.code.replace(HEAD_WORD, '');
    return /\bif\b[\s\S]*\belse\b/.test(whole) ? 'likely' : 'certain';
  }

  function within(one: Statement, at: number): { certainty: Certainty; fn: Statement | null } {
    let certainty = inLine(one, at);
    if (one.head !== null && at > headerEnd(one.code)) {
      if (one.head === 'def') return { certainty, fn: one };
      certainty = least(certainty, inBlock(one));
    }
    for (let up = statements[one.parent]; up !== undefined; up = statements[up.parent]) {
      if (up.head === 'def') {
        if (returnsBefore(up, one)) certainty = least(certainty, 'likely');
        return { certainty, fn: up };
      }
      certainty = least(certainty, inBlock(up));
    }
    return { certainty, fn: null };
  }

  /** Whether a function may have returned before it comes to `one`. */
  function returnsBefore(fn: Statement, one: Statement): boolean {
    for (let at = fn.index + 1; at < one.index; at++) {
      const code = statements[at]?.code ?? '';
      if (/^\s*(?:return|raise)\b|:\s*(?:return|raise)\b/.test(code)) return true;
      if (at - fn.index > 400) return true;
    }
    return false;
  }

  const calls = (one: Statement, name: string): number => {
    for (let at = one.code.indexOf(name); at !== -1; at = one.code.indexOf(name, at + name.length)) {
      const isWhole = !/[\p{L}\p{N}_.]/u.test(one.code[at - 1] ?? ' ');
      const behind = /^[ \t]*\(/.test(one.code.slice(at + name.length, at + name.length + 10));
      if (isWhole && behind && !/\b(?:def|class)\s+$/.test(one.code.slice(Math.max(0, at - 10), at))) return at;
    }
    return -1;
  };

  const known = new Map<number, Certainty>();
  /** Whether a function is called for certain. */
  function runs(fn: Statement, depth: number): Certainty {
    const before = known.get(fn.index);
    if (before !== undefined) return before;
    if (depth > DEEPEST) return 'likely';
    known.set(fn.index, 'likely');
    const answer = isNamed(fn) ? (callersRun(fn, depth) ? 'certain' : 'likely') : 'never';
    known.set(fn.index, answer);
    return answer;
  }
  /** Whether anything but itself names a function, or the class of a method, whose methods a framework may call. */
  function isNamed(fn: Statement): boolean {
    const owner = statements[fn.parent];
    const whole = owner?.head === 'class' ? owner : fn;
    return mentions(definedName(whole)).some((one) => !isIn(one, whole)) || hasDecorator(whole);
  }
  const hasDecorator = (one: Statement): boolean =>
    statements[one.index - 1]?.code.trimStart().startsWith('@') === true;
  const reached = (one: Statement, at: number, depth: number): Certainty => {
    const { certainty, fn } = within(one, at);
    return fn === null || certainty !== 'certain' ? certainty : least(certainty, runs(fn, depth + 1));
  };
  const isIn = (one: Statement, block: Statement): boolean => {
    for (let up = one.parent; up !== -1; up = statements[up]?.parent ?? -1) if (up === block.index) return true;
    return one === block;
  };
  const calledFor = (name: string, outside: Statement, depth: number): boolean =>
    mentions(name)
      .slice(0, MOST_MENTIONS)
      .some((one) => {
        if (one.index < outside.index || isIn(one, outside)) return false;
        const at = calls(one, name);
        return at >= 0 && reached(one, at, depth) === 'certain';
      });

  function callersRun(fn: Statement, depth: number): boolean {
    const name = definedName(fn);
    if (name === '') return false;
    const owner = statements[fn.parent];
    if (owner?.head !== 'class') return calledFor(name, fn, depth);
    const type = definedName(owner);
    if (RUN_BY_CALL.has(name)) return type !== '' && calledFor(type, owner, depth);
    const method = new RegExp(`(?<![\\p{L}\\p{N}_.])([\\p{L}_][\\p{L}\\p{N}_]*)\\.${name}[ \\t]*\\(`, 'u');
    return mentions(name)
      .slice(0, MOST_MENTIONS)
      .some((one) => {
        const call = method.exec(one.code);
        if (call === null || one === fn) return false;
        const isOurs = call[1] === 'self' ? isIn(one, owner) && !isIn(one, fn) : isInstance(call[1] ?? '', type, one);
        return isOurs && reached(one, call.index, depth) === 'certain';
      });
  }
  /** Whether `name = Type(…)` is the last that is said of a name before `one`. */
  function isInstance(name: string, type: string, one: Statement): boolean {
    const set = mentions(name).filter(
      (other) =>
        other.index < one.index && other.code.trimStart().startsWith(name) && /^\s*\w+\s*=(?!=)/.test(other.code),
    );
    return (
      set.at(-1)?.code.trimStart().slice(name.length).trimStart().slice(1).trimStart().startsWith(`${type}(`) ?? false
    );
  }

  return { at: (one, at) => reached(one, at, 0), within, mentions, calls };
}

const HEAD_WORD = /^\s*(?:if|elif)\b/;
