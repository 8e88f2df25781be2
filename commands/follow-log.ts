import { setTimeout as wait } from 'node:timers/promises';
import { MINUTE, SECOND } from '../src/clock.ts';
import type { MessageBody } from '../src/discord/chat.ts';
import { renderLog } from '../src/discord/render/log.ts';
import type { Run } from '../src/domain/run.ts';
import { LogReading } from '../src/results/log.ts';
import type { Needs } from '../src/steps/needs.ts';
import { type LogNeeds, liveChunks, readTail, type Tail } from './read-log.ts';

export const FOLLOW_MS = 10 * MINUTE;
/** At most so often, and only when there are new lines. */
export const EVERY_MS = 5 * SECOND;

export type FollowNeeds = LogNeeds & Pick<Needs, 'settings'>;

const LINES = 20;

export const isFollowed = (run: Run): boolean => run.state.phase === 'queued' || run.state.phase === 'running';

/**
 * Edits an answer while the log of a running run grows, for ten minutes or until the run has ended.
 * @param shown what the answer shows already
 * @param pause waits; ends early when the signal does
 */
export async function followLog(
  run: Run,
  shown: Tail,
  needs: FollowNeeds,
  edit: (body: MessageBody) => Promise<void>,
  signal: AbortSignal,
  pause: (ms: number, signal: AbortSignal) => Promise<void> = quietly,
): Promise<void> {
  const { runs, clock, settings } = needs;
  const until = clock.mono() + FOLLOW_MS;
  const over = new AbortController();
  const live = new OwnReading(run, needs, AbortSignal.any([signal, over.signal]));
  let last = shown;
  try {
    while (!signal.aborted) {
      await pause(EVERY_MS, signal);
      const now = runs.byKey(run.key);
      if (signal.aborted || now === null) return;
      const view = { run: now, web: settings.web };
      if (!isFollowed(now)) {
        if (now.state.phase === 'finishing') continue;
        return await edit(renderLog({ ...view, ...(await readTail(now, needs)), following: false, paused: null }));
      }
      const tail = needs.follower.tail(run.key, LINES) ?? live.tail();
      if (clock.mono() >= until)
        return await edit(renderLog({ ...view, ...tail, following: false, paused: clock.now() }));
      if (isSame(tail, last)) continue;
      last = tail;
      await edit(renderLog({ ...view, ...tail, following: true, paused: null }));
    }
  } finally {
    over.abort();
  }
}

const isSame = (a: Tail, b: Tail): boolean => a.total === b.total && a.lines.at(-1) === b.lines.at(-1);

const quietly = async (ms: number, signal: AbortSignal): Promise<void> => {
  await wait(ms, undefined, { signal }).catch(() => undefined);
};

/** A stream of our own, opened only when nobody else follows the run. */
class OwnReading {
  readonly #run: Run;
  readonly #needs: LogNeeds;
  readonly #signal: AbortSignal;
  #reading: LogReading | null = null;

  constructor(run: Run, needs: LogNeeds, signal: AbortSignal) {
    this.#run = run;
    this.#needs = needs;
    this.#signal = signal;
  }

  tail(): Tail {
    if (this.#reading === null) {
      this.#reading = new LogReading();
      void this.#read(this.#reading);
    }
    return { lines: this.#reading.tail(LINES), total: this.#reading.lineCount };
  }

  async #read(into: LogReading): Promise<void> {
    for await (const chunk of liveChunks(this.#run, this.#needs, this.#signal)) into.push(chunk);
    // A stream that was cut is opened anew at the next look; it replays from its first event.
    if (!this.#signal.aborted && this.#reading === into) this.#reading = null;
  }
}
