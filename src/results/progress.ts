import type { Progress } from '../domain/results.ts';

/** Reads epochs, steps, folds and named numbers out of a log, line by line. */
export class ProgressReading {
  line(_text: string, _time: number): void {}
  state(_text: string, _time: number): void {}
  read(): Progress | null {
    return null;
  }
}
