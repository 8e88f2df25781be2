import { describe, expect, it } from 'vitest';
import { type FailureFacts, readFailure } from '../../src/results/failure.ts';
import { type LogChunk, LogReading } from '../../src/results/log.ts';
import { EXAMPLES } from './failure-examples.ts';

/**
 * Each example of the reference of 2026-11-23 in a log as Kaggle's runner writes it: the debugger's warning first, the traceback
 * in papermill's words, nbconvert's noise last.
 */

const SITE = '/usr/local/lib/python3.12/dist-packages';
const BEFORE = [
  '0.00s - Debugger warning: It seems that frozen modules are being used, which may\n',
  '0.00s - make the debugger miss breakpoints. Please pass -Xfrozen_modules=off\n',
  '0.00s - to python to disable frozen modules.\n',
  "ERROR: pip's dependency resolver does not currently take into account all the packages that are installed.\n",
  '2026-11-23 20:00:00.1: E external/local_xla/xla/stream_executor/cuda/cuda_dnn.cc:9261] Unable to register cuDNN factory\n',
].join('');
const AFTER = [
  `${SITE}/mistune.py:435: SyntaxWarning: invalid escape sequence '\\|'\n`,
  "  cells[i][c] = re.sub('\\\\\\\\\\|', '|', cell)\n",
  `${SITE}/nbconvert/filters/filter_links.py:36: SyntaxWarning: invalid escape sequence '\\_'\n`,
  "  text = re.sub(r'_', '\\_', text)\n",
  `${SITE}/traitlets/traitlets.py:2915: FutureWarning: --Exporter.preprocessors=["remove_papermill_header.RemovePapermillHeader"] for containers is deprecated\n`,
  '  warn(\n',
  '[NbConvertApp] Converting notebook __notebook__.ipynb to notebook\n',
  '[NbConvertApp] Writing 30123 bytes to __notebook__.ipynb\n',
  '[NbConvertApp] Converting notebook __notebook__.ipynb to html\n',
  '[NbConvertApp] Writing 301234 bytes to __results__.html\n',
].join('');

const SOURCE = JSON.stringify({
  cells: [
    { cell_type: 'code', source: 'def go(path):\n    return run(path)\n' },
    { cell_type: 'markdown', source: '# now' },
    { cell_type: 'code', source: '\n\nprint("go")\nresult = go(\n    "x",\n)\nprint(result)\n' },
  ],
});

/** Empty lines at the head of a cell are not counted by IPython, so line 4 of the cell is its line 2. */
const wrapped = (error: string): string => {
  const named = /^(?:\w{1,40}\.){0,4}(\w{1,60})/.exec(error)?.[1] ?? 'Error';
  return `Traceback (most recent call last):
  File "<string>", line 1, in <module>
  File "${SITE}/papermill/execute.py", line 131, in execute_notebook
    raise_for_execution_errors(nb, output_path)
  File "${SITE}/papermill/execute.py", line 251, in raise_for_execution_errors
    raise error
papermill.exceptions.PapermillExecutionError: 
${'-'.repeat(75)}
Exception encountered at "In [2]":
${'-'.repeat(75)}
${named.padEnd(42)}Traceback (most recent call last)
/tmp/ipykernel_17/2121784221.py in <cell line: 0>()
      1 print("go")
----> 2 result = go(
      3     "x",
      4 )
      5 print(result)

/tmp/ipykernel_17/8847120.py in go(path)
      1 def go(path):
----> 2     return run(path)

${SITE}/some/library.py in run(path)
    411     # CUDA out of memory, MemoryError, No space left on device: words of a comment
--> 412     raise error

${error}

`;
};

const facts = (chunks: readonly LogChunk[], more: Partial<FailureFacts>): FailureFacts => {
  const reading = new LogReading();
  for (const chunk of chunks) reading.push(chunk);
  const fixed = { message: null, why: 'failed', kind: 'notebook', internet: false, limitMinutes: 540 } as const;
  return { reading, chunks, source: SOURCE, ...fixed, ...more };
};

