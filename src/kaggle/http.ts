import type { Readable } from 'node:stream';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import type { Clock } from '../clock.ts';
import { type Credential, KaggleError, type KaggleErrorKind } from './kaggle.ts';

/** In ms. `header`: until the answer begins; `idle`: between two pieces of it; `total`: the whole call. */
export type Timeouts = { readonly header: number; readonly idle: number; readonly total: number };

export const USUAL_TIMEOUTS: Timeouts = { header: 10_000, idle: 15_000, total: 60_000 };

const KB = 1024;
const MB = 1024 * KB;
/**
 * A status is some bytes; a list of 200 files with signed addresses or a source may be large. Logs beyond `outputs` are read
 * piece by piece.
 */
export const CAPS = { small: 256 * KB, list: 4 * MB, kernel: 8 * MB, outputs: 16 * MB } as const;

const MAX_SAID = 500;
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

export type Transport = {
  /** One RPC: `POST {base}/{Service}/{Method}` (source: Kaggle's own client). Returns the parsed JSON object. */
  call(credential: Credential | null, method: string, body: object, cap: number): Promise<Record<string, unknown>>;
  /** One RPC that answers with an address to go on to (source: Kaggle's own client). @returns that address, not opened */
  redirect(credential: Credential, method: string, body: object): Promise<string>;
  /**
   * A GET whose body the caller reads; relative paths go to the API with the credential, addresses without.
   * @param headerMs How long the answer may take to begin, when that is not the usual time.
   */
  open(
    credential: Credential | null,
    url: string,
    headers: Record<string, string>,
    signal?: AbortSignal,
    headerMs?: number,
  ): Promise<Opened>;
};

export type Opened = { readonly status: number; readonly contentType: string; readonly body: Readable };

export function createTransport(options: {
  apiUrl: string;
  userAgent: string;
  clock: Clock;
  timeouts?: Timeouts;
}): Transport {
  const timeouts = options.timeouts ?? USUAL_TIMEOUTS;
  const http: AxiosInstance = axios.create({
    headers: { 'User-Agent': options.userAgent },
    responseType: 'stream',
    // Every answer is read here, whatever its status; proxies of the environment are the operator's business, axios honours them.
    validateStatus: () => true,
    maxBodyLength: 16 * MB,
  });

  /** Posts one RPC and hands its answer to `read` while the time for the whole call runs. */
  async function post<T>(
    credential: Credential | null,
    method: string,
    body: object,
    read: (what: string, response: AxiosResponse<Readable>) => Promise<T>,
  ): Promise<T> {
    const what = method.slice(method.indexOf('/') + 1);
    const abort = new AbortController();
    const total = setTimeout(() => abort.abort(), timeouts.total);
    try {
      const response = await withHeaderTimeout(timeouts.header, abort, () =>
        http.post<Readable>(`${options.apiUrl}/${method}`, body, {
          headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...authorization(credential) },
          maxRedirects: 0,
          signal: abort.signal,
        }),
      );
      return await read(what, response);
    } catch (error) {
      throw error instanceof KaggleError ? error : failedCall(what, error);
    } finally {
      clearTimeout(total);
      abort.abort();
    }
  }

  const call: Transport['call'] = (credential, method, body, cap) =>
    post(credential, method, body, async (what, response) => {
      // How long a refusal is says nothing: its beginning is judged.
      const text =
        response.status < 300
          ? await readText(response.data, cap, timeouts.idle)
          : (await readBytes(response.data, CAPS.small, timeouts.idle, 'stop')).bytes.toString('utf8');
      return judge(what, response, text, options.clock);
    });

  const redirect: Transport['redirect'] = (credential, method, body) =>
    post(credential, method, body, async (what, response) => {
      const { location } = response.headers;
      if (response.status >= 300 && response.status < 400 && typeof location === 'string') {
        response.data.destroy();
        const address = URL.parse(location, options.apiUrl);
        if (address?.protocol === 'https:' || address?.protocol === 'http:') return address.href;
      } else judge(what, response, await readText(response.data, CAPS.small, timeouts.idle), options.clock);
      throw new KaggleError('unreadable', what, { status: response.status, said: 'no address' });
    });

  async function open(
    credential: Credential | null,
    url: string,
    headers: Record<string, string>,
    signal?: AbortSignal,
    headerMs = timeouts.header,
  ): Promise<Opened> {
    const abort = new AbortController();
    const onAbort = () => abort.abort();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const response = await withHeaderTimeout(headerMs, abort, () =>
        http.get<Readable>(url.startsWith('/') ? options.apiUrl + url : url, {
          headers: { ...headers, ...authorization(credential) },
          maxRedirects: credential === null ? 3 : 0,
          signal: signal === undefined ? abort.signal : AbortSignal.any([abort.signal, signal]),
        }),
      );
      if (response.status >= 300)
        judge('read', response, await readText(response.data, CAPS.small, timeouts.idle), options.clock);
      return {
        status: response.status,
        contentType: String(response.headers['content-type'] ?? ''),
        body: response.data,
      };
    } catch (error) {
      throw error instanceof KaggleError ? error : failedCall('read', error);
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  return { call, redirect, open };
}

