import { MINUTE, SECOND } from '../../src/clock.ts';
import { formatKernel, type KernelRef } from '../../src/domain/kernel.ts';
import {
  type Credential,
  type Kaggle,
  KaggleError,
  type LogEvent,
  type LogReadingOptions,
  type Push,
  type PushAnswer,
  type SessionSeen,
} from '../../src/kaggle/kaggle.ts';
import { type Pace, payerOf, type Urgency } from '../../src/kaggle/pace.ts';
import { exponential, type Life } from './law.ts';
import type { VirtualClock } from './virtual-clock.ts';

type Version = { readonly life: Life; readonly startsAt: number; readonly endsAt: number };
type Stored = { title: string; source: string; readonly versions: Version[] };

/** Kaggle's load balancer cuts connections now and then, and idle ones after three minutes. */
const CUT_EACH_MS = 10 * MINUTE;
const IDLE_CUT_MS = 180 * SECOND;
/** Some connections are dead without saying so; the client drops them when nothing came for so long. */
const HALF_OPEN = 0.005;
const CLIENT_IDLE_MS = 200 * SECOND;
const PRINTS_EACH_MS = MINUTE;
/** Every run's log begins with some lines of the debugger, also one that prints nothing. */
const DEBUGGER = '0.00s - Debugger warning: It seems that frozen modules are being used, which may\n';
/** Around each piece of text on the wire. */
const FRAME_BYTES = 60;

const unused = (): never => {
  throw new Error('the simulation does not ask for this');
};

/**
 * A Kaggle without sockets on a virtual clock, for thousands of runs: their lives are drawn from a law, the calls are counted.
 * Times are monotonic ms of that clock.
 */
export class SimulatedKaggle implements Kaggle {
  readonly calls = new Map<string, number>();
  readonly #clock: VirtualClock;
  readonly #pace: Pace;
  readonly #random: () => number;
  readonly #streams: boolean;
  readonly #draw: (kernel: string) => Life;
  readonly #kernels = new Map<string, Stored>();
  /** Told when each version will be over by its status. */
  readonly #onEnd: (kernel: string, version: number, overAt: number) => void;

  constructor(options: {
    clock: VirtualClock;
    pace: Pace;
    random: () => number;
    streams: boolean;
    draw: (kernel: string) => Life;
    onEnd: (kernel: string, version: number, endsAt: number) => void;
  }) {
    this.#clock = options.clock;
    this.#pace = options.pace;
    this.#random = options.random;
    this.#streams = options.streams;
    this.#draw = options.draw;
    this.#onEnd = options.onEnd;
  }

