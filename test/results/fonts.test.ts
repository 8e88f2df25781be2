import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawCurve } from '../../src/results/curve.ts';
import { drawable } from '../../src/results/drawn-text.ts';
import { coverOf, covers } from '../../src/results/font-cover.ts';
import { findFonts, isDrawable, NO_FONTS } from '../../src/results/fonts.ts';

const { resolve } = createRequire(import.meta.url);
/** It has the mathematical letters, which DejaVu Sans does not have. */
const MATHS = resolve('dejavu-fonts-ttf/ttf/DejaVuMathTeXGyre.ttf');
const BOLD_A = '\u{1d400}';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightshift-fonts-'));
  copyFileSync(MATHS, join(folder, 'maths.ttf'));
  writeFileSync(join(folder, 'cut.otf'), 'OTTO');
  writeFileSync(join(folder, 'none.ttf'), Buffer.alloc(400, 0xff));
  writeFileSync(join(folder, 'readme.txt'), 'fonts go here');
  mkdirSync(join(folder, 'folder.ttf'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a folder of fonts', () => {
  test('gives those that can be read, and names those that cannot', () => {
    const { fonts, unread } = findFonts(folder);
    expect(fonts.files).toEqual([join(folder, 'maths.ttf')]);
    expect(unread).toEqual(['cut.otf', 'folder.ttf', 'none.ttf']);
  });
  test('need not be there', () => {
    expect(findFonts(join(folder, 'nowhere'))).toEqual({ fonts: NO_FONTS, unread: [] });
  });
});

test('what no font has is replaced, one sign for each run of it', () => {
  const { fonts } = findFonts(folder);
  expect(drawable(`葉 ${BOLD_A}${BOLD_A} ليف Ж é`)).toBe('□ □ ليف Ж é');
  expect(drawable(`葉 ${BOLD_A} Ж`, fonts)).toBe(`□ ${BOLD_A} Ж`);
  expect(isDrawable(0x25a1, NO_FONTS)).toBe(true);
});

test('a title in the operator’s font is drawn, and not without it', () => {
  const { fonts } = findFonts(folder);
  const points = [1, 2, 3].map((x) => [x, 1 / x] as const);
  const series = [{ name: 'loss', points, lastText: '0.3333', better: 'lower' as const, best: null }];
  const draw = (over: object): number =>
    drawCurve({
      number: 1,
      title: BOLD_A.repeat(12),
      line: '',
      progress: { unit: 'epoch', at: 3, of: 3, series, paceMs: null },
      running: false,
      at: 0,
      theme: 'dark',
      ...over,
    })?.png.length ?? 0;
  expect(draw({ fonts })).toBeGreaterThan(draw({}) + 500);
});

describe('the cover of a font', () => {
  test('is read in its segments and in its groups', () => {
    const group = Buffer.alloc(12 + 16 + 4 + 8 + 16 + 12);
    group.writeUInt16BE(1, 4);
    group.write('cmap', 12, 'latin1');
    group.writeUInt32BE(28, 20);
    group.writeUInt16BE(1, 30);
    group.writeUInt16BE(3, 32);
    group.writeUInt32BE(12, 36);
    group.writeUInt16BE(12, 40);
    group.writeUInt32BE(1, 52);
    group.writeUInt32BE(0x4e00, 56);
    group.writeUInt32BE(0x9fff, 60);
    const cover = coverOf(group) ?? [];
    expect(cover).toEqual([[0x4e00, 0x9fff]]);
    expect([0x4dff, 0x4e00, 0x8449, 0x9fff, 0xa000].map((one) => covers(cover, one))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });
  test('of random bytes is none, and nothing is thrown', () => {
    for (let seed = 1; seed < 300; seed += 1) {
      const bytes = Buffer.from(Array.from({ length: 200 }, (_, index) => (index * seed * 7919) % 251));
      expect(() => coverOf(bytes)).not.toThrow();
    }
  });
});