async function withHeaderTimeout<T>(ms: number, abort: AbortController, request: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => abort.abort(), ms);
  try {
    return await request();
  } finally {
    clearTimeout(timer);
  }
}

function authorization(credential: Credential | null): Record<string, string> {
  if (credential === null) return {};
  return credential.kind === 'token'
    ? { Authorization: `Bearer ${credential.token.reveal()}` }
    : { Authorization: `Basic ${Buffer.from(`${credential.user}:${credential.key.reveal()}`).toString('base64')}` };
}

/** Reads a body with a cap on its size and on the silence between two pieces. */
export async function readText(body: Readable, cap: number, idleMs: number): Promise<string> {
  return (await readBytes(body, cap, idleMs, 'throw')).bytes.toString('utf8');
}

/** `atCap`: `throw` a KaggleError when the body is larger, or `stop` and say that it was not all. */
export async function readBytes(
  body: Readable,
  cap: number,
  idleMs: number,
  atCap: 'throw' | 'stop',
): Promise<{ bytes: Buffer; whole: boolean }> {
  const pieces: Buffer[] = [];
  let length = 0;
  const idle = setTimeout(
    () => body.destroy(new KaggleError('unavailable', 'read', { said: 'the answer stopped in the middle' })),
    idleMs,
  );
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      idle.refresh();
      length += piece.length;
      pieces.push(piece);
      if (length <= cap) continue;
      if (atCap === 'throw')
        throw new KaggleError('tooLarge', 'read', { said: 'the answer is too large', maybeDone: true });
      return { bytes: Buffer.concat(pieces).subarray(0, cap), whole: false };
    }
    return { bytes: Buffer.concat(pieces), whole: true };
  } finally {
    clearTimeout(idle);
    body.destroy();
  }
}

/**
 * Turns an answer into its JSON object or into a KaggleError. Knows both error shapes, and errors inside HTTP 200
 * (source: public reports). A 2xx that cannot be read may have had its effect; so may every 5xx.
 */
function judge(what: string, response: AxiosResponse, text: string, clock: Clock): Record<string, unknown> {
  const { status } = response;
  const json = parseObject(text, String(response.headers['content-type'] ?? ''));
  if (json === null) {
    if (status === 401) throw new KaggleError('unauthorized', what, { status });
    if (status === 429) throw new KaggleError('limited', what, { status, retryAfterMs: retryAfter(response, clock) });
    const kind: KaggleErrorKind = status >= 500 ? 'unavailable' : 'unreadable';
    throw new KaggleError(kind, what, {
      status,
      said: 'not an answer of the API',
      maybeDone: status < 300 || status >= 500,
      retryAfterMs: retryAfter(response, clock),
    });
  }
  const { code, said } = errorIn(json, status);
  if (code < 300) return json;
  throw new KaggleError(kindOf(code), what, {
    status: code,
    said,
    retryAfterMs: retryAfter(response, clock),
    maybeDone: code >= 500,
  });
}

function parseObject(text: string, contentType: string): Record<string, unknown> | null {
  if (/html/i.test(contentType)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function errorIn(json: Record<string, unknown>, status: number): { code: number; said: string | null } {
  const inner = json.error;
  const shape = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : json;
  const stated = Number(shape.code);
  // Shape A wraps the error; shape B says `code` at the top, sometimes under HTTP 200.
  const code = Number.isInteger(stated) && stated >= 400 && stated < 600 ? stated : status;
  const words = [shape.message, typeof inner === 'string' ? inner : null].find((one) => typeof one === 'string');
  const message = typeof words === 'string' && words.trim() !== '' ? words : null;
  return { code: status >= 300 ? status : code, said: message === null ? null : cleanSaid(message) };
}

/** Kaggle's words, fit to be stored and shown: short, without anything that looks like a credential. */
export const cleanSaid = (text: string): string =>
  text
    .replace(/KGAT_[A-Za-z0-9_-]+/g, '[token]')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_SAID);

function kindOf(status: number): KaggleErrorKind {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'notFound';
  if (status === 429) return 'limited';
  return status >= 500 || status === 408 ? 'unavailable' : status >= 400 ? 'rejected' : 'unreadable';
}

const MAX_RETRY_AFTER = 15 * 60_000;

/** `Retry-After` in seconds, whole or decimal, or as a date; at most 15 minutes. Null without one. */
function retryAfter(response: AxiosResponse, clock: Clock): number | null {
  const header = response.headers['retry-after'];
  if (typeof header !== 'string' || header.trim() === '') return null;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - clock.now();
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), MAX_RETRY_AFTER) : null;
}

/** An axios error holds the request with its credential: only its code leaves this file. */
function failedCall(what: string, error: unknown): KaggleError {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no answer';
  return new KaggleError('unavailable', what, { said: code, maybeDone: !NEVER_CONNECTED.has(code) });
}
