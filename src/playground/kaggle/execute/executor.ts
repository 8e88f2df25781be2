import type { StreamName } from '../types.ts';

/** What is to be executed, and where. */
export type Job = {
  /** A folder of its own; everything of the run lies in it. */
  readonly folder: string;
  readonly source: string;
  readonly kernelType: 'notebook' | 'script';
  readonly language: string;
  readonly inputs: readonly Mount[];
  readonly limitSeconds: number;
  readonly internet: boolean;
};

/** An attached source: its files, and the places below `/kaggle/input` where notebooks look for them. */
export type Mount = {
  readonly at: readonly [string, ...string[]];
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array | { readonly path: string } }[];
};

export type Sink = {
  print(text: string, stream: StreamName): void;
};

export type Ending =
  | { readonly kind: 'complete' }
  | { readonly kind: 'failed'; readonly message: string | null }
  | { readonly kind: 'timeLimit' }
  | { readonly kind: 'stopped' };

export type Execution = {
  /** Never rejects. */
  readonly ended: Promise<Ending>;
  /** The folder whose files are the outputs, once it is over. */
  readonly outputs: string;
  /** Ends it with everything it started. */
  stop(): void;
};

export type RunsWith = 'Jupyter' | 'python3' | 'a recorded run';

export interface Executor {
  readonly runsWith: RunsWith;
  start(job: Job, sink: Sink): Execution;
}
