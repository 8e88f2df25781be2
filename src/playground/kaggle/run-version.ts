import type { Execution, Executor, Mount } from './execute/executor.ts';
import { filesBelow } from './execute/sandbox.ts';
import { whyRefusedAtStart } from './session.ts';
import type { Site } from './site.ts';
import { TIME_LIMIT_MESSAGE, type Version } from './version.ts';

/** So long a version waits for its machine: enough to be seen in the queue. */
const QUEUE_MS = 1_500;

/** Puts a queued version on the machine of this computer and carries what happens there into its session. */
export class Runner {
  readonly #site: Site;
  readonly #executor: Executor;
  readonly #folderOf: (version: Version) => string;
  readonly #alive = new Map<Version, Execution>();
  #closed = false;

  constructor(site: Site, executor: Executor, folderOf: (version: Version) => string) {
    this.#site = site;
    this.#executor = executor;
    this.#folderOf = folderOf;
  }

  get runsWith(): Executor['runsWith'] {
    return this.#executor.runsWith;
  }

  enqueue(version: Version): void {
    this.#site.timeline.at(this.#site.clock.now() + QUEUE_MS, () => this.#begin(version));
  }

  /** Ends every session with all it started, and waits until it is gone. What waits for its machine stays in the queue. */
  async close(): Promise<void> {
    this.#closed = true;
    const alive = [...this.#alive];
    for (const [version, execution] of alive) {
      execution.stop();
      version.endWithProgram(this.#site.clock.now());
    }
    await Promise.all(alive.map(([, execution]) => execution.ended));
  }

  #begin(version: Version): void {
    if (this.#closed) return;
    if (version.state === 'CANCEL_REQUESTED') {
      version.end('CANCEL_ACKNOWLEDGED', this.#site.clock.now(), null);
      return;
    }
    if (version.state !== 'QUEUED') return;
    const startedAt = this.#site.clock.now();
    version.start(startedAt);
    const time = (): number => Math.round(this.#site.clock.now() - startedAt) / 1_000;
    const refused = whyRefusedAtStart(this.#site, version);
    if (refused !== null) {
      version.print(`${refused}\n`, 'stderr', 0);
      version.end('ERROR', startedAt, null);
      return;
    }
    const { source, settings, limitSeconds } = version.born;
    const execution = this.#executor.start(
      {
        folder: this.#folderOf(version),
        source,
        kernelType: settings.kernelType === 'notebook' ? 'notebook' : 'script',
        language: typeof settings.language === 'string' ? settings.language : 'python',
        inputs: mountsOf(this.#site, version),
        limitSeconds,
        internet: settings.enableInternet === true,
      },
      {
        print: (text, stream) => {
          if (!this.#closed && !version.isOver) version.print(text, stream, time());
        },
      },
    );
    this.#alive.set(version, execution);
    const unwatch = version.watch(() => version.state === 'CANCEL_REQUESTED' && execution.stop());
    void execution.ended.then((ending) => {
      unwatch();
      this.#alive.delete(version);
      if (this.#closed || version.isOver) return;
      for (const { name, path, size, at } of filesBelow(execution.outputs))
        version.write(name, size, { kind: 'file', path }, at);
      const now = this.#site.clock.now();
      if (ending.kind === 'complete') version.end('COMPLETE', now, null);
      else if (ending.kind === 'failed') version.end('ERROR', now, ending.message);
      else version.end('CANCEL_ACKNOWLEDGED', now, ending.kind === 'timeLimit' ? TIME_LIMIT_MESSAGE : null);
    });
  }
}

/** What is attached, where notebooks of both layouts look for it (source: public run logs). */
function mountsOf(site: Site, version: Version): Mount[] {
  const user = version.born.ref.split('/')[0] ?? '';
  const { datasets, competitions, kernels, models } = version.born.attached;
  const mounts: Mount[] = [];
  for (const ref of datasets) {
    const set = site.catalog.datasetFor(user, ref);
    if (set !== null) mounts.push({ at: [`datasets/${set.ref}`, set.slug], files: set.files });
  }
  for (const slug of competitions) {
    const one = site.catalog.competitions.get(slug.toLowerCase());
    if (one !== undefined) mounts.push({ at: [`competitions/${one.slug}`, one.slug], files: one.files });
  }
  for (const ref of kernels) {
    const files =
      site.kernels
        .get(ref)
        ?.versions.findLast((one) => one.state === 'COMPLETE')
        ?.files.values() ?? [];
    const held = [...files].flatMap(({ name, content }) => {
      if (content.kind === 'filler') return [];
      return [{ name, bytes: content.kind === 'bytes' ? content.bytes : { path: content.path } }];
    });
    mounts.push({ at: [`notebooks/${ref}`, ref.split('/')[1] ?? ref], files: held });
  }
  for (const ref of models) {
    const model = site.catalog.modelFor(user, ref);
    if (model === null) continue;
    const rest = `${model.slug}/${model.framework.toLowerCase()}/${model.variation}/${ref.split('/')[4] ?? model.versionNumber}`;
    mounts.push({ at: [`models/${model.owner}/${rest}`, rest], files: model.files });
  }
  return mounts;
}
