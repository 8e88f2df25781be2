import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type Clock, DAY } from '../../clock.ts';
import type { Snowflakes } from './snowflake.ts';
import type { StoredAttachment } from './world.ts';

/** Types the platform derives from an extension. It knows none for `.ipynb`, so such a file arrives without one. */
const TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv; charset=utf-8',
  '.gif': 'image/gif',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json; charset=utf-8',
  '.log': 'text/plain; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.mp4': 'video/mp4',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.py': 'text/x-python; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.webp': 'image/webp',
  '.zip': 'application/zip',
};

export type NewFile = { readonly name: string; readonly bytes: Buffer; readonly description?: string | null };

/**
 * The files of the platform's CDN. They lie in memory, or in `folder` when there is one. Their addresses are signed
 * (`ex`, `is`, `hm`) and end after a day, like the real ones; without a valid signature there is only a 404.
 */
export class Media {
  readonly #clock: Clock;
  readonly #ids: Snowflakes;
  readonly #folder: string | null;
  readonly #key: Buffer;
  readonly #files = new Map<string, Buffer>();
  /** Known once the server listens. */
  baseUrl = '';

  constructor(clock: Clock, ids: Snowflakes, folder: string | null, key: Buffer = randomBytes(32)) {
    this.#clock = clock;
    this.#ids = ids;
    this.#folder = folder;
    this.#key = key;
    if (folder !== null) mkdirSync(folder, { recursive: true });
  }

  /** @param place the channel the file belongs to, or `ephemeral` for what a person gave to a command. */
  keep(file: NewFile, place: { channelId: string } | { ephemeralFor: string }): StoredAttachment {
    const id = this.#ids.next();
    const { filename, title } = sanitise(file.name);
    const ephemeral = 'ephemeralFor' in place;
    const path = ephemeral
      ? `/ephemeral-attachments/${place.ephemeralFor}/${id}/${filename}`
      : `/attachments/${place.channelId}/${id}/${filename}`;
    if (this.#folder === null) this.#files.set(id, file.bytes);
    else writeFileSync(join(this.#folder, id), file.bytes);
    const size = imageSize(file.bytes);
    return {
      id,
      filename,
      title,
      description: file.description ?? null,
      size: file.bytes.length,
      contentType: contentTypeOf(filename),
      width: size?.width ?? null,
      height: size?.height ?? null,
      ephemeral,
      path,
    };
  }

  /** A fresh address: every payload that holds a file carries a new one. */
  sign(path: string): string {
    const issued = Math.floor(this.#clock.now() / 1000);
    const ex = (issued + DAY / 1000).toString(16);
    const is = issued.toString(16);
    return `${this.baseUrl}${path}?ex=${ex}&is=${is}&hm=${this.#signature(path, ex, is)}&`;
  }

  /** An address of ours that comes back is signed anew, even without its parameters; others stay as they are. */
  refresh(url: string): string {
    if (!url.startsWith(`${this.baseUrl}/`)) return url;
    const path = new URL(url).pathname;
    return /^\/(ephemeral-)?attachments\//.test(path) ? this.sign(path) : url;
  }

  #signature(path: string, ex: string, is: string): string {
    return createHmac('sha256', this.#key).update(`${path} ${ex} ${is}`).digest('hex');
  }

  /** @returns the file behind a signed address, or null: there is no telling why. */
  open(url: URL): { bytes: Buffer; contentType: string; filename: string } | null {
    const match = /^\/(?:ephemeral-)?attachments\/\d+\/(\d+)\/([^/]+)$/.exec(url.pathname);
    const [ex, is, hm] = ['ex', 'is', 'hm'].map((name) => url.searchParams.get(name) ?? '');
    if (match === null || !ex || !is || !hm) return null;
    const right = Buffer.from(this.#signature(url.pathname, ex, is));
    const given = Buffer.from(hm);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
    if (Number.parseInt(ex, 16) * 1000 <= this.#clock.now()) return null;
    const [, id = '', filename = ''] = match;
    const bytes = this.read(id);
    if (bytes === null) return null;
    return { bytes, contentType: contentTypeOf(filename) ?? 'application/octet-stream', filename };
  }

  /** Removes the files that are in no message any more, such as what was given to commands before a restart. */
  removeAllBut(ids: ReadonlySet<string>): void {
    if (this.#folder === null) return;
    for (const name of readdirSync(this.#folder)) {
      if (/^\d+$/.test(name) && !ids.has(name)) rmSync(join(this.#folder, name), { force: true });
    }
  }

  /** The bytes of a kept file, for whoever looks at the truth. */
  read(id: string): Buffer | null {
    if (this.#folder === null) return this.#files.get(id) ?? null;
    try {
      return readFileSync(join(this.#folder, id));
    } catch {
      return null;
    }
  }
}

const contentTypeOf = (filename: string): string | null => TYPES[extname(filename).toLowerCase()] ?? null;

/** Spaces become underscores, what is not plain vanishes; the original stem is then the title. */
export function sanitise(name: string): { filename: string; title: string | null } {
  const base = name.split(/[/\\]/).at(-1) ?? '';
  const plain = base
    .replace(/\s+/g, '_')
    .replace(/[^A-Za-z0-9._-]/g, '')
    .replace(/^\.+/, '');
  const filename = plain === '' || plain.startsWith('.') ? `unknown${plain}` : plain;
  return { filename, title: filename === base ? null : base.slice(0, base.length - extname(base).length) };
}

/** Width and height out of the head of a PNG or GIF; other pictures are kept without. */
function imageSize(bytes: Buffer): { width: number; height: number } | null {
  if (bytes.length >= 24 && bytes.toString('latin1', 1, 4) === 'PNG') {
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  }
  if (bytes.length >= 10 && bytes.toString('latin1', 0, 4) === 'GIF8') {
    return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  }
  return null;
}
