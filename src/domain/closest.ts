/** Edits (insert, delete, replace, swap neighbours) that make `b` of `a`. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/**
 * What somebody most likely meant by `wanted` (`owner/name` or a name): the candidate with the same name, else the one with
 * at most a fifth of its letters wrong. Null when none is close.
 */
export function closest(wanted: string, candidates: readonly string[]): string | null {
  const nameOf = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1);
  const text = wanted.toLowerCase();
  const near = candidates
    .filter((one) => one.toLowerCase() !== text)
    .map((one) => {
      const ref = one.toLowerCase();
      const steps =
        nameOf(ref) === nameOf(text) ? 0 : Math.min(distance(text, ref), distance(nameOf(text), nameOf(ref)));
      return { one, steps };
    })
    .sort((a, b) => a.steps - b.steps)[0];
  return near !== undefined && near.steps <= Math.max(1, Math.floor(nameOf(text).length / 5)) ? near.one : null;
}
