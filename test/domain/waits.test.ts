import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/clock.ts';
import { closest } from '../../src/domain/closest.ts';
import { type LookFacts, lookAgainIn } from '../../src/domain/look-again.ts';
import { askForHoursIn, askForSlotIn, retryIn } from '../../src/domain/retry.ts';

const facts = (over: Partial<LookFacts> = {}): LookFacts => ({
  phase: 'running',
  ageMs: 10 * MINUTE,
  earlierMs: [],
  followed: false,
  looksSinceLogEnd: null,
  ...over,
});
const middle = (over: Partial<LookFacts>): number => lookAgainIn(facts(over), 0.5);

describe('when a run is looked at again', () => {
  test.each<[string, Partial<LookFacts>, number]>([
    ['queued, young', { phase: 'queued', ageMs: 5 * SECOND }, 10 * SECOND],
    ['queued for some minutes', { phase: 'queued', ageMs: 5 * MINUTE }, 30 * SECOND],
    ['queued for long', { phase: 'queued', ageMs: HOUR }, MINUTE],
    ['queued behind a stream', { phase: 'queued', followed: true }, MINUTE],
    ['running behind a stream: hourly, as a safety net', { followed: true }, HOUR],
    ['the log has just ended', { looksSinceLogEnd: 0, followed: true }, SECOND],
    ['the log ended five looks ago', { looksSinceLogEnd: 4 }, 15 * SECOND],
    ['the log ended long ago', { looksSinceLogEnd: 9 }, 30 * SECOND],
  ])('%s', (_, over, expected) => {
    expect(middle(over)).toBe(expected);
  });

  test('without a stream never sooner than 4.5 s, never later than two minutes, whatever is known', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 30 * 24 * HOUR, noNaN: true }),
        fc.array(fc.integer({ min: 0, max: 2 * 24 * HOUR }), { maxLength: 10 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (ageMs, earlierMs, random) => {
          const wait = lookAgainIn(facts({ ageMs, earlierMs }), random);
          return wait >= 4.5 * SECOND && wait <= 2 * MINUTE;
        },
      ),
    );
  });

  test('around the time at which earlier runs ended it is looked at more often than before', () => {
    const earlierMs = [60, 62, 58].map((minutes) => minutes * MINUTE);
    const early = middle({ ageMs: 30 * MINUTE, earlierMs });
    const due = middle({ ageMs: 60 * MINUTE, earlierMs });
    expect(due).toBeLessThan(early / 2);
  });

  test('half an hour of a run nobody knows costs fewer than fifty looks, of one that is known fewer than thirty-five', () => {
    const looks = (earlierMs: readonly number[]): number => {
      let count = 0;
      for (let ageMs = 0; ageMs < 30 * MINUTE; ageMs += middle({ ageMs, earlierMs })) count += 1;
      return count;
    };
    expect(looks([])).toBeLessThan(50);
    expect(looks([60 * MINUTE, 65 * MINUTE])).toBeLessThan(35);
  });
});

describe('how long is waited after a failure', () => {
  test('between one second and one minute, and at most three times as long as before', () => {
    expect([retryIn(null, null, 0), retryIn(null, null, 1)]).toEqual([SECOND, 3 * SECOND]);
    expect([retryIn(10 * SECOND, null, 0), retryIn(10 * SECOND, null, 1)]).toEqual([SECOND, 30 * SECOND]);
    expect(retryIn(50 * SECOND, null, 1)).toBe(MINUTE);
  });

  test('what Kaggle asks for holds, up to a quarter of an hour', () => {
    expect([retryIn(null, 0, 0.5), retryIn(null, 42 * SECOND, 0.5), retryIn(null, HOUR, 0.5)]).toEqual([
      SECOND,
      42 * SECOND,
      15 * MINUTE,
    ]);
  });

  test('for a slot: a minute at first, ten at most', () => {
    expect([0, 1, 4, 10, 60].map((minutes) => askForSlotIn(minutes * MINUTE) / MINUTE)).toEqual([1, 1, 2, 5, 10]);
  });

  test('for hours: at the refill, and each half hour in case it comes sooner', () => {
    expect(askForHoursIn(0, null)).toBe(30 * MINUTE);
    expect(askForHoursIn(0, 10 * MINUTE)).toBe(11 * MINUTE);
    expect(askForHoursIn(0, 10 * HOUR)).toBe(30 * MINUTE);
    expect(askForHoursIn(HOUR, 0)).toBe(30 * MINUTE);
  });
});

describe('what somebody most likely meant', () => {
  test.each<[string, string[], string | null]>([
    ['mara-k/leaf-agu', ['bob/cats', 'mara-k/leaf-aug'], 'mara-k/leaf-aug'],
    ['mara/leaf-aug', ['mara-k/leaf-aug', 'bob/leaf-augs'], 'mara-k/leaf-aug'],
    ['titanik', ['titanic', 'gigantic'], 'titanic'],
    ['bob/cats', ['bob/dogs'], null],
    ['bob/cats', [], null],
    ['bob/cats', ['bob/cats'], null],
  ])('%s of %j is %s', (wanted, candidates, meant) => {
    expect(closest(wanted, candidates)).toBe(meant);
  });
});
