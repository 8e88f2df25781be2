import { describe, expect, test } from 'vitest';
import { ACCELERATORS, acceleratorFacts, parseAccelerator, retiredName } from '../../src/domain/accelerator.ts';
import { formatInput, isModelWithoutVariation, parseInput, parseInputs } from '../../src/domain/input.ts';
import { parseKernelRef, slugOf, titleFromFileName } from '../../src/domain/kernel.ts';
import { formatLimit, parseLimit } from '../../src/domain/limit.ts';
import * as links from '../../src/domain/links.ts';

describe('kernels as people write them', () => {
  test.each([
    ['alice/train-resnet', 'alice', 'train-resnet'],
    ['  Alice/Train-ResNet ', 'alice', 'train-resnet'],
    ['https://www.kaggle.com/code/alice/train-resnet', 'alice', 'train-resnet'],
    ['<https://www.kaggle.com/code/alice/train-resnet/notebook?scriptVersionId=7#x>', 'alice', 'train-resnet'],
    ['kaggle.com/alice/train-resnet', 'alice', 'train-resnet'],
    ['code/alice/train-resnet', 'alice', 'train-resnet'],
  ])('%s', (text, owner, slug) => {
    expect(parseKernelRef(text)).toEqual({ owner, slug });
  });

  test.each([
    'alice',
    'alice/',
    '/train',
    '../../x',
    'a/b/c',
    'alice/tra in',
    'älice/train',
    `alice/${'x'.repeat(300)}`,
    'https://evil.example/code/a/train',
    'alice/../etc',
  ])('%s is none', (text) => {
    expect(parseKernelRef(text)).toBeNull();
  });

  test.each([
    ['Train ResNet', 'train-resnet'],
    ['Train_ResNet', 'train-resnet'],
    ['Train ResNet-50 (v2.1)', 'train-resnet-50-v2-1'],
    ['C++ & R: 100%', 'c-r-100'],
    ["GPT-4o's test", 'gpt-4o-s-test'],
    ['a  b---c', 'a-b-c'],
    ['Ünïcödé Öl', 'unicode-ol'],
  ])('the title %s gives the slug %s', (title, slug) => {
    expect(slugOf(title)).toBe(slug);
  });

  test.each([
    ['fold_0-train.ipynb', 'fold 0 train'],
    ['x.py', 'x notebook'],
    [`${'long '.repeat(30)}.ipynb`, 'long long long long long long long long long long'],
    ['ノート.ipynb', 'notebook'],
  ])('the file %s gives the title %s', (file, title) => {
    expect(titleFromFileName(file)).toBe(title);
  });
});

describe('inputs as people write them', () => {
  test.each([
    ['bob/cats', 'dataset', 'bob/cats'],
    ['datasets/bob/cats', 'dataset', 'bob/cats'],
    ['https://www.kaggle.com/datasets/bob/cats?select=a.csv', 'dataset', 'bob/cats'],
    ['titanic', 'competition', 'titanic'],
    ['c/titanic', 'competition', 'titanic'],
    ['https://www.kaggle.com/competitions/titanic/data', 'competition', 'titanic'],
    ['code/alice/prep-data', 'kernel', 'alice/prep-data'],
    ['google/gemma/pyTorch/2b', 'model', 'google/gemma/pyTorch/2b'],
    ['models/google/gemma/pyTorch/2b/1', 'model', 'google/gemma/pyTorch/2b/1'],
    ['https://www.kaggle.com/models/google/gemma/pyTorch/2b/1?tab=x#y', 'model', 'google/gemma/pyTorch/2b/1'],
    ['https://www.kaggle.com/models/google/gemma/PyTorch/2b', 'model', 'google/gemma/PyTorch/2b'],
    [
      'www.kaggle.com/models/google/gemma/frameworks/pyTorch/variations/2b/versions/1',
      'model',
      'google/gemma/pyTorch/2b/1',
    ],
    ['https://www.kaggle.com/datasets/bob/cats/data', 'dataset', 'bob/cats'],
    ['https://www.kaggle.com/datasets/Bob/Cats/versions/3?select=a.csv', 'dataset', 'bob/cats'],
    ['<https://kaggle.com/d/bob/cats/>', 'dataset', 'bob/cats'],
    ['https://www.kaggle.com/bob/cats', 'dataset', 'bob/cats'],
    ['https://www.kaggle.com/c/titanic/overview/evaluation?x=1', 'competition', 'titanic'],
    ['competition/titanic', 'competition', 'titanic'],
    ['https://www.kaggle.com/code/alice/prep-data?scriptVersionId=12345', 'kernel', 'alice/prep-data'],
    ['https://www.kaggle.com/code/alice/prep-data/output', 'kernel', 'alice/prep-data'],
    ['notebooks/alice/prep-data', 'kernel', 'alice/prep-data'],
    ['/kaggle/input/datasets/bob/cats/train/1.png', 'dataset', 'bob/cats'],
    ['/kaggle/input/competitions/titanic', 'competition', 'titanic'],
    ['/kaggle/input/notebooks/alice/prep-data', 'kernel', 'alice/prep-data'],
    ['/kaggle/input/models/google/gemma/pytorch/2b/1', 'model', 'google/gemma/pytorch/2b/1'],
  ])('%s', (text, kind, ref) => {
    const input = parseInput(text);
    expect(input).toEqual({ kind, ref });
    expect(input && parseInput(formatInput(input))).toEqual(input);
  });

  test.each([
    '/kaggle/input/cats',
    'models/google/gemma',
    'datasets/bob',
    'https://example.com/datasets/bob/cats',
    '..',
    '',
  ])('%s cannot be read', (text) => {
    expect(parseInput(text)).toBeNull();
  });

  test('a model without its variation is told from what is none', () => {
    expect(isModelWithoutVariation('https://www.kaggle.com/models/google/gemma')).toBe(true);
    expect(isModelWithoutVariation('models/google/gemma/frameworks/pyTorch')).toBe(true);
    for (const other of ['models/google/gemma/pyTorch/2b', 'bob/cats', 'models/google', 'nonsense'])
      expect(isModelWithoutVariation(other)).toBe(false);
  });

  test('a list keeps its order, drops what is said twice and names what cannot be read', () => {
    expect(parseInputs('bob/cats, titanic\nbob/cats a/b/c')).toEqual({
      inputs: [
        { kind: 'dataset', ref: 'bob/cats' },
        { kind: 'competition', ref: 'titanic' },
      ],
      wrong: ['a/b/c'],
    });
  });
});

