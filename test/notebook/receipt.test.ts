import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSource } from '../../src/notebook/read.ts';
import { frameworkOf, isReceiptCell, withoutReceipt, withReceipt } from '../../src/notebook/receipt.ts';
import { endedByReceipt, readReceipt } from '../../src/results/receipt.ts';

const notebook = (sources: readonly string[], more: object = {}) =>
  JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'python3', language: 'python', display_name: 'Python 3' } },
    cells: sources.map((source, index) => ({ id: `c${index}`, cell_type: 'code', metadata: {}, source, outputs: [] })),
    ...more,
  });
const source = (text: string) => readSource('a.ipynb', Buffer.from(text));
type Cells = { cells: { id?: string; source: string; metadata: { tags?: string[] } }[] };
const cellsOf = (text: string | null) => (JSON.parse(text ?? '') as Cells).cells;

describe('the receipt cell', () => {
  it('stands before the first cell and is taken out again without a trace', () => {
    const plain = source(notebook(['from __future__ import annotations\nimport torch', '%%time\n1']));
    const proved = withReceipt(plain) ?? '';
    expect(cellsOf(proved).map(isReceiptCell)).toEqual([true, false, false]);
    expect(withoutReceipt(proved)).toBe(plain.text);
    expect(withoutReceipt(plain.text)).toBe(plain.text);
  });

  it('is replaced, not doubled, in a notebook that brings an older one, also when an editor dropped its tags', () => {
    const once = withReceipt(source(notebook(['x = 1']))) ?? '';
    const json = JSON.parse(once) as Cells;
    for (const cell of json.cells) cell.metadata = {};
    for (const text of [once, JSON.stringify(json)]) {
      const read = source(text);
      expect([read.cells, read.cellSources]).toEqual([1, ['x = 1']]);
      expect(cellsOf(withReceipt(read)).filter(isReceiptCell)).toHaveLength(1);
    }
  });

  it('has an id only in the formats that know ids', () => {
    expect(cellsOf(withReceipt(source(notebook(['1 + 1']))))[0]?.id).toBe('nightshift-receipt');
    expect(cellsOf(withReceipt(source(notebook(['1 + 1'], { nbformat_minor: 4 }))))[0]).not.toHaveProperty('id');
  });

  it('is left out of scripts and of notebooks in R', () => {
    expect(withReceipt({ kind: 'script', language: 'python', text: 'print(1)' })).toBeNull();
    expect(withReceipt({ kind: 'notebook', language: 'r', text: notebook(['1']) })).toBeNull();
  });

  it('is not taken for one because somebody reuses the tag', () => {
    const cell = { cell_type: 'code', source: 'train()', metadata: { tags: ['nightshift-receipt'] } };
    expect(isReceiptCell(cell)).toBe(false);
    for (const other of [null, 3, 'x', [], { cell_type: 'markdown', source: '# Nightshift: proves the GPU' }])
      expect(isReceiptCell(other)).toBe(false);
  });

  it.each([
    ['import torch', 'torch', true],
    ['from torch.nn import Linear', 'torch', true],
    ['import numpy as np, torch', null, false],
    ['import tensorflow as tf', 'tensorflow', true],
    ['import jax.numpy as jnp', 'jax', true],
    ['# import torch', null, false],
    ['import torchmetrics_x', null, false],
    ['import torch\nimport xgboost', 'torch', false],
    ['import torch\nimport tensorflow', 'torch', false],
    ['!pip install -q torch==2.4\nimport torch', null, false],
    ['%pip install --upgrade tensorflow\nimport tensorflow', null, false],
    ['!pip install -r requirements.txt\nimport torch', 'torch', false],
    ['!pip install timm\nimport torch', 'torch', true],
  ] as const)('of %j uses %s, decisive: %s', (code, framework, decisive) => {
    expect(frameworkOf(code)).toEqual({ framework, decisive });
  });

  it('reads hostile code in no time', () => {
    const started = performance.now();
    frameworkOf(`!pip ${'install '.repeat(40_000)}\n${'import '.repeat(40_000)}\n${' '.repeat(400_000)}`);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

const TWO_T4 = 'echo "Tesla T4, 15360 MiB, 580.159.04"; echo "Tesla T4, 15360 MiB, 580.159.04"';
const TORCH = `class A:
    def __matmul__(self, other): return self
    def sum(self): return self
    def item(self): return RESULT
class cuda:
    is_available = staticmethod(lambda: COUNT > 0)
    device_count = staticmethod(lambda: COUNT)
    get_device_name = staticmethod(lambda i: "Tesla T4")
full = lambda *a, **k: A()
`;
const torch = (result: string, count = 2) => TORCH.replaceAll('RESULT', result).replaceAll('COUNT', String(count));

/** Executes the cell with the Python of this computer, between a stand-in of nvidia-smi and one of the framework. */
function run(code: string, of: { smi?: string; torch?: string; env?: Record<string, string> } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'nightshift-receipt-'));
  mkdirSync(join(folder, 'lib'));
  if (of.smi !== undefined) writeFileSync(join(folder, 'nvidia-smi'), `#!/bin/sh\n${of.smi}\n`);
  if (of.smi !== undefined) chmodSync(join(folder, 'nvidia-smi'), 0o755);
  if (of.torch !== undefined) writeFileSync(join(folder, 'lib', 'torch.py'), of.torch);
  const cells = cellsOf(withReceipt(source(notebook([code])))).map((cell) => cell.source);
  const file = join(folder, 'cell.py');
  writeFileSync(file, `${cells[0]}\nprint(sorted(name for name in dir() if "nightshift" in name))\n`);
  const env = { HOME: folder, PATH: `${folder}${delimiter}${process.env.PATH}`, PYTHONPATH: join(folder, 'lib') };
  const done = spawnSync('python3', [file], { encoding: 'utf8', env: { ...env, ...of.env }, timeout: 60_000 });
  return {
    status: done.status,
    out: done.stdout,
    record: readReceipt(done.stdout.split('\n')[0] ?? ''),
    why: endedByReceipt(done.stderr.trim().split('\n').at(-1) ?? ''),
  };
}

const hasPython = ((): boolean => {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describe.runIf(hasPython)('executed, the receipt cell', () => {
  it('proves two GPUs by an operation in the framework the notebook imports, and leaves nothing behind', () => {
    const done = run('import torch', { smi: TWO_T4, torch: torch('67108864.0') });
    expect(done.record).toMatchObject({ verdict: 'works', by: 'torch', gpus: [{ name: 'Tesla T4' }, {}] });
    expect(done.status).toBe(0);
    expect(done.out.trim().split('\n').at(-1)).toBe('[]');
  });

  it('asks nvidia-smi alone when the notebook imports no framework', () => {
    const done = run('x = 1', { smi: TWO_T4, torch: 'raise SystemExit("must not be imported")' });
    expect(done.record).toMatchObject({ verdict: 'works', by: 'nvidia-smi' });
  });

  it('ends the run when the operation gives a wrong result, or the framework sees no GPU', () => {
    const wrong = run('import torch', { smi: TWO_T4, torch: torch('3.0') });
    expect([wrong.status, wrong.record?.verdict, wrong.why]).toEqual([
      1,
      'dead',
      'The GPU does not work. RuntimeError: wrong result 3.0',
    ]);
    expect(run('import torch', { smi: TWO_T4, torch: torch('1.0', 0) }).why).toBe(
      'The GPU does not work. torch sees no GPU',
    );
  });

  it('lets a run go on whose other libraries may still use the GPU', () => {
    const done = run('import torch\nimport xgboost', { smi: TWO_T4, torch: torch('3.0') });
    expect([done.status, done.record?.verdict]).toEqual([0, 'failed']);
  });

  it('ends the run when there is no GPU at all', () => {
    for (const smi of [undefined, 'echo "No devices were found"; exit 6', 'exit 9']) {
      const done = run('x = 1', smi === undefined ? {} : { smi });
      expect([done.status, done.record?.verdict]).toEqual([1, 'missing']);
      expect(done.why).toBe('This machine has no GPU, though one was asked for.');
    }
  });

  it('trusts the framework when only nvidia-smi is missing', () => {
    const done = run('import torch', { torch: torch('67108864.0') });
    expect([done.status, done.record?.verdict, done.record?.gpus.length]).toEqual([0, 'works', 2]);
  });

  it.each([
    ['a framework that is not there', { smi: TWO_T4, torch: 'raise ImportError("no")' }, 'works'],
    ['a framework that crashes', { smi: TWO_T4, torch: 'import os; os._exit(11)' }, 'unsure'],
    [
      'an nvidia-smi of no known form',
      { smi: 'echo hello; head -c 100000 /dev/urandom', torch: torch('67108864.0') },
      'works',
    ],
    ['a stand-in without memory', { smi: 'echo "Stand-in, 0 MiB, 0"', torch: torch('3.0') }, 'unsure'],
  ])('never ends a run for %s', (_, of, verdict) => {
    const done = run('import torch', of);
    expect([done.status, done.record?.verdict]).toEqual([0, verdict]);
  });

  it('does nothing while a competition scores the notebook or somebody opens it in the editor', () => {
    expect(run('x = 1', { env: { KAGGLE_IS_COMPETITION_RERUN: '1' } })).toMatchObject({ status: 0, record: null });
    expect(run('x = 1', { env: { KAGGLE_KERNEL_RUN_TYPE: 'Interactive' } })).toMatchObject({ status: 0, record: null });
  });
});
