import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { StreamName } from '../types.ts';
import { type Child, startChild } from './child.ts';
import type { Ending, Execution, Executor, Job, RunsWith, Sink } from './executor.ts';
import { type Python, searchPath, systemEnvironment } from './find-python.ts';
import { failed, STARTED, saved } from './kaggle-log.ts';
import { countOomKills } from './oom-kills.ts';
import { clearSandbox, makeSandbox, mapNotebook, mapPaths, type Sandbox } from './sandbox.ts';
import { Veil } from './veil.ts';

const programOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** How the Jupyter program says that Jupyter does not work here and nothing was run. */
const NO_JUPYTER = 97;
/** More than this is not kept: a notebook that prints without an end is not to fill the memory. */
const LOG_LIMIT = 32 * 1024 * 1024;

const Failure = z.object({ cell: z.number().nullable(), traceback: z.string() });
const Line = z.union([
  z.object({ stream: z.enum(['stdout', 'stderr']), text: z.string() }),
  z.object({ pid: z.number() }),
]);

/** Executes what is pushed with the Python of this computer. */
export class PythonExecutor implements Executor {
  readonly #python: Python;
  readonly #oomKills: () => number;
  #hasJupyter: boolean;

  /** @param oomKills How many processes were killed so far because memory ran out. */
  constructor(python: Python, oomKills = countOomKills) {
    this.#python = python;
    this.#oomKills = oomKills;
    this.#hasJupyter = python.hasJupyter;
  }

  get runsWith(): RunsWith {
    return this.#hasJupyter ? 'Jupyter' : 'python3';
  }

  start(job: Job, sink: Sink): Execution {
    let stopped = false;
    let child: Child | null = null;
    const outputs = join(job.folder, 'sandbox', 'working');
    const stop = (): void => {
      stopped = true;
      child?.kill();
    };
    const run = async (): Promise<Ending> => {
      if (job.language !== 'python') return cannotRun(job, sink);
      const sandbox = makeSandbox(job.folder, job.inputs);
      let overTime = false;
      const limit = setTimeout(() => {
        overTime = true;
        child?.kill();
      }, job.limitSeconds * 1_000);
      try {
        const ending = await this.#run(job, sandbox, sink, (one) => {
          child = one;
          // Asked to stop before there was anything to stop.
          if (stopped) one.kill();
        });
        if (stopped) return { kind: 'stopped' };
        return overTime ? { kind: 'timeLimit' } : ending;
      } finally {
        clearTimeout(limit);
        clearSandbox(job.folder);
      }
    };
    const ended = run().catch((error: unknown): Ending => {
      sink.print(`${error instanceof Error ? error.message : String(error)}\n`, 'stderr');
      return { kind: 'failed', message: null };
    });
    return { ended, outputs, stop };
  }

  async #run(job: Job, sandbox: Sandbox, sink: Sink, born: (child: Child) => void): Promise<Ending> {
    const print = limited(sink, sandbox);
    const source = join(sandbox.notes, 'notebook.ipynb');
    const failure = join(sandbox.notes, 'failure.json');
    const executed = join(sandbox.notes, 'executed.ipynb');
    const script = `${sandbox.root}/src/script.py`;
    const isScript = job.kernelType === 'script';
    if (isScript) writeFileSync(script, mapPaths(job.source, sandbox));
    else writeFileSync(source, mapNotebook(job.source, sandbox));
    if (!isScript) for (const line of STARTED) print.now(line, 'stderr');

    const withJupyter = this.#hasJupyter && !isScript;
    const program = isScript
      ? [script]
      : withJupyter
        ? [programOf('./jupyter.py'), source, failure, executed]
        : [programOf('./runner.py'), source, failure];
    const mark = ['KAGGLE_CONTAINER_NAME', `kaggle_${randomUUID()}`] as const;
    const killsBefore = this.#oomKills();
    let child: Child | null = null;
    const lines = lineReader((line) => {
      const said = readLine(line);
      if (said === null) print.now(`${line}\n`, 'stdout');
      else if ('pid' in said) child?.adopt(said.pid);
      else print.now(said.text, said.stream);
    });
    child = startChild({
      command: this.#python.path,
      args: ['-u', ...program],
      cwd: sandbox.working,
      environment: environmentOf(this.#python, job, sandbox, withJupyter),
      mark,
      stdout: withJupyter ? lines : (text) => print.now(text, 'stdout'),
      stderr: (text) => print.now(text, 'stderr'),
    });
    born(child);
    const end = await child.ended;
    print.flush();
    if (withJupyter && end.code === NO_JUPYTER) {
      this.#hasJupyter = false;
      return await this.#run(job, sandbox, sink, born);
    }
    if (isScript) return end.code === 0 ? { kind: 'complete' } : { kind: 'failed', message: null };
    const why = readFailure(failure);
    // Something killed the process or its kernel; only the system can say that it was for want of memory.
    const wasKilled = end.signal === 'SIGKILL' || (why !== null && why.cell === null);
    const hadNoMemory = wasKilled && this.#oomKills() > killsBefore;
    if (why !== null) print.now(failed(why.cell, why.traceback), 'stderr');
    // The save step comes after an end and after an exception; not when the process was killed.
    if (end.code === 0 || (why !== null && why.cell !== null))
      for (const line of saved(statSync(existsSync(executed) ? executed : source).size)) print.now(line, 'stderr');
    print.flush();
    return end.code === 0 && why === null
      ? { kind: 'complete' }
      : { kind: 'failed', message: hadNoMemory ? NO_MEMORY_MESSAGE : null };
  }
}

