import { HOUR, MINUTE, SECOND } from '../clock.ts';
import { acceleratorFacts } from '../domain/accelerator.ts';
import { formatInput } from '../domain/input.ts';
import type { ReceiptRecord } from '../domain/receipt.ts';
import type { Failure, OutputFile, Report, TablePreview } from '../domain/results.ts';
import type { Run, StateOf } from '../domain/run.ts';
import { type Credential, KaggleError } from '../kaggle/kaggle.ts';
import { withoutReceipt } from '../notebook/receipt.ts';
import { ErrorsKept } from '../results/errors-kept.ts';
import { readFailure } from '../results/failure.ts';
import { LogReading } from '../results/log.ts';
import { previewTable } from '../results/table.ts';
import { accountOf, credentialOf } from './credential.ts';
import { withHistoryFile } from './history.ts';
import { type InHand, workOn } from './in-hand.ts';
import { addressOf, chunksOf, filesOf, keepLeftovers, type Leftovers, outputsOf, sizesOf } from './leftovers.ts';
import { memoryOf } from './memory.ts';
import { withLikelyInput } from './missing-input.ts';
import type { Needs } from './needs.ts';
import { ceilingOf } from './problems.ts';
import { type LogTimes, ranTimes, saysOver } from './ran-times.ts';
import { noteAnswer, noteTrouble, type TroubleNeeds } from './trouble.ts';

export type FinishNeeds = TroubleNeeds & Pick<Needs, 'kaggle' | 'settings'>;

/**
 * How long the end of a run may be kept from people for the sake of what cannot be read yet: the files are what they wait
 * for, the rest is a courtesy. Tried at least so often, also when the program was away in between.
 */
const PATIENCE_MS = { files: 10 * MINUTE, rest: MINUTE };
const TRIES = 3;
const AGAIN_MS = 10 * SECOND;
/** Kept of the log with the run; the whole stays at Kaggle. */
const TAIL_LINES = 40;
/** A table of unknown size is read so far for its preview. */
const PREVIEW_BYTES = 64 * 1024;
/** One that is attached anyway is read whole, so that its rows are counted. */
const WHOLE_BYTES = 2_000_000;

type Finishing = Run & { readonly state: StateOf<'finishing'> };

/** Collects what a run left, then lets it be over: its end and the message about it are stored together. @returns whether there was one. */
export async function finishNext(needs: FinishNeeds, inHand: InHand = new Set()): Promise<boolean> {
  const run = needs.runs.due(['finishing'], needs.clock.now(), inHand);
  if (run === null || run.state.phase !== 'finishing') return false;
  const finishing = { ...run, state: run.state };
  await workOn(run, needs, inHand, () => finish(finishing, needs));
  return true;
}

async function finish(run: Finishing, needs: FinishNeeds): Promise<void> {
  const { runs, clock } = needs;
  const credential = credentialOf(run, needs);
  const [leftovers, sizes, quota] =
    credential === null ? [UNLINKED, UNLINKED, UNLINKED] : await collect(run, credential, needs);
  const files =
    leftovers.value === null && sizes.value === null
      ? null
      : filesOf(leftovers.value?.urls.keys() ?? [], sizes.value ?? new Map());
  const table = await previewOf(run, files ?? [], leftovers.value, credential, needs);
  const log = await part(readLog(run, leftovers.value, credential, needs));
  // People wait for the end: only an outage is waited out, and never for the hours, which are a courtesy.
  const missing = [leftovers, sizes, table, log].filter(({ error }) => error?.isOutage === true);
  if (missing.length > 0 && credential !== null && isWorthWaiting(run, files === null, needs)) {
    const [worst] = missing;
    const again = worst?.error === null || worst === undefined ? clock.now() : noteTrouble(worst.error, run, needs);
    runs.putOff(run, Math.max(again, clock.now() + AGAIN_MS));
    return;
  }
  if (missing.length === 0 && credential !== null) noteAnswer(run, needs);
  const { timed, receipt, ...logged } = log.value ?? (await readLog(run, null, null, needs));
  const read = { ...logged, failure: await withLikelyInput(logged.failure, run, credential, needs) };
  const gaps = [
    ...(files === null ? [`its files could not be listed${because(leftovers)}`] : []),
    ...(leftovers.value === null ? [`its log could not be read${because(leftovers)}`] : []),
    ...(log.error === null ? [] : [`its log could not be read${because(log)}`]),
    ...(table.error === null ? [] : [`its first table could not be read${because(table)}`]),
  ];
  const times = ranTimes(run, timed);
  const hours = quota.value === null ? null : { ...quota.value, used: usedMs(run, times, timed) / HOUR };
  const report: Report = {
    ...read,
    table: table.value,
    quota: hours,
    gaps,
    ...(files === null ? { unlisted: true } : {}),
  };
  const of = { pushed: run.state.pushed, files: files ?? [], leftovers: leftovers.value, credential };
  const progress = await withHistoryFile(report.progress ?? run.progress, run, of, needs);
  if (leftovers.value !== null) keepLeftovers(run, leftovers.value, needs);
  // Nobody needs an alarm any more: the message about the end says what it ran on.
  if (receipt !== null && run.settings.receipt === true) runs.setReceipt(run.key, receipt, clock.now(), null);
  runs.move(
    run,
    { type: 'finished', at: clock.now(), times },
    { dueAt: null, report: { ...report, progress }, outputs: files ?? [] },
  );
}

/** What one call gave; `error` says why there is nothing, null also when there was nothing to get. */
type Part<T> = { readonly value: T | null; readonly error: KaggleError | null };

