import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Moment } from './commit-points.ts';
import type { FastTime } from './fast-clock.ts';
import type { ForTheChild } from './in-the-child.ts';
import type { Sabotage } from './sabotage.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const HEALTH_WITHIN_MS = 5_000;

export type ProgramOptions = {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly time: FastTime;
  readonly killAtCommit: { readonly when: Moment; readonly count: number } | null;
  readonly sabotage: Sabotage | null;
};

/** What /healthz says that matters here. */
export type HealthSeen = {
  readonly runs: Readonly<Record<string, number>>;
  readonly notices: { readonly owed: number; readonly parked: number };
};

/** The real program as a process of its own. */
export class Program {
  readonly #child: ChildProcess;
  /** Its exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals | null>;
  /** The address of its health page once it is online; null when it ended before. */
  readonly ready: Promise<string | null>;
  isOver = false;

  constructor({ folder, env, time, killAtCommit, sabotage }: ProgramOptions) {
    const chaos: ForTheChild = { time, kill: killAtCommit, sabotage };
    const log = openSync(`${folder}/log`, 'a');
    this.#child = spawn(process.execPath, ['--import', here('in-the-child.ts'), here('../../src/start.js')], {
      cwd: folder,
      stdio: ['ignore', 'pipe', log],
      env: {
        NODE_COMPILE_CACHE: here('../../node_modules/.cache/chaos'),
        ...env,
        HTTP_PORT: '0',
        CHAOS: JSON.stringify(chaos),
      },
    });
    const ready = Promise.withResolvers<string | null>();
    this.ready = ready.promise;
    let said = '';
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const url = /Health: (\S+\/healthz)/.exec(said)?.[1];
      if (url !== undefined) ready.resolve(url);
    });
    this.exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.isOver = true;
        ready.resolve(null);
        resolve(signal ?? code);
      });
    });
  }

  /** SIGKILL, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  /** Null when it does not answer. */
  async health(): Promise<HealthSeen | null> {
    const url = await this.ready;
    if (url === null || this.isOver) return null;
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(HEALTH_WITHIN_MS) });
      return (await response.json()) as HealthSeen;
    } catch {
      return null;
    }
  }
}
