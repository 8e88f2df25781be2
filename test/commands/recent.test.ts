import { expect, test } from 'vitest';
import { Recent } from '../../commands/recent.ts';

let time = 0;
const fresh = () => {
  time = 0;
  return new Recent({ now: () => 0, mono: () => time, sleep: async () => {} });
};

test('a thing is done once within its time, and each thing by itself', () => {
  const recent = fresh();
  expect(recent.once('refresh 42', 10_000)).toBe(true);
  expect(recent.once('refresh 42', 10_000)).toBe(false);
  expect(recent.once('refresh 43', 10_000)).toBe(true);
  time = 10_000;
  expect(recent.once('refresh 42', 10_000)).toBe(true);
});

test('two who ask at once share one call, later ones get what is kept until its time is over', async () => {
  const recent = fresh();
  let calls = 0;
  const load = async () => ++calls;
  expect(await Promise.all([recent.keep('list', 1_000, load), recent.keep('list', 1_000, load)])).toEqual([1, 1]);
  time = 999;
  expect(await recent.keep('list', 1_000, load)).toBe(1);
  time = 1_000;
  expect(await recent.keep('list', 1_000, load)).toBe(2);
});

test('a failure is not kept', async () => {
  const recent = fresh();
  await expect(recent.keep('list', 1_000, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await recent.keep('list', 1_000, async () => 'here')).toBe('here');
});

test('what is remembered stays bounded', async () => {
  const recent = fresh();
  for (let i = 0; i < 5_000; i++) recent.once(`n${i}`, 1_000);
  expect(recent.once('n4999', 1_000)).toBe(false);
  expect(recent.once('n0', 1_000)).toBe(true);
});
