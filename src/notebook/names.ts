import type { Finding, Severity } from '../domain/finding.ts';
import { type Bindings, meantBy, PYTHON_2, usualImport } from './bindings.ts';
import type { Certainty, Flow } from './certainty.ts';
import { words } from './code-words.ts';
import type { Code } from './find-in-code.ts';
import type { Diagnostic } from './lint.ts';
import { wordsOf } from './magics.ts';
import { offsetIn, type Program, placeOf, type Statement, statementAt } from './program.ts';

/** What more than one of the searches needs to know. */
export type Seen = {
  readonly kind: Code['kind'];
  readonly rowsOf: readonly number[];
  offset(one: Statement, start: Diagnostic['start_location']): number;
};

type Needs = {
  readonly code: Code;
  readonly program: Program;
  readonly flow: Flow;
  readonly bindings: Bindings;
  readonly all: readonly Diagnostic[];
  /** Words of cells that are no Python: they may define them. */
  readonly hidden: ReadonlySet<string>;
};

type Use = {
  readonly name: string;
  readonly row: number;
  readonly one: Statement | null;
  readonly certainty: Certainty;
  /** The innermost function it stands in. */
  readonly fn: Statement | null;
  readonly code: 'F821' | 'F823' | 'F405';
};

/** Code that makes names out of texts. */
const MAKES_NAMES =
  /(?<![.\w])(?:exec|execfile)\s*\(|\b(?:globals|locals|vars)\(\)\s*(?:\[[^\]]*\]\s*=(?!=)|\.(?:update|setdefault|__setitem__)\b)|[(,]\s*(?:globals|locals)\(\)\s*[,)]|=\s*(?:globals|locals)\(\)|\bget_ipython\(\)\.(?:run_cell|run_code|ex|push|magic|run_line_magic|run_cell_magic)\b|\b(?:builtins|__builtins__)\.\w+\s*=(?!=)|\bsetattr\s*\(\s*(?:builtins|__builtins__|sys\.modules)/;

const nameIn = (message: string): string => /`([^`]*)`/.exec(message)?.[1] ?? '';

/** In quotes, but in no field of an f-string: an annotation that is only text when the program runs. */
export function isInText(one: Statement, at: number): boolean {
  if (one.code[at] !== ' ') return false;
  const before = one.code.slice(0, at);
  const quote = Math.max(before.lastIndexOf('"'), before.lastIndexOf("'"));
  return (
    quote >= 0 && !/[fFtT][rR]?["']{1,3}$|[rR][fFtT]["']{1,3}$/.test(before.slice(Math.max(0, quote - 4), quote + 1))
  );
}

/** The annotation of a variable in a function, which Python never evaluates. */
export const isLocalAnnotation = (one: Statement, at: number): boolean => {
  const annotation = /^\s*[\p{L}_][\p{L}\p{N}_]*\s*:[^=]*/u.exec(one.code.slice(0, 2_000))?.[0];
  return one.head === null && annotation !== undefined && at < annotation.length;
};

function usesOf({ program, flow, all, bindings }: Needs, seen: Seen): Use[] {
  const uses: Use[] = [];
  const isDeleted = (name: string): boolean => flow.mentions(name).some((one) => /\bdel\b/.test(one.code));
  for (const { code, message, start_location: start } of all) {
    if (code !== 'F821' && code !== 'F823' && code !== 'F405') continue;
    const one = statementAt(program, seen.rowsOf, start.row);
    const offset = one === null ? 0 : seen.offset(one, start);
    if (one !== null && isInText(one, offset)) continue;
    const fn = one === null ? null : flow.within(one, offset).fn;
    if (one !== null && fn !== null && isLocalAnnotation(one, offset)) continue;
    // The linter reads functions last: a name that the program deletes is missing for it though the calls came before.
    // Whether a call comes too late, the calls tell.
    const name = nameIn(message);
    if (code === 'F821' && fn !== null && (bindings.has(name) || isDeleted(name))) continue;
    const certainty = one === null ? 'likely' : flow.at(one, offset);
    uses.push({ name, row: start.row, one, certainty, fn, code });
  }
  return [...uses, ...usesOfFileName(flow, seen)];
}

/** The linter takes `__file__` for a name of every module; a notebook has none. */
function usesOfFileName(flow: Flow, seen: Seen): Use[] {
  if (seen.kind === 'script') return [];
  const isSet = flow.mentions('__file__').some((one) => /^\s*__file__\s*=/.test(one.code));
  if (isSet) return [];
  return flow.mentions('__file__').flatMap((one) => {
    const at = one.code.search(/(?<![.\w])__file__\b/);
    if (at === -1) return [];
    return [
      { name: '__file__', row: one.row, one, certainty: flow.at(one, at), fn: flow.within(one, at).fn, code: 'F821' },
    ];
  });
}

const MOST_NAMES = 120;
const ORDER: readonly Certainty[] = ['certain', 'likely', 'caught', 'never'];

/** Of each name the place where it stops the run first, else the first place at all. */
function firstOfEach(uses: readonly Use[]): Use[] {
  const best = new Map<string, Use>();
  for (const use of [...uses].sort((a, b) => a.row - b.row)) {
    const before = best.get(use.name);
    if (before === undefined || ORDER.indexOf(use.certainty) < ORDER.indexOf(before.certainty)) best.set(use.name, use);
  }
  // Each of them is compared with every name of the program; nobody reads more than these.
  return [...best.values()]
    .sort((a, b) => ORDER.indexOf(a.certainty) - ORDER.indexOf(b.certainty) || a.row - b.row)
    .slice(0, MOST_NAMES);
}

function sentenceFor({ code, program, bindings }: Needs, use: Use): string {
  const { name, row } = use;
  if (name === '__file__') return words.noFileName;
  const places = bindings.get(name) ?? [];
  const here = placeOf(program, row);
  const later = places.find((one) => one.row > row);
  const before = places.some((one) => one.row < row);
  if (use.code === 'F823') return words.unassigned(name);
  if (before) {
    const gone = deletes(program, name, row);
    if (gone !== null) return words.goneBefore(name, code.kind === 'script' ? `line ${gone.row}` : `cell ${gone.cell}`);
    return words.notHere(name);
  }
  if (later !== undefined && use.fn === null) {
    if (code.kind === 'script' || later.cell === here.cell) return words.definedBelow(name, later.line);
    return words.definedLater(name, later.cell);
  }
  if (later !== undefined || places.length > 0) return words.notHere(name);
  const modern = PYTHON_2.get(name);
  if (modern !== undefined) return words.python2Name(name, modern);
  const statement = usualImport(name);
  if (statement !== null) return words.notImported(name, statement);
  const meant = meantBy(name, bindings);
  return code.kind === 'script' ? words.nowhereInScript(name, meant) : words.nowhere(name, meant);
}

function deletes(program: Program, name: string, row: number): Statement | null {
  const gone = program.statements.filter(
    (one) => one.row < row && /^\s*del\b/.test(one.code) && wordsOf(one.code).includes(name),
  );
  return gone.at(-1) ?? null;
}

/** What hides names from reading: all of them after an `exec`, or the words of a magic. */
function hiders(program: Program): { text: string; words: ReadonlySet<string> | null }[] {
  const found: { text: string; words: ReadonlySet<string> | null }[] = [];
  for (const [index, cell] of program.cells.entries()) {
    if (cell.opaque) found.push({ text: `a magic in cell ${index + 1}`, words: null });
    else if (cell.words.size > 0) found.push({ text: `cell ${index + 1}`, words: cell.words });
  }
  for (const one of program.statements)
    if (MAKES_NAMES.test(one.code.slice(0, 20_000)))
      found.push({ text: `line ${one.line} of cell ${one.cell}`, words: null });
  return found;
}

const WEAKER: Readonly<Record<Certainty, Severity>> = {
  certain: 'blocker',
  likely: 'warning',
  caught: 'hint',
  never: 'hint',
};

/** Names that nothing defines, or nothing yet: the first place of each that stops the run. */
export function findNames(needs: Needs): { found: Finding[]; seen: Seen; known: ReadonlySet<string>; opaque: boolean } {
  const { program, bindings, hidden } = needs;
  const seen: Seen = {
    kind: needs.code.kind,
    rowsOf: program.statements.map((one) => one.row),
    offset: (one, start) => offsetIn(one, start.row, start.column),
  };
  const uses = usesOf(needs, seen);
  const all = hiders(program);
  const found: Finding[] = [];
  for (const use of firstOfEach(uses.filter((one) => one.code !== 'F405'))) {
    if (hidden.has(use.name)) continue;
    const at = placeOf(program, use.row);
    const by = all.find((one) => one.words === null || one.words.has(use.name));
    if (by !== undefined) {
      found.push({ severity: 'hint', rule: 'undefined-name', sentence: words.hidden(use.name, by.text), at });
      continue;
    }
    const inScript = needs.code.kind === 'script' && ['display', 'get_ipython'].includes(use.name);
    const severity = inScript ? 'warning' : WEAKER[use.certainty];
    const sentence = sentenceFor(needs, use);
    found.push({ severity, rule: 'undefined-name', sentence, at });
  }
  found.push(
    ...findStarred(
      needs,
      uses.filter((one) => one.code === 'F405' && !hidden.has(one.name)),
      bindings,
    ),
  );
  const opaque = all.some((one) => one.words === null);
  return { found, seen, known: new Set(uses.map((one) => one.name)), opaque };
}

/** Names that only an `import *` can bring in: one hint for all, but a near miss of a name of the notebook on its own. */
function findStarred({ program, all }: Needs, uses: readonly Use[], bindings: Bindings): Finding[] {
  const found: Finding[] = [];
  const rest: Use[] = [];
  const counts = new Map<string, number>();
  for (const { name } of uses) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const use of firstOfEach(uses)) {
    const at = placeOf(program, use.row);
    const later = bindings.get(use.name)?.find((one) => one.row > use.row);
    if (later !== undefined && use.fn === null && use.certainty === 'certain') {
      const sentence = words.definedLater(use.name, later.cell);
      const same = words.definedBelow(use.name, later.line);
      found.push({
        severity: 'warning',
        rule: 'undefined-name',
        sentence: later.cell === at.cell ? same : sentence,
        at,
      });
      continue;
    }
    const meant = meantBehindStar(use.name, counts.get(use.name) === 1, bindings);
    if (meant === null) rest.push(use);
    else found.push({ severity: 'hint', rule: 'undefined-name', sentence: words.hiddenMeant(use.name, meant), at });
  }
  const star = all.find((one) => one.code === 'F403');
  if (rest.length <= FEW) {
    for (const { name, row } of rest)
      found.push({ severity: 'hint', rule: 'hidden-name', sentence: words.hiddenOne(name), at: placeOf(program, row) });
  } else if (star !== undefined) {
    const names = rest.slice(0, FEW).map((one) => one.name);
    const sentence = words.hiddenMany(names, rest.length - FEW);
    found.push({ severity: 'hint', rule: 'hidden-name', sentence, at: placeOf(program, star.start_location.row) });
  }
  return found;
}

/** Behind an `import *` of fastai stand a thousand names: up to so many are each told where they are used. */
const FEW = 5;

/** A name of the notebook that differs in a letter, or goes on where this one ends (`score` and `score_all`). */
function meantBehindStar(name: string, isOnce: boolean, bindings: Bindings): string | null {
  if (name.length >= 6)
    for (const other of [...bindings.keys()].slice(0, 5_000))
      if (other.length >= 6 && other !== name && (other.startsWith(`${name}_`) || name.startsWith(`${other}_`)))
        return other;
  return isOnce && name.length >= 4 ? meantBy(name, bindings) : null;
}
