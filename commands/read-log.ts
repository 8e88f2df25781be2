import { SECOND } from '../src/clock.ts';
import { type Pushed, pushedOf, type Run } from '../src/domain/run.ts';
import { type Credential, type Kaggle, KaggleError } from '../src/kaggle/kaggle.ts';
import { errorFields } from '../src/log.ts';
import { LogReading } from '../src/results/log.ts';
import { credentialOf } from '../src/steps/credential.ts';
import { chunksOf } from '../src/steps/leftovers.ts';
import type { Needs } from '../src/steps/needs.ts';
import { askKaggle, credentialFor, pushedFor } from './ask-kaggle.ts';

export type LogNeeds = Pick<Needs, 'kaggle' | 'accounts' | 'runs' | 'follower' | 'health' | 'clock' | 'chat' | 'log'>;

/** The end of a log and how many lines there are; null: only the end was read. */
export type Tail = { readonly lines: readonly string[]; readonly total: number | null };

/** More than a message shows. */
const LINES = 20;
/** A stream replays from its first event; a pause this long says that what there is has come. */
const REPLAYED_AFTER_MS = 700;
const READ_FOR_MS = 4 * SECOND;

const isLive = (run: Run): boolean => run.state.phase === 'queued' || run.state.phase === 'running';

/** The end of the log as it is now. @throws UserError */
export async function readTail(run: Run, needs: LogNeeds): Promise<Tail> {
  if (run.report !== null && run.report.logLines > 0) return { lines: run.report.logTail, total: run.report.logLines };
  pushedFor(run, 'log');
  const followed = needs.follower.tail(run.key, LINES);
  if (isLive(run) && followed !== null) return followed;
  const reading = await readLog(run, needs);
  return { lines: reading.tail(LINES), total: reading.lineCount };
}

/** All of the log there is now, read from Kaggle. @throws UserError */
export async function readLog(run: Run, needs: LogNeeds): Promise<LogReading> {
  const pushed = pushedFor(run, 'log');
  const credential = credentialFor(run, needs);
  const reading = new LogReading();
  if (isLive(run)) {
    await replay(run, needs, reading);
  } else {
    await askKaggle(async (kaggle) => {
      const log = await storedOrNull(kaggle, credential, pushed);
      for await (const chunk of chunksOf(kaggle, credential, pushed, log)) reading.push(chunk);
    }, needs);
  }
  return reading;
}

/** The log as Kaggle's list of files has it; null when it is too long for that. @throws KaggleError */
async function storedOrNull(kaggle: Kaggle, credential: Credential, of: Pushed): Promise<string | null> {
  try {
    return (await kaggle.outputs(credential, of.kernel, of.version)).log;
  } catch (error) {
    if (error instanceof KaggleError && error.kind === 'tooLarge') return null;
    throw error;
  }
}

async function replay(run: Run, needs: LogNeeds, reading: LogReading): Promise<void> {
  const over = new AbortController();
  const hardStop = setTimeout(() => over.abort(), READ_FOR_MS);
  let idle = setTimeout(() => over.abort(), READ_FOR_MS);
  try {
    for await (const chunk of liveChunks(run, needs, over.signal)) {
      reading.push(chunk);
      clearTimeout(idle);
      idle = setTimeout(() => over.abort(), REPLAYED_AFTER_MS);
    }
  } finally {
    clearTimeout(hardStop);
    clearTimeout(idle);
  }
}

/** The log of a running run, piece by piece, until it ends, is cut or `signal` ends it. What goes wrong ends it too. */
export async function* liveChunks(run: Run, needs: LogNeeds, signal: AbortSignal) {
  const pushed = pushedOf(run.state);
  const credential = credentialOf(run, needs);
  if (pushed === null || credential === null) return;
  try {
    for await (const event of needs.kaggle.log(credential, pushed.kernel, pushed.version, signal)) {
      if (event.kind === 'end') return;
      yield { stream: event.stream, time: event.time, text: event.text };
    }
  } catch (error) {
    if (!signal.aborted) needs.log.debug({ err: errorFields(error), run: run.key }, 'a log could not be read on');
  }
}
