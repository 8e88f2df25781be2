import { expect, test } from 'vitest';
import { type Definition, hashOf } from '../../src/discord/register.ts';

const status: Definition = {
  name: 'status',
  description: 'What runs',
  options: [{ type: 3, name: 'run', description: 'Which one', autocomplete: true }],
};
const help: Definition = { name: 'help', description: 'What to say' };

test('the order of keys and of commands does not count', () => {
  const same: Definition = {
    options: [{ description: 'Which one', autocomplete: true, name: 'run', type: 3 }],
    description: 'What runs',
    name: 'status',
  };
  expect(hashOf([help, same])).toBe(hashOf([status, help]));
});

test('a field that is undefined is one that is not there', () => {
  expect(hashOf([{ ...help, contexts: undefined }])).toBe(hashOf([help]));
});

test.each<[string, Definition]>([
  ['a description', { ...status, description: 'What is running' }],
  ['an option', { ...status, options: [] }],
  ['where it may be used', { ...status, contexts: [0] }],
])('%s counts', (_, changed) => {
  expect(hashOf([changed])).not.toBe(hashOf([status]));
});

test('the order of options counts, as people see it', () => {
  const options = (names: string[]): Definition => ({
    ...help,
    options: names.map((name) => ({ type: 3, name, description: name })),
  });
  expect(hashOf([options(['a', 'b'])])).not.toBe(hashOf([options(['b', 'a'])]));
});
