import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ApiError, errorReply, notFound, type Reply } from './answer.ts';
import type { Call } from './call.ts';
import { signedIn } from './call.ts';
import type { Fault, Faults } from './faults.ts';
import { streamLog } from './log-stream.ts';
import { ALIASES, METHODS, type Method, type PlainMethod, serviceOf } from './methods.ts';
import { saveKernel } from './save-kernel.ts';
import { sendBlob } from './send-blob.ts';
import type { Account, Kernel, Site } from './site.ts';
import { sendReply, spoil } from './spoil.ts';
import type { Storage } from './storage.ts';
import type { RequestSeen } from './types.ts';
import type { Version } from './version.ts';

/** A push of 1 MB arrives in JSON's escapes. */
const BODY_LIMIT = 8_000_000;

export type Pages = (request: IncomingMessage, response: ServerResponse, target: URL, body: string) => void;

/**
 * Stands at two places of every request of the API and of the storage: before it takes effect, and after that but before its
 * answer goes out. The request waits; `cut` ends its connection there. For tests that end the other side at a chosen place.
 */
export type Gate = (method: Method, moment: 'before' | 'after') => Promise<'pass' | 'cut'>;

export type ServerNeeds = {
  readonly site: Site;
  readonly storage: Storage;
  readonly faults: Faults;
  readonly gate?: Gate | undefined;
  readonly webUrl: () => string;
  readonly seen: (request: RequestSeen) => void;
  readonly pushed: (version: Version, kernel: Kernel) => void;
  readonly pages: Pages;
};

type Aim = { readonly method: Method; readonly isAlias: boolean; readonly fields: Record<string, unknown> };

/** The HTTP side: reads a request, finds what it means, lets faults have their way, answers. */
export function createKaggleServer(needs: ServerNeeds): Server {
  return createServer((request, response) => {
    response.on('error', () => undefined);
    handle(needs, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendReply(response, errorReply(toApiError(error), false));
    });
  });
}

const toApiError = (error: unknown): ApiError =>
  error instanceof ApiError
    ? error
    : new ApiError(500, 'INTERNAL', error instanceof Error ? error.message : 'Internal');

async function handle(needs: ServerNeeds, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = targetOf(request);
  if (target === null || !isLoopback(request.headers.host ?? '')) {
    sendReply(response, {
      status: 421,
      headers: { 'Content-Type': 'text/plain' },
      body: 'This is a server for 127.0.0.1 only.\n',
    });
    return;
  }
  const text = await readBody(request);
  needs.site.timeline.settle();
  const api = /^(?:\/api)?\/v1(\/.*)$/.exec(target.pathname)?.[1];
  const isStorage = target.pathname.startsWith('/storage/');
  if (api === undefined && !isStorage) {
    needs.seen(seenOf(needs, request, target, 'web', request.method ?? '', {}, null));
    needs.pages(request, response, target, text);
    return;
  }
  const account = accountOf(needs.site, request);
  const aim = isStorage ? storageAim : aimOf(request, target, api ?? '');
  const body = aim?.isAlias && request.method === 'GET' ? aim.fields : { ...aim?.fields, ...parseBody(text) };
  if (aim === null) {
    needs.seen(seenOf(needs, request, target, 'unknown', target.pathname, body, account));
    throw notFound();
  }
  needs.seen(seenOf(needs, request, target, serviceOf(aim.method), aim.method, body, account));
  await answer(needs, request, response, target, aim, { account, body });
}

const storageAim: Aim = { method: 'Storage', isAlias: false, fields: {} };

async function answer(
  needs: ServerNeeds,
  request: IncomingMessage,
  response: ServerResponse,
  target: URL,
  aim: Aim,
  of: { account: Account | null; body: Record<string, unknown> },
): Promise<void> {
  const { site, storage, faults } = needs;
  const isCut = async (moment: 'before' | 'after'): Promise<boolean> => {
    if ((await (needs.gate?.(aim.method, moment) ?? 'pass')) === 'pass') return false;
    response.destroy();
    return true;
  };
  if (await isCut('before')) return;
  const fault = faults.take(aim.method);
  const call: Call = { site, storage, webUrl: needs.webUrl(), at: site.clock.now(), ...of };
  if (fault?.when === 'before') {
    spoil(response, fault.answer, null, call.at);
    return;
  }
  if (fault?.when === 'late') {
    site.timeline.at(call.at + fault.seconds * 1_000, (at) => void run(needs, aim, { ...call, at }));
    spoil(response, fault.answer, null, call.at);
    return;
  }
  if (aim.method === 'Storage' && fault?.when !== 'after') {
    await sendBlob(request, response, storage.find(target.pathname, target.searchParams));
    return;
  }
  if (aim.method === 'GetKernelSessionLogsStream' && fault?.when !== 'after') {
    const refuse = (error: ApiError): void => sendReply(response, errorReply(error, aim.isAlias));
    try {
      streamLog(call, response, fault?.when === 'stream' ? fault : null, refuse);
    } catch (error) {
      refuse(toApiError(error));
    }
    return;
  }
  const reply = run(needs, aim, call);
  if (await isCut('after')) return;
  if (fault?.when === 'after') spoil(response, fault.answer, reply, call.at);
  else sendReply(response, fault?.when === 'status' ? withStatus(call, reply, fault) : reply);
}