const logOf = (error: string): LogChunk[] => [
  { stream: 'stderr', time: 1, text: BEFORE },
  { stream: 'stdout', time: 60, text: 'reading\nNo space left on device\n' },
  { stream: 'stderr', time: 70, text: wrapped(error) },
  { stream: 'stderr', time: 75, text: AFTER },
];

const CODE = 'error in your code';
const SECRET = 'attaching the secret again on Kaggle, or a private dataset: a push does not carry secrets.';
const FORMAT = 'opening the notebook in Jupyter and saving it once.';
const MEMORY = ['out of memory', 'loading data in parts, smaller types, or fewer workers.'] as const;
const GPU_MEMORY = ['GPU out of memory', 'a smaller batch, mixed precision, or gradient accumulation.'] as const;
const CUDA = ['CUDA error', 'running once more; then with CUDA_LAUNCH_BLOCKING=1 to find the line.'] as const;
const NO_GPU = ['CUDA error', 'asking for GPU T4 x2: the run had no GPU that its libraries can use.'] as const;
const OFFLINE = ['internet is off', 'turning internet on, or attaching what it loads as an input.'] as const;
const ACCESS = [CODE, 'accepting the terms of what it loads, or attaching a copy from Kaggle.'] as const;
const VERSION = [CODE, 'saving and loading with the same library version.'] as const;

/** Class and advice in the words people see; what is not in its table is the general class with a nearer advice. */
const EXPECTED: Readonly<Record<string, readonly [string, string]>> = {
  'status-time': [
    'time limit of 9\u00a0h reached',
    'fewer epochs, a limit of 12\u00a0h, or going on from a checkpoint.',
  ],
  'status-ram': MEMORY,
  'playground-stopped': ['the playground was stopped', 'running it again.'],
  quota: ['GPU hours used up', 'waiting for the refill, or a CPU run.'],
  denied: [CODE, 'verifying the phone number of the account: Kaggle did not allow it internet or a GPU.'],
  'dead-kernel': ['killed without a trace', 'less memory first: a run that uses too much often ends this way.'],
  'no-kernel-name': [CODE, FORMAT],
  'no-such-kernel': [CODE, FORMAT],
  'bad-notebook': [CODE, FORMAT],
  stdin: [CODE, 'a constant in place of input(): a run has nobody to answer it.'],
  'cuda-oom': GPU_MEMORY,
  'tf-oom': GPU_MEMORY,
  'cu-alloc': GPU_MEMORY,
  'gpu-arch': NO_GPU,
  'no-gpu': NO_GPU,
  'no-tpu': [CODE, 'asking for TPU v5e-8: the run had no TPU that its libraries can use.'],
  'cuda-assert': CUDA,
  nccl: CUDA,
  'fork-cuda': CUDA,
  disk: ['disk full', 'saving fewer checkpoints. Kaggle keeps about 20 GB.'],
  shm: MEMORY,
  ram: MEMORY,
  sigkill: MEMORY,
  dns: OFFLINE,
  'pip-offline': OFFLINE,
  'hf-offline': OFFLINE,
  'net-other': OFFLINE,
  nltk: OFFLINE,
  gated: ACCESS,
  'kagglehub-access': ACCESS,
  'secret-missing': [CODE, SECRET],
  'secret-env': [CODE, SECRET],
  'secret-net': OFFLINE,
  'wandb-key': [CODE, 'WANDB_MODE=offline, or attaching the key as a secret on Kaggle.'],
  readonly: [CODE, 'writing to /kaggle/working: /kaggle/input can only be read.'],
  'missing-input': ['input missing', 'attaching titanic.'],
  'missing-file': [CODE, 'making the file or its folder first: /kaggle/working is empty when a run starts.'],
  'hf-not-local': ['input missing', 'attaching bert.'],
  'torch-load': VERSION,
  'bad-archive': [CODE, 'uploading the file again: it is damaged or only a pointer to another.'],
  'numpy-abi': [CODE, 'installing with --no-deps: the packages no longer fit together.'],
  'lib-missing': [CODE, 'a run with a GPU, or the packages of the image: a system library is missing.'],
  'module-missing': ['module missing', 'turning internet on (it was off), or attaching trl as a dataset with wheels.'],
  'import-name': [CODE, 'the version the code was written for: the installed one has no such name.'],
  'sklearn-version': VERSION,
  syntax: ['syntax error', 'the line above.'],
  name: ['name not defined', 'defining it in an earlier cell.'],
  keyboard: [CODE, 'looking whether somebody stopped it: the code was interrupted from outside.'],
  'cell-timeout': [CODE, 'splitting the cell: it ran longer than the runner allows.'],
  exit: [CODE, 'reading the lines above: the code itself ended the run.'],
  assert: [CODE, 'reading the lines above.'],
  subprocess: [CODE, 'reading what the command printed above its error.'],
  'any-error': [CODE, 'reading the lines above.'],
};

