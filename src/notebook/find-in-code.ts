import type { Finding, Severity } from '../domain/finding.ts';
import { bindingsOf } from './bindings.ts';
import { type Certainty, type Flow, flowOf } from './certainty.ts';
import { words } from './code-words.ts';
import { findCallsTooEarly } from './early-calls.ts';
import type { Diagnostic, Lint } from './lint.ts';
import { findNames, type Seen } from './names.ts';
import { joinCells, type Program, placeOf, statementAt } from './program.ts';
import { syntaxFault } from './syntax.ts';

/** The code of a source. `tags`: those of each code cell, in the order of `cells`. */
export type Code = {
  readonly kind: 'notebook' | 'script';
  readonly cells: readonly string[];
  readonly tags: readonly (readonly string[])[];
};

const MOST = 100;

export const SEVERITY: Readonly<Record<Certainty, Severity>> = {
  certain: 'blocker',
  likely: 'warning',
  caught: 'hint',
  never: 'hint',
};

/** What stops a program but is no name and no syntax error; the rest of the rules is looked at elsewhere. */
const RUNTIME = /^(?:F50[1-9]|F52[145]|F633|PLE0241|PLE1132|PLE1300|PLE1307)$/;
const OUT_OF_PLACE = /^(?:F62[12]|F70[1-7]|PLE0117|PLE0118|PLE1142)$/;
const STOP = /^\s*(?:(?:sys\.|os\._)?exit|quit)\s*\(|^\s*raise\b/;

type Faults = { readonly found: Finding[]; readonly broken: ReadonlySet<number> };

/**
 * Cells that are no Python, each looked at alone: an unclosed bracket must not eat the next cell, and an `else:` in a cell of
 * its own must not belong to the `if` of the cell before.
 */
function findSyntax(code: Code, program: Program, lint: Lint): Faults {
  const found: Finding[] = [];
  const broken = new Set<number>();
  for (const [index, cell] of program.cells.entries()) {
    if (cell.lines.every((line) => line.trim() === '')) continue;
    const original = (code.cells[index] ?? '').replace(/\r\n?/g, '\n').split('\n');
    const fault = syntaxFault(cell.lines, lint(cell.lines.join('\n'), 'syntax'), original);
    if (fault === null) continue;
    broken.add(index + 1);
    const sentence = magicInScript(code, original[fault.line - 1] ?? '') ?? fault.sentence;
    found.push({ severity: 'blocker', rule: 'syntax', sentence, at: { cell: index + 1, line: fault.line } });
  }
  return { found, broken };
}

function magicInScript(code: Code, line: string): string | null {
  const magic = /^\s*(?:!|%{1,2}[A-Za-z]|\?)/.test(line);
  return code.kind === 'script' && magic ? words.magicInScript(line.trim().slice(0, 40)) : null;
}

/** A cell with `raises-exception` may fail; one with `skip-execution` does not run, so it defines nothing either. */
const isSkipped = (code: Code, index: number): boolean => (code.tags[index] ?? []).includes('skip-execution');

/** What keeps all later cells from running; null when nothing does. */
function stopOf(program: Program, flow: Flow): { cell: number; finding: Finding } | null {
  for (const one of program.statements) {
    if (one.parent !== -1 || !STOP.test(one.code)) continue;
    if (flow.at(one, 0) !== 'certain') continue;
    const isLast = !program.statements.slice(one.index + 1).some((later) => later.cell > one.cell);
    if (isLast) return null;
    const text = one.text.trim().split('\n')[0] ?? '';
    const at = { cell: one.cell, line: one.line };
    return { cell: one.cell, finding: { severity: 'warning', rule: 'early-exit', sentence: words.stops(text), at } };
  }
  return null;
}

function findPlaced(program: Program, flow: Flow, all: readonly Diagnostic[], seen: Seen): Finding[] {
  const found: Finding[] = [];
  for (const { code, message, start_location: start } of all) {
    if (code === null || (!RUNTIME.test(code) && !OUT_OF_PLACE.test(code))) continue;
    const one = statementAt(program, seen.rowsOf, start.row);
    // The cells are compiled one statement after the other: what the joined text forbids at its top may stand there.
    if (code === 'PLE0118' && (one === null || flow.within(one, 0).fn === null)) continue;
    const isAwait = (code === 'F704' || code === 'PLE1142') && /await|async/.test(message);
    if (isAwait && seen.kind === 'notebook' && (one === null || flow.within(one, 0).fn === null)) continue;
    const certainty = one === null ? 'likely' : RUNTIME.test(code) ? flow.at(one, seen.offset(one, start)) : 'certain';
    const rule = RUNTIME.test(code) ? 'runtime-error' : 'syntax';
    const sentence = rule === 'syntax' ? words.syntax(message) : words.runtime(message);
    found.push({ severity: SEVERITY[certainty], rule, sentence, at: placeOf(program, start.row) });
  }
  return found;
}

/** What counts for a cell's tags and for a run that has ended before it. */
function soften(code: Code, stoppedIn: number | null, finding: Finding): Finding {
  const cell = finding.at?.cell ?? 0;
  const mayFail = (code.tags[cell - 1] ?? []).includes('raises-exception');
  if (mayFail && finding.severity !== 'hint') return { ...finding, severity: 'hint' };
  const comesLater = stoppedIn !== null && cell > stoppedIn;
  return comesLater && finding.severity === 'blocker' ? { ...finding, severity: 'warning' } : finding;
}

/**
 * Everything that reading the code tells, without running it. Cells are numbered among code cells from 1; for a script the
 * cell is null and the line is the file's.
 * @param lint the linter, which does not run the code either
 */
export function findInCode(code: Code, lint: Lint): Finding[] {
  const sources = code.cells.map((cell, index) => (isSkipped(code, index) ? cell.replace(/[^\n]+/g, '') : cell));
  let program = joinCells(sources, code.kind === 'script');
  const { found, broken } = findSyntax(code, program, lint);
  const hidden = new Set<string>();
  if (broken.size > 0) {
    for (const cell of broken)
      for (const word of code.cells[cell - 1]?.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []) hidden.add(word);
    program = joinCells(
      sources.map((cell, index) => (broken.has(index + 1) ? cell.replace(/[^\n]+/g, '#') : cell)),
      code.kind === 'script',
    );
  }
  const all = lint(program.rows.join('\n'), 'all');
  for (const [index, cell] of program.cells.entries())
    for (const { line, name } of cell.misplaced)
      found.push({
        severity: 'blocker',
        rule: 'syntax',
        sentence: words.magicNotFirst(name),
        at: { cell: index + 1, line },
      });
  const flow = flowOf(program);
  const bindings = bindingsOf(program);
  const names = findNames({ code, program, flow, bindings, all, hidden });
  const stop = stopOf(program, flow);
  found.push(
    ...findPlaced(program, flow, all, names.seen),
    ...names.found,
    ...findCallsTooEarly({ program, flow, bindings, lint, seen: names.seen, known: names.known, opaque: names.opaque }),
  );
  const softened = found.map((finding) => soften(code, stop?.cell ?? null, finding));
  if (stop !== null) softened.push(stop.finding);
  const ordered = softened
    .slice(0, 10 * MOST)
    .sort((a, b) => (a.at?.cell ?? 0) - (b.at?.cell ?? 0) || (a.at?.line ?? 0) - (b.at?.line ?? 0));
  const placed =
    code.kind === 'notebook' ? ordered : ordered.map((one) => ({ ...one, at: one.at && { ...one.at, cell: null } }));
  return placed.slice(0, MOST);
}
