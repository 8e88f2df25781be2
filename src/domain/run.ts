import type { Accelerator } from './accelerator.ts';
import type { InputRef } from './input.ts';
import type { KernelRef } from './kernel.ts';
import type { ReceiptRecord } from './receipt.ts';
import type { Report } from './results.ts';
import type { Place } from './scope.ts';

/** What a person asked for, fixed when the run is accepted. */
export type RunSettings = {
  /** The kernel that is pushed to. The one Kaggle answers with is in the state and wins. */
  readonly kernel: KernelRef;
  readonly title: string;
  readonly kind: 'notebook' | 'script';
  readonly language: 'python' | 'r' | 'rmarkdown';
  readonly accelerator: Accelerator;
  readonly inputs: readonly InputRef[];
  readonly internet: boolean;
  readonly isPublic: boolean;
  readonly limitMinutes: number;
  readonly note: string | null;
  /** Where the source came from, as the card and the reply name it. */
  readonly origin: {
    readonly from: 'attachment' | 'kernel' | 'url' | 'again' | 'watch';
    readonly name: string;
    readonly link: string | null;
  };
  readonly cells: number;
  /** Whether the check cell stands before the person's own first cell. Runs of an earlier schema have none. */
  readonly receipt?: boolean;
};

/** A push whose answer was lost and whose version was not found, so that the run is pushed once more. It may land yet. */
export type EarlierPush = {
  /** Kaggle's newest version before it. */
  readonly baseVersion: number;
  readonly at: number;
};

/** What Kaggle answered to a push. */
export type Pushed = {
  readonly kernel: KernelRef;
  readonly version: number;
  /** The version's own address, if Kaggle answered with one; usually it names the notebook only. */
  readonly page: string | null;
  readonly at: number;
  /** Inputs Kaggle dropped although it runs the version, as it names them. */
  readonly inputsDropped: readonly string[];
  /** Set when this was not the first push of the run. */
  readonly earlier?: EarlierPush;
  /** The version that the earlier push made after all: Kaggle runs both, this one is followed. */
  readonly twin?: number;
};

export type WaitReason =
  | { readonly for: 'slot'; readonly said: string }
  | { readonly for: 'hours'; readonly said: string }
  | { readonly for: 'run'; readonly number: number };

/**
 * The life of a run. `pushing` is stored before the call to Kaggle; `finishing` means that Kaggle has ended
 * and what it left is being collected.
 */
export type RunState =
  | { readonly phase: 'accepted'; readonly earlier?: EarlierPush }
  | {
      readonly phase: 'waiting';
      readonly reason: WaitReason;
      readonly since: number;
      readonly earlier?: EarlierPush;
    }
  | {
      readonly phase: 'pushing';
      /** Kaggle's newest version before our push; 0 when the kernel did not exist. */
      readonly baseVersion: number;
      readonly since: number;
      /** Set when the answer was lost: since when, and how often Kaggle was looked at without finding our version. */
      readonly doubt: { readonly since: number; readonly looks: number } | null;
      readonly earlier?: EarlierPush;
    }
  | { readonly phase: 'queued'; readonly pushed: Pushed }
  | { readonly phase: 'running'; readonly pushed: Pushed; readonly startedAt: number; readonly stopping: boolean }
  | {
      readonly phase: 'finishing';
      readonly pushed: Pushed;
      readonly startedAt: number | null;
      readonly endedAt: number;
      readonly end: End;
      readonly message: string | null;
    }
  | { readonly phase: 'complete'; readonly pushed: Pushed; readonly startedAt: number | null; readonly endedAt: number }
  | {
      readonly phase: 'error';
      /** `refused`: Kaggle did not take the push, so there is no version. */
      readonly why: 'failed' | 'timeLimit' | 'refused';
      readonly pushed: Pushed | null;
      readonly startedAt: number | null;
      readonly endedAt: number;
      readonly message: string | null;
    }
  | {
      readonly phase: 'cancelled';
      /** `withdrawn`: by the person `by`, before the push. `stopped`: by somebody on Kaggle. */
      readonly how: 'withdrawn' | 'stopped';
      readonly by: string | null;
      readonly pushed: Pushed | null;
      readonly startedAt: number | null;
      readonly endedAt: number;
    }
  | {
      readonly phase: 'lost';
      /** `superseded`: Kaggle shows the notebook, but no longer this version. */
      readonly why: 'gone' | 'unlinked' | 'unreadable' | 'superseded';
      readonly pushed: Pushed | null;
      readonly startedAt: number | null;
      readonly since: number;
      readonly givenUp: boolean;
      /** It was lost in the middle of a push: that push is looked for before anything is sent again. */
      readonly inDoubt?: EarlierPush;
    };

