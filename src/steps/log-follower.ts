import { HOUR, MINUTE, SECOND } from '../clock.ts';
import type { Progress } from '../domain/results.ts';
import { pushedOf, type Run } from '../domain/run.ts';
import { StreamBudget, streamAgain } from '../domain/stream-again.ts';
import { KaggleError } from '../kaggle/kaggle.ts';
import { errorFields } from '../log.ts';
import { LogReading } from '../results/log.ts';
import { accountOf, credentialOf } from './credential.ts';
import type { Follower, Heard } from './follow.ts';
import { Hearing } from './hearing.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';
import { prove } from './prove.ts';
import { newOutcome, noteBroken, type Outcome } from './stream-outcome.ts';

export type FollowerNeeds = Pick<Needs, 'runs' | 'cards' | 'accounts' | 'kaggle' | 'clock' | 'log'>;

export type FollowerOptions = {
  readonly perAccount?: number;
  readonly inAll?: number;
  /** Waits between two connections; a test waits less. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** A person has at most seven batch sessions at Kaggle (two with a GPU, five without), and seldom more than a few long ones. */
const PER_ACCOUNT = 5;
/**
 * Measured with 1,000 streams through the real client: 170 kB each, with its socket and what is kept of 40 lines of log. So
 * all of them take 120 MB at most; runs beyond are polled.
 */
const IN_ALL = 700;
/** After giving up, a run is polled for so long before a stream is tried again; twice as long each time. */
const GIVEN_UP_MS = 10 * MINUTE;
const GIVEN_UP_LONGEST_MS = HOUR;
const STORE_EACH_MS = 5 * SECOND;
/** A connection replays for a moment; only after that its silence is the run's. */
const SETTLED_MS = 60 * SECOND;
/** A pause longer than this is no longer a matter of the next moment: the run is polled meanwhile. */
const MOMENT_MS = 5 * SECOND;
/** No room for another stream when this one may go on. */
const CROWDED_MS = 30 * SECOND;

type Stream = {
  readonly account: string;
  readonly abort: AbortController;
  /** It has a connection, or has one again in a moment. */
  open: boolean;
  readonly budget: StreamBudget;
  /** What people are shown: of this connection, or of the one before as long as this one has not caught up. */
  reading: LogReading;
  done: Promise<void>;
  storedAt: number | null;
  stored: string | null;
  /** Monotonic time at which it was opened first. */
  readonly openedAt: number;
  /** Pieces of the connection that is open now. */
  pieces: number;
  isProved: boolean;
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
  /** Until when (monotonic) a run is left to polling, and how often it was given up. */
  readonly #givenUp = new Map<string, { readonly until: number; readonly times: number }>();
  #stopped = false;

  constructor(needs: FollowerNeeds, options: FollowerOptions = {}) {
    this.#needs = needs;
    this.#perAccount = options.perAccount ?? PER_ACCOUNT;
    this.#inAll = options.inAll ?? IN_ALL;
    this.#pause = options.pause ?? ((ms, signal) => needs.clock.sleep(ms, signal));
  }

  get open(): number {
    let open = 0;
    for (const stream of this.#streams.values()) if (stream.open) open += 1;
    return open;
  }

  hears(runKey: string): boolean {
    return this.#streams.get(runKey)?.open ?? false;
  }

  follow(run: Run): void {
    const account = accountOf(run);
    if (this.#stopped || this.#streams.has(run.key) || pushedOf(run.state) === null) return;
    if (this.#needs.clock.mono() < (this.#givenUp.get(run.key)?.until ?? 0) || !this.#hasRoom(account)) return;
    const stream: Stream = {
      account,
      open: true,
      budget: new StreamBudget(),
      abort: new AbortController(),
      reading: new LogReading(),
      done: Promise.resolve(),
      storedAt: null,
      stored: null,
      openedAt: this.#needs.clock.mono(),
      pieces: 0,
      // Without a check cell nothing that looks like its word is one.
      isProved: run.settings.receipt !== true,
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
        if (this.#streams.get(run.key) === stream) this.#streams.delete(run.key);
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
      const hearing = this.#hearings().get(runKey);
      const heardAt = hearing?.heardAt ?? null;
      const isBehind = hearing === undefined || stream.pieces < hearing.pieces;
      if (heardAt === null || isBehind || !stream.open || mono - stream.openedAt < SETTLED_MS) return [];
      const [lastLine = null] = stream.reading.tail(1);
      return [{ runKey, quietMs: mono - heardAt, usualMs: hearing.usualMs, lastLine }];
    });
  }

  /** They outlive a stream: one that is opened anew replays what was heard before. */
  #hearings(): Map<string, Hearing> {
    return memoryOf(this.#needs).hearings;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const streams = [...this.#streams.values()];
    for (const { abort } of streams) abort.abort();
    await Promise.all(streams.map(({ done }) => done));
  }

  #hasRoom(account: string): boolean {
    let ofAccount = 0;
    for (const stream of this.#streams.values()) if (stream.open && stream.account === account) ofAccount += 1;
    return ofAccount < this.#perAccount && this.open < this.#inAll && this.#streams.size < 2 * this.#inAll;
  }

  /** Connects until the log says its end, the run is over, nothing comes any more, or the log has outgrown its bytes. */
  async #read(run: Run, stream: Stream): Promise<void> {
    const { clock } = this.#needs;
    const { signal } = stream.abort;
    let counts = { empty: 0, early: 0 };
    let most = { chunks: 0, bytes: 0 };
    while (!signal.aborted) {
      const begun = clock.mono();
      const connection = await this.#connect(run, stream);
      if (signal.aborted) return;
      if (connection.ended) return this.#tellEnd(run);
      if (!this.#isOn(run)) return;
      const grew = connection.chunks > most.chunks;
      // Hung up in the middle: the log is larger than what was read of it.
      const size = connection.spent ? connection.bytes * 1.5 : connection.bytes;
      most = { chunks: Math.max(most.chunks, connection.chunks), bytes: Math.max(most.bytes, size) };
      const lastedMs = clock.mono() - begun;
      const pushedAt = pushedOf(run.state)?.at ?? 0;
      const next = streamAgain(
        { ...connection, grew, lastedMs },
        {
          ...counts,
          isQueued: this.#isQueued(run),
          sincePushMs: Math.abs(clock.now() - pushedAt),
          roomInMs: stream.budget.roomIn(most.bytes, clock.mono(), lastedMs),
        },
        Math.random(),
      );
      if (next.kind === 'giveUp') return this.#giveUp(run, next.outgrown);
      counts = next;
      await this.#wait(run, stream, next.inMs);
    }
  }

  /** Waits; a run whose stream is away for longer is looked at now and polled meanwhile. */
  async #wait(run: Run, stream: Stream, ms: number): Promise<void> {
    const { runs, clock } = this.#needs;
    const { signal } = stream.abort;
    if (ms > MOMENT_MS) {
      stream.open = false;
      if (this.#isOn(run)) runs.wake(run.key, clock.now());
    }
    await this.#pause(ms, signal);
    while (!stream.open && !signal.aborted) {
      if (this.#hasRoom(stream.account) || !this.#isOn(run)) stream.open = true;
      else await this.#pause(CROWDED_MS, signal);
    }
  }

  async #connect(run: Run, stream: Stream): Promise<Outcome> {
    const { kaggle, log, clock } = this.#needs;
    const { signal } = stream.abort;
    const pushed = pushedOf(run.state);
    const credential = credentialOf(run, this.#needs);
    const outcome = newOutcome();
    if (pushed === null || credential === null || !this.#isOn(run)) return outcome;
    const onBytes = (bytes: number): void => {
      outcome.bytes += bytes;
      stream.budget.count(bytes, clock.mono());
    };
    const events = kaggle.log(credential, pushed.kernel, pushed.version, signal, {
      onBytes,
      whileQueued: this.#isQueued(run),
    });
    const reading = new LogReading();
    const hearing = this.#hearings().get(run.key) ?? new Hearing();
    this.#hearings().set(run.key, hearing);
    let lines = 0;
    stream.pieces = 0;
    try {
      for await (const event of events) {
        if (event.kind === 'end') {
          stream.reading = reading;
          this.#store(run, stream, true);
          outcome.ended = true;
          return outcome;
        }
        if (outcome.chunks === 0 && stream.stored === null) this.#tellStart(run);
        outcome.chunks += 1;
        stream.pieces = outcome.chunks;
        reading.push(event);
        hearing.take(outcome.chunks, event.time, this.#needs.clock.mono());
        const wasEmpty = lines === 0;
        lines = reading.lineCount;
        if (lines >= stream.reading.lineCount) stream.reading = reading;
        // The card says whether there is a log; lines that every run prints are none.
        if (wasEmpty && lines > 0) this.#needs.cards.want(run.key, this.#needs.clock.now());
        if (!stream.isProved && reading.receipt !== null) {
          stream.isProved = true;
          prove(run, reading.receipt, this.#needs);
        }
        this.#store(run, stream, false);
        if (!stream.budget.isSpent(clock.mono())) continue;
        outcome.spent = true;
        break;
      }
    } catch (error) {
      if (!(error instanceof KaggleError)) throw error;
      noteBroken(outcome, error);
      if (!stream.abort.signal.aborted) log.debug({ run: run.key, what: error.message }, 'a log stream broke');
    }
    if (!stream.abort.signal.aborted) this.#store(run, stream, true);
    return outcome;
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

  #giveUp({ key }: Pick<Run, 'key'>, outgrown = false): void {
    const { runs, clock, log } = this.#needs;
    for (const other of this.#givenUp.keys()) if (!this.#isOn({ key: other })) this.#givenUp.delete(other);
    if (!this.#isOn({ key })) return;
    const times = (this.#givenUp.get(key)?.times ?? 0) + 1;
    const forMs = outgrown ? Number.POSITIVE_INFINITY : Math.min(GIVEN_UP_LONGEST_MS, GIVEN_UP_MS * 2 ** (times - 1));
    this.#givenUp.set(key, { until: clock.mono() + forMs, times });
    log.info({ run: key, outgrown }, 'a log stream is given up; the run is polled');
    // Polled from now on: whoever looks must not find the stream still open.
    this.#streams.delete(key);
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
