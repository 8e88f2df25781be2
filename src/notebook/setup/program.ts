import type { Accelerator } from '../../domain/accelerator.ts';
import type { Finding, Fix, Severity } from '../../domain/finding.ts';
import type { InputRef } from '../../domain/input.ts';
import type { Source } from '../read.ts';
import { placeOf, type Statement, statements } from './statement.ts';
import { type Followed, follow, followAll, UNKNOWN } from './strings.ts';

/** What a notebook would meet on Kaggle. */
export type Setup = {
  readonly source: Source;
  readonly accelerator: Accelerator;
  readonly inputs: readonly InputRef[];
  readonly internet: boolean;
  /** Whether somebody chose this accelerator for this notebook; left out: it is what is usual. */
  readonly chosen?: boolean;
};

export type Import = {
  /** `torch.nn`; begins with a dot when it is relative. */
  readonly module: string;
  /** What `from module import` takes; empty for `import module`. */
  readonly names: readonly string[];
  readonly statement: Statement;
  readonly offset: number;
};

/** A Python source, read once for all rules. */
export type Program = Setup & {
  readonly statements: readonly Statement[];
  readonly imports: readonly Import[];
  /** Names at the top of what is imported: `torch`, `sklearn`. */
  readonly imported: ReadonlySet<string>;
  readonly texts: ReadonlyMap<Statement, readonly Followed[]>;
  /** Names (`DATA`, `CFG.model`) bound to one text; null: bound to something else, or to several. */
  readonly names: ReadonlyMap<string, string | null>;
  /** Names of functions and classes written here. */
  readonly defined: ReadonlySet<string>;
  /** Whether a function or class is named anywhere but where it is defined; `x.name` does not count. */
  readonly isNamed: (name: string) => boolean;
};

const IMPORT = /^\s*import\s+([\w.]+(?:\s+as\s+\w+)?(?:\s*,\s*[\w.]+(?:\s+as\s+\w+)?)*)/;
const FROM = /^\s*from\s+(\.*[\w.]*)\s+import\s+([\s\S]*)/;

function importsIn(statement: Statement): Import[] {
  if (statement.kind !== 'python' || !/\bimport\b/.test(statement.code)) return [];
  const found: Import[] = [];
  let offset = 0;
  // `try: import x` has its import behind the colon.
  for (const part of statement.code.replace(/^(\s*(?:try|else|finally|if\b[^:]*|except\b[^:]*)):/, '$1;').split(';')) {
    const from = FROM.exec(part);
    const plain = from === null ? IMPORT.exec(part) : null;
    const at = offset + part.length - part.trimStart().length;
    if (from !== null) {
      const names = (from[2] ?? '').replace(/[()\\]/g, ' ').split(',');
      const taken = names.map((one) => one.trim().split(/\s/)[0] ?? '').filter((one) => one !== '');
      found.push({ module: from[1] ?? '', names: taken, statement, offset: at });
    } else if (plain !== null) {
      for (const one of (plain[1] ?? '').split(',')) {
        found.push({ module: one.trim().split(/\s/)[0] ?? '', names: [], statement, offset: at });
      }
    }
    offset += part.length + 1;
  }
  return found;
}

const ASSIGNMENT = /^\s*([A-Za-z_][\w.]*)\s*(?::[^=]{1,60})?=(?!=)/;

/** Binds what a statement assigns, and gives the texts in it as they were known then. */
function bind(statement: Statement, names: Map<string, string | null>): Followed[] {
  const texts = followAll(statement, names);
  const assigned = statement.kind === 'python' ? ASSIGNMENT.exec(statement.code) : null;
  if (assigned === null) return texts;
  const { inClass, inFunction, conditions, caught } = statement.around;
  const bare = assigned[1] ?? '';
  const name = inClass !== null && inFunction === null ? `${inClass}.${bare}` : bare;
  const text = follow(statement, assigned[0].length, names);
  // A bool counts, for `pretrained=CFG.pretrained`; what goes on behind the text (`if x else y`) makes it unknown.
  const rest = statement.code.slice(text?.to ?? assigned[0].length).trim();
  const plain = /^(?:True|False|None)$/.exec(rest)?.[0] ?? null;
  const value =
    text !== null && rest === '' && !text.value.includes(UNKNOWN) ? text.value : text === null ? plain : null;
  const known = names.get(name);
  const unsure = known !== undefined && known !== value && (conditions.length > 0 || caught);
  const bound = unsure ? null : text !== null && rest === '' ? text.value : value;
  names.set(name, bound);
  if (name !== bare && inFunction === null) names.set(bare, bound);
  return texts;
}

