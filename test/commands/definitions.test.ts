import { ApplicationCommandType } from 'discord-api-types/v10';
import { describe, expect, test } from 'vitest';
import { COMMAND_NAMES } from '../../commands/help.ts';
import { commands } from '../../commands/index.ts';

type Option = {
  name: string;
  description: string;
  type: number;
  autocomplete?: boolean;
  required?: boolean;
  choices?: { name: string; value: string }[];
};
type Data = {
  name: string;
  description?: string;
  contexts?: number[];
  integration_types?: number[];
  default_member_permissions?: string;
  options?: Option[];
};
const isSlash = ({ data }: (typeof commands)[number]): boolean => data.type === ApplicationCommandType.ChatInput;
const all = commands.filter(isSlash).map(({ data }) => data as Data);
const named = (name: string): Data => {
  const found = all.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no command ${name}`);
  return found;
};

test('there is what the outside interface names, in one order, and /help tells of all', () => {
  expect(all.map(({ name }) => name)).toEqual([...COMMAND_NAMES]);
  expect([...COMMAND_NAMES].sort()).toEqual(
    [
      'again',
      'check',
      'commit',
      'compare',
      'help',
      'link',
      'log',
      'outputs',
      'quota',
      'runs',
      'settings',
      'status',
      'stop',
      'unlink',
      'watch',
    ].sort(),
  );
});

test.each<[string, string[]]>([
  ['link', []],
  ['unlink', []],
  ['commit', ['notebook', 'kernel', 'url', 'accelerator', 'inputs', 'title', 'internet', 'limit', 'note', 'public']],
  ['check', ['notebook', 'kernel', 'url', 'accelerator', 'inputs', 'title', 'internet', 'limit', 'note', 'public']],
  ['status', ['run']],
  ['runs', ['who', 'state', 'kernel']],
  ['compare', ['a', 'b', 'c', 'd', 'e', 'f']],
  ['log', ['run']],
  ['outputs', ['run']],
  ['stop', ['run']],
  ['again', ['run', 'accelerator']],
  ['watch', ['kernel', 'version']],
  ['quota', []],
  ['help', []],
])('/%s has the options people and scripts rely on', (name, options) => {
  expect((named(name).options ?? []).map((one) => one.name)).toEqual(options);
});

describe.each(all.map((data) => [data.name, data] as const))('/%s', (name, data) => {
  test('is within Discord’s limits', () => {
    expect(data.name).toMatch(/^[a-z]{1,32}$/);
    expect(data.description?.length).toBeGreaterThan(0);
    expect([...(data.description ?? '')].length).toBeLessThanOrEqual(100);
    expect((data.options ?? []).length).toBeLessThanOrEqual(25);
    let letters = data.name.length + (data.description ?? '').length;
    for (const option of data.options ?? []) {
      expect(option.name).toMatch(/^[a-z]{1,32}$/);
      expect([...option.description].length).toBeLessThanOrEqual(100);
      // Only what there is no answer without.
      expect(option.required ?? false).toBe(name === 'watch' && option.name === 'kernel');
      expect(option.autocomplete === true && option.choices !== undefined).toBe(false);
      letters += option.name.length + option.description.length;
      for (const choice of option.choices ?? []) {
        expect(choice.name.length).toBeLessThanOrEqual(100);
        letters += choice.name.length + String(choice.value).length;
      }
    }
    expect(letters).toBeLessThanOrEqual(8_000);
    expect(JSON.stringify(data).length).toBeLessThanOrEqual(8_000);
  });

  test('says where it works and how it is installed', () => {
    const inServersOnly = name === 'settings';
    expect(data.contexts).toEqual(inServersOnly ? [0] : [0, 1, 2]);
    expect(data.integration_types).toEqual(inServersOnly ? [0] : [0, 1]);
  });

  test('completes every text that is a list', () => {
    const completed = (data.options ?? []).filter(({ autocomplete }) => autocomplete === true).map((one) => one.name);
    const lists = ['kernel', 'accelerator', 'inputs', 'limit', 'run', 'a', 'b', 'c', 'd', 'e', 'f'];
    expect(completed).toEqual((data.options ?? []).map((one) => one.name).filter((one) => lists.includes(one)));
    expect(commands.find((one) => one.data.name === name)?.autocomplete !== undefined).toBe(completed.length > 0);
  });
});

test('/settings is for members with Manage Server', () => {
  expect(named('settings').default_member_permissions).toBe('32');
});

test('the menu of a message has one entry, in every place', () => {
  const menus = commands.filter((one) => !isSlash(one)).map(({ data }) => data);
  expect(menus).toMatchObject([
    { type: ApplicationCommandType.Message, name: 'Commit to Kaggle', contexts: [0, 1, 2], integration_types: [0, 1] },
  ]);
});

test('every verb of a button and a form belongs to one command and is fit for a custom id', () => {
  const verbs = commands.flatMap(({ presses, forms }) => [...Object.keys(presses ?? {}), ...Object.keys(forms ?? {})]);
  expect(new Set(verbs).size).toBe(verbs.length);
  for (const verb of verbs) expect(verb).toMatch(/^[a-z][A-Za-z]{1,30}$/);
});
