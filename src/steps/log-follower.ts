import { SECOND } from '../clock.ts';
import type { Progress } from '../domain/results.ts';
import { pushedOf, type Run } from '../domain/run.ts';
import { KaggleError } from '../kaggle/kaggle.ts';
import { errorFields } from '../log.ts';
import { LogReading } from '../results/log.ts';
import { accountOf, credentialOf } from './credential.ts';
import type { Follower, Heard } from './follow.ts';
import { Hearing } from './hearing.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';

export type FollowerNeeds = Pick<Needs, 'runs' | 'cards' | 'accounts' | 'kaggle' | 'clock' | 'log'>;

export type FollowerOptions = {
  readonly perAccount?: number;
  readonly inAll?: number;
  /** Waits between two connections; a test waits less. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** A stream costs some 60 kB here and a connection there; nobody knows what Kaggle grants (reliability.md 3.3). */
const PER_ACCOUNT = 5;
const IN_ALL = 200;
const RECONNECT_MS = SECOND;
const EMPTY_CONNECTIONS = 5;
/** A connection that lasted so long was kept open on purpose (kaggle-api.md 6.4: 60 s while queued). */
const HELD_MS = 10 * SECOND;
/** After giving up, a run is polled for so long before a stream is tried again. */
const GIVEN_UP_MS = 10 * 60 * SECOND;
const STORE_EACH_MS = 5 * SECOND;
/** A connection replays for a moment; only after that its silence is the run's. */
const SETTLED_MS = 60 * SECOND;

type Stream = {
  readonly account: string;
  readonly abort: AbortController;
  /** What people are shown: of this connection, or of the one before as long as this one has not caught up. */
  reading: LogReading;
  done: Promise<void>;
  storedAt: number | null;
  stored: string | null;
  /** Monotonic time at which it was opened first. */
  readonly openedAt: number;
  /** Pieces of the connection that is open now. */
  pieces: number;
};

/**
 * Follows the logs of running runs by Kaggle's stream: progress for the card, and the end within a second. A stream replays
 * from its first event, so each connection is read afresh; the end it tells is only a reason to look, never the truth.
 */
export class LogFollower implements Follower {
  readonly #needs: FollowerNeeds;
  readonly #perAccount: number;
  readonly #inAll: number;
  readonly #pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly #streams = new Map<string, Stream>();
  /** Monotonic time until which a run is left to polling. */
  readonly #givenUp = new Map<string, number>();
  /** Outlives a stream: one that is opened anew replays what was heard before. */
  readonly #hearings = new Map<string, Hearing>();
  #stopped = false;

  constructor(needs: FollowerNeeds, options: FollowerOptions = {}) {
    this.#needs = needs;
    this.#perAccount = options.perAccount ?? PER_ACCOUNT;
    this.#inAll = options.inAll ?? IN_ALL;
    this.#pause = options.pause ?? ((ms, signal) => needs.clock.sleep(ms, signal));
  }

  get open(): number {
    return this.#streams.size;
  }

  follow(run: Run): void {
    const account = accountOf(run);
    if (this.#stopped || this.#streams.has(run.key) || pushedOf(run.state) === null) return;
    const { clock } = this.#needs;
    if (clock.mono() < (this.#givenUp.get(run.key) ?? 0)) return;
    const ofAccount = [...this.#streams.values()].filter((stream) => stream.account === account).length;
    if (this.#streams.size >= this.#inAll || ofAccount >= this.#perAccount) return;
    this.#givenUp.delete(run.key);
    const stream: Stream = {
      account,
      abort: new AbortController(),
      reading: new LogReading(),
      done: Promise.resolve(),
      storedAt: null,
      stored: null,
      openedAt: clock.mono(),
      pieces: 0,
    };
    this.#streams.set(run.key, stream);
    stream.done = this.#read(run, stream)
      .catch((error: unknown) => {
        this.#needs.log.error({ err: errorFields(error), run: run.key }, 'following a log failed');
        this.#giveUp(run);
      })
      // The disk may be full: then not even that can be stored, and the run is looked at when its time comes.
      .catch((error: unknown) => {
        this.#needs.log.error({ err: errorFields(error), run: run.key }, 'giving up a log failed');
      })
      .finally(() => {
        this.#streams.delete(run.key);
        if (!this.#isOn(run)) this.#hearings.delete(run.key);
      });
  }

  tail(runKey: string, lines: number): { lines: string[]; total: number } | null {
    const stream = this.#streams.get(runKey);
    return stream === undefined
      ? null
      : { lines: lines === 0 ? [] : stream.reading.tail(lines), total: stream.reading.lineCount };
  }

  heard(): readonly Heard[] {
    const mono = this.#needs.clock.mono();
    return [...this.#streams].flatMap(([runKey, stream]) => {
      const hearing = this.#hearings.get(runKey);
      const heardAt = hearing?.heardAt ?? null;
      const isBehind = hearing === undefined || stream.pieces < hearing.pieces;
      if (heardAt === null || isBehind || mono - stream.openedAt < SETTLED_MS) return [];
      const [lastLine = null] = stream.reading.tail(1);
      const progress = stream.reading.progress();
      return [{ runKey, quietMs: mono - heardAt, usualMs: hearing.usualMs, lastLine, progress }];
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const streams = [...this.#streams.values()];
    for (const { abort } of streams) abort.abort();
    await Promise.all(streams.map(({ done }) => done));
  }

  /** Connects until the log says its end, the run is over, or nothing comes any more. */
  async #read(run: Run, stream: Stream): Promise<void> {
    const { signal } = stream.abort;
    let empty = 0;
    let most = 0;
    while (!signal.aborted) {
      const begun = this.#needs.clock.mono();
      const connection = await this.#connect(run, stream);
      if (signal.aborted) return;
      if (connection.ended) return this.#tellEnd(run);
      // What was replayed is no sign of life. While a run is queued Kaggle holds the connection and then has nothing.
      const wasHeld = this.#isQueued(run) && this.#needs.clock.mono() - begun >= HELD_MS;
      if (!wasHeld) empty = connection.chunks > most ? 0 : empty + 1;
      most = Math.max(most, connection.chunks);
      if (empty >= EMPTY_CONNECTIONS) return this.#giveUp(run);
      if (!this.#isOn(run)) return;
      await this.#pause(RECONNECT_MS * (0.5 + Math.random()), signal);
    }
  }

  async #connect(run: Run, stream: Stream): Promise<{ ended: boolean; chunks: number }> {
    const { kaggle, log } = this.#needs;
    const pushed = pushedOf(run.state);
    const credential = credentialOf(run, this.#needs);
    let chunks = 0;
    if (pushed === null || credential === null) return { ended: false, chunks };
    const reading = new LogReading();
    const hearing = this.#hearings.get(run.key) ?? new Hearing();
    this.#hearings.set(run.key, hearing);
    let lines = 0;
    stream.pieces = 0;
    try {
      for await (const event of kaggle.log(credential, pushed.kernel, pushed.version, stream.abort.signal)) {
        if (event.kind === 'end') {
          stream.reading = reading;
          this.#store(run, stream, true);
          return { ended: true, chunks };
        }
        if (chunks === 0 && stream.stored === null) this.#tellStart(run);
        chunks += 1;
        stream.pieces = chunks;
        reading.push(event);
        hearing.take(chunks, event.time, this.#needs.clock.mono());
        const wasEmpty = lines === 0;
        lines = reading.lineCount;
        if (lines >= stream.reading.lineCount) stream.reading = reading;
        // The card says whether there is a log; lines that every run prints are none.
        if (wasEmpty && lines > 0) this.#needs.cards.want(run.key, this.#needs.clock.now());
        this.#store(run, stream, false);
      }
    } catch (error) {
      if (!(error instanceof KaggleError)) throw error;
      if (!stream.abort.signal.aborted) log.debug({ run: run.key, what: error.message }, 'a log stream broke');
    }
    if (!stream.abort.signal.aborted) this.#store(run, stream, true);
    return { ended: false, chunks };
  }

  /** A log is written: whatever was queued runs. */
  #tellStart({ key }: Run): void {
    const { runs, clock } = this.#needs;
    if (this.#isQueued({ key })) runs.wake(key, clock.now());
  }

  #tellEnd({ key }: Run): void {
    const { runs, clock } = this.#needs;
    if (!this.#isOn({ key })) return;
    memoryOf({ runs }).logEnds.set(key, 0);
    runs.wake(key, clock.now());
  }

  #giveUp({ key }: Pick<Run, 'key'>): void {
    const { runs, clock, log } = this.#needs;
    this.#givenUp.set(key, clock.mono() + GIVEN_UP_MS);
    if (!this.#isOn({ key })) return;
    log.info({ run: key }, 'a log stream gives nothing; the run is polled');
    runs.wake(key, clock.now());
  }

  #isQueued({ key }: Pick<Run, 'key'>): boolean {
    return this.#needs.runs.byKey(key)?.state.phase === 'queued';
  }

  #isOn({ key }: Pick<Run, 'key'>): boolean {
    const phase = this.#needs.runs.byKey(key)?.state.phase;
    return phase === 'queued' || phase === 'running';
  }

  /** From when on the rest is forecast: the moment the present epoch was reached, not each of its batches. */
  #reach(key: string, { unit, at, fold }: Progress): void {
    const { runs, clock } = this.#needs;
    const { reached } = memoryOf({ runs });
    const what = `${fold?.at} ${unit} ${at}`;
    if (reached.get(key)?.what !== what) reached.set(key, { what, when: clock.now() });
  }

  /** Stores the progress, at most each 5 s unless the connection is over, and lets the card show it (edit-card paces). */
  #store(run: Run, stream: Stream, last: boolean): void {
    const { runs, cards, clock } = this.#needs;
    const now = clock.mono();
    if (!last && stream.storedAt !== null && now - stream.storedAt < STORE_EACH_MS) return;
    stream.storedAt = now;
    const progress = stream.reading.progress();
    const text = JSON.stringify(progress);
    if (progress === null || text === stream.stored) return;
    stream.stored = text;
    this.#reach(run.key, progress);
    runs.setProgress(run.key, progress);
    cards.want(run.key, clock.now());
  }
}
