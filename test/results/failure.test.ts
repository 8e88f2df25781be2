import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/domain/results.ts';
import { AT_KAGGLE, type FailureFacts, readFailure } from '../../src/results/failure.ts';
import { FAILURE_SIGNS } from '../../src/results/failure-signs.ts';
import { type LogChunk, LogReading } from '../../src/results/log.ts';
import { EXAMPLES } from './failure-examples.ts';

type Cells = readonly (string | { markdown: string })[];

const notebook = (cells: Cells): string =>
  JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: cells.map((cell) =>
      typeof cell === 'string'
        ? { cell_type: 'code', source: cell, outputs: [], execution_count: null, metadata: {} }
        : { cell_type: 'markdown', source: cell.markdown, metadata: {} },
    ),
  });

const SITE = '/usr/local/lib/python3.12/dist-packages';
const START = '0.00s - Debugger warning: It seems that frozen modules are being used, which may\n';
const SAVE = [
  `${SITE}/mistune.py:435: SyntaxWarning: invalid escape sequence '\\|'\n`,
  "  cells[i][c] = re.sub('x', '|', cell)\n",
  '[NbConvertApp] Converting notebook __notebook__.ipynb to notebook\n',
  '[NbConvertApp] Writing 1234 bytes to __notebook__.ipynb\n',
].join('');

/** What papermill writes when cell N ends a run. */
const wrapped = (cell: number, traceback: string): string =>
  `Traceback (most recent call last):\n  File "<string>", line 1, in <module>\n  File "${SITE}/papermill/execute.py", line 131, in execute_notebook\n    raise_for_execution_errors(nb, output_path)\n    raise error\npapermill.exceptions.PapermillExecutionError: \n${'-'.repeat(75)}\nException encountered at "In [${cell}]":\n${'-'.repeat(75)}\n${traceback}\n\n`;

const arrows = (type: string, ...frames: readonly string[]): string =>
  `${type.padEnd(42)}Traceback (most recent call last)\n${frames.join('\n\n')}\n`;

function failureOf(
  log: readonly (readonly ['stdout' | 'stderr', string])[],
  facts: Partial<FailureFacts> = {},
): Failure {
  const chunks: LogChunk[] = log.map(([stream, text], index) => ({ stream, time: index, text }));
  const reading = new LogReading();
  for (const chunk of chunks) reading.push(chunk);
  return readFailure({
    reading,
    chunks,
    message: null,
    why: 'failed',
    source: null,
    kind: 'notebook',
    internet: false,
    limitMinutes: 540,
    ...facts,
  });
}

const failed = (cell: number, traceback: string, facts: Partial<FailureFacts> = {}): Failure =>
  failureOf(
    [
      ['stderr', START],
      ['stdout', 'reading\n'],
      ['stderr', wrapped(cell, traceback)],
      ['stderr', SAVE],
    ],
    facts,
  );

