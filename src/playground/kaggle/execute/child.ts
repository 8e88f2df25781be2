import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { StringDecoder } from 'node:string_decoder';

export type ChildEnd = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type Child = {
  readonly ended: Promise<ChildEnd>;
  /** Ends it and everything it started. */
  kill(): void;
  /** A process it started outside of its own group. */
  adopt(pid: number): void;
};

/**
 * Starts a program in a process group of its own, with low priority and with the given environment alone.
 * @param mark A variable of the environment by whose value everything it starts can be found again, and the value.
 */
export function startChild(of: {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly mark: readonly [string, string];
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}): Child {
  const child = spawn(of.command, of.args, {
    cwd: of.cwd,
    env: { ...of.environment, [of.mark[0]]: of.mark[1] },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const adopted = new Set<number>();
  const kill = (): void => {
    for (const pid of [...(child.pid === undefined ? [] : [child.pid]), ...adopted]) killGroup(pid);
    for (const pid of marked(of.mark)) killOne(pid);
  };
  const passOn = gather(of.stdout, of.stderr);
  for (const name of ['stdout', 'stderr'] as const) {
    const decoder = new StringDecoder('utf8');
    child[name].on('data', (bytes: Buffer) => passOn(name, decoder.write(bytes)));
    child[name].on('end', () => passOn(name, decoder.end(), true));
    child[name].on('error', () => undefined);
  }
  if (child.pid !== undefined) {
    try {
      setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    } catch {
      // It may have ended already, and priority is a courtesy.
    }
  }
  const ended = new Promise<ChildEnd>((resolve) => {
    child.on('error', () => resolve({ code: 127, signal: null }));
    // What it left running holds its pipes open; it goes with it.
    child.on('exit', () => kill());
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  return { ended, kill, adopt: (pid) => adopted.add(pid) };
}

/** A `print` is two writes, its text and its end: what comes at nearly the same time is one piece. */
const TOGETHER_MS = 20;

function gather(
  stdout: (text: string) => void,
  stderr: (text: string) => void,
): (name: 'stdout' | 'stderr', text: string, isLast?: boolean) => void {
  let held = '';
  let of: 'stdout' | 'stderr' = 'stdout';
  let timer: NodeJS.Timeout | undefined;
  const pass = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const text = held;
    held = '';
    if (text !== '') (of === 'stdout' ? stdout : stderr)(text);
  };
  return (name, text, isLast = false) => {
    if (name !== of) pass();
    of = name;
    held += text;
    if (isLast) pass();
    else timer ??= setTimeout(pass, TOGETHER_MS);
  };
}

function killGroup(pid: number): void {
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on(
      'error',
      () => undefined,
    );
    return;
  }
  killOne(-pid);
  killOne(pid);
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

/** On Linux, every process whose environment carries the mark, also those that left the group (IPython's shell lines do). */
function marked([name, value]: readonly [string, string]): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      return readFileSync(`/proc/${entry}/environ`, 'latin1').split('\0').includes(`${name}=${value}`)
        ? [Number(entry)]
        : [];
    } catch {
      return [];
    }
  });
}
