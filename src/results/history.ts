import Papa from 'papaparse';
import { z } from 'zod';
import type { Progress, Series } from '../domain/results.ts';
import { betterOf } from './metric-name.ts';
import { SeriesBook } from './series-book.ts';

/** Files in which libraries write a training's numbers: Keras' CSVLogger, Lightning, YOLO, a frame of `history.history`. */
const NAMES = /(?:^|\/)(?:history|training_history|train_history|train(?:ing)?_log|metrics|results)\.csv$/i;
/** More is no history of a training. */
const MOST_ROWS = 20_000;
const MOST_SERIES = 8;
const NUMBER = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*$/i;

const TRAINER_STATE = /^trainer_state\.json$/;

/** Whether a file may hold a training's numbers, by its name. */
export const isHistory = (name: string): boolean => NAMES.test(name) || TRAINER_STATE.test(name);

/** A training's numbers out of a file of such a name. */
export const readHistoryFile = (name: string, text: string): Progress | null =>
  TRAINER_STATE.test(name) ? readTrainerState(text) : readHistory(text);

/** The column that counts epochs; the unnamed first one of a frame counts rows. -1: there is none. */
const axisOf = (columns: readonly string[]): number => {
  const named = columns.findIndex((column) => /^epochs?$/i.test(column));
  return named >= 0 ? named : columns[0] === '' ? 0 : -1;
};

/**
 * A training's numbers over its epochs out of a CSV file. Anything in doubt makes it nothing: epochs that go back or skip, a
 * file without a count of epochs, names that measure nothing known.
 * @param text the whole file
 */
export function readHistory(text: string): Progress | null {
  const { data } = Papa.parse<string[]>(text.replace(/^\ufeff/, ''), { skipEmptyLines: 'greedy' });
  const [heading, ...rows] = data;
  if (heading === undefined || rows.length < 2 || rows.length > MOST_ROWS) return null;
  const columns = heading.map((column) => column.trim());
  const axis = axisOf(columns);
  if (axis < 0) return null;
  const epochs = rows.map((row) =>
    /^\s*\d{1,7}(?:\.0{1,6})?\s*$/.test(row[axis] ?? '') ? Number(row[axis]) : Number.NaN,
  );
  const first = epochs[0] ?? Number.NaN;
  // Keras and Lightning count from 0, people and YOLO from 1.
  if (first !== 0 && first !== 1) return null;
  if (epochs.some((epoch, at) => !(epoch - (epochs[at - 1] ?? first) <= 1 && epoch >= (epochs[at - 1] ?? first))))
    return null;
  const book = new SeriesBook();
  const said = new Set<string>();
  columns.forEach((column, at) => {
    const name = column.replace(/^metrics\//i, '').slice(0, 60);
    if (at === axis || name === '' || betterOf(name) === null || said.has(name.toLowerCase())) return;
    said.add(name.toLowerCase());
    rows.forEach((row, index) => {
      const cell = row[at]?.trim() ?? '';
      const epoch = (epochs[index] ?? 0) + (first === 0 ? 1 : 0);
      if (NUMBER.test(cell)) book.set(epoch, { name, value: Number(cell), text: cell });
    });
  });
  const last = (epochs.at(-1) ?? 0) + (first === 0 ? 1 : 0);
  const series = book.read([]);
  return series.length === 0 || last < 2 ? null : { unit: 'epoch', at: last, of: null, series, paceMs: null };
}

/** Each entry of the `log_history` that Hugging Face's Trainer saves; other fields are numbers by name. */
const TrainerState = z.object({ log_history: z.array(z.record(z.string(), z.unknown())).max(MOST_ROWS) });

/**
 * What Hugging Face's Trainer measured at the end of each epoch, out of its `trainer_state.json`. Entries between two epochs
 * are left out: they are of steps.
 */
export function readTrainerState(text: string): Progress | null {
  let state: z.infer<typeof TrainerState>;
  try {
    state = TrainerState.parse(JSON.parse(text));
  } catch {
    return null;
  }
  const book = new SeriesBook();
  let last = 0;
  for (const { epoch, ...numbers } of state.log_history) {
    if (typeof epoch !== 'number' || !Number.isInteger(epoch) || epoch < 1) continue;
    for (const [name, value] of Object.entries(numbers)) {
      if (!name.startsWith('eval_') || typeof value !== 'number' || betterOf(name) === null) continue;
      book.set(epoch, { name: name.slice(0, 60), value, text: String(value) });
      last = Math.max(last, epoch);
    }
  }
  const series = book.read([]);
  return series.length === 0 || last < 2 ? null : { unit: 'epoch', at: last, of: null, series, paceMs: null };
}

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '');

/**
 * What the log told, and what only the file tells. The log's numbers stay as they are; those of the file are added where both
 * speak of the same training: as many epochs, no folds.
 */
export function withHistory(progress: Progress | null, history: Progress | null): Progress | null {
  if (history === null) return progress;
  if (progress === null) return history;
  const once = progress.series.filter(({ isOnce }) => isOnce === true);
  if (progress.at === null && progress.series.length === once.length)
    return { ...history, series: [...history.series, ...once].slice(0, MOST_SERIES) };
  if (progress.unit !== 'epoch' || progress.fold !== undefined || progress.at !== history.at) return progress;
  if (progress.series.some(({ folds }) => folds !== undefined)) return progress;
  const known = new Set(progress.series.map(({ name }) => plain(name)));
  const added = history.series.filter((one: Series) => !known.has(plain(one.name)));
  const placed = progress.series.filter((one) => !once.includes(one));
  return { ...progress, series: [...placed, ...added, ...once].slice(0, MOST_SERIES) };
}
