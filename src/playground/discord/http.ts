import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Discord } from './discord.ts';
import type { Fault } from './faults.ts';
import { LimitRefusal } from './rate-limits.ts';
import { Refusal, refuse } from './refusal.ts';
import { type Body, readBody } from './request-body.ts';
import { answerRoutes } from './routes/answers.ts';
import { channelRoutes } from './routes/channels.ts';
import { commandRoutes } from './routes/commands.ts';
import { identityRoutes } from './routes/identity.ts';
import { messageRoutes } from './routes/messages.ts';
import type { RouteName } from './routes/names.ts';
import type { Reply, Route } from './routes/route.ts';

/** One request the emulator has answered, for tests that count. Status 0: the connection was cut instead. */
export type RequestSeen = {
  readonly route: RouteName | null;
  readonly method: string;
  readonly path: string;
  readonly status: number;
};

/**
 * Stands at two places of every request of the API: before it takes effect, and after that but before its answer goes out. The
 * request waits; `cut` ends its connection there. For tests that end the other side at a chosen place.
 */
export type Gate = (route: RouteName, moment: 'before' | 'after') => Promise<'pass' | 'cut'>;

const MAX_REMEMBERED = 20_000;
const routes = [...answerRoutes, ...messageRoutes, ...channelRoutes, ...commandRoutes, ...identityRoutes].map(
  (route) => ({
    ...route,
    parts: route.path.split('/').slice(1),
  }),
);

/** The HTTP side: finds the route, checks the token, counts against the limits, carries out, answers. */
export class HttpSide {
  readonly #discord: () => Discord;
  readonly #gate: Gate;
  readonly server: Server;
  readonly requests: RequestSeen[] = [];

  constructor(discord: () => Discord, gate: Gate = async () => 'pass') {
    this.#discord = discord;
    this.#gate = gate;
    this.server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.server.keepAliveTimeout = 60_000;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://discord');
    if (!url.pathname.startsWith('/api/')) {
      this.#serveFile(url, response);
      return;
    }
    const match = findRoute(request.method ?? 'GET', url.pathname);
    const answer = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
      this.#remember({ route: match.route?.name ?? null, method: request.method ?? '', path: url.pathname, status });
      respond(response, status, body, headers);
    };
    const cut = (): void => {
      this.#remember({ route: match.route?.name ?? null, method: request.method ?? '', path: url.pathname, status: 0 });
      response.socket?.resetAndDestroy();
    };
    try {
      if (match.route === null) throw match.refusal;
      const fault = this.#discord().faults.take(match.route.name);
      if (fault?.kind === 'slow') await sleep(fault.ms);
      const body = await readBody(request);
      if ((await this.#gate(match.route.name, 'before')) === 'cut') return cut();
      if (fault !== null && isBefore(fault)) return meet(fault, answer, cut);
      const { reply, headers } = await this.#carryOut(match.route, match.params, url, request, body);
      if ((await this.#gate(match.route.name, 'after')) === 'cut' || fault?.kind === 'reset') return cut();
      if (fault?.kind === 'status') return meet(fault, answer, cut);
      answer(reply.status, reply.body, headers);
    } catch (error) {
      if (!request.complete) request.resume();
      const refusal = error instanceof LimitRefusal ? error.refusal : error;
      if (!(refusal instanceof Refusal)) {
        answer(500, { message: '500: Internal Server Error', code: 0 });
        throw error;
      }
      const headers = error instanceof LimitRefusal ? error.headers : {};
      answer(refusal.status, refusal.body, { ...headers, ...limitHeaders(refusal) });
    }
  }

  async #carryOut(
    route: Route,
    params: ReadonlyMap<string, string>,
    url: URL,
    request: IncomingMessage,
    body: Body,
  ): Promise<{ reply: Reply; headers: Record<string, string> }> {
    const discord = this.#discord();
    const param = (name: string): string => params.get(name) ?? '';
    if (route.auth === 'bot') {
      if (request.headers.authorization !== `Bot ${discord.application.token}`) throw refuse.unauthorized();
      discord.limits.takeGlobal();
    }
    const headers = route.bucket === null ? {} : discord.limits.take(route.bucket.of, param(route.bucket.by));
    try {
      return { reply: await route.run({ discord, param, query: url.searchParams, body }), headers };
    } catch (error) {
      // A refusal too has used up one request of the bucket and says so.
      throw error instanceof Refusal ? new LimitRefusal(error, headers) : error;
    }
  }

  #serveFile(url: URL, response: ServerResponse): void {
    const file = this.#discord().media.open(url);
    if (file === null) {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('This content is no longer available.');
      return;
    }
    response
      .writeHead(200, {
        'Content-Type': file.contentType,
        'Content-Length': file.bytes.length,
        'Content-Disposition': `attachment; filename="${file.filename}"`,
        'X-Content-Type-Options': 'nosniff',
        'Access-Control-Allow-Origin': '*',
      })
      .end(file.bytes);
  }

  #remember(seen: RequestSeen): void {
    this.requests.push(seen);
    if (this.requests.length > MAX_REMEMBERED) this.requests.shift();
  }
}

