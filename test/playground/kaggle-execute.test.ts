import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Job, Mount } from '../../src/playground/kaggle/execute/executor.ts';
import { findExecutor } from '../../src/playground/kaggle/execute/find-executor.ts';
import { findPython } from '../../src/playground/kaggle/execute/find-python.ts';
import { PythonExecutor } from '../../src/playground/kaggle/execute/python-executor.ts';
import { RecordedExecutor, readRecording } from '../../src/playground/kaggle/execute/recorded-executor.ts';
import { filesBelow } from '../../src/playground/kaggle/execute/sandbox.ts';
import { Veil } from '../../src/playground/kaggle/execute/veil.ts';

const python = await findPython();
const scratch = mkdtempSync(join(tmpdir(), 'kaggle-execute-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const notebook = (...cells: string[]): string =>
  JSON.stringify({
    cells: cells.map((source) => ({ cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source })),
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
    nbformat: 4,
    nbformat_minor: 4,
  });

const job = (source: string, more: Partial<Job> = {}): Job => ({
  folder: mkdtempSync(join(scratch, 'run-')),
  source,
  kernelType: 'notebook',
  language: 'python',
  inputs: [],
  limitSeconds: 60,
  internet: false,
  ...more,
});

function run(executor: PythonExecutor | RecordedExecutor, of: Job) {
  const printed = { stdout: '', stderr: '' };
  const execution = executor.start(of, {
    print: (text, stream) => {
      printed[stream] += text;
    },
  });
  return { ...execution, printed, ending: () => execution.ended };
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A killed child of a killed parent may still wait to be reaped.
    return !/^State:\s+Z/m.test(existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '');
  } catch {
    return false;
  }
};

describe('without a Python', () => {
  it('the recording of the sample is played, and its log says what it is', async () => {
    const executor = await findExecutor(mkdtempSync(join(scratch, 'nothing-')));
    expect(executor.runsWith).toBe('a recorded run');
    const played = run(new RecordedExecutor(readRecording(), 10_000), job(notebook('print(1)')));
    expect(await played.ending()).toEqual({ kind: 'complete' });
    expect(played.printed.stderr).toMatch(
      /^There is no Python on this computer, so nothing of this notebook is executed/,
    );
    expect(played.printed.stdout).toMatch(/Epoch 1\/70 .*\n[\s\S]*Epoch 70\/70 /);
    expect(filesBelow(played.outputs).map((file) => file.name)).toEqual(
      expect.arrayContaining(['history.csv', 'predictions.csv', 'seventy_epochs.pkl']),
    );
  });

  it('a recording can be stopped and has a limit too', async () => {
    const stopped = run(new RecordedExecutor(), job(notebook('print(1)')));
    stopped.stop();
    expect(await stopped.ending()).toEqual({ kind: 'stopped' });
    const short = run(new RecordedExecutor(), job(notebook('print(1)'), { limitSeconds: 0.05 }));
    expect(await short.ending()).toEqual({ kind: 'timeLimit' });
  });
});

it('shows the sandbox as /kaggle though its path comes in pieces', () => {
  const veil = new Veil('/tmp/run-1/sandbox');
  const shown =
    [...'see /tmp/run-1/sandbox/working and /tmp/run-2'].map((sign) => veil.push(sign)).join('') + veil.flush();
  expect(shown).toBe('see /kaggle/working and /tmp/run-2');
  expect(veil.push('/tmp/ru')).toBe('');
  expect(veil.flush()).toBe('/tmp/ru');
});

const kinds =
  python === null
    ? []
    : [
        { name: 'plain python3', executor: new PythonExecutor({ ...python, hasJupyter: false }) },
        ...(python.hasJupyter ? [{ name: 'Jupyter', executor: new PythonExecutor(python) }] : []),
      ];

describe.for(kinds)('with $name', { timeout: 60_000 }, ({ executor }) => {
  it('runs cells in one namespace, with values, shell lines, magics and Kaggle paths, and none of our environment', async () => {
    process.env.NIGHTSHIFT_TEST_SECRET = 'KGAT_secret';
    const inputs: Mount[] = [
      { at: ['datasets/jun/cats', 'cats'], files: [{ name: 'a/cats.csv', bytes: Buffer.from('name\nMia\n') }] },
    ];
    const done = run(
      executor,
      job(
        notebook(
          '%load_ext autoreload\nx = 40\nx + 2',
          '!echo from {x} the shell\nfiles = !ls /kaggle/input/cats/a\nprint(files[0])',
          'print(open("/kaggle/input/datasets/jun/cats/a/cats.csv").read() == open("../input/cats/a/cats.csv").read())',
          'import os\nos.makedirs("sub")',
          '%%writefile /kaggle/working/sub/made.py\nprint("made")',
          'import os\nprint(os.getcwd(), os.environ["KAGGLE_KERNEL_RUN_TYPE"], "KGAT_secret" in str(os.environ))\nopen("model.pt", "wb").write(b"12345");',
        ),
        { inputs },
      ),
    );
    expect(await done.ending()).toEqual({ kind: 'complete' });
    delete process.env.NIGHTSHIFT_TEST_SECRET;
    expect(done.printed.stdout).toMatch(
      /^42\r?\nfrom 40 the shell\r?\ncats\.csv\r?\nTrue\r?\nWriting .*made\.py\r?\n\/kaggle\/working Batch False\n/,
    );
    expect(done.printed.stderr).toMatch(/\[NbConvertApp\] Writing \d+ bytes to __notebook__\.ipynb/);
    expect(filesBelow(done.outputs).map(({ name, size }) => [name, size])).toEqual([
      ['model.pt', 5],
      ['sub/made.py', 14],
    ]);
  });

  it('ends a failing cell the way Kaggle does: wrapper, cell number, traceback, then the save step', async () => {
    const failing = run(executor, job(notebook('a = 1', '', 'def f(n):\n    return n / 0\n\nf(a)', 'print("never")')));
    expect(await failing.ending()).toEqual({ kind: 'failed', message: null });
    const { stderr, stdout } = failing.printed;
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /papermill\.exceptions\.PapermillExecutionError: \n-{75}\nException encountered at "In \[2\]":\n-{75}\nZeroDivisionError +Traceback \(most recent call last\)\n[\s\S]*----> 2 +return n \/ 0\n[\s\S]*ZeroDivisionError: division by zero\n[\s\S]*\[NbConvertApp\] Converting notebook __notebook__\.ipynb to html/,
    );
    expect(stderr).not.toContain(scratch);
  });

  it('says that input() has nobody to ask, and takes sys.exit(0) as an end', async () => {
    const asking = run(executor, job(notebook('input("name?")')));
    expect(await asking.ending()).toMatchObject({ kind: 'failed' });
    expect(asking.printed.stderr).toContain('StdinNotImplementedError: raw_input was called');
    const leaving = run(executor, job(notebook('import sys\nsys.exit(0)', 'print("never")')));
    expect(await leaving.ending()).toEqual({ kind: 'complete' });
    expect(leaving.printed.stdout).not.toContain('never');
  });

  it('is stopped with everything it started, by a person and by its limit', async () => {
    const sleeping =
      'import subprocess, os\nother = subprocess.Popen(["sleep", "600"], start_new_session=True)\nprint("pid", other.pid, os.getpid(), flush=True)\n!sleep 600';
    const stopped = run(executor, job(notebook(sleeping)));
    await expect.poll(() => stopped.printed.stdout, { timeout: 30_000 }).toMatch(/pid \d+ \d+/);
    const pids = stopped.printed.stdout.match(/\d+/g)?.map(Number) ?? [];
    expect(pids.map(isAlive)).toEqual([true, true]);
    stopped.stop();
    expect(await stopped.ending()).toEqual({ kind: 'stopped' });
    if (process.platform === 'linux') await expect.poll(() => pids.map(isAlive)).toEqual([false, false]);
    const long = run(executor, job(notebook('while True: pass'), { limitSeconds: 1 }));
    expect(await long.ending()).toEqual({ kind: 'timeLimit' });
  });
});

