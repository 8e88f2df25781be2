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
};

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
};
