import { describe, expect, test } from 'vitest';
import { commitData, settingsSaid, sourceSaid } from '../../commands/commit-options.ts';
import type { OptionValue } from '../../src/discord/command.ts';
import { UserError } from '../../src/domain/user-error.ts';

const file = { id: '1', name: 'train.ipynb', size: 10, url: 'http://127.0.0.1/x' };
const given = (options: Record<string, OptionValue>) => new Map(Object.entries(options));
const refusal = (options: Record<string, OptionValue>): UserError => {
  try {
    sourceSaid(given(options));
  } catch (error) {
    if (error instanceof UserError) return error;
  }
  throw new Error('was not refused');
};

describe('exactly one of notebook, kernel and url', () => {
  test.each<[string, Record<string, OptionValue>, string]>([
    ['none', {}, 'here are none.'],
    ['none but other options', { title: 'A title' }, 'here are none.'],
    ['only white space', { kernel: '  ' }, 'here are none.'],
    ['two', { notebook: file, kernel: 'mara-k/leaf' }, 'here are two.'],
    ['another two', { kernel: 'mara-k/leaf', url: 'https://www.kaggle.com/code/mara-k/leaf' }, 'here are two.'],
    ['all', { notebook: file, kernel: 'mara-k/leaf', url: 'x' }, 'here are three.'],
  ])('%s', (_, options, words) => {
    const error = refusal(options);
    expect(error.title).toBe('Give one of notebook, kernel and url;');
    expect(error.advice).toContain(words);
  });

  test('a file, a kernel, an address of a kernel', () => {
    expect(sourceSaid(given({ notebook: file }))).toEqual({ from: 'file', attachment: file });
    expect(sourceSaid(given({ kernel: ' mara-k/leaf ' }))).toEqual({ from: 'kernel', ref: 'mara-k/leaf' });
    const url = 'https://www.kaggle.com/code/mara-k/leaf-resnet?scriptVersionId=7';
    expect(sourceSaid(given({ url }))).toEqual({ from: 'kernel', ref: url, byUrl: true });
    expect(sourceSaid(given({ url: `<${url}>` }))).toEqual({ from: 'kernel', ref: url, byUrl: true });
  });
});

describe('addresses', () => {
  test.each([
    'https://github.com/mara/leaf/blob/main/train.ipynb',
    'https://raw.githubusercontent.com/mara/leaf/main/train.ipynb',
    'https://gist.github.com/mara/aabbccddeeff00112233',
  ])('%s is one on GitHub', (url) => {
    expect(sourceSaid(given({ url }))).toEqual({ from: 'github', url });
  });

  test.each([
    'http://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    'https://www.kaggle.com.evil.example/code/mara-k/leaf',
    'https://evil.example/www.kaggle.com/code/mara-k/leaf-resnet',
    'https://www.kaggle.com/settings',
    'not an address',
  ])('%s is none of a notebook on Kaggle', (url) => {
    expect(refusal({ url }).title).toMatch(/is not the address of a notebook on Kaggle/);
  });
});

test('the other options go on as they were typed, and only those that were given', () => {
  expect(settingsSaid(given({ notebook: file }))).toEqual({});
  expect(
    settingsSaid(
      given({
        accelerator: 'cpu',
        inputs: 'a/b, titanic',
        title: ' Leaf ',
        internet: false,
        limit: '9h',
        note: 'try',
        public: true,
      }),
    ),
  ).toEqual({
    accelerator: 'cpu',
    inputs: 'a/b, titanic',
    title: 'Leaf',
    internet: false,
    limit: '9h',
    note: 'try',
    isPublic: true,
  });
});

test('what a client leaves of a taken entry behind an input is not read as another input', () => {
  const inputs = 'bob/leaf-extra · More leaves · 2.1\u00a0kB, titanic';
  expect(settingsSaid(given({ inputs }))).toEqual({ inputs: 'bob/leaf-extra, titanic' });
});

test('the names of the options are those people and scripts rely on', () => {
  expect(commitData.options?.map(({ name }) => name)).toEqual([
    'notebook',
    'kernel',
    'url',
    'accelerator',
    'inputs',
    'title',
    'internet',
    'limit',
    'note',
    'public',
  ]);
  expect(commitData.options?.[0]).toMatchObject({ file_types: ['.ipynb', '.py'] });
});
