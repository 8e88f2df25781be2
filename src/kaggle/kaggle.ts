import type { Accelerator } from '../domain/accelerator.ts';
import type { InputRef } from '../domain/input.ts';
import type { KernelRef } from '../domain/kernel.ts';
import type { End, Pushed } from '../domain/run.ts';
import type { Secret } from '../secret.ts';

/**
 * The door to Kaggle: all the bot asks of it, in our words. Every method takes the credential of the person it acts for and
 * throws KaggleError and nothing else. Every read is bounded in time and size. Facts: Kaggle's own client and public reports,
 * 2026-11.
 */
export interface Kaggle {
  /** Who the credential belongs to. Throws `unauthorized` when Kaggle does not know it. */
  whoAmI(credential: Credential): Promise<{ user: string }>;

  /**
   * Saves a version with "Save & Run All" (SaveKernel). Never repeated by the door: after a KaggleError with
   * `maybeDone` it is not known whether the version exists.
   */
  push(credential: Credential, push: Push): Promise<PushAnswer>;

  /** The kernel at one version, else at its newest (GetKernel). Throws `forbidden` or `notFound` when there is none. */
  kernel(credential: Credential, kernel: KernelRef, version?: number): Promise<KernelSeen>;

  /** How the session of that version stands (GetKernelSessionStatus, always with versionLabel). */
  session(credential: Credential, kernel: KernelRef, version: number): Promise<SessionSeen>;

  /**
   * One page of output files with short-lived addresses, and the whole log (ListKernelSessionOutput). The log stands on each
   * page: where it is very long, each of them throws `tooLarge`, and `log` and `downloadUrl` are the way.
   */
  outputs(credential: Credential, kernel: KernelRef, version: number, pageToken?: string): Promise<OutputsPage>;

  /** One page of output files with sizes (ListKernelFiles). */
  files(credential: Credential, kernel: KernelRef, version: number, pageToken?: string): Promise<FilesPage>;

  /**
   * The log while it is written. Ends when Kaggle says END_OF_LOG (then the last yield is `end`) or, without it, when the
   * stream is cut; a stream replays from its first event. A run that is over yields its stored log, of any length, and `end`.
   */
  log(
    credential: Credential,
    kernel: KernelRef,
    version: number,
    signal?: AbortSignal,
    reading?: LogReadingOptions,
  ): AsyncIterable<LogEvent>;

  /** A short-lived address of one output file (DownloadKernelOutput). Throws `notFound` when there is no such file. */
  downloadUrl(credential: Credential, kernel: KernelRef, version: number, name: string): Promise<string>;

  quota(credential: Credential): Promise<Quota>;

  /** The person's own kernels, newest first, filtered by `search`; at most `limit`. */
  kernels(credential: Credential, search: string, limit: number): Promise<KernelListed[]>;

  /** Datasets that match `search`: the person's own first, then public ones; at most `limit`. */
  datasets(credential: Credential, search: string, limit: number): Promise<DatasetListed[]>;

  competitions(credential: Credential, search: string, limit: number): Promise<CompetitionListed[]>;

  /** Whether Kaggle would attach this input now. Anything but `ready` would be dropped silently from the run. */
  input(credential: Credential, input: InputRef): Promise<InputSeen>;

  /**
   * The bytes behind a signed address from `outputs` or `downloadUrl`, without any credential; stops at `maxBytes`.
   * @returns the bytes and whether that was all.
   */
  download(url: string, maxBytes: number): Promise<{ bytes: Buffer; whole: boolean }>;
}

export type Credential =
  /** `user`: whose it is, once that is known. */
  | { readonly kind: 'token'; readonly token: Secret; readonly user?: string }
  | { readonly kind: 'key'; readonly user: string; readonly key: Secret };

export type Push = {
  readonly kernel: KernelRef;
  readonly title: string;
  readonly source: string;
  readonly kind: 'notebook' | 'script';
  readonly language: 'python' | 'r' | 'rmarkdown';
  readonly accelerator: Accelerator;
  readonly inputs: readonly InputRef[];
  readonly internet: boolean;
  readonly isPublic: boolean;
  readonly limitMinutes: number;
};

export type PushAnswer =
  /** `page` is the answered address; `inputsDropped` as Kaggle names them. `at` is left to the caller. */
  | { readonly kind: 'pushed'; readonly pushed: Omit<Pushed, 'at'> }
  /** No version was created; it will be taken when a session ends (`slot`) or hours come back (`hours`). */
  | { readonly kind: 'full'; readonly of: 'slot' | 'hours'; readonly said: string }
  | { readonly kind: 'refused'; readonly said: string };

