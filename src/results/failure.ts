import type { Failure } from '../domain/results.ts';
import type { LogChunk, LogReading } from './log.ts';

export type FailureFacts = {
  readonly reading: LogReading;
  readonly chunks: readonly LogChunk[];
  /** What Kaggle said, if it said anything. */
  readonly message: string | null;
  readonly why: 'failed' | 'timeLimit';
  readonly source: string | null;
  readonly kind: 'notebook' | 'script';
  readonly internet: boolean;
  readonly limitMinutes: number;
};

export function readFailure(_of: FailureFacts): Failure {
  return {
    class: 'error in your code',
    cell: null,
    line: null,
    excerpt: [],
    excerptFrom: 1,
    frames: [],
    error: null,
    advice: 'reading the lines above.',
  };
}
