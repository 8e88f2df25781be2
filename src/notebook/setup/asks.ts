import type { Finding } from '../../domain/finding.ts';
import { inlineCode } from '../../domain/words.ts';
import { argument, type Call } from './calls.ts';
import { findingAt, type Program, wordOf } from './program.ts';
import type { Statement } from './statement.ts';

/** Calls that wait for a person. A batch run has no one: `input()` raises StdinNotImplementedError there. */
const ASKS: readonly (readonly [RegExp, (program: Program, statement: Statement, call: Call) => boolean])[] = [
  [/^(?:builtins\.)?input$/, () => true],
  [/^getpass(?:\.getpass)?$/, (program) => program.imported.has('getpass')],
  [/^(?:huggingface_hub\.)?(?:notebook_login|interpreter_login)$/, () => true],
  [
    /^(?:huggingface_hub\.|hf_)?login$/,
    (program, _, call) => program.imported.has('huggingface_hub') && call.args.length === 0,
  ],
  [/^kagglehub\.(?:login|notebook_login)$/, () => true],
  [/^nltk\.download(?:_gui|_shell)?$/, (_, __, call) => call.args.length === 0],
  [/^(?:pdb\.set_trace|breakpoint|IPython\.embed)$/, () => true],
  [/^wandb\.login$/, (program, statement, call) => isWithoutKey(program, statement, call)],
];

function isWithoutKey(program: Program, statement: Statement, call: Call): boolean {
  if (program.source.cellSources.some((cell) => /WANDB_API_KEY|WANDB_MODE|WANDB_DISABLED/.test(cell))) return false;
  if (wordOf(program, statement, argument(call, null, 'anonymous')) !== null) return false;
  return argument(call, null, 'key') === null && call.args.every((one) => one.name !== null);
}

/** What waits for an answer that nobody can give while the run goes by itself. */
export function asksSomebody(program: Program): Finding[] {
  return program.statements.flatMap((statement) => {
    if (
      statement.kind === 'shell' &&
      /^\s*!\s*(?:huggingface-cli|hf auth|wandb|gcloud auth)\s+login\s*$/.test(statement.text)
    ) {
      return found(program, statement, 0, statement.text.trim());
    }
    return statement.calls.flatMap((call) => {
      const rule = ASKS.find(([name]) => name.test(call.name));
      if (rule === undefined || !rule[1](program, statement, call)) return [];
      // A function, an argument or a variable of that name is the notebook's own.
      if (isOwn(program, statement, call.name)) return [];
      return found(program, statement, call.from, `${call.name}()`, call.name === 'input');
    });
  });
}

const PARAMETER = /\bdef\s+(\w+)\s*\([^)]*\binput\b\s*[,:=)]|\blambda\b[^:]*\binput\b/;
const BOUND =
  /^\s*(?:[\w.]+\s*,\s*)*input\s*(?:,[^=]*)?=(?!=)|\bfor\s[^=]*\binput\b[^=]*\sin\b|\bas\s+input\b|\bimport\b[^#]*\binput\b/;

/** A function or class of that name, or a variable, argument or import that hides the built-in where the call stands. */
function isOwn(program: Program, statement: Statement, name: string): boolean {
  if (name.includes('.')) return false;
  if (program.defined.has(name)) return true;
  if (name !== 'input') return false;
  const here = statement.around.inFunction;
  return program.statements.some(({ kind, code, around }) => {
    if (kind !== 'python' || !code.includes('input') || code.length > 2_000) return false;
    const parameter = PARAMETER.exec(code);
    if (parameter !== null)
      return parameter[1] === undefined
        ? code === statement.code
        : parameter[1] === here || (around.inFunction === here && here !== null);
    return BOUND.test(code) && (around.inFunction === null || around.inFunction === here);
  });
}

function found(program: Program, statement: Statement, offset: number, shown: string, certain = false): Finding[] {
  return findingAt(program, statement, offset, {
    severity: certain && program.source.kind === 'notebook' && !statement.around.inLoop ? 'blocker' : 'warning',
    rule: 'asks-somebody',
    sentence: `${inlineCode(shown)} waits for somebody to answer; nobody can while the run goes by itself.`,
  });
}
