import type { OutFile } from '../discord/chat.ts';
import { acceleratorFacts } from '../domain/accelerator.ts';
import type { OutputFile, Progress } from '../domain/results.ts';
import { endedAtOf, type Pushed, pushedOf, type Run, startedAtOf } from '../domain/run.ts';
import { duration, facts, pace } from '../domain/words.ts';
import { KaggleError } from '../kaggle/kaggle.ts';
import { drawCurve } from '../results/curve.ts';
import { LogReading, storedChunks } from '../results/log.ts';
import { credentialOf } from './credential.ts';
import { type Leftovers, leftoversOf } from './leftovers.ts';
import type { Needs } from './needs.ts';

export type AttachNeeds = Pick<Needs, 'kaggle' | 'runs' | 'accounts' | 'clock' | 'log'>;

/** ux.md 5 and 6; sizes in bytes. */
const LARGEST = 2_000_000;
const ALL_TOGETHER = 8_000_000;
const MOST_TABLES = 3;
const MOST_IMAGES = 4;
const LONGEST_LOG = 8_000_000;

/**
 * The files that go up with the message about a run's end: curve, then small tables; without a curve images instead; the log
 * after a failure. What cannot be had now is left out: the message matters more.
 * @param limit Bytes a file may have where it goes.
 */
export async function attachmentsOf(run: Run, limit: number, needs: AttachNeeds): Promise<OutFile[]> {
  const pushed = pushedOf(run.state);
  if (pushed === null) return [];
  const leftovers = await leftoversOrNull(run, pushed, needs);
  if (run.state.phase === 'error') return leftovers === null ? [] : logFile(run, leftovers.log, limit);
  const curve = curveOf(run);
  const wanted = wantedFiles(run, curve !== null, limit, needs);
  const files: OutFile[] = curve === null ? [] : [curve];
  let room = ALL_TOGETHER - (curve?.bytes.length ?? 0);
  for (const file of wanted) {
    const bytes = await bytesOf(file, leftovers?.urls.get(file.name), Math.min(LARGEST, limit, room), needs);
    if (bytes === null) continue;
    room -= bytes.length;
    files.push({ name: plainName(file.name, files), bytes, description: `Output file of run #${run.number}` });
  }
  return files;
}

async function leftoversOrNull(run: Run, pushed: Pushed, needs: AttachNeeds): Promise<Leftovers | null> {
  const credential = credentialOf(run, needs);
  if (credential === null) return null;
  try {
    return await leftoversOf(run, pushed, credential, needs);
  } catch (error) {
    if (!(error instanceof KaggleError)) throw error;
    needs.log.info({ run: run.key, what: error.message }, 'nothing could be attached to the message about the end');
    return null;
  }
}

function wantedFiles(run: Run, hasCurve: boolean, limit: number, { runs }: AttachNeeds): OutputFile[] {
  const small = runs.outputs(run.key).filter(({ size }) => size !== null && size <= Math.min(LARGEST, limit));
  const tables = small.filter(({ kind, name }) => kind === 'table' && /\.csv$/i.test(name)).slice(0, MOST_TABLES);
  // Beside a curve a second picture would be shown small.
  if (hasCurve) return tables;
  const images = small.filter(({ kind, name }) => kind === 'image' && /\.(?:png|jpe?g|gif|webp)$/i.test(name));
  return [...tables, ...images.slice(0, MOST_IMAGES)];
}

async function bytesOf(
  file: OutputFile,
  url: string | undefined,
  most: number,
  { kaggle, log }: AttachNeeds,
): Promise<Buffer | null> {
  if (url === undefined || (file.size ?? 0) > most) return null;
  try {
    const { bytes, whole } = await kaggle.download(url, most);
    return whole ? bytes : null;
  } catch (error) {
    if (!(error instanceof KaggleError)) throw error;
    log.info({ what: error.message }, 'an output file could not be attached');
    return null;
  }
}

/** A name Discord keeps as it is: its last part in plain ASCII, told apart from those before it. */
function plainName(name: string, before: readonly OutFile[]): string {
  const base = name
    .slice(name.lastIndexOf('/') + 1)
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[._]+/, '');
  const dot = base.lastIndexOf('.');
  const extension = dot === -1 ? '' : base.slice(dot).slice(0, 12);
  const stem = (dot === -1 ? base : base.slice(0, dot)).slice(0, 60) || 'file';
  for (let n = 1; ; n++) {
    const plain = `${stem}${n === 1 ? '' : `-${n}`}${extension}`;
    if (!before.some((one) => one.name === plain)) return plain;
  }
}

function curveOf(run: Run): OutFile | null {
  const progress = run.report?.progress ?? null;
  if (progress === null || progress.series.length === 0) return null;
  const curve = drawCurve({
    number: run.number,
    title: run.settings.title,
    line: curveLine(run, progress),
    progress,
    running: false,
    at: endedAtOf(run.state) ?? run.acceptedAt,
    theme: 'dark',
  });
  return curve === null ? null : { name: `curve-${run.number}.png`, bytes: curve.png, description: curve.description };
}

/** The second line of the picture: what is drawn, on what, for how long. */
export function curveLine(run: Run, progress: Progress): string {
  const isLoss = progress.series.some(({ name }) => /loss/i.test(name));
  const what = isLoss ? 'loss' : (progress.series[0]?.name ?? 'progress');
  const started = startedAtOf(run.state);
  const ended = endedAtOf(run.state);
  return facts(
    progress.at === null ? what : `${what} over ${progress.at} ${progress.unit}s`,
    acceleratorFacts(run.settings.accelerator).short,
    started !== null && ended !== null ? duration(ended - started) : progress.paceMs !== null && pace(progress.paceMs),
  );
}

/** The whole log as text, or its end when it is longer than may be attached. */
function logFile(run: Run, stored: string, limit: number): OutFile[] {
  const chunks = storedChunks(stored);
  const reading = new LogReading();
  for (const chunk of chunks) reading.push(chunk);
  const most = Math.min(LONGEST_LOG, limit);
  const isWhole = chunks.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0) <= most;
  const bytes = Buffer.from(reading.text(most));
  const name = isWhole ? `run-${run.number}.log` : `run-${run.number}-end.log`;
  return bytes.length === 0 ? [] : [{ name, bytes, description: `Log of run #${run.number}` }];
}
