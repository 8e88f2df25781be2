import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Metric, renderMetrics } from './metrics.ts';

export type Health = { readonly ok: boolean; readonly [fact: string]: unknown };

export type HttpOptions = {
  readonly host: string;
  /** The ports to try, in order; 0 is any free one. */
  readonly ports: readonly number[];
  readonly health: () => Health;
  readonly metrics: () => readonly Metric[];
  /** Download links; answers whether it took the request. Only with PUBLIC_URL. */
  readonly links?: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
  /** The playground's page; answers whether it took the request. */
  readonly page?: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
};

/** The port is taken, or the address is not this machine's; for the person who starts the program. */
export class HttpStartError extends Error {
  override readonly name = 'HttpStartError';
}

/**
 * Serves /healthz (JSON; 503 when not well), /metrics (Prometheus text) and, in the playground, the page.
 * @throws HttpStartError when none of the ports can be had.
 */
export async function startHttp(options: HttpOptions): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch(() => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end('something went wrong\n');
    });
  });
  const port = await listen(server, options);
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { health, metrics, links, page }: HttpOptions,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0];
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  if (isRead && path === '/healthz') {
    const state = health();
    response.writeHead(state.ok ? 200 : 503, { ...headers, 'content-type': 'application/json' });
    response.end(`${JSON.stringify(state)}\n`);
  } else if (isRead && path === '/metrics') {
    response.writeHead(200, { ...headers, 'content-type': 'text/plain; version=0.0.4' });
    response.end(renderMetrics(metrics()));
  } else if (links !== undefined && (await links(request, response))) {
    return;
  } else if (!(page !== undefined && (await page(request, response)))) {
    response.writeHead(404, { ...headers, 'content-type': 'text/plain' });
    response.end('There is nothing here. /healthz and /metrics are.\n');
  }
}

async function listen(server: Server, { host, ports }: HttpOptions): Promise<number> {
  let last: unknown;
  for (const port of ports) {
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          resolve();
        });
      });
      return (server.address() as AddressInfo).port;
    } catch (error) {
      last = error;
    }
  }
  const code = last instanceof Error && 'code' in last ? String(last.code) : '';
  const reason =
    code === 'EADDRINUSE'
      ? 'is in use by another program'
      : code === 'EACCES'
        ? 'may not be used by this user'
        : `cannot be had (${code})`;
  throw new HttpStartError(`The port ${ports.at(-1)} on ${host} ${reason}. Set HTTP_PORT to another one.`);
}
