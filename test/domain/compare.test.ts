import { expect, test } from 'vitest';
import { comparedValue, difference, sharedNames } from '../../src/domain/compare.ts';
import type { Progress } from '../../src/domain/results.ts';

test.each<[string, string, string | null]>([
  ['0.9041', '0.9124', '+0.0083'],
  ['0.2711', '0.2647', '-0.0064'],
  ['0.9', '0.9124', '+0.0124'],
  ['91.2%', '93.0%', '+1.8%'],
  ['0.5', '0.5', '0.0'],
  ['0.50004', '0.5', '-0.00004'],
  ['3.0e-4', '2.5e-4', '-0.00005'],
  ['12', '-3', '-15'],
  ['91%', '0.93', null],
  ['–', '0.93', null],
  ['NaN', '0.93', null],
])('from %s to %s it is %s', (before, now, by) => {
  expect(difference(before, now)).toBe(by);
});

const progress = (...names: string[]): Progress => ({
  unit: 'epoch',
  at: 1,
  of: 1,
  series: names.map((name) => ({
    name,
    points: [[1, 0.5]],
    lastText: '0.5',
    better: 'higher' as const,
    best: { at: 1, value: 0.75, text: '0.75' },
  })),
  paceMs: null,
});

test('names are those that most runs have, in the order of the latest', () => {
  const all = [progress('val_loss', 'VAL_ACC'), null, progress('val_acc', 'val_loss', 'lr'), progress('val_acc')];
  expect(sharedNames(all, 3)).toEqual(['val_acc', 'val_loss']);
  expect(sharedNames(all, 1)).toEqual(['val_acc']);
  expect(comparedValue(all[0] ?? null, 'val_acc')).toBe('0.75');
  expect(comparedValue(null, 'val_acc')).toBe('–');
});
