import { expect, test } from 'vitest';
import { type GpuSeen, gotWords, isAlarming, isAsAsked } from '../../src/domain/receipt.ts';
import { readFailure } from '../../src/results/failure.ts';
import { LogReading } from '../../src/results/log.ts';
import { endedByReceipt, inOwnCells, readReceipt } from '../../src/results/receipt.ts';

const LINE =
  'NIGHTSHIFT-RECEIPT {"v": 1, "verdict": "works", "by": "torch", "gpus": [["Tesla T4", "15360 MiB", "580"], ["Tesla T4", "15360 MiB", "580"]], "error": null}';
const gpus = (...names: string[]): GpuSeen[] => names.map((name) => ({ name, memory: '1 MiB', driver: '1' }));

const reading = (...chunks: readonly (readonly ['stdout' | 'stderr', string])[]): LogReading => {
  const log = new LogReading();
  for (const [stream, text] of chunks) log.push({ stream, time: 1, text });
  return log;
};

test('the first line of output is the receipt, however it is cut, and is not shown', () => {
  const log = reading(
    ['stderr', '0.00s - Debugger warning: x\nWARNING: something\n'],
    ['stdout', LINE.slice(0, 40)],
    ['stdout', `${LINE.slice(40)}\nepoch 1\n`],
  );
  expect(log.receipt).toMatchObject({ verdict: 'works', by: 'torch' });
  expect(log.tail(10)).toEqual(['WARNING: something', 'epoch 1']);
  expect(log.lineCount).toBe(2);
  expect(log.text(1_000)).not.toContain('NIGHTSHIFT');
});

test('what a notebook prints later that looks like a receipt counts for nothing', () => {
  const log = reading(['stdout', `hello\n${LINE}\n`]);
  expect(log.receipt).toBeNull();
  expect(log.lineCount).toBe(2);
});

test.each([
  'NIGHTSHIFT-RECEIPT ',
  'NIGHTSHIFT-RECEIPT {',
  'NIGHTSHIFT-RECEIPT []',
  LINE.replace('"v": 1', '"v": 2'),
  LINE.replace('works', 'great'),
  LINE.replace('[["Tesla', '["Tesla'),
  ` ${LINE}`,
  LINE.padEnd(5_000, ' '),
])('%j is none', (line) => expect(readReceipt(line)).toBeNull());

test('names from the machine are cleaned and bounded', () => {
  const line = LINE.replace('Tesla T4', `@everyone \u202e${'x'.repeat(500)} KGAT_abcdefgh12345678`);
  const name = readReceipt(line)?.gpus[0]?.name ?? '';
  expect(name.length).toBeLessThanOrEqual(80);
  expect(name).not.toContain('\u202e');
});

test('the words for what was got', () => {
  expect(gotWords(gpus('Tesla T4', 'Tesla T4'))).toBe('2 × Tesla T4');
  expect(gotWords(gpus('Tesla P100-PCIE-16GB'))).toBe('1 × Tesla P100');
  expect(gotWords([])).toBe('');
});

test.each([
  ['NvidiaTeslaT4', ['Tesla T4', 'Tesla T4'], true],
  ['NvidiaTeslaT4', ['Tesla T4'], false],
  ['NvidiaTeslaT4', ['Tesla P100-PCIE-16GB'], false],
  ['NvidiaL4', ['NVIDIA L4', 'NVIDIA L4', 'NVIDIA L4', 'NVIDIA L4'], true],
  ['NvidiaL4', ['NVIDIA L40S', 'NVIDIA L40S', 'NVIDIA L40S', 'NVIDIA L40S'], false],
  ['NvidiaH100', ['NVIDIA H100 80GB HBM3'], true],
  ['NvidiaRtxPro6000', ['NVIDIA RTX PRO 6000 Blackwell Server Edition'], true],
] as const)('%s and %j: as asked %s', (asked, names, expected) => {
  expect(isAsAsked(asked, gpus(...names))).toBe(expected);
  expect(isAlarming(asked, { verdict: 'works', by: null, gpus: gpus(...names), error: null })).toBe(!expected);
});

test('a stand-in without memory alarms nobody', () => {
  const standIn = [{ name: 'Stand-in', memory: '0 MiB', driver: '0' }];
  expect(isAlarming('NvidiaTeslaT4', { verdict: 'unsure', by: null, gpus: standIn, error: null })).toBe(false);
});

test('cells are numbered as the person sees them', () => {
  expect(inOwnCells('Exception encountered at "In [15]":')).toBe('Exception encountered at "In [14]":');
  expect(inOwnCells('Cell In[2], line 3, in f(x)')).toBe('Cell In[1], line 3, in f(x)');
  expect(inOwnCells('Input In [2], in <cell line: 3>()')).toBe('Input In [1], in <cell line: 3>()');
  expect(inOwnCells('<ipython-input-3-0123abcd> in <module>')).toBe('<ipython-input-2-0123abcd> in <module>');
  expect(inOwnCells('print("Exception encountered at In [15]")')).toBe('print("Exception encountered at In [15]")');
});

const wrapped = (cell: number, body: string): string =>
  `papermill.exceptions.PapermillExecutionError: \n${'-'.repeat(75)}\nException encountered at "In [${cell}]":\n${body}`;

const failure = (text: string, source: string | null, receipt: boolean) => {
  const chunk = { stream: 'stderr', time: 40, text } as const;
  const log = reading(['stdout', `${LINE}\n`], ['stderr', text]);
  const settings = { internet: false, limitMinutes: 720, kind: 'notebook', why: 'failed', message: null } as const;
  return readFailure({ reading: log, chunks: [chunk], source, receipt, ...settings });
};

test('a failure behind the check cell is in the person’s own cell, with its own lines', () => {
  const source = JSON.stringify({
    cells: ['a = 1', 'b = 2\nboom()'].map((text) => ({ cell_type: 'code', source: text })),
  });
  const text = wrapped(
    3,
    "Cell In[3], line 2\n      1 b = 2\n----> 2 boom()\n\nNameError: name 'boom' is not defined\n",
  );
  expect(failure(text, source, true)).toMatchObject({
    class: 'name not defined',
    cell: 2,
    line: 2,
    excerpt: ['b = 2', 'boom()'],
  });
  // Without a check cell the number is the one Kaggle says.
  expect(failure(text, source, false).cell).toBe(3);
});

test('a run that the check ended has no working GPU, and no cell of the person failed', () => {
  const said =
    'RuntimeError: Nightshift ended this run before cell 1: this machine has no GPU, though one was asked for.';
  const text = wrapped(
    1,
    `RuntimeError  Traceback (most recent call last)\nCell In[1], line 90\n----> 90 raise\n\n${said}\n`,
  );
  expect(failure(text, null, true)).toMatchObject({
    class: 'no working GPU',
    cell: null,
    frames: [],
    error: 'This machine has no GPU, though one was asked for.',
  });
  // The same words out of a cell of the person are an error of theirs.
  expect(failure(text.replaceAll('[1]', '[4]'), null, true)).toMatchObject({ class: 'error in your code', cell: 3 });
  expect(endedByReceipt('ValueError: Nightshift is nice')).toBeNull();
});