export type Phase = RunState['phase'];
export type StateOf<P extends Phase> = Extract<RunState, { phase: P }>;

/** How a kernel session ended, in our words. */
export type End = 'complete' | 'failed' | 'timeLimit' | 'stopped';

export type RunEvent =
  | { readonly type: 'pushStarted'; readonly at: number; readonly baseVersion: number }
  | { readonly type: 'pushDeferred'; readonly at: number; readonly reason: WaitReason }
  | { readonly type: 'pushRefused'; readonly at: number; readonly message: string }
  | { readonly type: 'pushDoubted'; readonly at: number }
  | { readonly type: 'pushNotFound'; readonly at: number }
  | { readonly type: 'pushAbsent'; readonly at: number }
  | { readonly type: 'pushed'; readonly at: number; readonly pushed: Pushed }
  | { readonly type: 'twinSeen'; readonly at: number; readonly version: number }
  | { readonly type: 'seenQueued'; readonly at: number }
  | { readonly type: 'seenRunning'; readonly at: number; readonly stopping: boolean }
  | { readonly type: 'ended'; readonly at: number; readonly end: End; readonly message: string | null }
  /** `times`: when it really went on, where that became known only with what it left. */
  | {
      readonly type: 'finished';
      readonly at: number;
      readonly times?: { readonly startedAt: number; readonly endedAt: number } | null;
    }
  | { readonly type: 'withdrawn'; readonly at: number; readonly by: string }
  | { readonly type: 'lostSight'; readonly at: number; readonly why: StateOf<'lost'>['why'] }
  | { readonly type: 'lookAgain'; readonly at: number }
  | { readonly type: 'givenUp'; readonly at: number };

export type EventType = RunEvent['type'];
export type EventOf<T extends EventType> = Extract<RunEvent, { type: T }>;

/** The message in the channel that shows the run. */
export type Card = { readonly channelId: string; readonly messageId: string };

export type Run = {
  /** Opaque, 22 characters of base64url (128 random bits): stands in button ids and in the marker. */
  readonly key: string;
  readonly number: number;
  readonly interactionId: string;
  readonly place: Place;
  readonly launcher: { readonly id: string; readonly name: string };
  readonly settings: RunSettings;
  /** SHA-256 (hex) of the source as it is pushed, with the marker in it. */
  readonly sourceHash: string;
  readonly state: RunState;
  /** Goes up with every change; a change is only stored if nobody else changed the row. */
  readonly revision: number;
  readonly acceptedAt: number;
  /** When the next step wants this run; null when nothing is to be done. */
  readonly dueAt: number | null;
  readonly card: Card | null;
  readonly progress: Report['progress'];
  /** What the check cell said of the machine; null before it, and when there is none. */
  readonly receipt?: ReceiptRecord | null;
  readonly report: Report | null;
};

export const FINAL_PHASES = ['complete', 'error', 'cancelled'] as const satisfies readonly Phase[];
export const ALIVE_PHASES = [
  'accepted',
  'waiting',
  'pushing',
  'queued',
  'running',
  'finishing',
] as const satisfies readonly Phase[];

export const isAlive = (state: RunState): boolean => (ALIVE_PHASES as readonly Phase[]).includes(state.phase);

/** What Kaggle knows of the run; null before the push was answered. */
export const pushedOf = (state: RunState): Pushed | null => ('pushed' in state ? state.pushed : null);

/** The kernel as Kaggle named it, else as it was asked for. */
export const kernelOf = (run: Pick<Run, 'state' | 'settings'>): KernelRef =>
  pushedOf(run.state)?.kernel ?? run.settings.kernel;

export const startedAtOf = (state: RunState): number | null => ('startedAt' in state ? state.startedAt : null);
export const endedAtOf = (state: RunState): number | null => ('endedAt' in state ? state.endedAt : null);
