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
      if (isOwn(program, call.name)) return [];
      return found(program, statement, call.from, `${call.name}()`, call.name === 'input');
    });
  });
}

function isOwn(program: Program, name: string): boolean {
  if (name.includes('.')) return false;
  if (program.defined.has(name) || program.names.has(name)) return true;
  // Imported from elsewhere, an argument, or a target: `from mylib import input`, `def f(input)`, `for input in x`.
  const own = new RegExp(
    `(?:\\bdef\\s+\\w+\\([^)]*\\b${name}\\b\\s*[,:=)]|\\blambda\\b[^:]*\\b${name}\\b|(?:^|[,(;])\\s*${name}\\s*=(?!=)|\\bfor\\s[^=]*\\b${name}\\b[^=]*\\sin\\b|\\bas\\s+${name}\\b)`,
  );
  const counted = name === 'input';
  return (
    program.imports.some((one) => one.names.includes(name) && counted) ||
    program.statements.some(
      (one) => one.kind === 'python' && one.code.includes(name) && counted && own.test(one.code.slice(0, 2_000)),
    )
  );
}

function found(program: Program, statement: Statement, offset: number, shown: string, certain = false): Finding[] {
  return findingAt(program, statement, offset, {
    severity: certain && program.source.kind === 'notebook' && !statement.around.inLoop ? 'blocker' : 'warning',
    rule: 'asks-somebody',
    sentence: `${inlineCode(shown)} waits for somebody to answer; nobody can while the run goes by itself.`,
  });
}
