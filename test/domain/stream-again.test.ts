import { expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/clock.ts';
import { type Connection, STREAM_BYTES_PER_HOUR, StreamBudget, streamAgain } from '../../src/domain/stream-again.ts';

const silent: Connection = {
  lastedMs: 0,
  bytes: 0,
  grew: false,
  spent: false,
  broke: 'otherwise',
  retryAfterMs: null,
};
const facts = { isQueued: false, sincePushMs: HOUR, empty: 0, early: 0, roomInMs: 0 };

test('a small log is replayed at once, a large one when an earlier replay is an hour old, a larger one never', () => {
  const budget = new StreamBudget();
  expect(budget.roomIn(100_000, 0)).toBe(0);
  budget.count(12_000_000, 30 * SECOND);
  expect(budget.roomIn(1_000_000, MINUTE, 0)).toBeCloseTo(203 * SECOND, -4);
  expect(budget.roomIn(1_000_000, MINUTE, 180 * SECOND)).toBeCloseTo(23 * SECOND, -4);
  expect(budget.roomIn(12_000_000, MINUTE)).toBe(HOUR);
  expect(budget.roomIn(12_000_000, HOUR + MINUTE)).toBe(0);
  expect(budget.roomIn(STREAM_BYTES_PER_HOUR, 5 * HOUR)).toBeNull();
});

test('no hour holds more than its bytes, however the minutes fall', () => {
  const budget = new StreamBudget();
  const sent: { at: number; bytes: number }[] = [];
  for (let at = 0; at < 6 * HOUR; at += 7 * SECOND) {
    if (budget.isSpent(at)) continue;
    budget.count(137_000, at);
    sent.push({ at, bytes: 137_000 });
  }
  for (const { at } of sent) {
    const hour = sent.filter((one) => one.at > at - HOUR && one.at <= at);
    expect(hour.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(STREAM_BYTES_PER_HOUR);
  }
});

test('five connections without anything new are the end of it; one that stood with the log in it is none of them', () => {
  const at = (connection: Connection, empty: number) => streamAgain(connection, { ...facts, empty }, 0.5);
  expect(at(silent, 3)).toEqual({ kind: 'again', inMs: SECOND, empty: 4, early: 0 });
  expect(at(silent, 4)).toEqual({ kind: 'giveUp', outgrown: false });
  expect(at({ ...silent, grew: true }, 4)).toMatchObject({ kind: 'again', empty: 0 });
  expect(at({ ...silent, lastedMs: 3 * MINUTE, bytes: 10 }, 4)).toMatchObject({ kind: 'again', empty: 0 });
  // Half open: it stood, and gave nothing at all.
  expect(at({ ...silent, lastedMs: 200 * SECOND }, 4)).toMatchObject({ kind: 'giveUp' });
});

test('refusals do not count in the queue and for two minutes after the push, and are asked after more and more seldom', () => {
  const refused: Connection = { ...silent, broke: 'refused' };
  for (const young of [
    { ...facts, isQueued: true },
    { ...facts, sincePushMs: MINUTE },
  ]) {
    const waits: number[] = [];
    let early = 0;
    for (let n = 0; n < 8; n++) {
      const next = streamAgain(refused, { ...young, early }, 0.5);
      if (next.kind !== 'again') throw new Error('given up');
      expect(next.empty).toBe(0);
      early = next.early;
      waits.push(next.inMs / SECOND);
    }
    expect(waits).toEqual([5, 10, 20, 40, 60, 60, 60, 60]);
  }
  expect(streamAgain(refused, { ...facts, empty: 4 }, 0.5)).toMatchObject({ kind: 'giveUp' });
});

test('a request that Kaggle held while the run was queued is repeated at once', () => {
  const held = { ...silent, lastedMs: 60 * SECOND, broke: 'refused' as const };
  expect(streamAgain(held, { ...facts, isQueued: true, early: 3 }, 0.5)).toEqual({
    kind: 'again',
    inMs: SECOND,
    empty: 0,
    early: 0,
  });
});

test('what is asked for patience is patient, and no failure', () => {
  const paced: Connection = { ...silent, broke: 'paced', retryAfterMs: 90 * SECOND };
  expect(streamAgain(paced, { ...facts, empty: 4 }, 0.5)).toEqual({
    kind: 'again',
    inMs: 90 * SECOND,
    empty: 4,
    early: 0,
  });
});
