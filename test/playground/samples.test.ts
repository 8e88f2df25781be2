import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_ACCELERATOR, parseAccelerator } from '../../src/domain/accelerator.ts';
import { parseInputs } from '../../src/domain/input.ts';
import { createCodeChecker } from '../../src/notebook/check-code.ts';
import { checkSetup } from '../../src/notebook/check-setup.ts';
import { readSource } from '../../src/notebook/read.ts';
import { datasets, samples } from '../../src/playground/samples/samples.ts';
import { LogReading } from '../../src/results/log.ts';
import { outputKind } from '../../src/results/outputs.ts';

const python = ['python3', 'python'].find((name) => spawnSync(name, ['--version']).status === 0);

/** Runs the code cells one after the other, as the plain runner does; magics are left out. */
const RUNNER = `
import json, sys
cells = [c for c in json.load(open(sys.argv[1], encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
names = {"__name__": "__main__"}
for number, cell in enumerate(cells, 1):
    lines = ["pass" if line.startswith("!") else line for line in "".join(cell["source"]).split("\\n")]
    exec(compile("\\n".join(lines), f"cell {number}", "exec"), names)
`;

const sample = (name: string) => {
  const found = samples.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no sample ${name}`);
  return found;
};

type Ran = { status: number | null; out: string; err: string; files: string[]; folder: string };

function run(
  name: string,
  env: Record<string, string>,
  use: (ran: Ran) => void,
  prepare: (folder: string) => void = () => {},
): void {
  if (python === undefined) throw new Error('no python3 on this machine: the sample cannot be tried');
  const folder = mkdtempSync(join(tmpdir(), 'nightshift-sample-'));
  try {
    const work = join(folder, 'working');
    mkdirSync(work);
    prepare(folder);
    writeFileSync(join(folder, 'run.py'), RUNNER);
    writeFileSync(join(folder, 'notebook.ipynb'), sample(name).bytes);
    const { status, stdout, stderr } = spawnSync(python, ['../run.py', '../notebook.ipynb'], {
      cwd: work,
      env: { PATH: process.env.PATH ?? '', ...env },
      encoding: 'utf8',
    });
    use({ status, out: stdout, err: stderr, files: readdirSync(work).toSorted(), folder: work });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the samples', () => {
  it.each(samples.map((one) => [one.name, one] as const))(
    '%s is a notebook the bot takes, without outputs and small',
    (_, one) => {
      const source = readSource(one.fileName, one.bytes);
      expect(source).toMatchObject({ kind: 'notebook', language: 'python' });
      expect(one.bytes.length).toBeLessThan(20_000);
      expect(Buffer.from(one.bytes).toString()).not.toMatch(/"outputs": \[[^\]]/);
    },
  );

  it('have options that /commit understands, and the datasets they name', () => {
    for (const { options } of samples) {
      if (options.accelerator !== undefined) expect(parseAccelerator(options.accelerator)).not.toBeNull();
      const { inputs, wrong } = parseInputs(options.inputs ?? '');
      expect(wrong).toEqual([]);
      for (const { ref } of inputs) expect(datasets.map((one) => one.ref)).toContain(ref);
      if (options.title !== undefined) expect(options.title.length).toBeGreaterThanOrEqual(5);
    }
    expect(sample('train-70-epochs').options.title).toBe('Seventy epochs');
  });

  it('import nothing but the standard library', () => {
    const allowed = new Set(['collections', 'csv', 'glob', 'math', 'os', 'pickle', 'random', 'time']);
    for (const { fileName, bytes } of samples) {
      const code = readSource(fileName, bytes).cellSources.join('\n');
      for (const [, name = ''] of code.matchAll(/^(?:import|from) (\w+)/gm)) expect(allowed).toContain(name);
    }
  });
});

describe.runIf(python !== undefined)('with plain python3', () => {
  it('train-70-epochs trains, prints each epoch, and leaves a model and tables', () => {
    run('train-70-epochs', { SECONDS_PER_EPOCH: '0' }, ({ status, out, err, files, folder }) => {
      expect([status, err]).toEqual([0, '']);
      const reading = new LogReading();
      reading.push({ stream: 'stdout', time: 1, text: out });
      const progress = reading.progress();
      expect(progress).toMatchObject({ unit: 'epoch', at: 70, of: 70 });
      expect(progress?.series.map(({ name, points }) => [name, points.length])).toEqual([
        ['val_acc', 70],
        ['val_loss', 70],
        ['loss', 70],
      ]);
      const [first, last] = [progress?.series[1]?.points[0]?.[1] ?? 0, progress?.series[1]?.points[69]?.[1] ?? 9];
      expect(last).toBeLessThan(first / 2);
      expect(files.map((name) => [name, outputKind(name)])).toEqual([
        ['history.csv', 'table'],
        ['predictions.csv', 'table'],
        ['seventy_epochs.pkl', 'model'],
      ]);
      expect(readFileSync(join(folder, 'history.csv'), 'utf8').trim().split(/\r?\n/)).toHaveLength(71);
    });
  });

  it('fail-in-cell-5 fails in its fifth code cell, after printing a little', () => {
    run('fail-in-cell-5', {}, ({ status, out, err, files }) => {
      expect(status).not.toBe(0);
      expect(out).toContain('Epoch 8/8 - loss: ');
      expect(err).toContain('File "cell 5", line 4');
      expect(err).toContain('ValueError: shapes do not fit: (24, 5) and (4, 1)');
      expect(files).toEqual([]);
    });
  });

  it.each(['leaf-measurements', 'datasets/nightshift/leaf-measurements'])(
    'read-a-dataset finds its input at %s',
    (place) => {
      const files = datasets[0]?.files ?? [];
      run(
        'read-a-dataset',
        {},
        ({ status, err, files: left, folder }) => {
          expect([status, err]).toEqual([0, '']);
          expect(left).toEqual(['species_summary.csv']);
          expect(readFileSync(join(folder, 'species_summary.csv'), 'utf8').trim().split(/\r?\n/)).toHaveLength(13);
        },
        (folder) => {
          const input = join(folder, 'input', place);
          mkdirSync(input, { recursive: true });
          for (const { name, bytes } of files) writeFileSync(join(input, name), bytes);
        },
      );
    },
  );
});

describe('before a commit', () => {
  it.each(samples.map((one) => [one.name, one] as const))(
    'nothing is found in %s, so it runs with one click',
    async (_, { fileName, bytes, options }) => {
      const source = readSource(fileName, bytes);
      const checker = createCodeChecker();
      try {
        const accelerator = parseAccelerator(options.accelerator ?? '') ?? DEFAULT_ACCELERATOR;
        const { inputs } = parseInputs(options.inputs ?? '');
        expect([
          ...(await checker.check(source)),
          ...checkSetup({ source, accelerator, inputs, internet: false }),
        ]).toEqual([]);
      } finally {
        await checker.stop();
      }
    },
  );
});