describe('the place of a failure', () => {
  const cells: Cells = [
    { markdown: '# Leaves' },
    'import random',
    '',
    'def product(left, right):\n    if len(left) != len(right):\n        raise ValueError(f"shapes do not fit")\n    return left',
    { markdown: 'now' },
    '# first\n\nfor epoch in range(3):\n    weights = [0.0]\n    product([1, 2], weights)\n    print(epoch)\n\n',
  ];
  const traceback = arrows(
    'ValueError',
    'Cell In[3], line 5\n      3 for epoch in range(3):\n      4     weights = [0.0]\n----> 5     product([1, 2], weights)\n      6     print(epoch)',
    'Cell In[2], line 3, in product(left, right)\n      1 def product(left, right):\n      2     if len(left) != len(right):\n----> 3         raise ValueError(f"shapes do not fit")\n      4     return left',
  );
  const failure = failed(3, `${traceback}\nValueError: shapes do not fit`, { source: notebook(cells) });

  it('is N of In [N]: code cells that hold something, markdown and empty ones not counted', () => {
    expect(failure).toMatchObject({ cell: 3, line: 5 });
  });

  it('comes with two lines around it, out of the source that was pushed', () => {
    expect(failure.excerptFrom).toBe(3);
    expect(failure.excerpt).toEqual([
      'for epoch in range(3):',
      '    weights = [0.0]',
      '    product([1, 2], weights)',
      '    print(epoch)',
    ]);
  });

  it('comes with the own frames, outermost first, and the error', () => {
    expect(failure.frames).toEqual([
      'cell 3, line 5   product([1, 2], weights)',
      'cell 2, line 3   raise ValueError(f"shapes do not fit")',
    ]);
    expect(failure.error).toBe('ValueError: shapes do not fit');
    expect(failure.class).toBe('shapes or types do not fit');
  });

  it('is quoted from the traceback when the source is not known', () => {
    const bare = failed(3, `${traceback}\nValueError: shapes do not fit`);
    expect(bare).toMatchObject({ cell: 3, line: 5, excerptFrom: 3 });
    expect(bare.excerpt[2]).toBe('    product([1, 2], weights)');
  });

  it('leaves out frames of libraries', () => {
    const deep = arrows(
      'JSONDecodeError',
      "Cell In[1], line 2\n      1 import json\n----> 2 json.loads('{')",
      'File /usr/lib/python3.12/json/__init__.py:346, in loads(s)\n    341     s = s.decode()\n--> 346     return _default_decoder.decode(s)\n    347 if cls is None:',
      `File ${SITE}/torch/nn/modules/module.py:1773, in Module._call(self)\n--> 1773     return self._call_impl()`,
    );
    const { frames, line, error } = failed(1, `${deep}\nJSONDecodeError: Expecting property name`, {
      source: notebook(["import json\njson.loads('{')"]),
    });
    expect(frames).toEqual(["cell 1, line 2   json.loads('{')"]);
    expect(line).toBe(2);
    expect(error).toBe('JSONDecodeError: Expecting property name');
  });

  it('is the line below the magic in a timed cell', () => {
    const { line, excerpt, excerptFrom } = failed(
      1,
      `${arrows('KeyError', 'File <timed exec>:3')}\nKeyError: 'label'`,
      {
        source: notebook(["%%time\nimport time\na = 1\nraise KeyError('label')"]),
      },
    );
    expect(line).toBe(4);
    expect(excerpt[line === null ? 0 : line - excerptFrom]).toBe("raise KeyError('label')");
  });

  it('is found for a syntax error, which has no frames', () => {
    const failure = failed(
      1,
      "  Cell In[1], line 2\n    for i in range(3)\n                     ^\nSyntaxError: expected ':'",
      {
        source: notebook(['x = 1\nfor i in range(3)\n    print(i)']),
      },
    );
    expect(failure).toMatchObject({ class: 'syntax error', cell: 1, line: 2, error: "SyntaxError: expected ':'" });
  });

  it('is that of the last exception of a chain', () => {
    const chain = `${arrows('KeyError', "Cell In[1], line 3, in f()\n      2 try:\n----> 3     {}['a']")}\nKeyError: 'a'\n\nDuring handling of the above exception, another exception occurred:\n\n${arrows('RuntimeError', 'Cell In[1], line 6\n      5         raise RuntimeError()\n----> 6 f()', "Cell In[1], line 5, in f()\n----> 5     raise RuntimeError('late')")}\nRuntimeError: late`;
    expect(failed(1, chain)).toMatchObject({
      cell: 1,
      line: 6,
      error: 'RuntimeError: late',
      class: 'error in your code',
    });
  });

  it.each([
    ['IPython 8.0', 'Input In [2], in <cell line: 4>()\n      3 b = 2\n----> 4 go(b)'],
    ['IPython 7', '<ipython-input-2-0a1b2c3d4e5f> in <module>\n      3 b = 2\n----> 4 go(b)'],
    ['ipykernel 6', '/tmp/ipykernel_17/3891.py in <module>\n      3 b = 2\n----> 4 go(b)'],
    ['Kaggle’s image', '/tmp/ipykernel_17/2121784221.py in <cell line: 0>()\n      3 b = 2\n----> 4 go(b)'],
  ])('is read from the traceback of %s', (_, frame) => {
    const source = notebook(['def go(n):\n    return n', 'a = 1\n\nb = 2\ngo(b)']);
    expect(failed(2, `${arrows('TypeError', frame)}\nTypeError: no`, { source })).toMatchObject({ cell: 2, line: 4 });
  });

  it('tells the cells of Kaggle’s image apart, which only names a file for each', () => {
    const source = notebook([
      'def go(n):\n    return n + x',
      'def go2():\n    pass\n\ngo2()',
      'def here():\n    go(1)\n\nhere()',
    ]);
    const frames = [
      '/tmp/ipykernel_17/33.py in <cell line: 0>()\n      3 \n----> 4 here()',
      '/tmp/ipykernel_17/33.py in here()\n      1 def here():\n----> 2     go(1)',
      '/tmp/ipykernel_17/11.py in go(n)\n      1 def go(n):\n----> 2     return n + x',
    ];
    const failure = failed(3, `${arrows('NameError', ...frames)}\nNameError: name 'x' is not defined`, { source });
    expect(failure).toMatchObject({ cell: 3, line: 4, class: 'name not defined' });
    expect(failure.frames).toEqual([
      'cell 3, line 4   here()',
      'cell 3, line 2   go(1)',
      'cell 1, line 2   return n + x',
    ]);
    const syntax = '  File "/tmp/ipykernel_17/33.py", line 2\n    go(1\n      ^\nSyntaxError: \'(\' was never closed';
    expect(failed(3, syntax, { source })).toMatchObject({ cell: 3, line: 2, class: 'syntax error' });
  });

  it('is that of a magic, in whatever words IPython runs it', () => {
    const source = notebook(["\n\n%%time\nx = 1\nraise KeyError('label')", 'a = 1\n%run prepare.py\n']);
    const timed = [
      "/tmp/ipykernel_17/33.py in <cell line: 0>()\n----> 1 get_ipython().run_cell_magic('time', '', \"x = 1\\nraise KeyError('label')\")",
      `${SITE}/IPython/core/magics/execution.py in time(self, line, cell)\n-> 1293                 exec(code, glob, local_ns)`,
      '<timed exec> in <module>',
    ];
    expect(failed(1, `${arrows('KeyError', ...timed)}\nKeyError: 'label'`, { source })).toMatchObject({
      cell: 1,
      frames: [],
    });
    const exec = timed.with(2, 'File <timed exec>:2');
    expect(failed(1, `${arrows('KeyError', ...exec)}\nKeyError: 'label'`, { source })).toMatchObject({
      line: 5,
      frames: ["cell 1, line 5   raise KeyError('label')"],
    });
    const run = [
      "/tmp/ipykernel_17/44.py in <cell line: 0>()\n      1 a = 1\n----> 2 get_ipython().run_line_magic('run', 'prepare.py')",
      '/kaggle/working/prepare.py in <module>\n----> 3 load()',
    ];
    expect(failed(2, `${arrows('OSError', ...run)}\nOSError: no`, { source })).toMatchObject({
      cell: 2,
      line: 2,
      excerpt: ['a = 1', '%run prepare.py'],
      frames: ['cell 2, line 2   %run prepare.py', 'prepare.py, line 3   load()'],
    });
  });

  it('counts the empty lines a cell begins with, which IPython leaves out', () => {
    const source = notebook(['\n  \n\nfirst = 1\nfirst.go()']);
    const frame = '/tmp/ipykernel_17/33.py in <cell line: 0>()\n      1 first = 1\n----> 2 first.go()';
    expect(failed(1, `${arrows('AttributeError', frame)}\nAttributeError: no`, { source }).line).toBe(5);
    // Also where the same words stand twice, and the line alone tells which.
    const twice = notebook(['\n\nfirst.go()\nfirst.go()\nfirst.go()']);
    const second = '/tmp/ipykernel_17/33.py in <cell line: 0>()\n      1 first.go()\n----> 2 first.go()';
    expect(failed(1, `${arrows('KeyError', second)}\nKeyError: 1`, { source: twice }).line).toBe(4);
  });

  it('is that of the cell that ended the run also when its first frame has no name', () => {
    const frame = '/tmp/ipykernel_17/33.py in ?()\n      1 x = 1\n----> 2 x.go()';
    expect(failed(4, `${arrows('AttributeError', frame)}\nAttributeError: no`)).toMatchObject({ cell: 4, line: 2 });
  });

  it('is found for a script that does not even parse, which has no heading', () => {
    const text = '  File "/kaggle/src/script.py", line 2\n    !pip install timm\n    ^\nSyntaxError: invalid syntax\n';
    const source = 'x = 1\n!pip install timm\n';
    expect(failureOf([['stderr', text]], { kind: 'script', source })).toMatchObject({
      class: 'syntax error',
      line: 2,
      error: 'SyntaxError: invalid syntax',
      excerpt: ['x = 1', '!pip install timm'],
    });
  });

  it.each([
    [
      'Error in library(timm): there is no package called ‘timm’\nTraceback:\n\n1. library(timm)\n2. stop(packageNotFoundError(package, lib.loc, sys.call()))',
      { class: 'module missing', line: 2, error: 'Error in library(timm): there is no package called ‘timm’' },
    ],
    [
      'Error in parse(text = input): <text>:3:5: unexpected symbol\n2: \n3: x y\n       ^\nTraceback:\n',
      { class: 'syntax error', line: 3 },
    ],
    ["Error: object 'train' not found\nTraceback:\n", { class: 'name not defined', line: null }],
    ['Error: cannot allocate vector of size 7.5 Gb\nTraceback:\n', { class: 'out of memory' }],
  ])('is read from an error of R: %s', (text, expected) => {
    expect(failed(1, text, { source: notebook(['x <- 1\nlibrary(timm)\nx y']) })).toMatchObject({
      cell: 1,
      ...expected,
    });
  });

  it('is the last own one of a thousand frames of a recursion', () => {
    const deep = Array.from({ length: 1_000 }, () => '/tmp/ipykernel_17/33.py in f(n)\n----> 2     return f(n + 1)');
    const frames = ['/tmp/ipykernel_17/33.py in <cell line: 0>()\n      3 \n----> 4 f(0)', ...deep];
    const source = notebook(['def f(n):\n    return f(n + 1)\n\nf(0)']);
    const text = `${arrows('RecursionError', ...frames)}\n... last 2 frames repeated, from the frame below ...\n\nRecursionError: maximum recursion depth exceeded`;
    const failure = failed(1, text, { source });
    expect(failure).toMatchObject({ cell: 1, line: 4, error: 'RecursionError: maximum recursion depth exceeded' });
    expect(failure.frames).toHaveLength(6);
  });

  it.each([
    ['one line', 'x'.repeat(10_000_000)],
    ['many lines', 'a line of a table\n'.repeat(550_000)],
  ])('is found before a message of 10 MB in %s', { timeout: 30_000 }, (_, message) => {
    const frame = '/tmp/ipykernel_17/33.py in <cell line: 0>()\n      1 x = 1\n----> 2 x.go()';
    const start = performance.now();
    const failure = failed(3, `${arrows('ValueError', frame)}\nValueError: ${message}`);
    expect(failure).toMatchObject({ cell: 3, line: 2, class: 'error in your code' });
    expect(failure.error?.length).toBeLessThanOrEqual(3 * 161);
    // Most of it is the reading of the log itself; what grew with the square of its length would take minutes.
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  it('is not that of a traceback which was printed long before the run was killed', () => {
    const printed =
      'Traceback (most recent call last):\n  File "/tmp/ipykernel_17/33.py", line 2, in load\n    open("a")\nFileNotFoundError: [Errno 2] No such file or directory: \'a\'\n';
    const chunks: LogChunk[] = [
      { stream: 'stderr', time: 30, text: printed },
      { stream: 'stdout', time: 4_000, text: 'Epoch 3/9\n' },
    ];
    const reading = new LogReading();
    for (const chunk of chunks) reading.push(chunk);
    const fixed = { message: null, why: 'failed', source: null, kind: 'notebook', internet: false } as const;
    expect(readFailure({ reading, chunks, ...fixed, limitMinutes: 540 })).toMatchObject({
      class: 'killed without a trace',
      cell: null,
    });
  });

  it('tells what TensorFlow says inside a message that quotes a traceback', () => {
    const message =
      'ValueError: in user code:\n\n    File "/usr/local/lib/python3.12/dist-packages/keras/x.py", line 9, in call  *\n        return f(x)\n\n    ValueError: Shapes (None, 1) and (None, 3) are incompatible\n';
    expect(failed(1, `${arrows('ValueError', 'Cell In[1], line 1\n----> 1 fit()')}\n${message}`)).toMatchObject({
      class: 'shapes or types do not fit',
      error: 'ValueError: Shapes (None, 1) and (None, 3) are incompatible',
    });
  });

  it('is the innermost own line of a script', () => {
    const source = 'import sys\n\ndef main():\n    load()\n\ndef load():\n    open("model.pth")\n\nmain()\n';
    const log =
      'Traceback (most recent call last):\n  File "/kaggle/src/script.py", line 9, in <module>\n    main()\n  File "/kaggle/src/script.py", line 4, in main\n    load()\n  File "/kaggle/src/script.py", line 7, in load\n    open("model.pth")\n    ~~~~^^^^^^^^^^^^^\nFileNotFoundError: [Errno 2] No such file or directory: \'model.pth\'\n';
    expect(failureOf([['stderr', log]], { kind: 'script', source })).toMatchObject({
      cell: null,
      line: 7,
      error: "FileNotFoundError: [Errno 2] No such file or directory: 'model.pth'",
      frames: ['script.py, line 9   main()', 'script.py, line 4   load()', 'script.py, line 7   open("model.pth")'],
    });
  });

  it('has at most six frames, the last ones', () => {
    const frames = Array.from(
      { length: 20 },
      (_, n) => `Cell In[1], line ${n + 1}, in f${n}()\n----> ${n + 1} f${n + 1}()`,
    );
    const failure = failed(1, `${arrows('ValueError', ...frames)}\nValueError: deep`);
    expect(failure.frames).toHaveLength(6);
    expect(failure.frames.at(-1)).toBe('cell 1, line 20   f20()');
    expect(failure.line).toBe(1);
  });

  it('shows an error in at most three lines of 160', () => {
    const { error } = failed(
      1,
      `${arrows('ValueError', 'Cell In[1], line 1\n----> 1 f()')}\nValueError: ${'x'.repeat(500)}\nsecond\nthird\nfourth`,
    );
    const lines = error?.split('\n') ?? [];
    expect(lines).toHaveLength(3);
    expect(lines[0]).toHaveLength(160);
  });

  it('never shows a token that stands in the source or the error', () => {
    const token = 'KGAT_0123456789abcdef0123456789abcdef';
    const failure = failed(
      1,
      `${arrows('ValueError', `Cell In[1], line 1\n----> 1 login("${token}")`)}\nValueError: ${token}`,
      {
        source: notebook([`login("${token}")`]),
      },
    );
    expect(JSON.stringify(failure)).not.toContain(token);
    expect(failure.excerpt).toEqual(['login("[hidden]")']);
  });
});

const ended = (error: string): string =>
  `${arrows(error.split(':')[0] ?? '', 'Cell In[2], line 1\n----> 1 go()')}\n${error}`;

const classes: readonly (readonly [string, Partial<FailureFacts>, string, string])[] = [
  [
    'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.50 GiB.',
    {},
    'GPU out of memory',
    'a smaller batch, mixed precision, or gradient accumulation.',
  ],
  [
    'MemoryError: Unable to allocate 29.8 GiB for an array with shape (4,)',
    {},
    'out of memory',
    'loading data in parts, smaller types, or fewer workers.',
  ],
  ["NameError: name 'train_df' is not defined", {}, 'name not defined', 'defining it in an earlier cell.'],
  [
    "ModuleNotFoundError: No module named 'timm'",
    {},
    'module missing',
    'turning internet on (it was off), or attaching timm as a dataset with wheels.',
  ],
  [
    "ModuleNotFoundError: No module named 'timm.layers'",
    { internet: true },
    'module missing',
    'installing timm in the first cell, or attaching timm as a dataset with wheels.',
  ],
  [
    "OSError: We couldn't connect to 'https://huggingface.co' to load the files",
    {},
    'internet is off',
    'turning internet on, or attaching what it loads as an input.',
  ],
  [
    "OSError: We couldn't connect to 'https://huggingface.co' to load the files",
    { internet: true },
    'error in your code',
    'running it again; something it downloads did not answer, or has another name or version.',
  ],
  [
    "FileNotFoundError: [Errno 2] No such file or directory: '/kaggle/input/datasets/mara-k/leaf-aug/a.csv'",
    { inputs: ['mara-k/leaf'] },
    'input missing',
    'attaching mara-k/leaf-aug. The attached inputs were: mara-k/leaf.',
  ],
  [
    "FileNotFoundError: [Errno 2] No such file or directory: '/kaggle/input/titanic/train.csv'",
    { inputs: [] },
    'input missing',
    'attaching titanic. No input was attached.',
  ],
  [
    "FileNotFoundError: [Errno 2] No such file or directory: 'model.pth'",
    {},
    'error in your code',
    'making the file or its folder first: /kaggle/working is empty when a run starts.',
  ],
  [
    'RuntimeError: CUDA error: device-side assert triggered',
    {},
    'CUDA error',
    'running once more; then with CUDA_LAUNCH_BLOCKING=1 to find the line.',
  ],
  [
    'OSError: [Errno 28] No space left on device',
    {},
    'disk full',
    'saving fewer checkpoints. Kaggle keeps about 20 GB.',
  ],
  [
    'RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x512 and 256x10)',
    {},
    'shapes or types do not fit',
    'the shapes named in the error, just before the line above.',
  ],
  [
    "TypeError: unsupported operand type(s) for +: 'int' and 'str'",
    {},
    'shapes or types do not fit',
    'the shapes named in the error, just before the line above.',
  ],
  ["KeyError: 'label'", {}, 'error in your code', 'reading the lines above.'],
  ['AssertionError: ', {}, 'error in your code', 'reading the lines above.'],
  [
    "FileNotFoundError: [Errno 2] No such file or directory: '/kaggle/input/leaf/train.csv'",
    { inputs: ['mara-k/leaf'] },
    'input missing',
    'comparing the path with what is mounted: mara-k/leaf is attached, so another folder or file name is meant.',
  ],
  [
    'RuntimeError: Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!',
    {},
    'error in your code',
    'moving the model and its data to one device: the error names both.',
  ],
];

describe('the class of a failure', () => {
  it.each(classes)('of %s', (error, facts, named, advice) => {
    expect(failed(2, ended(error), facts)).toMatchObject({ class: named, advice });
  });

  it('is internet off when pip could not fetch the module before', () => {
    const log: (readonly ['stdout' | 'stderr', string])[] = [
      ['stdout', 'ERROR: No matching distribution found for trl\n'],
      ['stderr', wrapped(2, ended("ModuleNotFoundError: No module named 'trl'"))],
    ];
    expect(failureOf(log).class).toBe('internet is off');
    expect(failureOf(log, { internet: true }).class).toBe('module missing');
  });

  it('is not misled by what the notebook printed or by lines of its source', () => {
    const frame =
      'Cell In[2], line 2\n      1 except KeyboardInterrupt: raise MemoryError("CUDA out of memory")\n----> 2 go()';
    const log: (readonly ['stdout' | 'stderr', string])[] = [
      ['stderr', '/bin/bash: line 1: nvidia-smi: command not found\n'],
      ['stdout', 'No space left on device\n'],
      ['stderr', wrapped(2, `${arrows('KeyError', frame)}\nKeyError: 'a'`)],
      ['stderr', SAVE],
    ];
    expect(failureOf(log).class).toBe('error in your code');
  });

  it('is that of the time limit, with the epochs the log shows to be done', () => {
    const lines = Array.from({ length: 62 }, (_, n) => `Epoch ${n + 1}/70 - loss: 0.5 - val_loss: 0.4\n`).join('');
    expect(failureOf([['stdout', lines]], { why: 'timeLimit' })).toMatchObject({
      class: 'time limit of 9\u00a0h reached',
      advice: 'fewer epochs (62 fit), a limit of 12\u00a0h, or going on from a checkpoint.',
    });
    expect(failureOf([['stdout', 'hello\n']], { why: 'timeLimit', limitMinutes: 720 }).advice).toBe(
      'fewer epochs or going on from a checkpoint.',
    );
  });

  it('comes from Kaggle’s message before anything else', () => {
    const message = 'Your notebook tried to allocate more memory than is available. It has restarted.';
    expect(failureOf([['stdout', 'reading\n']], { message }).class).toBe('out of memory');
  });

  it('is Kaggle’s own fault only when no code of the person failed', () => {
    const message = 'Failed to start the session, internal error.';
    expect(failureOf([], { message }).class).toBe(AT_KAGGLE);
    expect(failed(2, ended("KeyError: 'label'"), { message }).class).toBe('error in your code');
  });

  it('is killed without a trace when the log just stops', () => {
    expect(
      failureOf([
        ['stderr', START],
        ['stdout', 'Epoch 1/9\n'],
      ]),
    ).toMatchObject({
      class: 'killed without a trace',
      cell: null,
      error: null,
    });
  });

  it('is the time limit when it just stops right before it', () => {
    const chunks: LogChunk[] = [{ stream: 'stdout', time: 32_300, text: 'still going\n' }];
    const reading = new LogReading();
    for (const chunk of chunks) reading.push(chunk);
    const facts = {
      reading,
      chunks,
      message: null,
      why: 'failed',
      source: null,
      kind: 'notebook',
      internet: false,
    } as const;
    expect(readFailure({ ...facts, limitMinutes: 540 }).class).toBe('time limit of 9\u00a0h reached');
  });

  it('is found in a log that is plain text, too', () => {
    const text = `reading\n${wrapped(2, ended("NameError: name 'x' is not defined"))}`;
    expect(failureOf([['stdout', text]])).toMatchObject({ class: 'name not defined', cell: 2 });
  });

  it.each(EXAMPLES)('%s: its sign is the first that fits its example', (id, example) => {
    expect(FAILURE_SIGNS.find(({ pattern }) => pattern.test(example))?.id).toBe(id);
  });
});

describe('a hostile log', () => {
  it.each([
    ['a line of arrows', `${'-'.repeat(300_000)}> 5 x`],
    ['very many frames', 'Cell In[1], line 1\n----> 1 f()\n'.repeat(20_000)],
    ['paths without an end', `FileNotFoundError: /kaggle/input${'/a'.repeat(150_000)}`],
    ['nothing but quotes and brackets', `${`["'({`.repeat(80_000)}`],
    ['names without an end', `${'a.'.repeat(150_000)}Error: x`],
  ])('costs little time: %s', (_, text) => {
    const start = performance.now();
    const failure = failed(1, `${text}\nValueError: end`);
    expect(performance.now() - start).toBeLessThan(1_500);
    expect(failure.frames.length).toBeLessThanOrEqual(6);
  });

  it.each(['', '{', '[]', 'null', '{"cells":[null,{"cell_type":"code"}]}', 'not json'])(
    'is read with the source %j',
    (source) => {
      expect(failed(1, ended("KeyError: 'x'"), { source }).cell).toBe(1);
    },
  );
});