/** Kaggle's words (source: Kaggle's own client). */
const NO_MEMORY_MESSAGE = 'Your notebook tried to allocate more memory than is available.';

function cannotRun(job: Job, sink: Sink): Ending {
  const what = job.language === 'python' ? 'this' : job.language === 'r' ? 'R' : 'R Markdown';
  sink.print(`This computer stands in for Kaggle and executes Python only: ${what} cannot be run here.\n`, 'stderr');
  return { kind: 'failed', message: `This stand-in of Kaggle cannot run ${what}.` };
}

/** Prints with the sandbox shown as `/kaggle`, up to the limit of a log. */
function limited(sink: Sink, sandbox: Sandbox): { now(text: string, stream: StreamName): void; flush(): void } {
  const veils = { stdout: new Veil(sandbox.root), stderr: new Veil(sandbox.root) };
  let size = 0;
  const pass = (text: string, stream: StreamName): void => {
    if (text === '' || size > LOG_LIMIT) return;
    size += text.length;
    sink.print(text, stream);
    if (size > LOG_LIMIT)
      sink.print('\nThis stand-in of Kaggle keeps 32 MB of a log. What follows is left out.\n', 'stderr');
  };
  return {
    now: (text, stream) => pass(veils[stream].push(text), stream),
    flush: () => {
      pass(veils.stdout.flush(), 'stdout');
      pass(veils.stderr.flush(), 'stderr');
    },
  };
}

function lineReader(take: (line: string) => void): (text: string) => void {
  let held = '';
  return (text) => {
    const lines = (held + text).split('\n');
    held = lines.pop() ?? '';
    for (const line of lines) take(line);
  };
}

function readLine(line: string): z.infer<typeof Line> | null {
  try {
    return Line.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

function readFailure(path: string): z.infer<typeof Failure> | null {
  return existsSync(path) ? Failure.parse(JSON.parse(readFileSync(path, 'utf8'))) : null;
}

/** What a Kaggle session has set, on top of the little that a process needs here. */
function environmentOf(python: Python, job: Job, sandbox: Sandbox, withJupyter: boolean): Record<string, string> {
  // Without internet, what asks for an address is sent to a port where nobody listens.
  const offline = {
    http_proxy: 'http://127.0.0.1:9',
    https_proxy: 'http://127.0.0.1:9',
    no_proxy: 'localhost,127.0.0.1',
  };
  return {
    ...systemEnvironment([sandbox.programs, searchPath()].join(delimiter), sandbox.home),
    TMPDIR: `${sandbox.root}/temp`,
    KAGGLE_KERNEL_RUN_TYPE: 'Batch',
    KAGGLE_URL_BASE: 'https://www.kaggle.com',
    PYTHONUSERBASE: python.userBase,
    PYTHONPATH: [sandbox.packages, `${sandbox.root}/src`].join(delimiter),
    PYTHONIOENCODING: 'utf-8',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    // What a notebook installs stays in its sandbox.
    PIP_TARGET: sandbox.packages,
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_BREAK_SYSTEM_PACKAGES: '1',
    // The four lines about the debugger are printed once, by us, as on Kaggle.
    PYDEVD_DISABLE_FILE_VALIDATION: '1',
    // ipykernel chooses its own.
    ...(withJupyter ? {} : { MPLBACKEND: 'Agg' }),
    IPYTHONDIR: `${sandbox.home}/ipython`,
    JUPYTER_RUNTIME_DIR: `${sandbox.home}/jupyter`,
    ...(job.internet ? {} : offline),
  };
}
