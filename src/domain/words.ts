/** The words people read, gathered: numbers and times, foreign text made safe, runs and their states. */
export * from './text.ts';
export * from './words-numbers.ts';
export * from './words-run.ts';
