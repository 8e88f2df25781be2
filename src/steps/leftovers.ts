import { setImmediate } from 'node:timers/promises';
import { MINUTE } from '../clock.ts';
import type { OutputFile } from '../domain/results.ts';
import type { Pushed, Run } from '../domain/run.ts';
import { type Credential, type Kaggle, KaggleError } from '../kaggle/kaggle.ts';
import { type LogChunk, storedChunks } from '../results/log.ts';
import { outputKind, sortOutputs } from '../results/outputs.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';

/** So many pages (of 200 files) are read at most; what is beyond is found on Kaggle's own page. */
const MOST_PAGES = 25;
/** To find the address of a file that is known by name. */
const MOST_PAGES_FOR_A_NAME = 60;
/** Kaggle's signed addresses work for minutes at least (source: public reports). */
const URLS_GOOD_MS = 2 * MINUTE;
const MOST_KEPT = 20;
/** A longer log is not kept for the notice but fetched again. */
const LONGEST_LOG_KEPT = 1_000_000;

/** A log that is read piece by piece takes no longer than this; what came until then is not the whole and counts as none. */
const LONGEST_READ_MS = 5 * MINUTE;
/**
 * Reading a log takes a second and more for each megabyte of training lines: others get their turn in between. In UTF-16 units.
 */
const BREATH = 100_000;

/**
 * The addresses of what a session left, by file name, and its log as Kaggle stores it. Addresses are never stored. A `log` of
 * null: it is so long that Kaggle's list cannot be read for it; then `chunksOf` and `addressOf` ask in other ways.
 */
export type Leftovers = { readonly urls: ReadonlyMap<string, string>; readonly log: string | null };

type Version = Pick<Pushed, 'kernel' | 'version'>;

/**
 * All pages of output files, and the log; no addresses where the log on each page makes them too large.
 * @param names only these are looked for, and no further than they are found
 * @throws KaggleError
 */
export async function outputsOf(
  kaggle: Kaggle,
  credential: Credential,
  of: Version,
  names: ReadonlySet<string> | null = null,
): Promise<Leftovers> {
  try {
    return await pagesOf(kaggle, credential, of, names);
  } catch (error) {
    if (error instanceof KaggleError && error.kind === 'tooLarge') return { urls: new Map(), log: null };
    throw error;
  }
}

async function pagesOf(
  kaggle: Kaggle,
  credential: Credential,
  of: Version,
  names: ReadonlySet<string> | null = null,
): Promise<Leftovers> {
  const urls = new Map<string, string>();
  let log = '';
  let token: string | undefined;
  const most = names === null ? MOST_PAGES : MOST_PAGES_FOR_A_NAME;
  for (let page = 0; page < most && urls.size !== names?.size; page++) {
    const seen = await kaggle.outputs(credential, of.kernel, of.version, token);
    for (const { name, url } of seen.files) if (names?.has(name) ?? true) urls.set(name, url);
    // Kaggle repeats the log on each page.
    if (log === '') log = seen.log;
    if (seen.nextPage === null) break;
    token = seen.nextPage;
  }
  return { urls, log };
}

/** Where the named files can be fetched now, as far as Kaggle shows them. @throws KaggleError */
export async function addressesOfSome(
  kaggle: Kaggle,
  credential: Credential,
  of: Version,
  names: ReadonlySet<string>,
): Promise<Map<string, string>> {
  const leftovers = await outputsOf(kaggle, credential, of, names);
  const found = new Map<string, string>();
  for (const name of names) {
    const address = await addressOf(kaggle, credential, of, name, leftovers);
    if (address !== null) found.set(name, address);
  }
  return found;
}

/** The log of a run that is over, piece by piece; read from Kaggle when it is not among the leftovers. @throws KaggleError */
export async function* chunksOf(
  kaggle: Kaggle,
  credential: Credential,
  of: Version,
  log: string | null,
): AsyncGenerator<LogChunk> {
  if (log !== null) {
    let read = 0;
    for (const chunk of storedChunks(log)) {
      yield chunk;
      read += chunk.text.length;
      if (read < BREATH) continue;
      read = 0;
      await setImmediate();
    }
    return;
  }
  for await (const event of kaggle.log(credential, of.kernel, of.version, AbortSignal.timeout(LONGEST_READ_MS)))
    if (event.kind === 'chunk') yield event;
}

/** Where one file can be fetched now; null when Kaggle shows no such file. @throws KaggleError */
export async function addressOf(
  kaggle: Kaggle,
  credential: Credential,
  of: Version,
  name: string,
  { urls, log }: Leftovers,
): Promise<string | null> {
  const known = urls.get(name);
  if (known !== undefined || log !== null) return known ?? null;
  try {
    return await kaggle.downloadUrl(credential, of.kernel, of.version, name);
  } catch (error) {
    if (error instanceof KaggleError && (error.kind === 'notFound' || error.kind === 'rejected')) return null;
    throw error;
  }
}

/** The sizes of all output files. @throws KaggleError */
export async function sizesOf(
  kaggle: Kaggle,
  credential: Credential,
  of: Version,
): Promise<Map<string, number | null>> {
  const sizes = new Map<string, number | null>();
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const seen = await kaggle.files(credential, of.kernel, of.version, token);
    for (const { name, size } of seen.files) sizes.set(name, size);
    if (seen.nextPage === null) break;
    token = seen.nextPage;
  }
  return sizes;
}

/** Both lists as one, sorted: Kaggle has been seen to leave one of them empty. */
export const filesOf = (names: Iterable<string>, sizes: ReadonlyMap<string, number | null>): OutputFile[] =>
  sortOutputs(
    [...new Set([...names, ...sizes.keys()])].map((name) => {
      const size = sizes.get(name) ?? null;
      return { name, kind: outputKind(name, size), size };
    }),
  );

type KeepNeeds = Pick<Needs, 'runs' | 'clock'>;

/** Keeps what was fetched at the end for the notice that follows in a moment, so that Kaggle is asked once. */
export function keepLeftovers(run: Run, leftovers: Leftovers, needs: KeepNeeds): void {
  if (leftovers.log !== null && leftovers.log.length > LONGEST_LOG_KEPT) return;
  const { leftovers: kept } = memoryOf(needs);
  kept.delete(run.key);
  kept.set(run.key, { ...leftovers, at: needs.clock.mono() });
  for (const key of kept.keys()) if (kept.size > MOST_KEPT) kept.delete(key);
}

/** What was kept, or fetched anew. @throws KaggleError */
export async function leftoversOf(
  run: Run,
  pushed: Pushed,
  credential: Credential,
  needs: KeepNeeds & Pick<Needs, 'kaggle'>,
): Promise<Leftovers> {
  const kept = memoryOf(needs).leftovers.get(run.key);
  if (kept !== undefined && needs.clock.mono() - kept.at < URLS_GOOD_MS) return kept;
  return outputsOf(needs.kaggle, credential, pushed);
}
