import { expect, test } from 'vitest';
import { LaunchRate, PER_GUILD, PER_PERSON } from '../../commands/launch-rate.ts';

const mara = { name: 'u:mara', rate: PER_PERSON };
const guild = { name: 'g:lab', rate: PER_GUILD };

test('three launches at once are free, the fourth waits 12 s', () => {
  const rate = new LaunchRate();
  for (let i = 0; i < 3; i++) expect(rate.take([mara], 0).waitMs).toBe(0);
  expect(rate.take([mara], 0)).toEqual({ waitMs: 12_000, of: 'u:mara' });
  expect(rate.take([mara], 11_999).waitMs).toBe(1);
  expect(rate.take([mara], 12_000).waitMs).toBe(0);
  expect(rate.take([mara], 12_000).waitMs).toBe(12_000);
});

test('over an hour somebody in a loop gets five a minute', () => {
  const rate = new LaunchRate();
  let launched = 0;
  for (let now = 0; now < 3_600_000; now += 250) if (rate.take([mara], now).waitMs === 0) launched++;
  expect(launched).toBe(5 * 60 + 2);
});

test('a refusal of one count takes nothing from the others', () => {
  const rate = new LaunchRate();
  for (let i = 0; i < 10; i++) expect(rate.take([guild], 0).waitMs).toBe(0);
  expect(rate.take([mara, guild], 0)).toEqual({ waitMs: 2_000, of: 'g:lab' });
  for (let i = 0; i < 3; i++) expect(rate.take([mara], 0).waitMs).toBe(0);
});

test('what was given back can be taken again', () => {
  const rate = new LaunchRate();
  for (let i = 0; i < 20; i++) {
    expect(rate.take([mara, guild], 0).waitMs).toBe(0);
    rate.giveBack([mara, guild]);
  }
});
