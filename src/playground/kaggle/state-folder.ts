import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Kernel, Site } from './site.ts';
import type { Chunk, OutputTruth } from './types.ts';
import { Version } from './version.ts';

const FileRow = z.object({ name: z.string(), size: z.number(), createdAt: z.number(), path: z.string().nullable() });
const VersionRow = z.object({
  number: z.number(),
  settings: z.record(z.string(), z.unknown()),
  machine: z.enum(['cpu', 'gpu', 'tpu']),
  attached: z.object({
    datasets: z.array(z.string()),
    competitions: z.array(z.string()),
    kernels: z.array(z.string()),
    models: z.array(z.string()),
  }),
  limitSeconds: z.number(),
  pushedAt: z.number(),
  sessionId: z.number(),
  blobId: z.string().regex(/^[\w-]+$/),
  state: z.enum(['QUEUED', 'RUNNING', 'COMPLETE', 'ERROR', 'CANCEL_REQUESTED', 'CANCEL_ACKNOWLEDGED', 'NEW_SCRIPT']),
  failureMessage: z.string().nullable(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  files: z.array(FileRow),
});
const KernelRow = z.object({
  id: z.number(),
  owner: z.string(),
  slug: z.string(),
  kernelType: z.enum(['notebook', 'script']),
  createdAt: z.number(),
  title: z.string(),
  language: z.string(),
  isPrivate: z.boolean(),
  versions: z.array(VersionRow),
});
const State = z.object({ format: z.literal(1), kernels: z.array(KernelRow) });

/**
 * What outlives the program: `state.json`, written whole and put in place by renaming, and a folder for each version with its
 * source, its log as JSON lines and what it wrote. No token is ever in it.
 */
export class StateFolder {
  readonly #folder: string;
  readonly #site: Site;

  constructor(folder: string, site: Site) {
    this.#folder = folder;
    this.#site = site;
    mkdirSync(join(folder, 'runs'), { recursive: true, mode: 0o700 });
  }

  runFolder(version: Version): string {
    return join(this.#folder, 'runs', version.blobId);
  }

  /** Follows a version: each change goes to the disk before anybody can see it over the wire. */
  keep(version: Version): void {
    const folder = this.runFolder(version);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!existsSync(join(folder, 'source'))) writeFileSync(join(folder, 'source'), version.born.source);
    let { state } = version;
    let logged = version.log.length;
    version.watch(() => {
      const chunks = version.log.slice(logged);
      logged = version.log.length;
      if (chunks.length > 0 && existsSync(folder))
        appendFileSync(join(folder, 'log.jsonl'), chunks.map((one) => `${JSON.stringify(one)}\n`).join(''));
      if (version.state === state) return;
      state = version.state;
      this.save();
    });
    this.save();
  }

  forget(kernel: Kernel): void {
    this.save();
    for (const version of kernel.versions) rmSync(this.runFolder(version), { recursive: true, force: true });
  }

  save(): void {
    const kernels = [...this.#site.kernels.values()].map((kernel) => ({
      ...kernel,
      versions: kernel.versions.map((version) => this.#row(version)),
    }));
    const path = join(this.#folder, 'state.json');
    const file = openSync(`${path}.new`, 'w', 0o600);
    try {
      writeFileSync(file, JSON.stringify({ format: 1, kernels }));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.new`, path);
  }

  /** Puts back what was there. A session that was under way ended with the program. @returns those that were still queued. */
  load(): Version[] {
    const queued: Version[] = [];
    for (const row of this.#read()) {
      const kernel: Kernel = { ...row, versions: [] };
      for (const one of row.versions) {
        const version = this.#restore(`${row.owner}/${row.slug}`, one);
        kernel.versions.push(version);
        if (version.state === 'QUEUED') queued.push(version);
        else version.endWithProgram(lastSeenAlive(version));
      }
      this.#site.kernels.set(`${row.owner}/${row.slug}`, kernel);
      this.#site.skipIds(row.id);
    }
    this.save();
    for (const kernel of this.#site.kernels.values()) for (const version of kernel.versions) this.keep(version);
    return queued;
  }

  #read(): z.infer<typeof KernelRow>[] {
    const path = join(this.#folder, 'state.json');
    if (!existsSync(path)) return [];
    try {
      return State.parse(JSON.parse(readFileSync(path, 'utf8'))).kernels;
    } catch {
      // It is laid aside, not overwritten: somebody may want to look at it.
      renameSync(path, `${path}.unreadable`);
      return [];
    }
  }

  #row(version: Version): z.infer<typeof VersionRow> {
    const { number, settings, machine, attached, limitSeconds, pushedAt, sessionId } = version.born;
    const { datasets, competitions, kernels, models } = attached;
    return {
      number,
      settings: { ...settings },
      machine,
      attached: {
        datasets: [...datasets],
        competitions: [...competitions],
        kernels: [...kernels],
        models: [...models],
      },
      limitSeconds,
      pushedAt,
      sessionId,
      blobId: version.blobId,
      state: version.state,
      failureMessage: version.failureMessage,
      startedAt: version.startedAt,
      endedAt: version.endedAt,
      files: [...version.files.values()].map((file, index) => this.#fileRow(version, file, index)),
    };
  }

  #fileRow(version: Version, file: OutputTruth, index: number): z.infer<typeof FileRow> {
    const { name, size, createdAt, content } = file;
    if (content.kind === 'filler') return { name, size, createdAt, path: null };
    if (content.kind === 'file') return { name, size, createdAt, path: content.path };
    const path = join(this.runFolder(version), `output-${index}`);
    if (!existsSync(path)) writeFileSync(path, content.bytes);
    return { name, size, createdAt, path };
  }

  #restore(ref: string, row: z.infer<typeof VersionRow>): Version {
    const folder = join(this.#folder, 'runs', row.blobId);
    const sourceFile = join(folder, 'source');
    const version = new Version({
      ...row,
      ref,
      source: existsSync(sourceFile) ? readFileSync(sourceFile, 'utf8') : '',
      state: row.state === 'NEW_SCRIPT' ? 'NEW_SCRIPT' : 'QUEUED',
    });
    const files = row.files
      .filter(({ path }) => path === null || existsSync(path))
      .map(
        ({ path, ...file }): OutputTruth => ({
          ...file,
          content: path === null ? { kind: 'filler' } : { kind: 'file', path },
        }),
      );
    version.restore({ ...row, log: readLog(join(folder, 'log.jsonl')), files });
    return version;
  }
}

/** When a session that the program could not end was last known to run: when it last printed, else when it started. In ms. */
function lastSeenAlive({ born, log, startedAt }: Version): number {
  return (startedAt ?? born.pushedAt) + (log.at(-1)?.time ?? 0) * 1_000;
}

/** The last line may be half written. */
function readLog(path: string): Chunk[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return line === '' ? [] : [JSON.parse(line) as Chunk];
      } catch {
        return [];
      }
    });
}
