import { MINUTE } from '../clock.ts';
import type { OutputFile } from '../domain/results.ts';
import type { Pushed, Run } from '../domain/run.ts';
import type { Credential, Kaggle } from '../kaggle/kaggle.ts';
import { outputKind, sortOutputs } from '../results/outputs.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';

/** So many pages (of 200 files) are read at most; what is beyond is found on Kaggle's own page. */
const MOST_PAGES = 25;
/** Kaggle's signed addresses work for minutes at least (kaggle-api.md 16). */
const URLS_GOOD_MS = 2 * MINUTE;
const MOST_KEPT = 20;
/** A longer log is not kept for the notice but fetched again. */
const LONGEST_LOG_KEPT = 1_000_000;

/** The addresses of what a session left, by file name, and its log as Kaggle stores it. Addresses are never stored. */
export type Leftovers = { readonly urls: ReadonlyMap<string, string>; readonly log: string };

type Version = Pick<Pushed, 'kernel' | 'version'>;

/** All pages of output files, and the log. @throws KaggleError */
export async function outputsOf(kaggle: Kaggle, credential: Credential, of: Version): Promise<Leftovers> {
  const urls = new Map<string, string>();
  let log = '';
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const seen = await kaggle.outputs(credential, of.kernel, of.version, token);
    for (const { name, url } of seen.files) urls.set(name, url);
    // Kaggle repeats the log on each page.
    if (log === '') log = seen.log;
    if (seen.nextPage === null) break;
    token = seen.nextPage;
  }
  return { urls, log };
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
  if (leftovers.log.length > LONGEST_LOG_KEPT) return;
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
