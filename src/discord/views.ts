import type { OutputFile, Report } from '../domain/results.ts';
import type { Run } from '../domain/run.ts';
import type { OutFile } from './chat.ts';

/**
 * What the renderers are told: facts, gathered by a step or a command. Rendering (src/discord/render) is pure: the same
 * view gives the same message.
 */

export type CardView = {
  readonly run: Run;
  /** KAGGLE_WEB_URL. */
  readonly web: string;
  readonly now: number;
  /** No Kaggle GPU behind it: the GPU line says so. */
  readonly playground: boolean;
  readonly outputs: readonly OutputFile[];
  /** While it waits for a slot. `foreign`: sessions in use that no run of ours explains. */
  readonly line: {
    readonly place: number;
    readonly kind: 'GPU' | 'TPU' | 'CPU';
    readonly holders: readonly number[];
    readonly foreign: number;
    readonly nextSlotAt: number | null;
    readonly nextSlotRun: number | null;
    /** `limit`: nothing but its limit says when that run ends. */
    readonly nextSlotBy?: 'forecast' | 'limit';
  } | null;
  readonly hours: { readonly total: number; readonly refillAt: number | null } | null;
  /** Since when Kaggle answers nobody; null when it does. */
  readonly kaggleDown: { readonly since: number; readonly nextLookAt: number } | null;
  readonly tokenRefusedSince: number | null;
  /** Address of the completion or failure message, once it is there. */
  readonly endLink: string | null;
  /** Earlier runs of this kernel that were complete: for "usual" and for the expected end without progress. */
  readonly earlier: {
    readonly count: number;
    readonly minMs: number;
    readonly maxMs: number;
    readonly medianMs: number;
  } | null;
  /** A newer version of the notebook, pushed by us or on the site, if one is known. */
  readonly newerVersion: number | null;
  /** How long the person's earlier runs of this kernel waited for a machine; from three runs on. */
  readonly queueWaits?: { readonly minMs: number; readonly maxMs: number } | null;
  /** Lines of the log read so far; 0 says that it is empty. */
  readonly logLines?: number | null;
  /** When the progress was last seen to move, in ms; now when it is left out. */
  readonly progressAt?: number | null;
  /** What is known of the machine the run really got. */
  readonly receipt?: Receipt | null;
  /** The curve, shown inside the card: for /status of one run. */
  readonly curve?: OutFile | null;
  /** The server's name, which stands in place of the launcher in answers to the launcher. */
  readonly server?: string | null;
};

/** The proof of which GPU a run got. `got` as the machine names it: `2 × Tesla T4`. */
export type Receipt =
  | { readonly kind: 'checking' }
  | { readonly kind: 'notChecked' }
  /** `fails`: the operation on it did, and the run goes on. */
  | { readonly kind: 'works' | 'otherThanAsked' | 'fails'; readonly got: string };

/** Completion, failure, or stopped by somebody: a new message. */
export type EndView = {
  readonly run: Run;
  readonly web: string;
  readonly now: number;
  readonly playground: boolean;
  readonly outputs: readonly OutputFile[];
  readonly report: Report;
  /** Null in a direct message: it notifies by itself. */
  readonly mention: string | null;
  /** Lasting address of one output file; the default is its place on Kaggle's output page. */
  readonly fileLink: (name: string) => string;
  /** Ready for upload, in order, within the place's limit: CSVs and images after a completion, the log after a failure. */
  readonly files: readonly OutFile[];
  /** The best earlier complete run of this kernel with the same metric. */
  readonly bestBefore: {
    /** Its key, for comparing with it. */
    readonly key?: string;
    readonly number: number;
    readonly text: string;
    readonly value: number;
    readonly changed: string;
  } | null;
  /** The address of the card, for a message that cannot reply to it. */
  readonly cardLink: string | null;
  /** Told more than ten minutes late: what was away, until when. */
  readonly late: { readonly what: 'discord' | 'bot'; readonly until: number } | null;
  readonly newerVersion: number | null;
  /** 0 full, 1 without files, 2 without buttons too. */
  readonly reduced: number;
  /** Notifies and mentions nobody: muted, or one of several told late at once. */
  readonly silent?: boolean;
  /** How many more notices for the same person and channel follow at once. */
  readonly moreBelow?: number;
  /** Rows and columns of tables, by file name, beyond what the report's preview says. */
  readonly tables?: ReadonlyMap<string, { readonly rows: number | null; readonly columns: number }>;
  /** The owner whose notebook is private: said once per guild. */
  readonly privateOf?: string | null;
  readonly receipt?: Receipt | null;
  /** Whether the source or the end of the log speaks of epochs: only then "before the first epoch" says something. */
  readonly speaksOfEpochs?: boolean;
  /** The longest limit Kaggle allows on this machine, in minutes. */
  readonly ceilingMinutes?: number;
  /** Other runs that Kaggle failed in the last hour. */
  readonly alsoFailed?: number;
};
