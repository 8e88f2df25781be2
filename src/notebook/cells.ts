import { withoutMarker } from './marker.ts';
import { isReceiptCell } from './receipt.ts';

/** What of a stored source is the person's own, for telling two runs apart. Pure. */

export type Stored = {
  readonly kind: 'notebook' | 'script';
  /** As it was pushed, with the mark in it; null when it is not kept any more. */
  readonly source: string | null;
};

/** The person's code cells of a stored source; a script is one cell without its mark. Null when there is nothing to compare. */
export function ownCells({ kind, source }: Stored): string[] | null {
  if (source === null) return null;
  if (kind === 'script') return [withoutMarker(source).trimEnd()];
  try {
    const { cells } = JSON.parse(source) as { cells: { cell_type: string; source: string | string[] }[] };
    return cells
      .filter((cell) => cell.cell_type === 'code' && !isReceiptCell(cell))
      .map((cell) => (Array.isArray(cell.source) ? cell.source.join('') : cell.source));
  } catch {
    // Stored by a version that kept it in another form.
    return null;
  }
}

/** Which cells (from 1) are not among the others, wherever they stand there. */
function missingIn(cells: readonly string[], others: readonly string[]): number[] {
  const left = new Map<string, number>();
  for (const other of others) left.set(other, (left.get(other) ?? 0) + 1);
  return cells.flatMap((cell, index) => {
    const there = left.get(cell) ?? 0;
    if (there > 0) left.set(cell, there - 1);
    return there > 0 ? [] : [index + 1];
  });
}

/**
 * What differs between two sources: how many cells, and which of the later one. A cell that moved is no change.
 * @returns null when one of them is not known
 */
export function changedCells(before: Stored, now: Stored): { readonly count: number; readonly at: number[] } | null {
  const [a, b] = [ownCells(before), ownCells(now)];
  if (a === null || b === null) return null;
  const at = missingIn(b, a);
  return { count: Math.max(at.length, missingIn(a, b).length), at };
}
