import type { OutFile } from '../discord/chat.ts';
import type { TableSizes } from '../discord/render/files.ts';
import type { OutputFile } from '../domain/results.ts';
import { type Pushed, pushedOf, type Run } from '../domain/run.ts';
import { type Credential, KaggleError } from '../kaggle/kaggle.ts';
import { LogReading } from '../results/log.ts';
import { previewTable } from '../results/table.ts';
import { credentialOf } from './credential.ts';
import { type DrawNeeds, drawnCurve } from './curve.ts';
import { addressOf, chunksOf, type Leftovers, leftoversOf } from './leftovers.ts';
import type { Needs } from './needs.ts';

export type AttachNeeds = DrawNeeds & Pick<Needs, 'kaggle' | 'runs' | 'accounts' | 'log'>;

/** What goes up with a message, and the sizes of the tables among it. */
export type Attached = { readonly files: readonly OutFile[]; readonly tables: TableSizes };
export const NOTHING_ATTACHED: Attached = { files: [], tables: new Map() };

/** Sizes in bytes. */
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
export async function attachmentsOf(run: Run, limit: number, needs: AttachNeeds): Promise<Attached> {
  const pushed = pushedOf(run.state);
  if (pushed === null) return NOTHING_ATTACHED;
  const credential = credentialOf(run, needs);
  const of: Source | null = credential === null ? null : { pushed, credential };
  const leftovers = of === null ? null : await had(leftoversOf(run, pushed, of.credential, needs), run, needs);
  if (run.state.phase === 'error') {
    const log =
      of === null || leftovers === null ? null : await had(logFile(run, of, leftovers, limit, needs), run, needs);
    return { ...NOTHING_ATTACHED, files: log ?? [] };
  }
  const curve = drawnCurve(run, needs)?.file ?? null;
  const tables = new Map<string, { rows: number | null; columns: number }>();
  const wanted = wantedFiles(run, curve !== null, limit, needs);
  const files: OutFile[] = curve === null ? [] : [curve];
  let room = ALL_TOGETHER - (curve?.bytes.length ?? 0);
  for (const file of wanted) {
    const most = Math.min(LARGEST, limit, room);
    const bytes =
      of === null || leftovers === null ? null : await had(bytesOf(file, of, leftovers, most, needs), run, needs);
    if (bytes === null) continue;
    room -= bytes.length;
    files.push({ name: plainName(file.name, files), bytes, description: `Output file of run #${run.number}` });
    const table = file.kind === 'table' ? await previewTable(file.name, bytes, true) : null;
    if (table !== null) tables.set(file.name, { rows: table.rowCount, columns: table.columns.length });
  }
  return { files, tables };
}

/** Where it is fetched, and as whom. */
type Source = { readonly pushed: Pushed; readonly credential: Credential };

/** What Kaggle gives, or null when it gives it not now. */
async function had<T>(call: Promise<T>, run: Run, { log }: AttachNeeds): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof KaggleError)) throw error;
    log.info({ run: run.key, what: error.message }, 'something could not be attached to the message about the end');
    return null;
  }
}

function wantedFiles(run: Run, hasCurve: boolean, limit: number, { runs }: AttachNeeds): OutputFile[] {
  // A file without a byte says nothing that its line does not, and people cannot upload one either.
  const isSmall = (size: number | null): boolean => size === null || (size > 0 && size <= Math.min(LARGEST, limit));
  const small = runs.outputs(run.key).filter(({ size }) => isSmall(size));
  const tables = small.filter(({ kind, name }) => kind === 'table' && /\.csv$/i.test(name)).slice(0, MOST_TABLES);
  // Beside a curve a second picture would be shown small.
  if (hasCurve) return tables;
  const images = small.filter(({ kind, name }) => kind === 'image' && /\.(?:png|jpe?g|gif|webp)$/i.test(name));
  return [...tables, ...images.slice(0, MOST_IMAGES)];
}

/** All bytes of a file that has at most `most` of them. @throws KaggleError */
async function bytesOf(
  file: OutputFile,
  { pushed, credential }: Source,
  leftovers: Leftovers,
  most: number,
  { kaggle }: AttachNeeds,
): Promise<Buffer | null> {
  if ((file.size ?? 0) > most) return null;
  const url = await addressOf(kaggle, credential, pushed, file.name, leftovers);
  if (url === null) return null;
  const { bytes, whole } = await kaggle.download(url, most);
  return whole ? bytes : null;
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

/** The whole log as text, or its end when it is longer than may be attached. @throws KaggleError */
async function logFile(
  run: Run,
  { pushed, credential }: Source,
  { log }: Leftovers,
  limit: number,
  { kaggle }: AttachNeeds,
): Promise<OutFile[]> {
  const reading = new LogReading();
  let length = 0;
  for await (const chunk of chunksOf(kaggle, credential, pushed, log)) {
    reading.push(chunk);
    length += Buffer.byteLength(chunk.text);
  }
  const most = Math.min(LONGEST_LOG, limit);
  const bytes = Buffer.from(reading.text(most));
  const name = length <= most ? `run-${run.number}.log` : `run-${run.number}-end.log`;
  return bytes.length === 0 ? [] : [{ name, bytes, description: `Log of run #${run.number}` }];
}
