import { describe, expect, test } from 'vitest';
import { isSilent, notANumber, type Overrun, overLimit } from '../../src/domain/alarms.ts';
import type { Progress } from '../../src/domain/results.ts';
import { remainingMs, wholeOf } from '../../src/domain/whole.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const isLoss = (name: string): boolean => name.endsWith('loss');

const progress = (over: Partial<Progress> = {}): Progress => ({
  unit: 'epoch',
  at: 12,
  of: 70,
  series: [],
  paceMs: 5 * MINUTE,
  ...over,
});

const series = (name: string, values: readonly (number | null)[], lastText = 'nan') => ({
  name,
  // As it comes out of the database: a number that is none is null.
  points: values.map((value, index) => [index + 1, value] as unknown as readonly [number, number]),
  lastText,
  better: null,
  best: null,
});

describe('a loss that is no number', () => {
  test('is told with its first epoch and the last number before it', () => {
    const seen = progress({ series: [series('val_loss', [0.9, 0.4127, Number.NaN, null])] });
    expect(notANumber(seen, isLoss)).toEqual({
      kind: 'notANumber',
      name: 'val_loss',
      value: 'NaN',
      unit: 'epoch',
      since: 3,
      last: { value: 0.4127, at: 2 },
    });
  });
  test('may never have been one, and may be infinite', () => {
    const seen = progress({ series: [series('loss', [Number.POSITIVE_INFINITY], 'inf')] });
    expect(notANumber(seen, isLoss)).toMatchObject({ value: 'infinite', since: 1, last: null });
  });
  test('is no matter when a number followed, when it is no loss, or when there is none', () => {
    expect(notANumber(progress({ series: [series('loss', [0.4, Number.NaN, 0.3], '0.3')] }), isLoss)).toBeNull();
    expect(notANumber(progress({ series: [series('auc', [0.4, Number.NaN])] }), isLoss)).toBeNull();
    expect(notANumber(progress({ series: [series('loss', [])] }), isLoss)).toBeNull();
  });
});

describe('silence', () => {
  test.each([
    [19 * MINUTE, 12_000, false],
    [20 * MINUTE, 12_000, true],
    [100 * MINUTE, 6 * MINUTE, false],
    [120 * MINUTE, 6 * MINUTE, true],
  ])('of %d ms with a usual gap of %s ms: %s', (quiet, usual, said) => {
    expect(isSilent(quiet, 20 * MINUTE, usual)).toBe(said);
  });
});

describe('a run that will miss its limit', () => {
  const look = (at: number, paceMs: number, before: Overrun | null, elapsedMs = at * paceMs) =>
    overLimit(progress({ at, paceMs }), { startedAt: 0, limitMs: 9 * HOUR, now: elapsedMs }, before);

  test('is told after three epochs running above the limit by five percent', () => {
    const slow = 8.5 * MINUTE;
    const first = look(10, slow, null);
    const same = look(10, slow, first.overrun, 10 * slow + MINUTE);
    const second = look(11, slow, same.overrun);
    const third = look(12, slow, second.overrun);
    expect([first.alarm, same.alarm, second.alarm]).toEqual([null, null, null]);
    expect(third.alarm).toEqual({
      kind: 'overLimit',
      needsMs: 70 * slow,
      limitMs: 9 * HOUR,
      paceMs: slow,
      unit: 'epoch',
      cutAt: 9 * HOUR,
      cutIn: 64,
      of: 70,
    });
  });
  test('is not told when one of three epochs gives hope', () => {
    const slow = 8.5 * MINUTE;
    const second = look(11, slow, look(10, slow, null).overrun);
    const hope = look(12, 5 * MINUTE, second.overrun);
    expect(hope).toEqual({ overrun: null, alarm: null });
    expect(look(13, slow, hope.overrun).alarm).toBeNull();
  });
  test('is not told for what lies within five percent, nor without a pace or a total', () => {
    expect(look(12, (9 * HOUR * 1.04) / 70, { at: 11, times: 9 }).alarm).toBeNull();
    for (const missing of [{ paceMs: null }, { of: null }, { at: null }])
      expect(
        overLimit(progress(missing), { startedAt: 0, limitMs: 1, now: HOUR }, { at: 11, times: 9 }).alarm,
      ).toBeNull();
  });
  test('counts steps only when they lie apart', () => {
    const at = (step: number, before: Overrun | null) =>
      overLimit(
        progress({ unit: 'step', at: step, of: 10_000, paceMs: 10_000 }),
        { startedAt: 0, limitMs: HOUR, now: step * 10_000 },
        before,
      );
    const first = at(1_000, null);
    expect(at(1_010, first.overrun).overrun).toEqual({ at: 1_000, times: 1 });
    expect(at(1_100, first.overrun).overrun).toEqual({ at: 1_100, times: 2 });
  });
});

describe('the whole of a training in folds', () => {
  const folds = (before: number) => [
    { ...series('val_loss', [0.5]), folds: Array.from({ length: before + 1 }, () => [[1, 0.5]] as const) },
  ];
  test('counts every fold, however the program numbers them', () => {
    expect(wholeOf(progress({ at: 7, of: 20, fold: { at: 2, of: 5 }, series: folds(1) }))).toEqual({
      done: 27,
      of: 100,
    });
    expect(wholeOf(progress({ at: 7, of: 20, fold: { at: 1, of: 5 }, series: folds(1) }))?.done).toBe(27);
    expect(wholeOf(progress({ at: 7, of: 20, fold: { at: 2, of: null }, series: folds(1) }))).toBeNull();
  });
  test('tells how long is left only from three epochs or five percent of the steps on', () => {
    expect(remainingMs(progress({ at: 2 }))).toBeNull();
    expect(remainingMs(progress({ at: 3, paceMs: 10 }))).toBe(670);
    expect(remainingMs(progress({ unit: 'step', at: 40, of: 1_000 }))).toBeNull();
    expect(remainingMs(progress({ unit: 'step', at: 50, of: 1_000, paceMs: 10 }))).toBe(9_500);
  });
});
