import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Progress, Series } from '../../src/domain/results.ts';
import { type CurveFacts, curveName, drawCurve } from '../../src/results/curve.ts';
import { pickSeries } from '../../src/results/curve-series.ts';
import { drawCurveSvg } from '../../src/results/curve-svg.ts';

type Point = readonly [number, number];

function series(name: string, points: readonly Point[], folds?: readonly (readonly Point[])[]): Series {
  const better = /acc/.test(name) ? 'higher' : 'lower';
  const known = points.filter(([, value]) => Number.isFinite(value));
  const best = known.toSorted((a, b) => (better === 'lower' ? a[1] - b[1] : b[1] - a[1]))[0];
  return {
    name,
    points,
    lastText: (points.at(-1)?.[1] ?? 0).toFixed(4),
    better,
    best: best === undefined ? null : { at: best[0], value: best[1], text: best[1].toFixed(4) },
    ...(folds === undefined ? {} : { folds }),
  };
}

const line = (count: number, value: (epoch: number) => number): Point[] =>
  Array.from({ length: count }, (_, index) => [index + 1, value(index + 1)] as const);

const falling = (epoch: number): number => 0.25 + Math.exp(-epoch / 11) + Math.abs(epoch - 48) * 0.0005;
const valLoss = series('val_loss', line(70, falling));
const loss = series(
  'loss',
  line(70, (epoch) => falling(epoch) * 0.8 - 0.05),
);
const valAcc = series(
  'val_acc',
  line(70, (epoch) => 1 - falling(epoch) / 3),
);

const progress = (all: readonly Series[], more: Partial<Progress> = {}): Progress => ({
  unit: 'epoch',
  at: 70,
  of: 70,
  series: all,
  paceMs: 1_000,
  ...more,
});

const facts = (of: Partial<CurveFacts> = {}): CurveFacts => ({
  number: 42,
  title: 'Leaf disease ResNet50',
  line: 'loss over 70 epochs · 2 × Tesla T4 · 6 h 58 min',
  progress: progress([valAcc, valLoss, loss]),
  running: false,
  at: Date.UTC(2026, 10, 23, 23, 20),
  theme: 'dark',
  ...of,
});

function svgOf(of: Partial<CurveFacts> = {}): string {
  const all = facts(of);
  const picked = pickSeries(all.progress);
  if (picked === null) throw new Error('nothing to draw');
  return drawCurveSvg(all, picked);
}

type Text = { x: number; y: number; size: number; said: string; bold: boolean };
const textsOf = (svg: string): Text[] =>
  [...svg.matchAll(/<text x="([-\d.]+)" y="([-\d.]+)" font-size="(\d+)"([^>]*)>([^<]*)</g)].map((match) => ({
    x: Number(match[1]),
    y: Number(match[2]),
    size: Number(match[3]),
    bold: match[4]?.includes('bold') === true,
    said: match[5] ?? '',
  }));
const wordsOf = (svg: string): string[] => textsOf(svg).map(({ said }) => said);
/** Line ends, top to bottom: their names are the bold texts below the title. */
const endNames = (svg: string): Text[] => textsOf(svg).filter(({ bold, size }) => bold && size < 40);

