import type { Finding } from '../domain/finding.ts';
import type { Bindings } from './bindings.ts';
import { definedName, type Flow } from './certainty.ts';
import { words } from './code-words.ts';
import type { Lint } from './lint.ts';
import { isInText, isLocalAnnotation, type Seen } from './names.ts';
import { type Program, type Statement, statementAt } from './program.ts';

type Needs = {
  readonly program: Program;
  readonly flow: Flow;
  readonly bindings: Bindings;
  readonly lint: Lint;
  readonly seen: Seen;
  /** Names that are reported already. */
  readonly known: ReadonlySet<string>;
  /** Something in the program may define any name. */
  readonly opaque: boolean;
};

/**
 * A function or class at the top of the program, and the global names it reads for certain when it is called, with whether
 * it calls them.
 */
type Callable = { readonly def: Statement; readonly end: number; readonly reads: Map<string, boolean> };

type Probe = {
  readonly call: Statement;
  readonly sure: boolean;
  readonly called: string;
  readonly names: readonly string[];
};

const MOST_PROBES = 2_000;

const isDef = (one: Statement): boolean => one.parent === -1 && (one.head === 'def' || one.head === 'class');

/**
 * The linter reads functions after everything else, so it takes a global that is defined only after the first call as
 * defined. Asked twice more it tells: first about the functions alone (what do they read?), then about the program with
 * those names put as a statement in front of each first call (are they there by then?).
 */
export function findCallsTooEarly({ program, flow, bindings, lint, seen, known, opaque }: Needs): Finding[] {
  const callables = readsOf(program, flow, lint, seen);
  if (callables.length === 0) return [];
  const byName = new Map<string, Callable[]>();
  for (const one of callables) {
    const name = definedName(one.def);
    byName.set(name, [...(byName.get(name) ?? []), one]);
  }
  const probes = new Map<number, Probe>();
  for (const [name, defs] of byName) {
    for (const [at, callable] of defs.entries()) {
      const first = firstCall(flow, name, callable, defs[at + 1]?.def.index ?? Number.MAX_SAFE_INTEGER);
      if (first === null || probes.has(first.call.row) || probes.size >= MOST_PROBES) continue;
      const { call } = first;
      const names = [...needsOf(callable, byName, call.index)].filter((one) => !known.has(one)).slice(0, 200);
      if (names.length > 0) probes.set(call.row, { ...first, called: name, names });
    }
  }
  if (probes.size === 0) return [];
  return ask(program, probes, lint).flatMap(({ call, called, name, sure }) => {
    const later = bindings.get(name)?.find((one) => one.row >= call.row);
    const place = later === undefined ? null : later.cell === call.cell ? `line ${later.line}` : `cell ${later.cell}`;
    // Behind an `import *` only a name that the notebook itself defines later is worth a word.
    if (place === null && !sure) return [];
    const severity = opaque ? 'hint' : sure ? 'blocker' : 'warning';
    const sentence = place === null ? words.neededGone(called, name) : words.neededLater(called, name, place);
    return [{ severity, rule: 'undefined-name', sentence, at: { cell: call.cell, line: call.line } }];
  });
}

