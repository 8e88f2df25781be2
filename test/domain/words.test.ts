import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  aboutDuration,
  aboutTime,
  at,
  bar,
  count,
  countKinds,
  DOT,
  duration,
  facts,
  formatRange,
  headlineValue,
  hours,
  hoursGranted,
  logTime,
  metric,
  NBSP,
  pace,
  percent,
  plural,
  size,
  totalSize,
  usedHours,
  when,
} from '../../src/domain/words.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const spaced = (text: string): string => text.replaceAll(' ', ' ').replaceAll(NBSP, ' ');

describe('durations', () => {
  test.each([
    [0, '0 s'],
    [42 * SECOND, '42 s'],
    [59_999, '59 s'],
    [6 * MINUTE, '6 min'],
    [6 * MINUTE + 59 * SECOND, '6 min'],
    [59 * MINUTE + 59 * SECOND, '59 min'],
    [6 * HOUR + 58 * MINUTE, '6 h 58 min'],
    [7 * HOUR, '7 h'],
    [2 * DAY + 3 * HOUR + 59 * MINUTE, '2 d 3 h'],
    [24 * HOUR, '1 d'],
    [-5, '0 s'],
  ])('%i ms is %s', (ms, words) => expect(spaced(duration(ms))).toBe(words));

  test.each([
    [900, '0.9 s'],
    [9_940, '9.9 s'],
    [9_960, '10 s'],
    [42_400, '42 s'],
    [358_000, '5 min 58 s'],
    [59_700, '1 min'],
    [65 * MINUTE, '1 h 5 min'],
  ])('the pace of %i ms is %s', (ms, words) => expect(spaced(pace(ms))).toBe(words));

  it('never parts a number from its unit', () => {
    expect(duration(6 * HOUR + 58 * MINUTE)).toBe(`6${NBSP}h 58${NBSP}min`);
    expect(pace(358_000)).toBe(`5${NBSP}min 58${NBSP}s`);
  });

  test.each([
    [MINUTE, 3 * MINUTE, '1 to 3 min'],
    [6 * HOUR + 40 * MINUTE, 7 * HOUR + 5 * MINUTE, '6 h 40 min to 7 h 5 min'],
    [40 * SECOND, 3 * MINUTE, '40 s to 3 min'],
    [6 * HOUR, 7 * HOUR, '6 to 7 h'],
    [6 * HOUR, 6 * HOUR, '6 h'],
  ])('from %i to %i ms is %s', (from, to, words) => expect(spaced(formatRange(from, to))).toBe(words));

  test.each([
    [38 * SECOND, '38 s'],
    [MINUTE + 29 * SECOND, '1 min'],
    [58 * MINUTE + 40 * SECOND, '59 min'],
    [6 * HOUR + 58 * MINUTE, '7 h'],
    [6 * HOUR + 51 * MINUTE, '6 h 50 min'],
  ])('about %i ms is %s', (ms, words) => expect(spaced(aboutDuration(ms))).toBe(words));

  it('rounds an expected time by its distance', () => {
    const now = Date.UTC(2026, 10, 23, 23, 20);
    expect(aboutTime(now + 4 * HOUR + 2 * MINUTE, now)).toBe(now + 4 * HOUR);
    expect(aboutTime(now + 20 * MINUTE + 20 * SECOND, now)).toBe(now + 20 * MINUTE);
    expect(aboutTime(now + 38 * SECOND, now)).toBe(now + 38 * SECOND);
  });
});

describe('points in time', () => {
  it('are time stamps in whole seconds', () => expect(at(1_700_000_000_999, 'R')).toBe('<t:1700000000:R>'));
  it('are clock times on the same night and dates from a day on', () => {
    expect(when(HOUR, 0)).toBe('<t:3600:t>');
    expect(when(DAY - 1, 0)).toMatch(/:t>$/);
    expect(when(DAY, 0)).toMatch(/:F>$/);
    expect(when(0, DAY)).toMatch(/:F>$/);
  });
  it('are written as on a log within it', () => expect(logTime(3 * 3_600 + 5 * 60 + 41.9)).toBe('3:05:41'));
});

