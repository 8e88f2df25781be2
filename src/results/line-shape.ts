/**
 * Two lines of one shape differ in nothing but their digits: `Epoch [3/70], Step [100/2000], Loss: 0.31` and the next of its kind.
 * A log of fifty megabytes is mostly lines of few shapes, of which inside an epoch only the last one counts.
 */
const MOST_SHAPES = 8;

const isDigit = (char: number): boolean => char >= 48 && char <= 57;

/** Which of the groups of digits of a line begins at `index`; the first is 0. */
export function groupAt(line: string, index: number): number {
  return line.slice(0, index).match(/\d+/g)?.length ?? 0;
}

/** Whether the lines have one shape, and the same digits in the group `fixed`. */
export function isSameShape(model: string, line: string, fixed: number): boolean {
  let at = 0;
  let other = 0;
  let group = 0;
  while (at < model.length && other < line.length) {
    const char = model.charCodeAt(at);
    if (!isDigit(char)) {
      if (char !== line.charCodeAt(other)) return false;
      at += 1;
      other += 1;
      continue;
    }
    const from = at;
    const otherFrom = other;
    while (isDigit(model.charCodeAt(at))) at += 1;
    while (isDigit(line.charCodeAt(other))) other += 1;
    if (other === otherFrom) return false;
    if (group === fixed && model.slice(from, at) !== line.slice(otherFrom, other)) return false;
    group += 1;
  }
  return at === model.length && other === line.length;
}

/** The shapes of the last lines that told nothing: most of a log is a few of them, again and again. */
export class DullShapes {
  readonly #shapes: string[] = [];
  #next = 0;

  has(line: string): boolean {
    return this.#shapes.some((shape) => isSameShape(shape, line, -1));
  }

  add(line: string): void {
    this.#shapes[this.#next] = line;
    this.#next = (this.#next + 1) % MOST_SHAPES;
  }
}
