import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../log.ts';
import { errorFields, silentLog } from '../log.ts';
import type { Sighting } from './discord/types.ts';
import { BadRequest, MAX_UPLOAD_BYTES, PageApi } from './page-api.ts';
import { readAsset } from './page-assets.ts';
import type { PageBackend } from './page-backend.ts';
import { PageEvents } from './page-events.ts';
import { readFileOf, withOwnAddresses } from './page-files.ts';
import { isFromElsewhere, isKey, keyOf, refuse } from './page-guard.ts';
import { stateFor } from './page-state.ts';

const MAX_JSON_BYTES = 64 * 1024;
/** How often an open page is told what changed without anybody seeing it in a channel. */
const CHANGES_MS = 2_000;

/** No inline code, no eval, nothing from elsewhere; no other page may frame this one. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const COMMON = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
};

export type PageOptions = {
  readonly backend: PageBackend /** At least 22 characters of base64url. */;
  readonly key: string;
  readonly log?: Log;
};

export type Page = {
  /** Answers a request that is for the page. False, with nothing answered, when the address is not one of the page's. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** The address to print: the key is in its fragment. */
  address(port: number): string;
  /** Ends the streams of open pages and stops watching. */
  close(): void;
};

class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw new TooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new TooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function answer(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: Buffer | string,
): void {
  response.writeHead(status, {
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

const answerJson = (response: ServerResponse, status: number, body: object): void =>
  answer(response, status, { 'content-type': 'application/json' }, JSON.stringify(body));

const isOurs = (address: string): boolean => address === '/' || /^\/(page|vendor|api|files)\//.test(address);

/** The page as a handler that another HTTP server asks first. Errors: none; they are answered and logged. */
export function createPage({ backend, key, log = silentLog }: PageOptions): Page {
  if (!/^[\w-]{22,}$/.test(key)) throw new Error('the key of the playground page is too short');
  const api = new PageApi(backend);
  const own = (value: unknown): unknown => withOwnAddresses(value, backend.cdnUrl, key);
  const events = new PageEvents(() => own(stateFor(backend)));
  /** What has no sighting of its own, as last told: the stand-in of Kaggle, the bot's commands, whether it is there. */
  let summary = '';
  let shape = shapeOf(backend);
  const tellChanges = (): void => {
    if (events.listening === 0) return;
    const shapeNow = shapeOf(backend);
    if (shapeNow !== shape) {
      shape = shapeNow;
      events.send('state', own(stateFor(backend)));
    }
    const summaryNow = JSON.stringify(backend.kaggleSummary());
    if (summaryNow !== summary) {
      summary = summaryNow;
      events.send('kaggle', JSON.parse(summaryNow));
    }
  };
  const timer = setInterval(tellChanges, CHANGES_MS);
  timer.unref();
  const stopWatching = backend.watch((sighting: Sighting) => {
    if ('onlyFor' in sighting && sighting.onlyFor !== null && sighting.onlyFor !== backend.you.id) return;
    // A form belongs to the one page that asked for it, and gets it as the answer to its request.
    if (sighting.type === 'modal' || (sighting.type === 'interactionFailed' && sighting.userId !== backend.you.id))
      return;
    events.send(sighting.type, own(sighting));
    if (sighting.type !== 'edit') tellChanges();
  });

  async function respond(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const address = url.pathname;
    if (address.startsWith('/files/')) {
      const file =
        request.method === 'GET' && !isFromElsewhere(request)
          ? await readFileOf(address + url.search, backend.cdnUrl, key)
          : null;
      if (file === null) return answerJson(response, 404, { error: 'There is no such file here.' });
      return answer(response, 200, file.headers, file.body);
    }
    if (!address.startsWith('/api/')) {
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return answerJson(response, 405, { error: 'Only GET.' });
      const asset = await readAsset(address);
      if (asset === null) return answerJson(response, 404, { error: 'There is nothing here.' });
      return answer(
        response,
        200,
        { 'content-type': `${asset.type}; charset=utf-8`, 'cache-control': 'no-cache' },
        asset.body,
      );
    }
    if (isFromElsewhere(request))
      return answerJson(response, 403, { error: 'This request does not come from the playground page.' });
    if (!isKey(keyOf(request), key)) return answerJson(response, 401, { error: 'The key is missing or wrong.' });
    const action = address.slice('/api/'.length);
    if (action === 'events') {
      if (request.method !== 'GET') return answerJson(response, 405, { error: 'Only GET.' });
      return events.open(response, request.headers['last-event-id']?.toString());
    }
    if (request.method !== 'POST') return answerJson(response, 405, { error: 'Only POST.' });
    if (action === 'upload') {
      const name = (url.searchParams.get('name') ?? '').trim();
      if (name === '' || name.length > 255) throw new BadRequest('A file needs a name.');
      const bytes = await readBody(request, MAX_UPLOAD_BYTES);
      return answerJson(response, 200, { upload: api.keepUpload(name, bytes) });
    }
    if (!(request.headers['content-type'] ?? '').startsWith('application/json')) {
      return answerJson(response, 415, { error: 'Only JSON.' });
    }
    const result = await api.act(action, parseJson(await readBody(request, MAX_JSON_BYTES)));
    if (result === undefined) return answerJson(response, 404, { error: 'There is nothing here.' });
    answerJson(response, 200, result);
  }

  return {
    async handle(request, response) {
      const url = URL.parse(request.url ?? '/', 'http://127.0.0.1');
      if (url === null || !isOurs(url.pathname)) return false;
      for (const [name, value] of Object.entries(COMMON)) response.setHeader(name, value);
      const refusal = refuse(request);
      try {
        if (refusal === null) await respond(request, response, url);
        else answerJson(response, refusal.status, { error: refusal.sentence });
      } catch (error) {
        answerError(response, error, log);
      }
      return true;
    },
    address: (port) => `http://127.0.0.1:${port}/#${key}`,
    close() {
      stopWatching();
      clearInterval(timer);
      events.close();
    },
  };
}

const shapeOf = (backend: PageBackend): string =>
  JSON.stringify([
    backend.commandsFor(backend.channel.id),
    backend.commandsFor(backend.directMessage.id),
    backend.isBotOnline(),
  ]);

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new BadRequest('That is not JSON.');
  }
}

function answerError(response: ServerResponse, error: unknown, log: Log): void {
  if (response.headersSent) {
    response.destroy();
  } else if (error instanceof BadRequest) {
    answerJson(response, 400, { error: error.message });
  } else if (error instanceof TooLarge) {
    // What is still on its way is not read: the connection ends with this answer.
    response.setHeader('connection', 'close');
    answerJson(response, 413, { error: 'That is larger than the 10 MB a message may carry.' });
  } else {
    log.error(errorFields(error), 'the playground page could not answer');
    answerJson(response, 500, { error: 'The playground could not do that. The terminal says more.' });
  }
}

export type StartedPage = Page & { readonly port: number; readonly url: string } & AsyncDisposable;

/** The page on a server of its own, on 127.0.0.1. Port 0: any free one. */
export async function startPage(options: PageOptions & { readonly port?: number }): Promise<StartedPage> {
  const page = createPage(options);
  const server = createServer((request, response) => {
    void page.handle(request, response).then((ours) => {
      if (!ours) answerJson(response, 404, { error: 'There is nothing here.' });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    ...page,
    port,
    url: page.address(port),
    async [Symbol.asyncDispose]() {
      page.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