  /** Counts a call that the pace lets through. */
  #asked(name: string, credential: Credential, urgency: Urgency = 'urgent'): Promise<void> {
    return this.#pace.run(payerOf(credential), urgency, name, async () => {
      this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
    });
  }

  #version(kernel: KernelRef, version: number): Version {
    const found = this.#kernels.get(formatKernel(kernel))?.versions[version - 1];
    if (found === undefined) throw new KaggleError('notFound', 'simulation', { status: 404 });
    return found;
  }

  async push(credential: Credential, push: Push): Promise<PushAnswer> {
    await this.#asked('push', credential);
    const name = formatKernel(push.kernel);
    const stored = this.#kernels.get(name) ?? { title: push.title, source: push.source, versions: [] };
    this.#kernels.set(name, stored);
    const life = this.#draw(name);
    const startsAt = this.#clock.mono() + life.queuedMs;
    const version = { life, startsAt, endsAt: startsAt + life.runsMs };
    stored.versions.push(version);
    stored.source = push.source;
    this.#onEnd(name, stored.versions.length, version.endsAt + life.statusLagMs);
    return {
      kind: 'pushed',
      pushed: { kernel: push.kernel, version: stored.versions.length, page: null, inputsDropped: [] },
    };
  }

  async kernel(credential: Credential, kernel: KernelRef): ReturnType<Kaggle['kernel']> {
    await this.#asked('kernel', credential);
    const stored = this.#kernels.get(formatKernel(kernel));
    if (stored === undefined) throw new KaggleError('forbidden', 'simulation', { status: 403 });
    return {
      ref: kernel,
      title: stored.title,
      currentVersion: stored.versions.length,
      source: stored.source,
      kind: 'notebook',
      language: 'python',
      isPrivate: true,
      internet: false,
      machineShape: null,
      gpu: true,
      inputs: [],
    };
  }

  async session(credential: Credential, kernel: KernelRef, version: number): Promise<SessionSeen> {
    await this.#asked('status', credential, 'background');
    const { life, startsAt, endsAt } = this.#version(kernel, version);
    const now = this.#clock.mono();
    if (now < startsAt) return { kind: 'queued' };
    if (now < endsAt + life.statusLagMs) return { kind: 'running', stopping: false };
    return { kind: 'ended', end: life.failed ? 'failed' : 'complete', message: null };
  }

  async *log(
    credential: Credential,
    kernel: KernelRef,
    version: number,
    signal?: AbortSignal,
    options: LogReadingOptions = {},
  ): AsyncIterable<LogEvent> {
    await this.#asked('stream', credential, 'background');
    if (!this.#streams) throw new KaggleError('notFound', 'simulation', { status: 404 });
    const clock = this.#clock;
    const { life, startsAt, endsAt } = this.#version(kernel, version);
    const chunk = (mono: number, text: string): LogEvent => {
      options.onBytes?.(text.length + FRAME_BYTES);
      return { kind: 'chunk', stream: 'stdout', time: (mono - startsAt) / SECOND, text };
    };
    const line = (mono: number): LogEvent =>
      chunk(mono, `still at it after ${Math.round((mono - startsAt) / SECOND)} s\n`);
    const connectedAt = clock.mono();
    const isCut = (): boolean => signal?.aborted === true;
    // While it is queued Kaggle holds the connection for a minute and then has nothing to say.
    if (connectedAt < startsAt) {
      await clock.sleep(Math.min(startsAt - connectedAt, MINUTE), signal);
      if (isCut() || clock.mono() < startsAt) return;
    }
    if (this.#random() < HALF_OPEN) {
      await clock.sleep(CLIENT_IDLE_MS, signal);
      throw new KaggleError('unavailable', 'simulation', { said: 'no byte for 200 s' });
    }
    const cutAt = clock.mono() + exponential(CUT_EACH_MS, this.#random);
    yield chunk(startsAt, DEBUGGER);
    // What was printed before is replayed at once.
    let printed = startsAt;
    const nextPrint = (): number => (life.chatty ? printed + PRINTS_EACH_MS : Number.POSITIVE_INFINITY);
    while (nextPrint() <= Math.min(clock.mono(), endsAt)) {
      printed = nextPrint();
      yield line(printed);
    }
    let heardAt = clock.mono();
    while (!isCut()) {
      const next = Math.min(nextPrint(), endsAt, cutAt, heardAt + IDLE_CUT_MS);
      await clock.sleep(next - clock.mono(), signal);
      if (isCut()) return;
      const now = clock.mono();
      if (now >= endsAt) {
        yield { kind: 'end' };
        return;
      }
      if (now >= cutAt || now >= heardAt + IDLE_CUT_MS) return;
      if (now >= nextPrint()) {
        printed = nextPrint();
        yield line(printed);
        heardAt = now;
      }
    }
  }

  async outputs(credential: Credential): ReturnType<Kaggle['outputs']> {
    await this.#asked('outputs', credential);
    return { files: [{ name: 'model.pt', url: 'http://127.0.0.1/model.pt' }], log: '[]', nextPage: null };
  }

  async files(credential: Credential): ReturnType<Kaggle['files']> {
    await this.#asked('files', credential);
    return { files: [{ name: 'model.pt', size: 1_000_000 }], nextPage: null };
  }

  async quota(credential: Credential): ReturnType<Kaggle['quota']> {
    await this.#asked('quota', credential);
    return { gpu: { used: 1, reserved: 0, total: 30 }, tpu: null, refillAt: null };
  }

  whoAmI = unused;
  downloadUrl = unused;
  kernels = unused;
  datasets = unused;
  competitions = unused;
  input = unused;
  download = unused;
}
