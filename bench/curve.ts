import type { Series } from '../src/domain/results.ts';
import { drawCurve } from '../src/results/curve.ts';

const EPOCHS = 70;
const PICTURES = 20;

const falling = (name: string, from: number, to: number): Series => {
  const points = Array.from(
    { length: EPOCHS },
    (_, index) => [index + 1, to + (from - to) * Math.exp(-index / 18) + 0.01 * Math.sin(index * 2.4)] as const,
  );
  const last = points.at(-1)?.[1] ?? to;
  return { name, points, lastText: last.toFixed(4), better: 'lower', best: null };
};

/** Draws the curve of a run of 70 epochs: the first picture, which loads what draws, and then others. Times in ms. */
export function measureCurve(): { firstMs: number; warmMs: number; bytes: number } {
  let bytes = 0;
  const draw = (): number => {
    const begun = performance.now();
    const curve = drawCurve({
      number: 42,
      title: 'Leaf disease ResNet50',
      line: 'loss over 70 epochs · 2 × Tesla T4 · 6 h 58 min',
      progress: {
        unit: 'epoch',
        at: EPOCHS,
        of: EPOCHS,
        series: [falling('val_loss', 0.97, 0.28), falling('loss', 1.1, 0.12), falling('aux_loss', 0.8, 0.4)],
        paceMs: 358_000,
      },
      running: false,
      at: 0,
      theme: 'dark',
    });
    if (curve === null) throw new Error('there is no curve to draw');
    bytes = curve.png.length;
    return performance.now() - begun;
  };
  const firstMs = draw();
  const warm = Array.from({ length: PICTURES }, draw).sort((a, b) => a - b);
  return { firstMs, warmMs: warm[PICTURES / 2] ?? 0, bytes };
}