const said = (example: string): string => {
  const plain = example.replace(/^(?:[A-Za-z_]\w*\.)+(?=[A-Z_])/, '').replace(/:\s*$/, '');
  return plain.length > 160 ? `${plain.slice(0, 159)}…` : plain;
};

describe('each row of the reference, in a whole log', () => {
  it.each(EXAMPLES)('%s gives class, advice, place and error', (id, example) => {
    const failure = readFailure(facts(logOf(example), {}));
    expect([failure.class, failure.advice]).toEqual(EXPECTED[id]);
    expect(failure).toMatchObject({ cell: 2, line: 4, error: said(example) });
    expect(failure.excerpt[failure.line === null ? 0 : failure.line - failure.excerptFrom]).toBe('result = go(');
    expect(failure.frames).toEqual(['cell 2, line 4   result = go(', 'cell 1, line 2   return run(path)']);
  });

  it.each(EXAMPLES)('%s is read from Kaggle’s message alone', (id, example) => {
    expect(readFailure(facts([], { message: example })).class).toBe(EXPECTED[id]?.[0]);
  });

  it.each(EXAMPLES)('%s is read from the last line of a log without traceback', (id, example) => {
    const chunks: LogChunk[] = [{ stream: 'stderr', time: 3, text: `${BEFORE}${example}\n` }];
    const { class: named, cell } = readFailure(facts(chunks, {}));
    // A warning ends no run, and what the playground says of itself stands in the message.
    const isOnlyWarning = ['gpu-arch', 'dns', 'playground-stopped'].includes(id);
    expect([named, cell]).toEqual([isOnlyWarning ? 'killed without a trace' : EXPECTED[id]?.[0], null]);
  });

  it('has an expectation for every row', () => {
    expect(EXAMPLES.map(([id]) => id).sort()).toEqual(Object.keys(EXPECTED).sort());
  });
});

describe('the joins', () => {
  const missing = wrapped("ModuleNotFoundError: No module named 'trl'");
  const missingAfter = (text: string): LogChunk[] => [
    { stream: 'stdout', time: 5, text },
    { stream: 'stderr', time: 9, text: missing },
    { stream: 'stderr', time: 10, text: AFTER },
  ];

  it.each([
    "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError: [Errno -3] Temporary failure in name resolution': /simple/trl/\n",
    'ERROR: No matching distribution found for trl\n',
  ])('make internet off of a missing module after: %s', (line) => {
    expect(readFailure(facts(missingAfter(line), {})).class).toBe('internet is off');
    expect(readFailure(facts(missingAfter(line), { internet: true })).class).toBe('module missing');
  });

  it('tell a log that just stops by how near the limit that was', () => {
    const chunks = (time: number): LogChunk[] => [{ stream: 'stdout', time, text: 'Epoch 3/9\n' }];
    expect(readFailure(facts(chunks(540 * 60 * 0.94), {})).class).toBe('killed without a trace');
    expect(readFailure(facts(chunks(540 * 60 * 0.96), {})).class).toBe('time limit of 9\u00a0h reached');
  });

  it('take an interrupt right before the limit for the limit', () => {
    const chunks: LogChunk[] = [{ stream: 'stderr', time: 540 * 60 - 5, text: wrapped('KeyboardInterrupt: ') }];
    expect(readFailure(facts(chunks, {})).class).toBe('time limit of 9\u00a0h reached');
  });
});
