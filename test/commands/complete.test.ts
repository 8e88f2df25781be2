import { expect, test } from 'vitest';
import { completed, within } from '../../commands/complete.ts';
import { silentLog } from '../../src/log.ts';

const never = new Promise<never>(() => {});

test('a list that does not come within its budget is empty, and one that fails too', async () => {
  expect(await completed(() => never, silentLog, 20)).toEqual([]);
  expect(await completed(() => Promise.reject(new Error('away')), silentLog, 20)).toEqual([]);
  expect(await within(never, silentLog, 20, 'otherwise')).toBe('otherwise');
});

test('no more is offered than Discord takes, and a value is never cut', async () => {
  const many = Array.from({ length: 40 }, (_, i) => ({ name: `${i} ${'😀'.repeat(80)}`, value: String(i) }));
  const choices = await completed(async () => [{ name: 'long', value: 'x'.repeat(101) }, ...many], silentLog);
  expect(choices).toHaveLength(25);
  for (const { name } of choices) {
    expect(name.length).toBeLessThanOrEqual(100);
    expect(name.isWellFormed()).toBe(true);
    expect(name.endsWith('…')).toBe(true);
  }
  expect(choices[0]?.value).toBe('0');
});
