import { isAutomagic, isForeign, namesFromMagic, wordsOf } from './magics.ts';
import { hasPythonBody, type LogicalLine, logicalLines, magicAt, plainLines } from './python-lines.ts';

/** A cell as plain Python, and what is not visible in it. */
export type Masked = {
  /** One line for each line of the cell. */
  readonly lines: readonly string[];
  /** A magic in it defines names nobody can tell, like `%run`. */
  readonly opaque: boolean;
  /** Words in magics and in other languages that may become names, like `df` of `%%bigquery df`. */
  readonly words: ReadonlySet<string>;
  /** `%%x` lines that do not stand first, where IPython looks for a line magic of that name and stops. */
  readonly misplaced: readonly { readonly line: number; readonly name: string }[];
};

/** A name no notebook has; the linter is told that it exists. */
export const STAND_IN = '__ipython__';

const asComment = (line: string): string => (line === '' ? '' : '#');

function maskLine(one: LogicalLine): { first: string; opaque: boolean; words: readonly string[] } {
  const indent = /^\s*/.exec(one.text)?.[0] ?? '';
  const plain = one.text.slice(indent.length);
  const assigned = /^[^=!%?,;/]+=/.exec(plain)?.[0];
  if (one.kind === 'shell' || one.kind === 'help') {
    const target = one.kind === 'shell' && assigned !== undefined && !plain.startsWith('!') ? assigned : null;
    return { first: indent + (target === null ? 'pass' : `${target} ${STAND_IN}()`), opaque: false, words: [] };
  }
  const magic = assigned === undefined ? plain : plain.slice(assigned.length);
  const names = magic.trimStart().startsWith('%') ? namesFromMagic(magic) : { opaque: false, words: [] };
  return { first: indent + (assigned === undefined ? 'pass' : `${assigned} ${STAND_IN}()`), ...names };
}

/**
 * Makes plain Python of a cell, one line for each line, so that a place in it is the place in the cell. Magics and shell
 * lines become `pass`, what they assign to stays, cells in other languages become comments.
 */
export function maskCell(cell: string): Masked {
  const plain = plainLines(cell);
  const lines = [...plain];
  const words = new Set<string>();
  const misplaced: { line: number; name: string }[] = [];
  let opaque = false;
  let body = 0;
  const found = logicalLines(cell);
  const full = plain.filter((line) => line.trim() !== '');
  if (full.length === 1 && isAutomagic(full[0] ?? '')) {
    const names = namesFromMagic(full[0] ?? '');
    return { lines: plain.map((line) => (line.trim() === '' ? '' : 'pass')), ...names, words: new Set(), misplaced };
  }
  for (let magic = magicAt(plain, 0); magic !== null && body < plain.length; magic = magicAt(plain, body)) {
    while (plain[body]?.trim() === '') body += 1;
    const { name, args } = magic;
    if (!hasPythonBody(name)) {
      const text = isForeign(name) ? args : plain.slice(body).join('\n');
      for (const word of wordsOf(text)) words.add(word);
      return { lines: lines.map((line, at) => (at < body ? line : asComment(line))), opaque, words, misplaced };
    }
    const kept = name === 'capture' ? /(?:^|\s)([A-Za-z_]\w*)\s*$/.exec(args)?.[1] : undefined;
    lines[body] = kept === undefined ? 'pass' : `${kept} = ${STAND_IN}()`;
    for (const word of name === 'capture' ? [] : wordsOf(args)) words.add(word);
    body += 1;
  }
  for (const one of found) {
    const at = one.line - 1;
    if (at < body) continue;
    const start = one.text.search(/\S/);
    if (one.kind === 'python') {
      // `%time model.fit(x)`: the statement alone, at the indent of its line.
      if (one.text[start] === '%')
        lines[at] = one.text.slice(0, start) + (one.text.slice(one.code.search(/\S/)).split('\n')[0] ?? '');
      continue;
    }
    if (one.text.startsWith('%%', start)) misplaced.push({ line: one.line, name: wordsOf(one.text)[0] ?? '' });
    const masked = maskLine(one);
    lines[at] = masked.first;
    const rows = one.text.split('\n').length;
    for (let more = at + 1; more < at + rows; more++) lines[more] = '#';
    opaque ||= masked.opaque;
    for (const word of masked.words) words.add(word);
  }
  return { lines, opaque, words, misplaced };
}