describe('metrics', () => {
  test.each([
    ['0.9124', '0.9124'],
    ['0.912449', '0.9124'],
    ['0.9', '0.9'],
    ['9.99996', '10.00'],
    ['12.3456', '12.35'],
    ['12.3', '12.3'],
    ['12', '12'],
    ['1234.5678', '1234.57'],
    ['0.0003012', '3.0e-4'],
    ['0.0003', '3e-4'],
    ['3e-4', '3e-4'],
    ['3.04e-4', '3.0e-4'],
    ['3.0E-4', '3.0e-4'],
    ['0.001', '0.001'],
    ['0.00099', '9.9e-4'],
    ['0', '0'],
    ['0.0000', '0.0000'],
    ['0.000000', '0.0000'],
    ['9.124e-1', '0.9124'],
    ['1.5e3', '1500'],
    ['-0.54321', '-0.5432'],
    ['.5', '0.5'],
    ['91.24%', '91.24%'],
    ['91.2437 %', '91.24%'],
    ['7%', '7%'],
    ['nan', 'NaN'],
    ['-inf', '-inf'],
    ['Infinity', 'inf'],
    ['1e99999', '–'],
    ['none', '–'],
    ['', '–'],
    ['.', '–'],
    ['**@everyone** 0.9', '–'],
  ])('%s is shown as %s', (printed, shown) => expect(metric(printed)).toBe(shown));

  it('takes numbers too', () => expect(metric(0.91239)).toBe('0.9124'));

  it('never shows more digits than the log printed, and stays near the number', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-8, max: 9_000, noNaN: true }).map((n) => n.toPrecision(5)),
        (printed) => {
          const shown = metric(printed);
          const digits = (text: string): number =>
            text
              .replace(/e.*$/i, '')
              .replace(/[^0-9]/g, '')
              .replace(/^0+/, '').length;
          expect(digits(shown)).toBeLessThanOrEqual(digits(printed) + (Number(shown) > Number(printed) ? 1 : 0));
          expect(Math.abs(Number(shown) - Number(printed))).toBeLessThanOrEqual(
            Math.max(0.005, 0.05 * Math.abs(Number(printed))),
          );
        },
      ),
    );
  });
});

describe('sizes, counts and shares', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [6_100, '6.1 kB'],
    [7_000, '7.0 kB'],
    [14_000, '14 kB'],
    [97_800_000, '97.8 MB'],
    [99_960, '100 kB'],
    [212_345, '212 kB'],
    [213_000_000, '213 MB'],
    [999_600, '1.0 MB'],
    [1_800_000_000, '1.8 GB'],
    [2_500_000_000_000, '2.5 TB'],
  ])('%i bytes are %s', (bytes, words) => expect(spaced(size(bytes))).toBe(words));

  it('parts thousands', () => expect(count(18_634)).toBe('18,634'));
  it('has a plural', () => {
    expect(plural(1, 'cell')).toBe('1 cell');
    expect(plural(38, 'cell')).toBe('38 cells');
    expect(plural(2, 'other file')).toBe('2 other files');
  });
  it('draws ten steps, rounded down, with the percentage', () => {
    expect(bar(31, 70)).toBe('▰▰▰▰▱▱▱▱▱▱ 44%');
    expect(bar(69, 70)).toBe('▰▰▰▰▰▰▰▰▰▱ 98%');
    expect(bar(70, 70)).toBe('▰▰▰▰▰▰▰▰▰▰ 100%');
    expect(bar(3, 10)).toBe('▰▰▰▱▱▱▱▱▱▱ 30%');
    expect(bar(80, 70)).toBe('▰▰▰▰▰▰▰▰▰▰ 100%');
    expect(bar(1, 0)).toBe('▱▱▱▱▱▱▱▱▱▱ 0%');
    expect(percent(0.29, 1)).toBe('29%');
  });
  it('gives hours of quota one decimal, and none to the whole ones that Kaggle grants', () => {
    expect(spaced(hours(11.4))).toBe('11.4 h');
    expect(spaced(hours(30))).toBe('30.0 h');
    expect(spaced(hoursGranted(30))).toBe('30 h');
    expect(spaced(hoursGranted(37.5))).toBe('37.5 h');
    expect(usedHours(7 * HOUR - 2 * MINUTE)).toBe('7.0');
  });
  it('sums sizes only when all are known', () => {
    const file = (size: number | null) => ({ name: 'a', kind: 'model', size }) as const;
    expect(totalSize([file(1), file(2)])).toBe(3);
    expect(totalSize([file(1), file(null)])).toBeNull();
    expect(countKinds([file(1), file(2), { ...file(3), kind: 'other' }])).toBe('2 models, 1 other file');
  });
});

it('a fact never begins a line with its dot', () => {
  expect(DOT).toBe(`${NBSP}· `);
  expect(facts('a', null, '', false, undefined, 'b')).toBe(`a${NBSP}· b`);
});

it('names the fold a number is of, where there are several', () => {
  const fold = [[1, 0.24]] as const;
  const series = { name: 'val_loss', points: fold, lastText: '0.2400', better: 'lower', best: null } as const;
  expect(headlineValue(series)).toBe('0.2400');
  expect(headlineValue({ ...series, folds: [fold] })).toBe('0.2400');
  expect(spaced(headlineValue({ ...series, folds: [fold, fold, fold] }))).toBe('0.2400 in fold 3');
});