function run(needs: ServerNeeds, aim: Aim, call: Call): Reply {
  try {
    if (aim.method === 'SaveKernel')
      return saveKernel(call.site, signedIn(call), call.body, call.webUrl, call.at, needs.pushed);
    if (aim.method in METHODS) return METHODS[aim.method as PlainMethod].run(call);
    throw notFound();
  } catch (error) {
    return errorReply(toApiError(error), aim.isAlias);
  }
}

function withStatus(call: Call, reply: Reply, fault: Extract<Fault, { when: 'status' }>): Reply {
  if (reply.status !== 200) return reply;
  const says = typeof fault.says === 'string' ? fault.says : staleStatus(call);
  return { ...reply, body: JSON.stringify({ ...JSON.parse(reply.body), status: says, failureMessage: '' }) };
}

function staleStatus(call: Call): string {
  const ref = `${call.body.userName}/${call.body.kernelSlug}`;
  const label = /^v(\d+)$/.exec(String(call.body.versionLabel ?? ''))?.[1];
  const versions = call.site.kernels.get(ref)?.versions ?? [];
  const version = label === undefined ? versions.at(-1) : versions[Number(label) - 1];
  return version?.stateBefore ?? 'QUEUED';
}

/** Reads origin-form targets, and absolute-form ones as a proxy gets them. */
function targetOf(request: IncomingMessage): URL | null {
  const raw = request.url ?? '/';
  const path = /^https?:\/\/[^/]+(\/.*)?$/i.exec(raw);
  const text = `http://127.0.0.1${path === null ? raw : (path[1] ?? '/')}`;
  return URL.canParse(text) ? new URL(text) : null;
}

/** A page elsewhere that points its own name at this machine is not to reach it. */
const isLoopback = (host: string): boolean => /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i.test(host);

function aimOf(request: IncomingMessage, target: URL, path: string): Aim | null {
  const rpc = /^\/([A-Za-z]+(?:\.[A-Za-z]+)+)\/([A-Za-z]+)$/.exec(path);
  if (rpc !== null) {
    const method = rpc[2] ?? '';
    const isKnown = method === 'SaveKernel' || method === 'GetKernelSessionLogsStream' || method in METHODS;
    if (!isKnown || request.method !== 'POST' || serviceOf(method as Method) !== rpc[1]) return null;
    return { method: method as Method, isAlias: false, fields: {} };
  }
  const query = Object.fromEntries(target.searchParams);
  const stream = /^\/kernels\/logs\/stream\/([^/]+)\/([^/]+)$/.exec(path);
  if (stream !== null && request.method === 'GET')
    return {
      method: 'GetKernelSessionLogsStream',
      isAlias: true,
      fields: { ...query, userName: decode(stream[1]), kernelSlug: decode(stream[2]) },
    };
  for (const alias of ALIASES) {
    const match = alias.verb === request.method ? alias.path.exec(path) : null;
    if (match === null) continue;
    const parts = Object.entries(match.groups ?? {}).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, decode(value)] as const],
    );
    return { method: alias.method, isAlias: true, fields: { ...query, ...Object.fromEntries(parts) } };
  }
  return null;
}

function decode(part: string | undefined): string {
  try {
    return decodeURIComponent(part ?? '');
  } catch {
    return part ?? '';
  }
}

function accountOf(site: Site, request: IncomingMessage): Account | null {
  const [, scheme = '', value = ''] = /^(\S+)\s+(.+)$/.exec(request.headers.authorization ?? '') ?? [];
  if (/^bearer$/i.test(scheme)) return site.byToken(value);
  if (!/^basic$/i.test(scheme)) return null;
  const plain = Buffer.from(value, 'base64').toString('utf8');
  const colon = plain.indexOf(':');
  return colon < 0 ? null : site.byKey(plain.slice(0, colon), plain.slice(colon + 1));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > BODY_LIMIT) throw new ApiError(413, 'INVALID_ARGUMENT', 'Request is too large');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parseBody(text: string): Record<string, unknown> {
  if (text.trim() === '') return {};
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new ApiError(400, 'INVALID_ARGUMENT', 'Invalid JSON payload received.');
}

const seenOf = (
  needs: ServerNeeds,
  request: IncomingMessage,
  target: URL,
  service: string,
  method: string,
  body: Record<string, unknown>,
  account: Account | null,
): RequestSeen => ({
  at: needs.site.clock.now(),
  service,
  method,
  path: `${target.pathname}${target.search}`,
  body,
  headers: request.headers,
  user: account?.user ?? null,
});
