import { expect, test } from 'vitest';
import { distance, messageTime, sizeText, timeText } from '../../src/playground/page/time.ts';

const NOW = Date.UTC(2026, 10, 23, 20, 58) / 1_000;

test.each([
  [38, 'in 38 seconds'],
  [-1, '1 second ago'],
  [59.7, 'in 1 minute'],
  [60, 'in 1 minute'],
  [-90, '1 minute ago'],
  [3_599, 'in 1 hour'],
  [4 * 3_600, 'in 4 hours'],
  [4 * 86_400, 'in 4 days'],
  [-400 * 86_400, '1 year ago'],
])('%d s away reads %s', (away, text) => {
  expect(distance(NOW + away, NOW)).toBe(text);
});

test('a timestamp reads by its style', () => {
  expect(timeText(NOW, 't', 0, 'UTC')).toBe('20:58');
  // The comma depends on the version of the language data.
  expect(timeText(NOW, 'F', 0, 'UTC')).toMatch(/^Monday,? 23 November 2026 at 20:58$/);
  expect(timeText(NOW, 'd', 0, 'UTC')).toBe('23/11/2026');
  expect(timeText(9e13, 't', 0, 'UTC')).toBe('Invalid date');
});

test('a message says today and yesterday by the reader’s clock', () => {
  const now = NOW * 1_000;
  expect(messageTime(now, now, 'UTC')).toBe('Today at 20:58');
  expect(messageTime(now - 86_400_000, now, 'UTC')).toBe('Yesterday at 20:58');
  expect(messageTime(now - 9 * 86_400_000, now, 'UTC')).toBe('14/11/2026 20:58');
});

test.each([
  [12, '12 B'],
  [6_100, '6.1 kB'],
  [97_800_000, '97.8 MB'],
  [999_600, '1 MB'],
  [1_800_000_000, '1.8 GB'],
  [3_740, '3.7 kB'],
  [213_400_000, '213 MB'],
])('%d bytes read %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
