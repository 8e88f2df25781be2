import { words } from './code-words.ts';
import type { Diagnostic } from './lint.ts';
import { scanPython } from './python-scan.ts';

/** A cell that is no Python: where, 1-based in the cell, and the sentence. */
export type SyntaxFault = { readonly line: number; readonly sentence: string };

const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const SHELL =
  /^(?:pip3?\s+(?:install|uninstall|download)|conda\s+install|apt(?:-get)?\s+(?:install|update)|git\s+clone|wget\s+\S|curl\s+-|unzip\s+-|ls\s+-|cd\s+[./~]|mkdir\s+-|rm\s+-|cp\s+-|nvidia-smi\b|kaggle\s+\w)/;

/** The bracket that nothing closes: its line (1-based) and itself; null when all are closed or they do not match. */
function unclosed(lines: readonly string[]): { line: number; bracket: string } | null {
  const text = lines.join('\n');
  const open: { line: number; bracket: string }[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const { end, code } = scanPython(text, at);
    for (const char of code) {
      if (char === '\n') line += 1;
      else if (char in CLOSERS) open.push({ line, bracket: char });
      else if (char === ')' || char === ']' || char === '}') {
        const last = open.pop();
        if (last === undefined || CLOSERS[last.bracket] !== char) return null;
      }
    }
    line += 1;
    at = end + 1;
  }
  return open.at(-1) ?? null;
}

/** What is known of a line that the parser only calls wrong. */
function knownFault(text: string, message: string, column: number): string | null {
  const plain = text.trim();
  if (/^(?:<{7}|={7}|>{7})(?: |$)/.test(text)) return words.mergeMarker;
  if (/(?:^|[:;])\s*print\s+["'\w%(]/.test(plain) && /separated by/.test(message)) return words.print2;
  if (/^exec\s+["'\w]/.test(plain)) return words.exec2;
  if (/^except\b[^:()]*,\s*\w+\s*:/.test(plain)) return words.except2;
  const odd = /[\u2018\u2019\u201c\u201d\u00b4\u2013\u2014\uff08\uff09\uff0c\uff1a\u00a0]/.exec(
    text.slice(Math.max(0, column - 2)),
  );
  if (odd !== null && /unexpected token|Expected/i.test(message))
    return odd[0] === '\u00a0' ? words.noBreakSpace : words.typographic(odd[0]);
  const shell = SHELL.exec(plain)?.[0];
  if (shell !== undefined) return words.shellWithoutMark(shell);
  if (/missing closing quote|unterminated/i.test(message)) return words.openString;
  return null;
}

/**
 * The first fault of one cell in the words a person needs.
 * @param lines the masked cell
 * @param found what the linter says of it alone; only its syntax errors are looked at
 * @param original the cell as it was written, for words about its line
 */
export function syntaxFault(
  lines: readonly string[],
  found: readonly Diagnostic[],
  original: readonly string[],
): SyntaxFault | null {
  const first = found
    .filter((one) => one.code === 'invalid-syntax' || one.code === null)
    .sort(
      (a, b) => a.start_location.row - b.start_location.row || a.start_location.column - b.start_location.column,
    )[0];
  if (first === undefined) return null;
  const { row, column } = first.start_location;
  const merge = original.findIndex((line) => /^(?:<{7}|>{7})(?: |$)/.test(line));
  if (merge !== -1 && merge < row) return { line: merge + 1, sentence: words.mergeMarker };
  const known = knownFault(original[row - 1] ?? '', first.message, column);
  if (known !== null) return { line: row, sentence: known };
  // As CPython does: the bracket is the cause, the parser only stumbles later.
  const bracket = unclosed(lines);
  if (bracket !== null && bracket.line <= row) return { line: bracket.line, sentence: words.unclosed(bracket.bracket) };
  return { line: placeOfStumble(lines, row, column, first.message), sentence: words.syntax(first.message) };
}

/** What is missing at the end of a line is told there, not at the line where the parser stumbles. */
function placeOfStumble(lines: readonly string[], row: number, column: number, message: string): number {
  let line = Math.min(row, lines.length);
  // A comma is missing at the end of the line before.
  if (/^Expected `,`/.test(message) && (lines[line - 1] ?? '').slice(0, column - 1).trim() === '') {
    for (line -= 1; line > 1 && /^\s*(?:#.*)?$/.test(lines[line - 1] ?? ''); ) line -= 1;
    return Math.max(1, line);
  }
  if (!/unexpected EOF|found newline/.test(message)) return Math.max(1, line);
  while (line > 1 && (lines[line - 1] ?? '').trim() === '') line -= 1;
  return line;
}