const UNLINKED: Part<never> = {
  value: null,
  error: new KaggleError('unauthorized', 'finish', { said: 'the Kaggle account is no longer linked' }),
};

async function part<T>(call: Promise<T>): Promise<Part<T>> {
  try {
    return { value: await call, error: null };
  } catch (error) {
    if (!(error instanceof KaggleError)) throw error;
    return { value: null, error };
  }
}

/** One call after the other: all of them are of one account, and Kaggle counts. */
async function collect(
  run: Finishing,
  credential: Credential,
  needs: FinishNeeds,
): Promise<[Part<Leftovers>, Part<Map<string, number | null>>, Part<Report['quota']>]> {
  const leftovers = await part(outputsOf(needs.kaggle, credential, run.state.pushed));
  const sizes = await part(sizesOf(needs.kaggle, credential, run.state.pushed));
  const quota = await part(quotaOf(run, credential, needs));
  return [leftovers, sizes, quota];
}

/** Hours this run used and what is left of the week, as Kaggle counts; null for runs that use none. */
async function quotaOf(run: Finishing, credential: Credential, needs: FinishNeeds): Promise<Report['quota']> {
  const { kind } = acceleratorFacts(run.settings.accelerator);
  if (kind === 'cpu') return null;
  const quota = await needs.kaggle.quota(credential);
  const hours = quota[kind];
  memoryOf(needs).hours.set(accountOf(run), { total: hours?.total ?? null, refillAt: quota.refillAt });
  if (hours === null) return null;
  return {
    used: 0,
    left: Math.max(0, hours.total - hours.used - hours.reserved),
    refillAt: quota.refillAt,
  };
}

/** Nobody saw the run begin, nor its end: then the log, which is timed from the session's start, says how long it took. */
function usedMs({ state }: Finishing, times: ReturnType<typeof ranTimes>, timed: LogTimes): number {
  const { startedAt, endedAt } = times ?? state;
  return startedAt === null ? timed.last * SECOND : Math.max(0, endedAt - startedAt);
}

function isWorthWaiting(run: Finishing, withoutFiles: boolean, { runs, clock }: FinishNeeds): boolean {
  const { failures } = memoryOf({ runs });
  const tries = (failures.get(run.key) ?? 0) + 1;
  failures.set(run.key, tries);
  const waited = Math.abs(clock.now() - run.state.endedAt);
  return tries < TRIES || waited < (withoutFiles ? PATIENCE_MS.files : PATIENCE_MS.rest);
}

async function previewOf(
  { state }: Finishing,
  files: readonly OutputFile[],
  leftovers: Leftovers | null,
  credential: Credential | null,
  { kaggle }: FinishNeeds,
): Promise<Part<TablePreview>> {
  const first = files.find(({ kind, name }) => kind === 'table' && /\.(?:csv|tsv)$/i.test(name));
  if (first === undefined || leftovers === null || credential === null) return { value: null, error: null };
  const { value: url, error } = await part(addressOf(kaggle, credential, state.pushed, first.name, leftovers));
  if (url === null) return { value: null, error };
  const most = first.size !== null && first.size <= WHOLE_BYTES ? WHOLE_BYTES : PREVIEW_BYTES;
  const read = await part(kaggle.download(url, most));
  if (read.value === null) return { value: null, error: read.error };
  return { value: await previewTable(first.name, read.value.bytes, read.value.whole), error: null };
}

/** What the log says; as of an empty one when there is none to read. @throws KaggleError */
async function readLog(
  run: Finishing,
  leftovers: Leftovers | null,
  credential: Credential | null,
  { kaggle, runs, settings }: FinishNeeds,
): Promise<
  Pick<Report, 'logTail' | 'logLines' | 'progress' | 'failure'> & { timed: LogTimes; receipt: ReceiptRecord | null }
> {
  const reading = new LogReading();
  const errors = new ErrorsKept();
  let over: number | null = null;
  if (leftovers !== null && credential !== null) {
    for await (const chunk of chunksOf(kaggle, credential, run.state.pushed, leftovers.log)) {
      reading.push(chunk);
      errors.push(chunk);
      if (saysOver(chunk.text)) over = chunk.time;
    }
    reading.end();
  }
  const ceiling = ceilingOf(run.settings.accelerator, settings.sessionHours);
  return {
    timed: { last: reading.time, over },
    logTail: reading.tail(TAIL_LINES),
    logLines: reading.lineCount,
    progress: reading.progress(),
    receipt: reading.receipt,
    failure: failureOf(run, reading, errors, runs.source(run.sourceHash), ceiling),
  };
}

function failureOf(
  { state, settings }: Finishing,
  reading: LogReading,
  errors: ErrorsKept,
  source: string | null,
  ceilingMinutes: number,
): Failure | null {
  if (state.end !== 'failed' && state.end !== 'timeLimit') return null;
  const { kind, internet, limitMinutes, inputs } = settings;
  return readFailure({
    reading,
    chunks: errors.chunks,
    message: state.message,
    why: state.end,
    source: source === null ? null : withoutReceipt(source),
    receipt: settings.receipt === true,
    kind,
    internet,
    limitMinutes,
    ceilingMinutes,
    inputs: inputs.map(formatInput),
  });
}

function because({ error }: Part<unknown>): string {
  switch (error?.kind) {
    case undefined:
      return '';
    case 'unauthorized':
      return error === UNLINKED.error
        ? ': the Kaggle account is no longer linked'
        : ': Kaggle does not accept the token any more';
    case 'forbidden':
    case 'notFound':
      return ': Kaggle does not show them any more';
    default:
      return ': Kaggle did not answer';
  }
}
