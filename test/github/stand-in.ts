import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GithubHosts } from '../../src/github/github.ts';

export const SHA = '0123456789abcdef0123456789abcdef01234567';
export const NOTEBOOK = JSON.stringify({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
  cells: [{ id: 'a', cell_type: 'code', metadata: {}, source: 'print("leaf")', outputs: [], execution_count: null }],
});

export type GithubStandIn = AsyncDisposable & {
  readonly hosts: GithubHosts;
  /** What is answered, by `host path`: api, raw or gist. */
  readonly answers: Map<
    string,
    { status?: number; body?: string | Buffer; headers?: Record<string, string>; never?: true }
  >;
  readonly asked: string[];
};

/** A GitHub on this machine: answers as it is told to, and says 404 to the rest, as the real one does for private things too. */
export async function startGithub(): Promise<GithubStandIn> {
  const answers: GithubStandIn['answers'] = new Map();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const [, host = '', ...rest] = (request.url ?? '').split('/');
    const what = `${host} /${rest.join('/')}`;
    asked.push(what);
    const answer = answers.get(what) ?? { status: 404, body: '{"message":"Not Found"}' };
    if (answer.never === true) return;
    response.writeHead(answer.status ?? 200, answer.headers);
    response.end(answer.body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    hosts: { api: `${base}/api`, raw: `${base}/raw`, gistRaw: `${base}/gist` },
    answers,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