describe.for(kinds)(
  'a notebook that something kills, with $name',
  { timeout: 60_000 },
  ({ executor: { runsWith } }) => {
    const killed = async (oomKills: () => number) => {
      const found = { ...(python ?? { path: '', userBase: '' }), hasJupyter: runsWith === 'Jupyter' };
      return await run(
        new PythonExecutor(found, oomKills),
        job(notebook('import os, signal\nos.kill(os.getpid(), signal.SIGKILL)')),
      ).ending();
    };

    it('ends without a message, as long as nothing says that memory ran out', async () => {
      expect(await killed(() => 7)).toEqual({ kind: 'failed', message: null });
    });

    it("ends with Kaggle's words for memory when the system has killed for want of it meanwhile", async () => {
      let kills = 7;
      expect(await killed(() => kills++)).toEqual({
        kind: 'failed',
        message: 'Your notebook tried to allocate more memory than is available.',
      });
    });
  },
);

describe.runIf(python !== null)('a script', () => {
  const executor = new PythonExecutor(python ?? { path: '', hasJupyter: false, userBase: '' });

  it('runs as /kaggle/src/script.py with an ordinary traceback', async () => {
    const failing = run(executor, job('print("hello")\nraise ValueError("no")\n', { kernelType: 'script' }));
    expect(await failing.ending()).toEqual({ kind: 'failed', message: null });
    expect(failing.printed.stdout).toBe('hello\n');
    expect(failing.printed.stderr).toBe(
      'Traceback (most recent call last):\n  File "/kaggle/src/script.py", line 2, in <module>\n' +
        '    raise ValueError("no")\nValueError: no\n',
    );
  });

  it('in R is refused honestly', async () => {
    const refused = run(executor, job('print(1)', { kernelType: 'script', language: 'r' }));
    expect(await refused.ending()).toEqual({ kind: 'failed', message: 'This stand-in of Kaggle cannot run R.' });
    expect(refused.printed.stderr).toContain('executes Python only');
  });

  it('leaves no link to other files of this computer among its outputs', async () => {
    const linking = run(
      executor,
      job('import os\nos.symlink("/etc/passwd", "model.pt")\nopen("a.csv", "w").close()', { kernelType: 'script' }),
    );
    expect(await linking.ending()).toEqual({ kind: 'complete' });
    expect(filesBelow(linking.outputs).map((file) => file.name)).toEqual(['a.csv']);
  });
});