describe('limits', () => {
  test.each([
    ['90m', 90],
    ['9h', 540],
    ['1h30', 90],
    ['1h 30m', 90],
    ['2.5h', 150],
    ['2,5 h', 150],
    ['45 min', 45],
    ['12 hours', 720],
  ])('%s is %i minutes', (text, minutes) => {
    expect(parseLimit(text)).toBe(minutes);
  });

  test.each(['', 'soon', '9', '-1h', '0m', '1d', 'h', '9h!', '1e3h'])('%j is none', (text) => {
    expect(parseLimit(text)).toBeNull();
  });

  test.each([
    [90, '90\u00a0min'],
    [540, '9\u00a0h'],
    [150, '2\u00a0h 30\u00a0min'],
    [45, '45\u00a0min'],
  ])('%i minutes are written %s', (minutes, text) => {
    expect(formatLimit(minutes)).toBe(text);
  });
});

describe('accelerators', () => {
  test.each([
    ['GPU T4 x2', 'NvidiaTeslaT4'],
    ['t4', 'NvidiaTeslaT4'],
    ['gpu', 'NvidiaTeslaT4'],
    ['NvidiaTeslaT4', 'NvidiaTeslaT4'],
    ['cpu', 'none'],
    ['TPU v5e-8', 'TpuV5E8'],
  ])('%s is %s', (text, id) => {
    expect(parseAccelerator(text)).toBe(id);
  });

  test('every one is found again by its own label and id', () => {
    for (const { id, label } of ACCELERATORS) {
      expect(parseAccelerator(id)).toBe(id);
      expect(parseAccelerator(label)).toBe(id);
      expect(acceleratorFacts(id).label).toBe(label);
    }
  });

  test('a retired one is known by name, and is not one to ask for', () => {
    expect(parseAccelerator('P100')).toBeNull();
    expect(retiredName('NvidiaTeslaP100')).toBe('GPU P100');
    expect(retiredName('GPU P100')).toBe('GPU P100');
    expect(retiredName('T4')).toBeNull();
  });
});

test('links stay on Kaggle whatever the names hold', () => {
  const kernel = { owner: 'mara-k', slug: 'leaf' };
  expect(links.outputFilePage('https://www.kaggle.com', kernel, 'a b&c/ü?.csv')).toBe(
    'https://www.kaggle.com/code/mara-k/leaf/output?select=a%20b%26c%2F%C3%BC%3F.csv',
  );
  expect(links.versionPage('https://www.kaggle.com', { kernel, page: null })).toBe(
    'https://www.kaggle.com/code/mara-k/leaf',
  );
  expect(
    links.versionPage('https://www.kaggle.com', { kernel, page: 'https://www.kaggle.com/code/mara-k/leaf?v=3' }),
  ).toBe('https://www.kaggle.com/code/mara-k/leaf?v=3');
});