export type KernelSeen = {
  readonly ref: KernelRef;
  readonly title: string;
  /** Kaggle's newest version, whichever was asked for; 0 when none is saved. */
  readonly currentVersion: number;
  readonly source: string;
  readonly kind: 'notebook' | 'script';
  readonly language: string;
  readonly isPrivate: boolean;
  readonly internet: boolean;
  /** machineShape as Kaggle says it, or null. */
  readonly machineShape: string | null;
  readonly gpu: boolean;
  readonly inputs: readonly InputRef[];
};

export type SessionSeen =
  | { readonly kind: 'queued' }
  | { readonly kind: 'running'; readonly stopping: boolean }
  | { readonly kind: 'ended'; readonly end: End; readonly message: string | null }
  /** A status this bot does not know: the run is taken as going on. */
  | { readonly kind: 'unknown'; readonly said: string };

export type OutputsPage = {
  readonly files: readonly { readonly name: string; readonly url: string }[];
  /** The log as Kaggle stores it: a JSON array of chunks as one string; empty while running. */
  readonly log: string;
  readonly nextPage: string | null;
};

export type FilesPage = {
  readonly files: readonly { readonly name: string; readonly size: number | null }[];
  readonly nextPage: string | null;
};

export type LogEvent =
  | {
      readonly kind: 'chunk';
      readonly stream: 'stdout' | 'stderr' /** Seconds since the start. */;
      readonly time: number;
      readonly text: string;
    }
  | { readonly kind: 'end' };

export type LogReadingOptions = {
  /** Told of every piece of the answer, as it comes: how many bytes it has. */
  readonly onBytes?: (bytes: number) => void;
  /** The run is queued: Kaggle holds the answer back for up to a minute, and that is no silence. */
  readonly whileQueued?: boolean;
};

export type Quota = {
  /** Hours; `total` per week, `reserved` by running sessions. Null when Kaggle does not speak of it. */
  readonly gpu: QuotaHours | null;
  readonly tpu: QuotaHours | null;
  readonly refillAt: number | null;
};
export type QuotaHours = { readonly used: number; readonly reserved: number; readonly total: number };

export type KernelListed = { readonly ref: KernelRef; readonly title: string; readonly lastRunAt: number | null };
export type DatasetListed = { readonly ref: string; readonly title: string; readonly bytes: number | null };
export type CompetitionListed = { readonly slug: string; readonly title: string; readonly entered: boolean };
export type InputSeen =
  | { readonly kind: 'ready' }
  | { readonly kind: 'notReady'; readonly said: string }
  | { readonly kind: 'missing' };

export type KaggleErrorKind =
  /** 401: Kaggle does not know the credential. */
  | 'unauthorized'
  /** 403: not allowed, or no such kernel (Kaggle hides which). */
  | 'forbidden'
  | 'notFound'
  /** 429 */
  | 'limited'
  /** 4xx with a message for people: Kaggle refuses this request as it is. */
  | 'rejected'
  /** Network, time-out, 5xx: try again later. */
  | 'unavailable'
  /** An answer that is not Kaggle's: HTML, broken JSON, another shape. Try again later. */
  | 'unreadable'
  /** Kaggle answers, with more than is read; it would the next time, too. */
  | 'tooLarge';

/** Everything that can go wrong at Kaggle. Carries no request, no header and no token. */
export class KaggleError extends Error {
  override readonly name = 'KaggleError';
  readonly kind: KaggleErrorKind;
  /** Kaggle's own words, or null. */
  readonly said: string | null;
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  /** The request may have had its effect although no good answer came. */
  readonly maybeDone: boolean;

  constructor(
    kind: KaggleErrorKind,
    what: string,
    details: { said?: string | null; status?: number | null; retryAfterMs?: number | null; maybeDone?: boolean } = {},
  ) {
    super(`${what}: ${details.said ?? kind}${details.status == null ? '' : ` (HTTP ${details.status})`}`);
    this.kind = kind;
    this.said = details.said ?? null;
    this.status = details.status ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.maybeDone = details.maybeDone ?? false;
  }

  /** Whether Kaggle as a whole, rather than this request, seems to be the trouble. */
  get isOutage(): boolean {
    return this.kind === 'unavailable' || this.kind === 'unreadable' || this.kind === 'limited';
  }
}