/** Reads a Python source for the rules: statements, imports, and what its names are bound to. */
export function readProgram(setup: Setup): Program {
  const all = statements(setup.source);
  const names = new Map<string, string | null>();
  const texts = new Map(all.map((statement) => [statement, bind(statement, names)]));
  const imports = all.flatMap(importsIn);
  const defined = new Set<string>();
  for (const { kind, code } of all) {
    if (kind !== 'python') continue;
    const made = /^\s*(?:async\s+)?(?:def|class)\s+(\w+)/.exec(code)?.[1];
    if (made !== undefined) defined.add(made);
  }
  const imported = new Set(imports.map((one) => one.module.split('.')[0] ?? ''));
  return { ...setup, statements: all, imports, imported, texts, names, defined, isNamed: namedIn(all) };
}

function namedIn(all: readonly Statement[]): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const word = new RegExp(`(?<![\\w.])${name}\\b`);
    const definition = new RegExp(`^\\s*(?:async\\s+)?(?:def|class)\\s+${name}\\b`);
    const is = all.some(
      ({ kind, code }) => kind === 'python' && code.includes(name) && word.test(code.replace(definition, '')),
    );
    known.set(name, is);
    return is;
  };
}

/** Whether a statement stands in a function that nothing calls by its name. */
export function isNeverCalled(program: Program, { around }: Statement): boolean {
  const name = around.inFunction;
  if (name === null) return false;
  // Methods like __getitem__, forward or training_step are called by a library; then the class has to be used.
  const asked = around.inClass !== null && around.inClass !== name ? around.inClass : name;
  return !program.isNamed(asked);
}

const NEVER = /^\s*(?:el)?if\s+(?:False|0|None)\s*:|\bTYPE_CHECKING\b/;
/** Conditions by which people tell machines and modes apart. */
const SWITCH =
  /offline|online|internet|kaggle|colab|local|debug|exists|isfile|isdir|is_file|is_dir|install|download|find_spec|version|RERUN|platform|sys\.modules|is_available|device_count|hasattr/i;

/**
 * How much a finding weighs where it stands: nothing under `try` or `if False`; a hint in a function that is never called
 * or under a switch (`if not OFFLINE:`); no blocker under any condition, in a function or where an error is forgiven.
 */
export function weigh(program: Program, statement: Statement, severity: Severity): Severity | null {
  const { around, forgiven } = statement;
  if (around.caught || around.conditions.some((one) => NEVER.test(one))) return null;
  if (forgiven || isNeverCalled(program, statement)) return 'hint';
  if (around.conditions.some((one) => SWITCH.test(one))) return 'hint';
  const certain = around.conditions.length === 0 && around.inFunction === null;
  return severity === 'blocker' && !certain ? 'warning' : severity;
}

/** Makes a finding at a sign of a statement, or nothing when it does not weigh there. */
export function findingAt(
  program: Program,
  statement: Statement,
  offset: number,
  of: { severity: Severity; rule: string; sentence: string; fix?: Fix; missing?: string },
): Finding[] {
  const severity = weigh(program, statement, of.severity);
  return severity === null ? [] : [{ ...of, severity, at: placeOf(statement, offset) }];
}

/** The text an argument is bound to, when it is known wholly or begins known; null otherwise. */
export function textOf(
  program: Program,
  statement: Statement,
  arg: { from: number; to: number } | null,
): string | null {
  if (arg === null) return null;
  const text = follow(statement, arg.from, program.names);
  return text !== null && text.to >= arg.to ? text.value : null;
}

/** The code of an argument as written, names followed to `True`, `False` or `None`. */
export function wordOf(
  program: Program,
  statement: Statement,
  arg: { from: number; to: number } | null,
): string | null {
  if (arg === null) return null;
  const word = statement.code.slice(arg.from, arg.to).trim();
  return program.names.get(word) ?? word;
}
