import type { Frame } from './curve-scale.ts';

export type Box = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
export type Pixel = readonly [number, number];

export const LABEL_GAP = 78;

/**
 * Pushes labels apart that stand beside the ends of lines, keeping their order.
 * @param wanted where each would stand by itself; @returns where each stands, in the same order
 */
export function spread(wanted: readonly number[], top: number, bottom: number, gap = LABEL_GAP): number[] {
  const order = wanted.map((at, index) => ({ at, index })).sort((a, b) => a.at - b.at || a.index - b.index);
  let free = top;
  for (const one of order) {
    one.at = Math.max(one.at, free);
    free = one.at + gap;
  }
  let most = bottom;
  for (const one of order.toReversed()) {
    one.at = Math.min(one.at, most);
    most = one.at - gap;
  }
  const placed = wanted.map(() => 0);
  for (const { at, index } of order) placed[index] = at;
  return placed;
}

const overlaps = (a: Box, b: Box, space: number): boolean =>
  a.left < b.left + b.width + space &&
  b.left < a.left + a.width + space &&
  a.top < b.top + b.height + space &&
  b.top < a.top + a.height + space;

/** How much of the lines lies inside the box, in pixels of their run. */
function covered(box: Box, lines: readonly (readonly Pixel[])[], space: number): number {
  let sum = 0;
  for (const line of lines) {
    for (let index = 1; index < line.length; index += 1) {
      const [fromX, fromY] = line[index - 1] ?? [0, 0];
      const [toX, toY] = line[index] ?? [0, 0];
      const steps = Math.max(1, Math.ceil(Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY)) / 6));
      for (let step = 0; step <= steps; step += 1) {
        const x = fromX + ((toX - fromX) * step) / steps;
        const y = fromY + ((toY - fromY) * step) / steps;
        const inside =
          x > box.left - space &&
          x < box.left + box.width + space &&
          y > box.top - space &&
          y < box.top + box.height + space;
        if (inside) sum += 1;
      }
    }
  }
  return sum;
}

/**
 * Finds a place for a framed label near a point: above it, higher, then below, then to its sides; inside the frame, over no
 * line and over no other text. When no place is free, the one that covers least.
 */
export function placeLabel(
  point: Pixel,
  size: Pick<Box, 'width' | 'height'>,
  frame: Frame,
  lines: readonly (readonly Pixel[])[],
  taken: readonly Box[],
): Box {
  const [x, y] = point;
  const up: number[] = [];
  for (let top = y - 40 - size.height; top >= frame.top + 4; top -= 16) up.push(top);
  const down: number[] = [];
  for (let top = y + 40; top + size.height <= frame.bottom - 4; top += 16) down.push(top);
  const tops = [...up, ...down];
  let best: { box: Box; cost: number } | null = null;
  for (const shift of [0, -0.3, 0.3, -0.45, 0.45]) {
    const wanted = x - size.width / 2 + shift * size.width;
    const left = Math.min(Math.max(wanted, frame.left + 8), frame.right - size.width - 6);
    for (const top of tops) {
      const box = { left, top, ...size };
      const cost = covered(box, lines, 10) + (taken.some((other) => overlaps(box, other, 8)) ? 1_000 : 0);
      if (cost === 0) return box;
      if (best === null || cost < best.cost) best = { box, cost };
    }
  }
  return best?.box ?? { left: frame.left + 8, top: frame.top + 4, ...size };
}
