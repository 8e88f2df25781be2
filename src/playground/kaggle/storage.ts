import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { StoredFile } from './catalog.ts';
import type { Site } from './site.ts';
import type { OutputTruth } from './types.ts';
import type { Version } from './version.ts';

export type Blob = Pick<OutputTruth, 'name' | 'size' | 'content'>;

/** The storage behind signed addresses: the signature in the address is the only credential, and it runs out. */
export class Storage {
  readonly #site: Site;
  readonly #origin: () => string;
  readonly #key = randomBytes(32);
  readonly #shared = new Map<string, Blob>();

  constructor(site: Site, origin: () => string) {
    this.#site = site;
    this.#origin = origin;
  }

  /** @returns an address that is good for `signedSeconds` from `at`. */
  sign(version: Version, name: string, at: number): string {
    return this.#address(`/storage/kernels/${version.blobId}/${name.split('/').map(encodeURIComponent).join('/')}`, at);
  }

  /** An address for a file of a dataset, a competition or a model. */
  signShared(place: string, file: StoredFile, at: number): string {
    const path = `/storage/${place}/${file.name.split('/').map(encodeURIComponent).join('/')}`;
    this.#shared.set(path, {
      name: file.name,
      size: file.bytes.byteLength,
      content: { kind: 'bytes', bytes: file.bytes },
    });
    return this.#address(path, at);
  }

  /** What stands behind a path and its query; why not, otherwise. */
  find(path: string, query: URLSearchParams): Blob | 'denied' | 'gone' {
    const expires = Number(query.get('X-Goog-Expires'));
    const signature = Buffer.from(query.get('X-Goog-Signature') ?? '', 'hex');
    const right = this.#signature(path, expires);
    if (signature.length !== right.length || !timingSafeEqual(signature, right)) return 'denied';
    if (this.#site.clock.now() >= expires) return 'denied';
    const shared = this.#shared.get(path);
    if (shared !== undefined) return shared;
    const [, , , blobId = '', ...parts] = path.split('/');
    const name = parts.map(decodeURIComponent).join('/');
    for (const kernel of this.#site.kernels.values())
      for (const version of kernel.versions) if (version.blobId === blobId) return version.files.get(name) ?? 'gone';
    return 'gone';
  }

  #address(path: string, at: number): string {
    const expires = at + this.#site.rules.signedSeconds * 1_000;
    const query = new URLSearchParams({
      'X-Goog-Algorithm': 'GOOG4-RSA-SHA256',
      'X-Goog-Date': new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, ''),
      'X-Goog-Expires': String(expires),
      'X-Goog-Signature': this.#signature(path, expires).toString('hex'),
    });
    return `${this.#origin()}${path}?${query}`;
  }

  #signature(path: string, expires: number): Buffer {
    return createHmac('sha256', this.#key).update(`${path}\n${expires}`).digest();
  }
}
