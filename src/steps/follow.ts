import type { Run } from '../domain/run.ts';

/** Follows the logs of running runs while they are written. */
export interface Follower {
  /** Begins to follow a run, if it is not followed yet and there is room. */
  follow(run: Run): void;
  /** The last lines read so far and how many there were; null when the run is not followed. */
  tail(runKey: string, lines: number): { lines: string[]; total: number } | null;
  /** How many streams are open. */
  readonly open: number;
  stop(): Promise<void>;
}
