import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { inspect } from 'node:util';

/** Holds a secret so that no log line, error, template or JSON shows it. Only `reveal()` does. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const SIGNATURE_BYTES = 16;
export const KEY_BYTES = 32;

/** Says that a sealed value does not open with any key at hand: another key, or a value moved or changed in the database. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/**
 * Seals secrets at rest with AES-256-GCM. The first key seals, all open: that is how keys are rotated.
 * Sealed form: `v1.<key id>.<iv>.<tag>.<ciphertext>`, base64url parts.
 */
export class Keyring {
  readonly #keys: readonly { id: string; bytes: Buffer }[];

  /** @param keys 32 bytes each, the newest first; at least one. */
  constructor(keys: readonly Buffer[]) {
    if (keys.length === 0 || keys.some((key) => key.length !== KEY_BYTES))
      throw new Error(`a key has ${KEY_BYTES} bytes`);
    this.#keys = keys.map((bytes) => ({ id: keyId(bytes), bytes }));
  }

  /** @param bound What the value belongs to, e.g. `v1|discord user|kaggle user|row`: it opens only with the same text. */
  seal(secret: Secret, bound: string): string {
    const [{ id, bytes }] = this.#keys as [{ id: string; bytes: Buffer }];
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, bytes, iv, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(bound));
    const text = Buffer.concat([cipher.update(secret.reveal(), 'utf8'), cipher.final()]);
    return ['v1', id, ...[iv, cipher.getAuthTag(), text].map((part) => part.toString('base64url'))].join('.');
  }

  /** @throws SealError */
  open(sealed: string, bound: string): Secret {
    const [version, id, iv, tag, text] = sealed.split('.');
    const key = this.#keys.find((one) => one.id === id);
    if (version !== 'v1' || key === undefined || iv === undefined || tag === undefined || text === undefined) {
      throw new SealError('sealed with a key that is not here');
    }
    try {
      const decipher = createDecipheriv(ALGORITHM, key.bytes, Buffer.from(iv, 'base64url'), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(bound)).setAuthTag(Buffer.from(tag, 'base64url'));
      return new Secret(
        Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()]).toString('utf8'),
      );
    } catch {
      throw new SealError('the sealed value was changed or belongs elsewhere');
    }
  }

  /**
   * Signs text that people may carry around, with a key of its own made of the newest one (HKDF-SHA-256).
   * @param purpose what the signature is for: it is worth nothing for another
   * @returns 128 bits of an HMAC-SHA-256 as base64url, 22 characters
   */
  sign(text: string, purpose: string): string {
    return this.#signatures(text, purpose)[0]?.toString('base64url') ?? '';
  }

  /** Whether one of the keys signed `text`; takes the same time whatever differs. */
  isSigned(text: string, signature: string, purpose: string): boolean {
    const given = Buffer.from(signature, 'base64url');
    // Buffer.from skips what is no base64: only one spelling of a signature is one.
    if (given.length !== SIGNATURE_BYTES || given.toString('base64url') !== signature) return false;
    return this.#signatures(text, purpose).filter((one) => timingSafeEqual(one, given)).length > 0;
  }

  #signatures(text: string, purpose: string): Buffer[] {
    return this.#keys.map(({ bytes }) => {
      const key = Buffer.from(hkdfSync('sha256', bytes, Buffer.alloc(0), `nightshift ${purpose}`, KEY_BYTES));
      return createHmac('sha256', key).update(text).digest().subarray(0, SIGNATURE_BYTES);
    });
  }

  /** Whether `sealed` should be sealed anew because a newer key seals now. */
  isOld(sealed: string): boolean {
    return sealed.split('.')[1] !== this.#keys[0]?.id;
  }
}

const keyId = (key: Buffer): string => createHash('sha256').update(key).digest('base64url').slice(0, 8);

/** Reads a key as `npm run keygen` prints it. Null when it is not 32 bytes of base64. */
export function parseKey(text: string): Buffer | null {
  const trimmed = text.trim();
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) return null;
  const bytes = Buffer.from(trimmed, 'base64');
  return bytes.length === KEY_BYTES ? bytes : null;
}
