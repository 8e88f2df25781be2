import { expect, test } from 'vitest';
import { Histogram } from '../../src/discord/histogram.ts';
import { hasToken } from '../../src/discord/pasted-token.ts';
import { RecentIds } from '../../src/discord/recent-ids.ts';
import { newReference } from '../../src/discord/reference.ts';

test('an id is new once, and the oldest is forgotten when there are too many', () => {
  const ids = new RecentIds(2);
  expect([ids.add('a'), ids.add('a'), ids.add('b'), ids.add('b')]).toEqual([true, false, true, false]);
  expect(ids.add('c')).toBe(true);
  expect(ids.add('b')).toBe(false);
  expect(ids.add('a')).toBe(true);
});

test('durations are counted in buckets and remembered exactly', () => {
  const histogram = new Histogram(100);
  for (let ms = 1; ms <= 100; ms += 1) histogram.add(ms);
  expect(histogram.percentile(0.5)).toBe(50);
  expect(histogram.percentile(0.99)).toBe(99);
  expect(histogram.percentile(1)).toBe(100);
  const { count, sum, max, buckets } = histogram.snapshot();
  expect({ count, sum, max }).toEqual({ count: 100, sum: 5_050, max: 100 });
  expect(buckets.find(({ upTo }) => upTo === 50)?.count).toBe(10);
  expect(buckets.reduce((total, bucket) => total + bucket.count, 0)).toBe(100);
});

test('only the newest durations are kept exactly', () => {
  const histogram = new Histogram(2);
  for (const ms of [900, 1, 2]) histogram.add(ms);
  expect(histogram.percentile(1)).toBe(2);
  expect(new Histogram().percentile(0.5)).toBeNull();
});

test('a reference has six characters that nobody mistakes for others', () => {
  for (let i = 0; i < 200; i += 1) expect(newReference()).toMatch(/^[34679ACDEFGHJKMNPQRTWXY]{6}$/);
});

test.each([
  ['KGAT_0123456789abcdef0123456789abcdef', true],
  ['my token is kgat_0123456789abcdef, ok?', true],
  ['{"username":"mara-k","key":"0123456789abcdef0123456789abcdef"}', true],
  ['It starts with KGAT_', false],
  ['mara-k/leaf-disease', false],
  ['status 42', false],
])('%j is a token: %s', (text, is) => {
  expect(hasToken(text)).toBe(is);
});