type Match =
  | { readonly route: Route; readonly params: ReadonlyMap<string, string>; readonly refusal: null }
  | { readonly route: null; readonly params: ReadonlyMap<string, string>; readonly refusal: Refusal };

function findRoute(method: string, pathname: string): Match {
  const none = new Map<string, string>();
  const [, , version, ...given] = pathname.split('/');
  if (version !== 'v10') return { route: null, params: none, refusal: refuse.apiVersion() };
  let methodSeen = false;
  for (const route of routes) {
    const params = matchParts(route.parts, given);
    if (params === null) continue;
    methodSeen = true;
    if (route.method === method) return { route, params, refusal: null };
  }
  return { route: null, params: none, refusal: methodSeen ? refuse.methodNotAllowed() : refuse.notFound() };
}

function matchParts(parts: readonly string[], given: readonly string[]): Map<string, string> | null {
  if (parts.length !== given.length) return null;
  const params = new Map<string, string>();
  for (const [index, part] of parts.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith(':')) params.set(part.slice(1), safeDecode(value));
    else if (part !== value) return null;
  }
  return params;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const isBefore = (fault: Fault): boolean =>
  fault.kind === 'limited' || fault.kind === 'refused' || (fault.kind !== 'slow' && fault.when === 'before');

function meet(
  fault: Fault,
  answer: (status: number, body: unknown, headers?: Record<string, string>) => void,
  cut: () => void,
): void {
  if (fault.kind === 'reset') cut();
  // What stands in front of the platform answers 502 and the like with a page, not with JSON.
  else if (fault.kind === 'status') answer(fault.status, `<html><head><title>${fault.status}</title></head></html>`);
  else if (fault.kind === 'refused') answer(fault.status, { message: fault.message, code: fault.code });
  else if (fault.kind === 'limited') {
    const refusal = refuse.limited(fault.retryAfterMs / 1000, fault.scope);
    answer(429, refusal.body, limitHeaders(refusal));
  }
}

function limitHeaders(refusal: Refusal): Record<string, string> {
  if (refusal.limit === null) return {};
  const { retryAfter, scope } = refusal.limit;
  return {
    'Retry-After': String(Math.max(1, Math.ceil(retryAfter))),
    'X-RateLimit-Reset-After': retryAfter.toFixed(3),
    'X-RateLimit-Scope': scope,
    ...(scope === 'global' ? { 'X-RateLimit-Global': 'true' } : {}),
  };
}

function respond(response: ServerResponse, status: number, body: unknown, headers: Record<string, string>): void {
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const isPage = typeof body === 'string';
  const text = isPage ? body : JSON.stringify(body);
  response.writeHead(status, { 'Content-Type': isPage ? 'text/html' : 'application/json', ...headers }).end(text);
}
