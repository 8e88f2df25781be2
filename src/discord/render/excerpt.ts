import type { Failure } from '../../domain/results.ts';
import { clean, cutColumns } from '../../domain/words.ts';

/** The lines around a failing one, numbered, with `>` before it. */

const COLUMNS = 72;
const LINES = 5;

/** Removes the indent that all lines share; tabs count as four spaces. */
function dedented(lines: readonly string[]): string[] {
  const spaced = lines.map((line) => clean(line.slice(0, 4_000).replace(/\t/g, '    ')).trimEnd());
  const indents = spaced.filter((line) => line !== '').map((line) => line.length - line.trimStart().length);
  const shared = indents.length === 0 ? 0 : Math.min(...indents);
  return spaced.map((line) => line.slice(shared));
}

/**
 * @param around false: only the failing line.
 * @returns plain lines for a code block; none when the failure has no excerpt
 */
export function excerptLines(
  { excerpt, excerptFrom, line }: Pick<Failure, 'excerpt' | 'excerptFrom' | 'line'>,
  around = true,
): string[] {
  const at = line === null ? -1 : line - excerptFrom;
  const first = Math.max(0, Math.min(at - 2, excerpt.length - LINES));
  const numbered = dedented(excerpt.slice(first, first + LINES)).map((text, index) => ({
    number: excerptFrom + first + index,
    text,
  }));
  const shown = around || line === null ? numbered : numbered.filter(({ number }) => number === line);
  const digits = Math.max(0, ...shown.map(({ number }) => String(number).length));
  // The sign stands clear of the number it belongs to.
  const width = Math.max(2, line !== null && String(line).length === digits ? digits + 1 : digits);
  return shown.map(({ number, text }) =>
    `${number === line ? '>' : ' '}${String(number).padStart(width)}  ${cutColumns(text, COLUMNS)}`.trimEnd(),
  );
}
