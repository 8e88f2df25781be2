import { closest } from '../../domain/closest.ts';
import type { Finding } from '../../domain/finding.ts';
import { inlineCode } from '../../domain/words.ts';
import { KNOWN_MAGICS } from '../magics.ts';
import { cellMagic } from '../python-lines.ts';
import { findingAt, type Program } from './program.ts';

/** Magics come with extensions and from the notebook's own code. */
const BRINGS =
  /\bload_ext\b|register_\w*magic|line_magic|cell_magic|needs_local_scope|\balias(?:_magic)?\b|^\s*(?:import|from)\s+(?:wandb|rpy2|cudf|bigframes|snakeviz|mlflow)/m;

/**
 * Magics a letter off a known one: IPython answers "UsageError: Line magic function not found", and the run ends there.
 * One that resembles none may come from an extension and is not told.
 */
export function unknownMagics(program: Program): Finding[] {
  if (program.source.kind !== 'notebook' || BRINGS.test(program.source.cellSources.join('\n'))) return [];
  const seen = new Set<number | null>();
  return program.statements.flatMap((statement) => {
    // What stands below another cell magic is that one's text.
    const owner = cellMagic(program.source.cellSources[(statement.cell ?? 1) - 1] ?? '');
    const name = statement.kind === 'magic' ? /^\s*(?:[\w.,\s]+=\s*)?(%{1,2})([A-Za-z]\w*)/.exec(statement.text) : null;
    const [, mark = '', word = ''] = name ?? [];
    if (word === '' || word.length < 4 || KNOWN_MAGICS.has(word) || (owner !== null && mark === '%')) return [];
    const meant = closest(
      word,
      [...KNOWN_MAGICS].filter((one) => one.length > 3),
    );
    if (meant === null || seen.has(statement.cell)) return [];
    seen.add(statement.cell);
    return findingAt(program, statement, 0, {
      severity: 'warning',
      rule: 'unknown-magic',
      sentence: `${inlineCode(`${mark}${word}`)} is no magic of IPython. Did you mean ${inlineCode(`${mark}${meant}`)}?`,
    });
  });
}
