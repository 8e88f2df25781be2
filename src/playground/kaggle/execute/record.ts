import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPython } from './find-python.ts';
import { PythonExecutor } from './python-executor.ts';
import type { Recording } from './recorded-executor.ts';
import { filesBelow } from './sandbox.ts';

/**
 * Makes `recording.json` anew by really running the sample that trains for 70 epochs:
 * `node src/playground/kaggle/execute/record.ts`. To be done when the sample changes.
 */
const sample = new URL('../../samples/train-70-epochs.ipynb', import.meta.url);
const python = await findPython();
if (python === null) throw new Error('there is no Python to record with');
const folder = mkdtempSync(join(tmpdir(), 'recording-'));
const chunks: Recording['chunks'] = [];
const began = performance.now();
const execution = new PythonExecutor(python).start(
  {
    folder,
    source: readFileSync(sample, 'utf8'),
    kernelType: 'notebook',
    language: 'python',
    inputs: [],
    limitSeconds: 600,
    internet: false,
  },
  { print: (text, stream) => chunks.push([Math.round(performance.now() - began) / 1_000, stream, text]) },
);
const ending = await execution.ended;
if (ending.kind !== 'complete') throw new Error(`the sample ended as ${ending.kind}`);
const files = filesBelow(execution.outputs).map(({ name, path }) => ({
  name,
  base64: readFileSync(path).toString('base64'),
}));
const recording: Recording = {
  title: 'Seventy epochs',
  madeOn: new Date().toISOString().slice(0, 10),
  chunks,
  files,
};
writeFileSync(new URL('./recording.json', import.meta.url), `${JSON.stringify(recording, null, 1)}\n`);
rmSync(folder, { recursive: true, force: true });