describe('the picture', () => {
  it('is a PNG of 1200 by 675', () => {
    const png = drawCurve(facts())?.png ?? Buffer.alloc(0);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1200, 675]);
  });

  it('has its texts drawn, not only laid out: without them it is smaller', () => {
    const withText = drawCurve(facts())?.png.length ?? 0;
    const bare = drawCurve(facts({ title: '', line: ' ', number: 1 }))?.png.length ?? 0;
    expect(withText - bare).toBeGreaterThan(5_000);
  });

  it('has no text below 32 px and a bold title of 40', () => {
    const texts = textsOf(svgOf());
    expect(Math.min(...texts.map(({ size }) => size))).toBeGreaterThanOrEqual(32);
    expect(texts[0]).toMatchObject({ said: '#42 Leaf disease ResNet50', size: 40, bold: true });
    expect(texts[1]?.said).toMatch(/^loss over 70 epochs · 2 × Tesla T4 · 6 h 58 min$/);
  });

  it.each([
    ['dark', '#2b2d31', '#f0883e', '#5b8def'],
    ['light', '#ffffff', '#c2570c', '#2b66d9'],
  ] as const)('has the colours of the %s theme', (theme, ground, first, second) => {
    const svg = svgOf({ theme });
    for (const colour of [ground, first, second]) expect(svg).toContain(colour);
  });

  it('tells the main line from the others by more than its colour', () => {
    const svg = svgOf();
    expect(svg).toMatch(/stroke="#f0883e"[^>]*stroke-width="7"/);
    expect(svg).toMatch(/stroke="#5b8def"[^>]*stroke-width="5" stroke-dasharray/);
  });

  it('shows losses together, and an accuracy only when there is no loss', () => {
    expect(
      endNames(svgOf())
        .map(({ said }) => said)
        .toSorted(),
    ).toEqual(['loss', 'val_loss']);
    expect(endNames(svgOf({ progress: progress([valAcc]) })).map(({ said }) => said)).toEqual(['val_acc']);
    expect(curveName(progress([valAcc, valLoss]))).toBe('loss');
    expect(curveName(progress([valAcc]))).toBe('val_acc');
  });

  it('has four to six horizontal lines and no vertical one', () => {
    for (const scale of [1, 7, 0.013, 4_321, 0.5]) {
      const svg = svgOf({
        progress: progress([
          series(
            'val_loss',
            line(70, (e) => falling(e) * scale),
          ),
        ]),
      });
      const rules = [...svg.matchAll(/<path d="M[-\d.]+ [-\d.]+H/g)].length;
      expect(rules).toBeGreaterThanOrEqual(4);
      expect(rules).toBeLessThanOrEqual(6);
      expect(svg).not.toMatch(/<path d="M[-\d.]+ [-\d.]+V/);
    }
  });

  it('labels the first and the last epoch', () => {
    const below = textsOf(svgOf())
      .filter(({ y }) => y > 630)
      .map(({ said }) => said);
    expect(below).toEqual(['1', '10', '20', '30', '40', '50', '60', '70', 'epoch']);
  });

  it('has its end labels at least 78 px apart, however close the lines end', () => {
    const names = ['a_loss', 'b_loss', 'c_loss', 'd_loss', 'val_loss', 'f_loss', 'g_loss'];
    const all = names.map((name, k) =>
      series(
        name,
        line(9, (e) => 1 / e + k * 0.001),
      ),
    );
    const ends = endNames(svgOf({ progress: progress(all) }))
      .map(({ y }) => y)
      .toSorted((a, b) => a - b);
    expect(ends).toHaveLength(6);
    for (let index = 1; index < ends.length; index += 1)
      expect((ends[index] ?? 0) - (ends[index - 1] ?? 0)).toBeGreaterThanOrEqual(78);
  });

  it('says at the end of the line that the last is the best', () => {
    const words = wordsOf(
      svgOf({
        progress: progress([
          series(
            'val_loss',
            line(70, (e) => 1 / e + 0.5),
          ),
        ]),
      }),
    );
    expect(words).toContain('0.5143, best');
    expect(words.some((said) => said.startsWith('best '))).toBe(false);
  });

  it('is logarithmic when the main line spans more than fifty times its least, and says so', () => {
    const wide = svgOf({
      progress: progress([
        series(
          'val_loss',
          line(70, (e) => 60 * Math.exp(-e / 9) + 0.01),
        ),
      ]),
    });
    expect(wordsOf(wide)[1]).toMatch(/logarithmic$/);
    expect(wordsOf(svgOf())[1]).not.toContain('logarithmic');
    const negative = svgOf({
      progress: progress([
        series(
          'val_loss',
          line(70, (e) => 60 / e - 1),
        ),
      ]),
    });
    expect(wordsOf(negative)[1]).not.toContain('logarithmic');
  });

  it('shades what is still to run, keeps the whole axis, and says the time in UTC', () => {
    const part = {
      progress: progress(
        [
          series('val_loss', line(31, falling)),
          series(
            'loss',
            line(31, (e) => falling(e) / 2),
          ),
        ],
        { at: 31 },
      ),
    };
    const words = wordsOf(svgOf({ ...part, running: true }));
    expect(words).toContain('still to run');
    expect(words).toContain('70');
    expect(words[1]?.replaceAll('\u00a0', ' ')).toBe('loss, epoch 31 of 70 · running · 23:20 UTC');
    expect(wordsOf(svgOf(part))).not.toContain('still to run');
  });

  it('draws folds thin and their mean thick, and tells their range', () => {
    const folds = [0, 1, 2].map((k) => line(40, (e) => falling(e) + k * 0.1));
    const svg = svgOf({ progress: progress([series('val_loss', folds[2] ?? [], folds)]) });
    expect([...svg.matchAll(/stroke-width="2.5"/g)]).toHaveLength(3);
    expect(endNames(svg).map(({ said }) => said)).toEqual(['mean']);
    expect(wordsOf(svg)[1]).toMatch(/^val_loss of 3 folds · last 0.\d{4} to 0.\d{4}$/);
  });

  it.each([
    ['NaN', Number.NaN],
    ['the null that JSON leaves in its place', null as unknown as number],
  ])('leaves a gap for %s and says from when', (_, hole) => {
    const points = line(30, (e) => (e >= 18 ? hole : falling(e)));
    const svg = svgOf({ progress: progress([series('val_loss', points), series('loss', line(30, falling))]) });
    expect(wordsOf(svg)).toContain('NaN from epoch 18');
    expect(svg).not.toMatch(/NaN[,LC\d]/);
  });

  it('is not drawn from fewer than two numbers', () => {
    expect(drawCurve(facts({ progress: progress([]) }))).toBeNull();
    expect(drawCurve(facts({ progress: progress([series('loss', [[1, 0.5]])]) }))).toBeNull();
    expect(
      drawCurve(
        facts({
          progress: progress([
            series('loss', [
              [1, Number.NaN],
              [2, Number.NaN],
            ]),
          ]),
        }),
      ),
    ).toBeNull();
  });

  it('takes foreign text as text', () => {
    const svg = svgOf({
      title: '</text><script>"&',
      line: '',
      progress: progress([series('<b>loss', line(9, falling)), series('木', line(9, falling))]),
    });
    expect(svg).not.toContain('<script>');
    expect(svg).not.toContain('<b>');
    expect(drawCurve(facts({ title: '木の葉\u202e\u0000🎉' }))).not.toBeNull();
    expect(wordsOf(svgOf({ title: '木の葉 ResNet 🎉🎊' }))[0]).toBe('#42 □ ResNet □');
    expect(wordsOf(svgOf({ title: '木の葉', slug: 'leaf-disease' }))[0]).toBe('#42 leaf-disease');
  });
});

describe('the label of the best', () => {
  const size = fc.integer({ min: 3, max: 80 });
  const boxOf = (svg: string): { x: number; y: number; width: number; height: number } | null => {
    const match = /<rect x="([-\d.]+)" y="([-\d.]+)" width="([-\d.]+)" height="(\d+)" rx="8"/.exec(svg);
    if (match === null) return null;
    const [x = 0, y = 0, width = 0, height = 0] = match.slice(1).map(Number);
    return { x, y, width, height };
  };

  it('stands inside the plot, wherever the best is', () => {
    fc.assert(
      fc.property(
        size,
        fc.integer({ min: 0, max: 100 }),
        fc.constantFrom('val_loss', 'val_acc'),
        (count, where, name) => {
          const at = 1 + Math.floor((where / 101) * (count - 1));
          const svg = svgOf({
            progress: progress([
              series(
                name,
                line(count, (e) => (e === at ? (name === 'val_acc' ? 0.9 : 0.1) : 0.5)),
              ),
            ]),
          });
          const box = boxOf(svg);
          if (box === null) return;
          expect(box.x).toBeGreaterThanOrEqual(95);
          expect(box.x + box.width).toBeLessThanOrEqual(962);
          expect(box.y).toBeGreaterThanOrEqual(152);
          expect(box.y + box.height).toBeLessThanOrEqual(597);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('covers no line, neither of a usual training nor of one that turns back', () => {
    const valley = (epoch: number): number => 0.2 + Math.abs(epoch - 20) * 0.02;
    for (const [end, main] of [
      [31, falling],
      [45, falling],
      [70, falling],
      [70, valley],
    ] as const) {
      const all = [
        series('val_loss', line(end, main)),
        series(
          'loss',
          line(end, (e) => main(e) * 0.8 - 0.05),
        ),
      ];
      const svg = svgOf({ running: true, progress: progress(all, { at: end }) });
      const box = boxOf(svg);
      if (box === null) continue;
      const points = [...svg.matchAll(/<path d="(M[^"]+)" fill="none"/g)].flatMap((path) =>
        [...(path[1] ?? '').matchAll(/(?:^M|,)([\d.]+),([\d.]+)(?=[CL]|$)/g)].map(
          (pair) => [Number(pair[1]), Number(pair[2])] as const,
        ),
      );
      expect(points.length).toBeGreaterThan(20);
      const inside = points.filter(
        ([x, y]) => x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height,
      );
      expect(inside).toEqual([]);
    }
  });
});

describe('the description', () => {
  it('says in words what the picture shows', () => {
    const points = line(70, (e) => (e === 1 ? 0.97 : e === 48 ? 0.2647 : e === 70 ? 0.2831 : 0.4));
    const last = { ...loss, lastText: '0.1183' };
    expect(drawCurve(facts({ progress: progress([series('val_loss', points), last]) }))?.description).toBe(
      'Loss over 70 epochs of run #42. val_loss falls from 0.97 to 0.2831, best 0.2647 at epoch 48. loss ends at 0.1183.',
    );
  });

  it('counts epochs from 0 as one more, but not where 0 is the beginning of the first one', () => {
    const told = (points: readonly (readonly [number, number])[], at: number) =>
      drawCurve(facts({ progress: { ...progress([series('loss', points)], { at }), of: null } }))?.description;
    expect(
      told(
        [
          [0, 3],
          [1, 2],
          [2, 1],
        ],
        2,
      ),
    ).toMatch(/^Loss over 3 epochs/);
    expect(
      told(
        [
          [0, 3],
          [0.5, 2],
          [1, 1.5],
          [2, 1],
        ],
        2,
      ),
    ).toMatch(/^Loss over 2 epochs/);
  });

  it('says how far a run is that goes on', () => {
    const part = progress([series('val_loss', line(31, falling))], { at: 31 });
    expect(drawCurve(facts({ running: true, progress: part }))?.description).toMatch(
      /^Loss up to epoch 31 of 70 of run #42\./,
    );
  });
});

it('takes at most 150 ms once it is warm', () => {
  drawCurve(facts());
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now();
    drawCurve(facts());
    return performance.now() - start;
  }).toSorted((a, b) => a - b);
  // The fastest: the machine of a test may be busy with others.
  expect(times[0]).toBeLessThanOrEqual(150);
});
