import { expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/clock.ts';
import { KaggleHealth } from '../../src/steps/health.ts';

const NIGHT = Date.UTC(2026, 10, 20, 21);

test('three failures in a row are an outage where only one account is about, and its begin is the first of them', () => {
  const health = new KaggleHealth();
  health.answered(NIGHT, 'mara-k');
  for (const seconds of [1, 2]) health.failed(NIGHT + seconds * SECOND, 'mara-k');
  expect(health.downSince).toBeNull();
  health.failed(NIGHT + 3 * SECOND, 'mara-k');
  expect(health.downSince).toBe(NIGHT + SECOND);
  health.answered(NIGHT + MINUTE, 'mara-k');
  expect(health.downSince).toBeNull();
});

test('one account alone in trouble is no outage while others are about; a second one makes it one', () => {
  const health = new KaggleHealth();
  health.answered(NIGHT, 'jun-l');
  for (let second = 1; second <= 50; second++) health.failed(NIGHT + second * SECOND, 'mara-k');
  expect(health.downSince).toBeNull();
  health.failed(NIGHT + MINUTE, 'jun-l');
  expect(health.downSince).toBe(NIGHT + SECOND);
  health.answered(NIGHT + 2 * MINUTE, 'jun-l');
  for (let second = 1; second <= 50; second++) health.failed(NIGHT + 2 * MINUTE + second * SECOND, 'mara-k');
  expect(health.downSince).toBeNull();
});

test('whoever was not heard of for half an hour is no witness', () => {
  const health = new KaggleHealth();
  health.answered(NIGHT, 'jun-l');
  for (const seconds of [1, 2, 3]) health.failed(NIGHT + HOUR + seconds * SECOND, 'mara-k');
  expect(health.downSince).toBe(NIGHT + HOUR + SECOND);
});

test('the breaker of all calls says it too', () => {
  const health = new KaggleHealth({ hostDownSince: NIGHT });
  health.answered(NIGHT + SECOND, 'jun-l');
  expect(health.downSince).toBe(NIGHT);
});
