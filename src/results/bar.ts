import type { Mark } from './marks.ts';

/** A progress bar in its present state: tqdm's, which Lightning and most others use, or Keras's. */
export type Bar = {
  /** What stands before it. */
  readonly label: string;
  /** Null when the total is unknown. */
  readonly count: Mark | null;
  /** What it counts, when it says so. */
  readonly counts: 'epochs' | 'steps' | null;
  readonly numbers: string;
  /** A line that was printed while the bar stood there, and so came behind it: `100%|██| 13/13 [00:01<00:00]epoch: 9 …`. */
  readonly behind: string | null;
};

const PRINTED = /^(?!\s*[,[{(])[^\d]{0,40}\b(?:epoch|ep|step|iter(?:ation)?|fold)\b\W{0,8}\d/i;
const behindOf = (rest: string): string | null => (PRINTED.test(rest) ? rest : null);

const TQDM =
  /^([^\n]{0,200}?)(\d{1,3})%\|[^|]{0,400}\|\s*(\d+(?:\.\d+)?[kMG]?)\/(\d+(?:\.\d+)?[kMG]?)\s*\[([^\]]{0,400})\](.{0,600})$/;
/** A bar without its picture: `12/70 [00:10<00:48, 1.2it/s, loss=0.3]`. */
const SHORT = /^([^\n]{0,120}?)(?<![\d.])(\d+)\/(\d+)\s*\[\s*\d+:\d\d(?::\d\d)?\s*<([^\]]{0,400})\](.{0,600})$/;
const KERAS =
  /^\s*(step\s{1,4})?(\d+)\/(\d+|Unknown)\s+(?:\[[=>.]{1,60}\]|[━─╺╸\u2500-\u257f]{1,60}|-(?=\s\d)|(?=\d+s\s))(.*)$/;

const EPOCHS = /^\W*(?:(?:training|train)\W+)?epochs?\W*$/i;
const PER_EPOCH = /(?:epochs?\/s|s\/epochs?)\b/i;

const isWhole = (text: string | undefined): text is string => text !== undefined && /^\d+$/.test(text);

/** Reads a line that is a progress bar; null when it is none. */
export function barIn(line: string): Bar | null {
  if (line.includes('%|')) {
    const match = TQDM.exec(line);
    if (match === null) return null;
    const [, label = '', , done, total, inside = '', rest = ''] = match;
    const count = isWhole(done) && isWhole(total) && total !== '0' ? { at: Number(done), of: Number(total) } : null;
    const counts = EPOCHS.test(label) || PER_EPOCH.test(inside) ? 'epochs' : null;
    return { label, count, counts, numbers: `${inside} ${rest}`, behind: behindOf(rest) };
  }
  const keras = line.includes('/') ? KERAS.exec(line) : null;
  if (keras !== null) {
    const count = isWhole(keras[3]) ? { at: Number(keras[2]), of: Number(keras[3]) } : null;
    // Paddle's bars begin with a word, and say above them that they are those of the evaluation.
    return { label: keras[1]?.trim() ?? '', count, counts: 'steps', numbers: keras[4] ?? '', behind: null };
  }
  const short = line.includes('<') && line.includes('[') ? SHORT.exec(line) : null;
  if (short === null) return null;
  const [, label = '', done, total, inside = '', rest = ''] = short;
  const counts = EPOCHS.test(label) || PER_EPOCH.test(inside) ? 'epochs' : null;
  return {
    label,
    count: { at: Number(done), of: Number(total) },
    counts,
    numbers: `${inside} ${rest}`,
    behind: behindOf(rest),
  };
}
