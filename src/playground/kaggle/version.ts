import { randomUUID } from 'node:crypto';
import type {
  AttachedSources,
  Chunk,
  Machine,
  OutputContent,
  OutputTruth,
  SettingsReceived,
  StreamName,
  VersionTruth,
  WorkerStatus,
} from './types.ts';

export const OVER: ReadonlySet<WorkerStatus> = new Set(['COMPLETE', 'ERROR', 'CANCEL_ACKNOWLEDGED', 'NEW_SCRIPT']);

/** Kaggle's words for a session that ran out of time (source: Kaggle's own client). */
export const TIME_LIMIT_MESSAGE = 'Your notebook was stopped because it exceeded the max allowed execution duration.';

/** Not Kaggle's: here the machine goes away with the program. */
export const STOPPED_MESSAGE = 'The playground was stopped while this version was running.';

export type VersionBorn = {
  readonly ref: string;
  readonly number: number;
  readonly source: string;
  readonly settings: SettingsReceived;
  readonly machine: Machine;
  readonly attached: AttachedSources;
  readonly limitSeconds: number;
  readonly pushedAt: number;
  readonly state: 'QUEUED' | 'NEW_SCRIPT';
  readonly sessionId: number;
  /** Names its files in signed addresses; says nothing about the session. */
  readonly blobId?: string;
};

/** One version of a kernel with its session: every change of either goes through here and is told to those who watch. */
export class Version {
  readonly born: VersionBorn;
  readonly blobId: string;
  readonly log: Chunk[] = [];
  readonly files = new Map<string, OutputTruth>();
  readonly #watchers = new Set<() => void>();
  #state: WorkerStatus;
  /** What a stale answer says. */
  stateBefore: WorkerStatus;
  failureMessage: string | null = null;
  startedAt: number | null = null;
  endedAt: number | null = null;

  constructor(born: VersionBorn) {
    this.born = born;
    this.blobId = born.blobId ?? randomUUID();
    this.#state = born.state;
    this.stateBefore = born.state;
  }

  get state(): WorkerStatus {
    return this.#state;
  }

  get isOver(): boolean {
    return OVER.has(this.#state);
  }

  /** Calls back after every change, until taken off. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  start(at: number): void {
    if (this.#state !== 'QUEUED') throw new Error(`${this.#name} is ${this.#state}, it cannot start`);
    this.startedAt = at;
    this.#move('RUNNING');
  }

  /** @param time Seconds since the session started. */
  print(text: string, stream: StreamName, time: number): void {
    if (this.isOver) throw new Error(`${this.#name} is over, it cannot print`);
    this.log.push({ stream_name: stream, time, data: text });
    this.#tell();
  }

  write(name: string, size: number, content: OutputContent, at: number): void {
    this.files.set(name, { name, size, createdAt: at, content });
    this.#tell();
  }

  requestCancel(): void {
    if (this.isOver) throw new Error(`${this.#name} is over, it cannot be stopped`);
    this.#move('CANCEL_REQUESTED');
  }

  end(state: 'COMPLETE' | 'ERROR' | 'CANCEL_ACKNOWLEDGED', at: number, message: string | null): void {
    if (this.isOver) throw new Error(`${this.#name} is over already`);
    this.endedAt = at;
    this.failureMessage = message;
    this.#move(state);
  }

  /** Ends a session whose machine went away with the program. One that waits stays in the queue: it can still run. */
  endWithProgram(at: number): void {
    if (this.isOver || this.#state === 'QUEUED') return;
    if (this.#state === 'CANCEL_REQUESTED') this.end('CANCEL_ACKNOWLEDGED', at, null);
    else this.end('ERROR', at, STOPPED_MESSAGE);
  }

  /** Puts back what a state folder remembers. */
  restore(of: Pick<VersionTruth, 'state' | 'failureMessage' | 'startedAt' | 'endedAt' | 'log' | 'files'>): void {
    this.#state = of.state;
    this.stateBefore = of.state;
    this.failureMessage = of.failureMessage;
    this.startedAt = of.startedAt;
    this.endedAt = of.endedAt;
    this.log.push(...of.log);
    for (const file of of.files) this.files.set(file.name, file);
  }

  truth(): VersionTruth {
    const { ref, number, source, settings, machine, attached, limitSeconds, pushedAt } = this.born;
    return {
      ref,
      number,
      source,
      settings,
      machine,
      attached,
      limitSeconds,
      pushedAt,
      state: this.#state,
      failureMessage: this.failureMessage,
      startedAt: this.startedAt,
      endedAt: this.endedAt,
      log: [...this.log],
      files: [...this.files.values()],
    };
  }

  get #name(): string {
    return `${this.born.ref} version ${this.born.number}`;
  }

  #move(state: WorkerStatus): void {
    this.stateBefore = this.#state;
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    for (const changed of [...this.#watchers]) changed();
  }
}

/** The log as Kaggle stores it: a JSON array of chunks in one string (source: Kaggle's own client). */
export const storedLog = (log: readonly Chunk[]): string =>
  log.length === 0 ? '' : `[${log.map((chunk) => JSON.stringify(chunk)).join('\n,')}\n]`;
