import type { OutputFile, Progress } from '../domain/results.ts';
import type { Pushed, Run } from '../domain/run.ts';
import { type Credential, KaggleError } from '../kaggle/kaggle.ts';
import { isHistory, readHistoryFile, withHistory } from '../results/history.ts';
import { addressOf, type Leftovers } from './leftovers.ts';
import type { Needs } from './needs.ts';

/** A history of a training is small; what is larger is some other table. */
const LARGEST = 2_000_000;

/** Where a run's files can be had. */
export type HistorySource = {
  readonly pushed: Pushed;
  readonly files: readonly OutputFile[];
  readonly leftovers: Leftovers | null;
  readonly credential: Credential | null;
};

/** Adds what a history among the outputs tells of the training to what the log told. A courtesy: an error leaves the log's word. */
export async function withHistoryFile(
  progress: Progress | null,
  run: Run,
  { pushed, files, leftovers, credential }: HistorySource,
  { kaggle, log }: Pick<Needs, 'kaggle' | 'log'>,
): Promise<Progress | null> {
  const found = files.filter(({ name, size }) => isHistory(name) && (size === null || size <= LARGEST));
  const [file] = found;
  // Of several it is not known which one is the training's; folds write one each.
  if (file === undefined || found.length > 1 || leftovers === null || credential === null) return progress;
  try {
    const url = await addressOf(kaggle, credential, pushed, file.name, leftovers);
    const read = url === null ? null : await kaggle.download(url, LARGEST);
    return read?.whole === true
      ? withHistory(progress, readHistoryFile(file.name, read.bytes.toString('utf8')))
      : progress;
  } catch (error) {
    if (!(error instanceof KaggleError)) throw error;
    log.info({ run: run.key, what: error.message }, 'a history among the outputs could not be read');
    return progress;
  }
}
