import { argument } from './calls.ts';
import type { Program } from './program.ts';
import { textOf } from './program.ts';
import type { Statement } from './statement.ts';
import { literalsOf } from './strings.ts';

/** A command a notebook gives to a shell. */
export type Command = {
  readonly words: readonly string[];
  readonly statement: Statement;
  readonly offset: number;
  /** As it is shown to people: `!pip install timm==1.0.9`. */
  readonly shown: string;
};

const SHELL_CALL =
  /^(?:os\.(?:system|popen)|(?:subprocess|sp)\.(?:run|call|check_call|check_output|Popen|getoutput|getstatusoutput)|(?:run|check_call|check_output|Popen)|get_ipython\(?\)?\.(?:system|getoutput|run_line_magic)|\.(?:system|getoutput|run_line_magic)|(?:pip|pip\._internal)\.main|pip_main|main)$/;

/** Splits one command line at white space; quotes hold words together and go. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:[^\s"']|"[^"\n]*"|'[^'\n]*'|["'])+/g)].map(([word]) => word.replace(/["']/g, ''));
}

/** The parts of a shell line between `&&`, `;` and `|`, with where each begins; quotes and comments are respected. */
function partsOf(line: string): { text: string; offset: number }[] {
  const parts: { text: string; offset: number }[] = [];
  let quote = '';
  let from = 0;
  const add = (to: number): void => {
    if (line.slice(from, to).trim() !== '') parts.push({ text: line.slice(from, to), offset: from });
  };
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? '';
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '#' && (at === 0 || /\s/.test(line[at - 1] ?? ''))) {
      add(at);
      const newline = line.indexOf('\n', at);
      if (newline === -1) return parts;
      at = newline;
      from = at + 1;
    } else if (char === ';' || char === '|' || (char === '&' && line[at - 1] !== '>' && line[at + 1] !== '>')) {
      add(at);
      from = at + 1;
    }
  }
  add(line.length);
  return parts;
}

/** Words that only say how the command behind them runs. */
const BEFORE = /^(?:sudo|-E|-H|time|nohup|exec|yes|[A-Za-z_]\w*=.*|then|do|else|if|!|--)$/;

function commandAt(text: string, statement: Statement, offset: number, sign: string): Command | null {
  const lead = text.length - text.trimStart().length;
  const all = wordsOf(text.replace(/\\\r?\n/g, '  '));
  const first = all.findIndex((word) => !BEFORE.test(word));
  if (first === -1) return null;
  const words = all.slice(first);
  return { words, statement, offset: offset + lead, shown: sign + words.join(' ') };
}

function shellCommands(statement: Statement): Command[] {
  const { text, kind } = statement;
  if (kind === 'magic') {
    const magic = /^(?:\s*[\w.]+\s*=)?\s*%(pip|conda|mamba|uv|sx|system)\b/.exec(text);
    if (magic === null || /^\s*%%/.test(text)) return [];
    const at = text.indexOf('%');
    const hidden = magic[1] === 'sx' || magic[1] === 'system';
    const from = hidden ? magic[0].length : at + 1;
    return partsOf(text.slice(from)).flatMap((part) => commandAt(part.text, statement, from + part.offset, '%') ?? []);
  }
  // `x = !ls`, `!!ls`, or a line of a %%bash cell.
  const bang = /^\s*(?:[\w.,\s]+=\s*)?!{1,2}/.exec(text)?.[0] ?? '';
  const sign = bang === '' ? '' : '!';
  return partsOf(text.slice(bang.length)).flatMap(
    (part) => commandAt(part.text, statement, bang.length + part.offset, sign) ?? [],
  );
}

function calledCommands(program: Program, statement: Statement): Command[] {
  return statement.calls.flatMap((call) => {
    if (!SHELL_CALL.test(call.name)) return [];
    // A bare `main(` is pip's only with its words in a list.
    const literals = literalsOf(statement).filter((one) => one.from > call.from && one.to < call.to);
    if (/(?:^|\.|_)main$/.test(call.name)) {
      const isPip = call.name.startsWith('pip') || literals[0]?.value === 'install';
      return isPip
        ? (commandAt(`pip ${literals.map((one) => one.value).join(' ')}`, statement, call.from, '') ?? [])
        : [];
    }
    const first = argument(call, 0, 'args', 'cmd', 'command');
    const whole = textOf(program, statement, first);
    if (whole !== null && !call.name.endsWith('run_line_magic')) {
      return partsOf(whole).flatMap((part) => {
        const command = commandAt(part.text, statement, 0, '');
        return command === null ? [] : { ...command, offset: first?.from ?? call.from };
      });
    }
    // A list of words; what is not a literal in it is mostly sys.executable.
    const inList = literals.filter(
      (one) => one.from >= (first?.from ?? 0) && (first === null || one.to <= Math.max(first.to, call.to)),
    );
    const words = inList.map((one) => one.value).filter((word) => word !== '');
    const text = statement.code.slice(call.from, call.to).includes('sys.executable') ? ['python', ...words] : words;
    const command = commandAt(text.join(' '), statement, 0, '');
    return command === null ? [] : { ...command, offset: call.from };
  });
}

/** Every command of a notebook that can be read without running it: `!x`, `%pip`, `%%bash`, `os.system`, `subprocess`. */
export function commandsOf(program: Program): Command[] {
  return program.statements.flatMap((statement) => {
    if (statement.kind === 'shell' || statement.kind === 'magic') return shellCommands(statement);
    return statement.kind === 'python' && statement.calls.length > 0 ? calledCommands(program, statement) : [];
  });
}
