import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Finding } from '../domain/finding.ts';
import type { Answer, Question } from './child-answers.ts';
import { words } from './code-words.ts';
import type { Code } from './find-in-code.ts';
import type { Source } from './read.ts';
import type { Setup } from './setup/program.ts';

export type CodeChecker = {
  /**
   * What reading the code of a source tells; nothing for R. Cells are numbered among code cells from 1; for a script the cell
   * is null. Never rejects and never blocks because of itself: a checker that fails, or takes longer than `longestMs`, is one
   * hint.
   */
  check(source: Source): Promise<Finding[]>;
  /** What a source would meet on Kaggle (check-setup.ts), under the same promise: its rules, too, read what strangers wrote. */
  setup(of: Setup): Promise<Finding[]>;
  /** Ends the child; a check that waits is answered as failed. */
  stop(): Promise<void>;
  /** The process id of the child that reads code, to look at its memory; null while there is none. */
  pid(): number | null;
};

type Options = {
  /** For one source, the start of a child not counted, in ms. */
  readonly longestMs?: number;
  /** How long a child without work is kept, in ms. */
  readonly idleMs?: number;
  /** The children's program; another one in tests. */
  readonly program?: string;
};

const START_MS = 10_000;
/** The rules read a statement again and again; nobody writes such a notebook by hand. */
const LARGEST = 1_100_000;
/** Of JavaScript's own memory; ruff's comes on top of it. */
const HEAP_MB = 256;

type Waiting<Work> = { readonly work: Work; readonly done: (findings: Finding[]) => void };

type Reader<Work> = {
  ask(work: Work, source: Source): Promise<Finding[]>;
  stop(): Promise<void>;
  pid(): number | null;
};

/** The tags of each code cell: `raises-exception`, `skip-execution`. The text is the normalised notebook. */
function tagsOf(source: Source): string[][] {
  if (source.kind === 'script' || !source.text.includes('"tags"')) return source.cellSources.map(() => []);
  const { cells } = JSON.parse(source.text) as { cells: { cell_type: string; metadata?: { tags?: unknown } }[] };
  return cells
    .filter((cell) => cell.cell_type === 'code')
    .map(({ metadata }) =>
      Array.isArray(metadata?.tags) ? metadata.tags.filter((tag) => typeof tag === 'string') : [],
    );
}

/**
 * Hands work to a child process, one piece after another. The child starts with the first of it and goes when it has none.
 * @param flags of Node, on top of those that hold its memory
 */
function createReader<Work>(
  what: 'code' | 'setup',
  path: string,
  flags: readonly string[],
  { longestMs, idleMs }: { readonly longestMs: number; readonly idleMs: number },
): Reader<Work> {
  const failed = (reason: string): Finding[] => [
    { severity: 'hint', rule: 'not-checked', sentence: words.unchecked(what, reason), at: null },
  ];
  const queue: Waiting<Work>[] = [];
  let child: ChildProcess | null = null;
  let current: Waiting<Work> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let id = 0;
  let stopped = false;

  function drop(reason: string): void {
    clearTimeout(timer);
    const gone = child;
    child = null;
    gone?.removeAllListeners();
    // A child that dies later than this must not become an error nobody hears.
    gone?.on('error', () => {});
    gone?.kill('SIGKILL');
    const lost = current;
    current = null;
    lost?.done(failed(reason));
  }

  function start(): ChildProcess {
    const made = fork(path, {
      execArgv: [
        ...flags,
        `--max-old-space-size=${HEAP_MB}`,
        '--max-semi-space-size=2',
        '--disable-warning=ExperimentalWarning',
      ],
      // It reads what strangers wrote: nothing of the bot's environment is its business.
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
    });
    made.on('message', (answer: Answer) => {
      if (answer.id !== id || current === null) return;
      const { done } = current;
      current = null;
      done('failed' in answer ? failed('the checker failed') : [...answer.findings]);
      next();
    });
    const gone = (): void => {
      if (child !== made) return;
      drop('the checker ended');
      next();
    };
    made.on('exit', gone);
    made.on('error', gone);
    return made;
  }

  function next(): void {
    clearTimeout(timer);
    if (current !== null || stopped) return;
    current = queue.shift() ?? null;
    if (current === null) {
      timer = setTimeout(() => drop('it is idle'), idleMs);
      timer.unref();
      child?.unref();
      child?.channel?.unref();
      return;
    }
    const fresh = child === null;
    child ??= start();
    child.ref();
    child.channel?.ref();
    id += 1;
    const question: Question<Work> = { id, work: current.work };
    child.send(question, (error) => {
      if (error !== null && current !== null) child?.kill('SIGKILL');
    });
    timer = setTimeout(
      () => {
        drop('it took too long');
        next();
      },
      longestMs + (fresh ? START_MS : 0),
    );
  }

  return {
    ask: (work, source) => {
      if (stopped) return Promise.resolve(failed('the checker has ended'));
      const size = source.cellSources.reduce((sum, cell) => sum + cell.length, 0);
      if (size > LARGEST) return Promise.resolve(failed('it is too long'));
      return new Promise((done) => {
        queue.push({ work, done });
        next();
      });
    },
    pid: () => child?.pid ?? null,
    stop: async () => {
      stopped = true;
      const gone = child;
      // Without work it holds no process open; its end is waited for all the same.
      gone?.ref();
      const ended = gone === null ? null : new Promise<void>((done) => gone.once('close', () => done()));
      for (const waiting of queue.splice(0)) waiting.done(failed('the checker has ended'));
      clearTimeout(timer);
      child = null;
      const lost = current;
      current = null;
      gone?.kill('SIGKILL');
      lost?.done(failed('the checker has ended'));
      await ended;
    },
  };
}

const childAt = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/**
 * Reads what strangers wrote in child processes, one for the code and one for what it would meet on Kaggle. `--liftoff-only`
 * keeps ruff's WebAssembly at about 110 MB; a process gives all of it back, a worker does not.
 */
export function createCodeChecker({ longestMs = 8_000, idleMs = 60_000, program }: Options = {}): CodeChecker {
  const times = { longestMs, idleMs };
  const code = createReader<Code>('code', program ?? childAt('./code-child.ts'), ['--liftoff-only'], times);
  const setup = createReader<Setup>('setup', program ?? childAt('./setup-child.ts'), [], times);
  return {
    check: async (source) =>
      source.language === 'python'
        ? code.ask({ kind: source.kind, cells: source.cellSources, tags: tagsOf(source) }, source)
        : [],
    setup: (of) => setup.ask(of, of.source),
    pid: code.pid,
    stop: async () => {
      await Promise.all([code.stop(), setup.stop()]);
    },
  };
}
