import { systemClock } from '../src/clock.ts';
import { createKaggle } from '../src/kaggle/client.ts';
import { startKaggleEmulator } from '../src/playground/kaggle/emulator.ts';
import { outputKind, sortOutputs } from '../src/results/outputs.ts';
import { Secret } from '../src/secret.ts';
import { filesOf, outputsOf, sizesOf } from '../src/steps/leftovers.ts';

/** What listing the files of one run costs. */
export type OutputsMeasure = {
  readonly files: number;
  /** How many of them were listed: no more than 25 pages of 200 are read. */
  readonly listed: number;
  readonly requests: number;
  readonly seconds: number;
  /** What sorting and classing alone take, in ms. */
  readonly sortMs: number;
  /** What the process held more afterwards, in bytes; the emulator in the same process included. */
  readonly grownBytes: number;
};

const TOKEN = 'KGAT_bench0123456789';
const ENDINGS = ['png', 'pt', 'csv', 'json', 'txt'];

/** Lists `files` output files of one version, as the end of a run does: both lists, every page. */
export async function measureOutputs(files: number): Promise<OutputsMeasure> {
  const site = await startKaggleEmulator({ clock: systemClock });
  try {
    site.addAccount({ user: 'bench-k', token: TOKEN, key: '0123456789abcdef'.repeat(2) });
    const kaggle = createKaggle({ apiUrl: site.apiUrl, userAgent: 'Nightshift/bench', clock: systemClock });
    const credential = { kind: 'token', token: new Secret(TOKEN) } as const;
    const kernel = { owner: 'bench-k', slug: 'many-files' };
    await kaggle.push(credential, {
      kernel,
      title: 'Many files',
      source: '{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}',
      kind: 'notebook',
      language: 'python',
      accelerator: 'none',
      internet: false,
      isPublic: false,
      inputs: [],
      limitMinutes: 60,
    });
    const session = site.session('bench-k/many-files', 1);
    session.start();
    for (let n = 0; n < files; n++) session.write(`fold_${n % 50}/file-${n}.${ENDINGS[n % ENDINGS.length]}`, 1_000 + n);
    session.complete();
    const before = process.memoryUsage().rss;
    const asked = site.requests.length;
    const start = performance.now();
    const of = { kernel, version: 1 };
    const { urls } = await outputsOf(kaggle, credential, of);
    const listed = filesOf(urls.keys(), await sizesOf(kaggle, credential, of));
    const seconds = (performance.now() - start) / 1_000;
    const sorting = performance.now();
    sortOutputs(listed.map(({ name, size }) => ({ name, size, kind: outputKind(name, size) })));
    return {
      files,
      listed: listed.length,
      requests: site.requests.length - asked,
      seconds,
      sortMs: performance.now() - sorting,
      grownBytes: process.memoryUsage().rss - before,
    };
  } finally {
    await site[Symbol.asyncDispose]();
  }
}
