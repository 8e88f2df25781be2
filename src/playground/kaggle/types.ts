/** What the emulated Kaggle knows and lets tests and the playground see. Wire names are Kaggle's own. */

export type WorkerStatus =
  | 'QUEUED'
  | 'RUNNING'
  | 'COMPLETE'
  | 'ERROR'
  | 'CANCEL_REQUESTED'
  | 'CANCEL_ACKNOWLEDGED'
  | 'NEW_SCRIPT';

export type StreamName = 'stdout' | 'stderr';

/** One entry of a log, as it stands on the wire. `time` is in seconds since the session started. */
export type Chunk = { readonly stream_name: StreamName; readonly time: number; readonly data: string };

export type OutputContent =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'file'; readonly path: string }
  /** Zero bytes made while they are sent: a large model without its memory. */
  | { readonly kind: 'filler' };

export type OutputTruth = {
  /** Relative path with `/`. */
  readonly name: string;
  readonly size: number;
  readonly createdAt: number;
  readonly content: OutputContent;
};

export type Machine = 'cpu' | 'gpu' | 'tpu';

/** The fields of a SaveKernel body as they came, without `text`. */
export type SettingsReceived = Readonly<Record<string, unknown>>;

export type VersionTruth = {
  readonly ref: string;
  readonly number: number;
  readonly source: string;
  readonly settings: SettingsReceived;
  readonly machine: Machine;
  readonly state: WorkerStatus;
  readonly failureMessage: string | null;
  readonly pushedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly limitSeconds: number;
  /** The sources that were really attached, by kind. */
  readonly attached: AttachedSources;
  readonly log: readonly Chunk[];
  readonly files: readonly OutputTruth[];
};

export type AttachedSources = {
  readonly datasets: readonly string[];
  readonly competitions: readonly string[];
  readonly kernels: readonly string[];
  readonly models: readonly string[];
};

export type KernelTruth = {
  readonly id: number;
  readonly ref: string;
  readonly title: string;
  readonly kernelType: 'notebook' | 'script';
  readonly language: string;
  readonly isPrivate: boolean;
  readonly currentVersionNumber: number;
};

export type AccountGiven = {
  readonly user: string;
  readonly token: string;
  /** The legacy API key; without it only the token works. */
  readonly key?: string;
  /** Hours a week. */
  readonly gpuHours?: number;
  readonly tpuHours?: number;
  /** Hours already used in the week of the start. */
  readonly gpuHoursUsed?: number;
  readonly tpuHoursUsed?: number;
  /** Without it Kaggle refuses GPU and internet when the session starts. Default true. */
  readonly phoneVerified?: boolean;
  readonly userId?: number;
};

export type DatasetStatus =
  | 'NOT_YET_PERSISTED'
  | 'BLOBS_RECEIVED'
  | 'BLOBS_DECOMPRESSED'
  | 'BLOBS_COPIED_TO_SDS'
  | 'INDIVIDUAL_BLOBS_COMPRESSED'
  | 'READY'
  | 'FAILED'
  | 'DELETED'
  | 'REPROCESSING';

export type FileGiven = { readonly name: string; readonly content: string | Uint8Array };

export type DatasetGiven = {
  /** `owner/slug` */
  readonly ref: string;
  readonly title: string;
  readonly files?: readonly FileGiven[];
  readonly status?: DatasetStatus;
  readonly isPrivate?: boolean;
  /** Defaults to the first part of the ref. */
  readonly owner?: string;
};

export type CompetitionGiven = {
  readonly slug: string;
  readonly title: string;
  /** Who accepted the rules: everybody, nobody, or these. */
  readonly entered: boolean | readonly string[];
  readonly files?: readonly FileGiven[];
  readonly deadline?: number;
  readonly isKernelsSubmissionsOnly?: boolean;
};

export type ModelGiven = {
  /** `owner/model/framework/variation`, the framework as in an address: `pyTorch`, `transformers`. */
  readonly ref: string;
  readonly title?: string;
  /** The newest version. Default 1. */
  readonly versionNumber?: number;
  readonly isPrivate?: boolean;
  readonly files?: readonly FileGiven[];
};

export type RequestSeen = {
  readonly at: number;
  /** `kernels.KernelsApiService`; `logs`, `storage` or `web` for what is no RPC. */
  readonly service: string;
  readonly method: string;
  readonly path: string;
  /** The parsed JSON body or the query of an alias. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Whose credential it carried; null without a valid one. */
  readonly user: string | null;
};
