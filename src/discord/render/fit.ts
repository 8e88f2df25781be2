import { codePoints } from '../../domain/words.ts';

/** Measuring, and dropping in a stated order. Nothing is ever cut in the middle of a line, a link or a fence. */

export const NOTICE_MAX = 2_000;
export const PANEL_MAX = 4_000;
export const FIRST_LINE_MAX = 140;

/** The first candidate of at most `most` code points, else the last one. Candidates are made one after the other. */
export function firstFitting(most: number, candidates: Iterable<string>): string {
  let last = '';
  for (const candidate of candidates) {
    last = candidate;
    if (codePoints(candidate) <= most) return candidate;
  }
  return last;
}

/** As many whole lines from the front as fit `most` code points together. */
export function wholeLines(lines: readonly string[], most: number): string[] {
  const kept: string[] = [];
  let length = 0;
  for (const line of lines) {
    length += codePoints(line) + 1;
    if (length > most + 1) break;
    kept.push(line);
  }
  return kept;
}

/**
 * Renders with everything, then with ever less until it fits: `steps` change the plan one after the other, in the order in
 * which parts are dropped.
 */
export function fitted<Plan>(
  most: number,
  plan: Plan,
  steps: readonly ((plan: Plan) => Plan)[],
  render: (plan: Plan) => string,
): string {
  function* candidates(): Generator<string> {
    let current = plan;
    yield render(current);
    for (const step of steps) {
      current = step(current);
      yield render(current);
    }
  }
  return firstFitting(most, candidates());
}
