import type { Site } from './site.ts';
import type { StreamName } from './types.ts';
import { TIME_LIMIT_MESSAGE, type Version } from './version.ts';

/** Drives the session of one version by hand: what a test says happens on Kaggle's machine happens at the clock's time. */
export class SessionScript {
  readonly #site: Site;
  readonly #version: Version;

  constructor(site: Site, version: Version) {
    this.#site = site;
    this.#version = version;
  }

  /** QUEUED → RUNNING. An account without a verified phone is refused GPU and internet here, not at the push. */
  start(at = this.#site.clock.now()): void {
    this.#version.start(at);
    const refused = whyRefusedAtStart(this.#site, this.#version);
    if (refused === null) return;
    this.#version.print(`${refused}\n`, 'stderr', 0);
    this.#version.end('ERROR', at, null);
  }

  /** Appends one chunk: it may hold several lines, or a part of one. */
  print(text: string, stream: StreamName = 'stdout', at = this.#site.clock.now()): void {
    this.#version.print(text, stream, Math.max(0, (at - (this.#version.startedAt ?? at)) / 1_000));
  }

  /** Writes an output file: its bytes, or as many zero bytes as a number says (made while they are sent). */
  write(name: string, content: string | Uint8Array | number, at = this.#site.clock.now()): void {
    if (typeof content === 'number') {
      this.#version.write(name, content, { kind: 'filler' }, at);
      return;
    }
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    this.#version.write(name, bytes.byteLength, { kind: 'bytes', bytes }, at);
  }

  complete(at = this.#site.clock.now()): void {
    this.#version.end('COMPLETE', at, null);
  }

  /** Ends in ERROR. A message is often absent on Kaggle; the reason then stands only in the log. */
  fail(message: string | null = null, more: { readonly log?: string; readonly at?: number } = {}): void {
    const at = more.at ?? this.#site.clock.now();
    if (more.log !== undefined) this.print(more.log, 'stderr', at);
    this.#version.end('ERROR', at, message);
  }

  /** CANCEL_ACKNOWLEDGED with Kaggle's words for a time limit, or without (both are reported). */
  timeLimit(more: { readonly message?: boolean; readonly at?: number } = {}): void {
    const at = more.at ?? this.#site.clock.now();
    this.#version.end('CANCEL_ACKNOWLEDGED', at, more.message === false ? null : TIME_LIMIT_MESSAGE);
  }

  /** Somebody presses stop on the site: CANCEL_REQUESTED, and unless `acknowledged` is false CANCEL_ACKNOWLEDGED. */
  cancelOnSite(more: { readonly acknowledged?: boolean; readonly at?: number } = {}): void {
    if (this.#version.state !== 'CANCEL_REQUESTED') this.#version.requestCancel();
    if (more.acknowledged === false) return;
    this.#version.end('CANCEL_ACKNOWLEDGED', more.at ?? this.#site.clock.now(), null);
  }
}

/** Kaggle's words for an account without a verified phone (source: public reports), or null. */
export function whyRefusedAtStart(site: Site, version: Version): string | null {
  const owner = version.born.ref.split('/')[0] ?? '';
  if (site.accountOf(owner)?.phoneVerified !== false) return null;
  if (version.born.settings.enableInternet === true) return "Permission 'kernelSessions.enableInternet' was denied";
  return version.born.machine === 'cpu' ? null : "Permission 'kernelSessions.enableGpu' was denied";
}