/** What each function at the top reads of the globals when it runs. */
function readsOf(program: Program, flow: Flow, lint: Lint, seen: Seen): Callable[] {
  const rows = program.rows.map(() => '');
  const callables: Callable[] = [];
  const ownerOf = new Map<number, Callable>();
  for (const def of program.statements.filter(isDef)) {
    let last = def;
    for (let at = def.index + 1; at < program.statements.length; at++) {
      const one = program.statements[at];
      if (one === undefined || one.cell !== def.cell || one.indent <= def.indent) break;
      last = one;
    }
    const end = last.row + last.rows - 1;
    const callable: Callable = { def, end: last.index, reads: new Map() };
    callables.push(callable);
    for (let row = def.row; row <= end; row++) rows[row - 1] = program.rows[row - 1] ?? '';
    for (let at = def.index; at <= last.index; at++) ownerOf.set(at, callable);
    // Without its own name, so that the others' reading it counts; as long as before, so that columns stay.
    const name = definedName(def);
    rows[def.row - 1] = (rows[def.row - 1] ?? '').replace(
      /\b(def|class)(\s+)[\p{L}\p{N}_]+/u,
      (_, word: string, space: string) => {
        return `${word}${space}${'_'.repeat(name.length)}`;
      },
    );
  }
  for (const { code, message, start_location: start } of lint(rows.join('\n'), 'names')) {
    const one = code === null ? null : statementAt(program, seen.rowsOf, start.row);
    const owner = one === null ? undefined : ownerOf.get(one.index);
    if (one === null || owner === undefined) continue;
    const at = seen.offset(one, start);
    const { certainty, fn } = flow.within(one, at);
    if (fn === null || certainty !== 'certain' || isInText(one, at) || isLocalAnnotation(one, at)) continue;
    const isInit = fn.parent === owner.def.index && definedName(fn) === '__init__';
    if (owner.def !== fn && !(owner.def.head === 'class' && isInit)) continue;
    const name = /`([^`]*)`/.exec(message)?.[1] ?? '';
    const calls = /^[ \t]*\(/.test(one.code.slice(at + name.length, at + name.length + 20));
    owner.reads.set(name, calls || owner.reads.get(name) === true);
  }
  return callables;
}

/**
 * The first call at the top that runs for certain, before the name is defined anew; without one the first statement that
 * hands it on (`frame.apply(score)`), which is likely to call it.
 */
function firstCall(
  flow: Flow,
  name: string,
  { end }: Callable,
  before: number,
): { call: Statement; sure: boolean } | null {
  let likely: Statement | null = null;
  for (const one of flow.mentions(name)) {
    if (one.index <= end || one.index >= before) continue;
    const at = flow.calls(one, name);
    const { certainty, fn } = flow.within(one, Math.max(0, at));
    const canStandBefore = one.head === null || ['if', 'for', 'while', 'with'].includes(one.head);
    if (fn !== null || !canStandBefore) continue;
    if (at >= 0 && certainty === 'certain') return { call: one, sure: true };
    if (certainty === 'certain' || certainty === 'likely') likely ??= one;
  }
  return likely === null ? null : { call: likely, sure: false };
}

/** The names a call needs: those of the function and of the functions it calls, as they are defined by then. */
function needsOf(callable: Callable, byName: ReadonlyMap<string, readonly Callable[]>, at: number): Set<string> {
  const needed = new Set<string>();
  const open = [callable];
  const done = new Set<Callable>();
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (done.has(one) || done.size > 200) continue;
    done.add(one);
    for (const [name, calls] of one.reads) {
      needed.add(name);
      const inner = byName
        .get(name)
        ?.filter((other) => other.def.index < at)
        .at(-1);
      if (calls && inner !== undefined) open.push(inner);
    }
  }
  return needed;
}

/** Which of the names are not there yet where they are needed. */
function ask(
  program: Program,
  probes: ReadonlyMap<number, Probe>,
  lint: Lint,
): { call: Statement; called: string; name: string; sure: boolean }[] {
  const rows: string[] = [];
  const asked = new Map<number, Probe>();
  for (const [at, row] of program.rows.entries()) {
    const probe = probes.get(at + 1);
    if (probe !== undefined) {
      const indent = /^\s*/.exec(row)?.[0] ?? '';
      rows.push(`${indent}(${probe.names.join(', ')},)`);
      asked.set(rows.length, probe);
    }
    rows.push(row);
  }
  return lint(rows.join('\n'), 'names').flatMap(({ code, message, start_location: { row } }) => {
    const probe = asked.get(row);
    if (probe === undefined) return [];
    const name = /`([^`]*)`/.exec(message)?.[1] ?? '';
    return [{ call: probe.call, called: probe.called, name, sure: probe.sure && code === 'F821' }];
  });
}
