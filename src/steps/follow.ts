import type { Run } from '../domain/run.ts';

/** How the log of a followed run stands, once its stream has caught up with what was heard before. */
export type Heard = {
  readonly runKey: string;
  /** For how long nothing has come, in ms. */
  readonly quietMs: number;
  /** The usual gap between two lines, in ms; null while there were too few. */
  readonly usualMs: number | null;
  readonly lastLine: string | null;
};

/** Follows the logs of running runs while they are written. */
export interface Follower {
  /** Begins to follow a run, if it is not followed yet and there is room. */
  follow(run: Run): void;
  /** The last lines read so far and how many there were; null when none were. */
  tail(runKey: string, lines: number): { lines: string[]; total: number } | null;
  /** What is heard of the runs that are followed; empty logs are left out, since they have never spoken. */
  heard(): readonly Heard[];
  /** Whether a stream of this run is open now: then it tells of the end, and looks are a safety net. */
  hears(runKey: string): boolean;
  /** How many streams are open. */
  readonly open: number;
  stop(): Promise<void>;
}
