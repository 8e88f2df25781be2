import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Order, StandIns, Told } from './stand-ins.ts';

/** The process with both stand-ins, and how to speak with it. */
export class StandInsHandle implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly at: StandIns;

  private constructor(child: ChildProcess, at: StandIns) {
    this.#child = child;
    this.at = at;
  }

  /** @param limits `real`: with Discord's rate limits as they were observed. */
  static async start(limits: 'generous' | 'real' = 'generous'): Promise<StandInsHandle> {
    const child = fork(new URL('./stand-ins.ts', import.meta.url), [limits], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const ready = await answer(child, 'ready');
    return new StandInsHandle(child, ready.at);
  }

  async ask<K extends Told['kind']>(order: Order, kind: K): Promise<Extract<Told, { kind: K }>> {
    const told = answer(this.#child, kind);
    this.#child.send(order);
    return told;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.send({ kind: 'stop' } satisfies Order);
    await once(this.#child, 'exit');
  }
}

async function answer<K extends Told['kind']>(child: ChildProcess, kind: K): Promise<Extract<Told, { kind: K }>> {
  for (;;) {
    const [told] = (await once(child, 'message')) as [Told];
    if (told.kind === kind) return told as Extract<Told, { kind: K }>;
  }
}
