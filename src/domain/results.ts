/** What a run left behind, as the rooms above speak of it. Reading it is the business of src/results. */

export type OutputKind = 'model' | 'table' | 'image' | 'other';

export type OutputFile = {
  /** Relative path as Kaggle names it: untrusted text, never a path on our disk. */
  readonly name: string;
  readonly kind: OutputKind;
  /** In bytes; null when Kaggle did not say. */
  readonly size: number | null;
};

export type TablePreview = {
  readonly name: string;
  readonly columns: readonly string[];
  /** The first rows, at most ten. */
  readonly rows: readonly (readonly string[])[];
  /** Null when the file was too large to be counted to its end. */
  readonly rowCount: number | null;
};

/** One named number over the epochs (or steps), as the log printed it. */
export type Series = {
  readonly name: string;
  /** [epoch, value]; NaN and infinities are kept. What was stored as JSON gives null in their place. */
  readonly points: readonly (readonly [number, number])[];
  /** The last value as printed, for showing no more digits than there were. */
  readonly lastText: string;
  readonly better: 'lower' | 'higher' | null;
  readonly best: { readonly at: number; readonly value: number; readonly text: string } | null;
  /** When the run trains several folds: the points of each, the last one (which is `points`) included. */
  readonly folds?: readonly (readonly (readonly [number, number])[])[];
  /** Measured once, outside of the epochs, as after the training: its only point has no place in a count. */
  readonly isOnce?: true;
};

export type Progress = {
  readonly unit: 'epoch' | 'step' | 'fold';
  /** Null when the log counts nothing and only names numbers measured once. */
  readonly at: number | null;
  readonly of: number | null;
  /** Set when epochs or steps are those of one fold: `fold 2 of 5, epoch 7 of 20`. */
  readonly fold?: { readonly at: number; readonly of: number | null };
  /** The main series first. */
  readonly series: readonly Series[];
  /** Median of the last paces, in ms per unit; null before three of them. */
  readonly paceMs: number | null;
};

export type Failure = {
  /** The words shown: `GPU out of memory`, `error in your code`. */
  readonly class: string;
  readonly cell: number | null;
  readonly line: number | null;
  /** The failing line and up to two around it, numbered from `excerptFrom`. */
  readonly excerpt: readonly string[];
  readonly excerptFrom: number;
  readonly frames: readonly string[];
  /** `ValueError: shapes do not fit`, at most three lines. */
  readonly error: string | null;
  readonly advice: string;
  /** What the path of a missing input names: `datasets/mara-k/leaf`, `competitions/titanic`, or a slug alone. */
  readonly missing?: string;
  /** The input that is likely meant by it, as people type it: it exists and was not attached. */
  readonly attach?: string;
};

/** What is kept of a run after its end, besides its list of output files. */
export type Report = {
  readonly logTail: readonly string[];
  readonly logLines: number;
  readonly progress: Progress | null;
  readonly failure: Failure | null;
  readonly table: TablePreview | null;
  /** Hours this run used, 0 when that is not known, and what is left of the week; null when Kaggle did not answer. */
  readonly quota: { readonly used: number; readonly left: number; readonly refillAt: number | null } | null;
  /** Why something of the above could not be read, in words for people; empty when all went well. */
  readonly gaps: readonly string[];
  /** Kaggle did not list its files in time: that there are none here says nothing. */
  readonly unlisted?: true;
};
