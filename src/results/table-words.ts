import type { TablePreview } from '../domain/results.ts';

export type ColumnType = 'whole' | 'number' | 'date' | 'truth' | 'text' | 'empty';

export type ColumnSummary = {
  readonly name: string;
  readonly type: ColumnType;
  /** The least and the most as the file says them; null for text. */
  readonly range: readonly [string, string] | null;
  /** Cells that are empty or say so (`NA`, `NaN`, `null`); null when that is not known. */
  readonly missing: number | null;
};

export type TableSummary = {
  readonly preview: TablePreview;
  /** The first of them, at most 40. */
  readonly columns: readonly ColumnSummary[];
  /** How many rows the summary was made of. */
  readonly rowsRead: number;
  /** Rows with more or fewer cells than the heading. */
  readonly ragged: number;
};

/** So many columns are summed up. */
export const MOST_SUMMED = 40;
