import { describe, expect, test } from 'vitest';
import type { Run, RunSettings } from '../../src/domain/run.ts';
import { UserError } from '../../src/domain/user-error.ts';
import { KaggleError, type KaggleErrorKind } from '../../src/kaggle/kaggle.ts';
import { changedCells } from '../../src/notebook/cells.ts';
import { withReceipt } from '../../src/notebook/receipt.ts';
import { whatChanged } from '../../src/steps/best-before.ts';
import { explain, explainKaggle } from '../../src/steps/explain.ts';
import { acceleratorOfKernel, NOTHING, together } from '../../src/steps/problems.ts';

const settings: RunSettings = {
  kernel: { owner: 'mara-k', slug: 'leaf-disease' },
  title: 'Leaf disease',
  kind: 'notebook',
  language: 'python',
  accelerator: 'NvidiaTeslaT4',
  inputs: [],
  internet: false,
  isPublic: false,
  limitMinutes: 540,
  note: null,
  origin: { from: 'attachment', name: 'leaf.ipynb', link: null },
  cells: 3,
};

const run = (over: Partial<RunSettings> = {}): Run => ({
  key: 'k',
  number: 1,
  interactionId: 'i',
  place: { kind: 'guild', guildId: 'g', channelId: 'c' },
  launcher: { id: 'mara', name: 'Mara' },
  settings: { ...settings, ...over },
  sourceHash: 'h',
  state: { phase: 'accepted' },
  revision: 0,
  acceptedAt: 0,
  dueAt: null,
  card: null,
  progress: null,
  report: null,
});

const cells = (...sources: string[]): string =>
  JSON.stringify({ cells: sources.map((source) => ({ cell_type: 'code', source })), metadata: { nightshift: {} } });

describe('what has changed since the best run', () => {
  test.each<[string, Partial<RunSettings>, string, string, string]>([
    ['nothing', {}, cells('a', 'b'), cells('a', 'b'), 'same notebook'],
    ['one cell', {}, cells('a', 'b', 'c'), cells('a', 'x', 'c'), '1 cell changed'],
    ['cells moved are the same cells', {}, cells('a', 'b'), cells('b', 'a'), 'same notebook'],
    ['cells added', {}, cells('a'), cells('a', 'b', 'c'), '2 cells changed'],
    ['the machine', { accelerator: 'none' }, cells('a'), cells('a'), 'T4 x2 → CPU'],
    ['the limit', { limitMinutes: 720 }, cells('a'), cells('a'), 'limit 9 h → 12 h'],
    [
      'more than two things: the first two',
      { limitMinutes: 720, inputs: [{ kind: 'competition', ref: 'titanic' }], accelerator: 'none' },
      cells('a'),
      cells('b'),
      '1 cell changed, T4 x2 → CPU',
    ],
    [
      'a script but for its mark',
      { kind: 'script' },
      'x = 1\n# nightshift run: a\n',
      'x = 1\n# nightshift run: b\n',
      'same notebook',
    ],
    ['a script', { kind: 'script' }, 'x = 1\n# a\n', 'x = 2\n# b\n', 'the script changed'],
  ])('%s', (_, over, before, now, words) => {
    const kind = over.kind ?? 'notebook';
    const stored = (source: string) => ({ kind, source });
    expect(whatChanged(run({ kind }), run(over), stored(before), stored(now)).replaceAll('\u00a0', ' ')).toBe(words);
  });
});

test('the check cell is none of the person’s cells, and a source that is gone tells nothing', () => {
  const stored = (source: string | null) => ({ kind: 'notebook' as const, source });
  const proved = withReceipt({ kind: 'notebook', language: 'python', text: cells('a', 'x') });
  expect(proved).not.toBeNull();
  expect(changedCells(stored(cells('a', 'b')), stored(proved))).toEqual({ count: 1, at: [2] });
  expect(changedCells(stored(cells('a')), stored(null))).toBeNull();
  expect(changedCells(stored('<html>'), stored(cells('a')))).toBeNull();
});

describe('Kaggle’s failures in words', () => {
  test.each<[KaggleErrorKind, string]>([
    ['unavailable', 'Kaggle is not answering.'],
    ['unreadable', 'Kaggle is not answering.'],
    ['limited', 'Kaggle asks for a pause:'],
    ['unauthorized', 'Kaggle does not accept your token any more.'],
    ['forbidden', 'Kaggle does not show that to you:'],
    ['notFound', 'Kaggle does not show that to you:'],
    ['rejected', 'Kaggle refused this notebook:'],
  ])('%s', (kind, title) => {
    const error = explainKaggle(new KaggleError(kind, 'call', { said: 'because' }), { nothing: NOTHING });
    expect(error.title).toBe(title);
    expect(error.advice).toContain(NOTHING);
  });

  test('what Kaggle says cannot mention anybody or break out of its line', () => {
    const { message } = explainKaggle(new KaggleError('rejected', 'call', { said: '@everyone\n# [x](http://evil)' }));
    expect(message).toContain('\\@everyone # \\[x\\](http\\:');
  });

  test('a mistake of ours has no words here: it gets a reference', () => {
    expect(explain(new TypeError('x'))).toBeNull();
    expect(explain(new KaggleError('limited', 'call'))).toBeInstanceOf(UserError);
    const own = new UserError('a', 'b');
    expect(explain(own)).toBe(own);
  });
});

test('several problems are one answer, which says once that nothing was done', () => {
  const one = together([new UserError('First;', `do this. ${NOTHING}`)]);
  expect(one.message).toBe(`First; do this. ${NOTHING}`);
  const two = together([new UserError('First;', `do this. ${NOTHING}`), new UserError('Second.', NOTHING)]);
  expect(two.title).toBe('First;');
  expect(two.advice).toBe(`do this.\n**Second.**\n${NOTHING}`);
});

test.each([
  ['NvidiaTeslaT4', true, 'NvidiaTeslaT4'],
  ['Gpu', true, 'NvidiaTeslaT4'],
  ['NvidiaTeslaP100', true, 'NvidiaTeslaT4'],
  ['TpuV38', false, 'TpuV5E8'],
  ['SomethingNew', true, 'NvidiaTeslaT4'],
  ['SomethingNew', false, 'none'],
  [null, true, 'NvidiaTeslaT4'],
  [null, false, 'none'],
] as const)('a kernel that ran on %s (GPU %s) runs on %s', (machineShape, gpu, accelerator) => {
  expect(acceleratorOfKernel({ machineShape, gpu })).toBe(accelerator);
});
