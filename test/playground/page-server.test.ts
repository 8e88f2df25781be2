import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EventStream, type StreamEvent } from '../../src/playground/page/event-stream.ts';
import { refuse } from '../../src/playground/page-guard.ts';
import { createPage, type StartedPage, startPage } from '../../src/playground/page-server.ts';
import { type FakeBackend, startFakeBackend } from './page-fixtures/backend.ts';
import { CHANNEL, cdn, gallery, message } from './page-fixtures/messages.ts';

const KEY = 'correct-horse-battery-staple-00';
let backend: FakeBackend;
let page: StartedPage;

beforeAll(async () => {
  backend = await startFakeBackend(gallery);
  page = await startPage({ backend, key: KEY });
});
afterAll(async () => {
  await page[Symbol.asyncDispose]();
  await backend[Symbol.asyncDispose]();
});

type Sent = { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string | Buffer };
type Got = {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
};

/** node:http itself: fetch would not let a test lie about Host and Origin. */
function ask(path: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const sending = request(
      { host: '127.0.0.1', port: page.port, path, method, headers: { host: `127.0.0.1:${page.port}`, ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    sending.on('error', reject);
    sending.end(body);
  });
}

const own = (): string => `http://127.0.0.1:${page.port}`;
const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Got> =>
  ask(path, {
    method: 'POST',
    headers: { origin: own(), authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const command = { channelId: CHANNEL, command: 'quota', options: {} };

describe('who may talk to the page', () => {
  test.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1:1', 'localhost.evil.example'])(
    'the Host %s is refused',
    async (host) => {
      expect((await ask('/', { headers: { host } })).status).toBe(421);
    },
  );

  test('127.0.0.1 and localhost with the port are the page', async () => {
    expect((await ask('/')).status).toBe(200);
    expect((await ask('/', { headers: { host: `localhost:${page.port}` } })).status).toBe(200);
  });

  test.each(['http://evil.example', 'null', 'https://127.0.0.1', 'http://127.0.0.1:1'])(
    'the Origin %s is refused, with the key too',
    async (origin) => {
      expect((await post('/api/use', command, { origin })).status).toBe(403);
      expect((await ask('/', { headers: { origin } })).status).toBe(403);
      expect(backend.asked).toEqual([]);
    },
  );

  test('a change without an Origin is refused', async () => {
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
    expect((await ask('/api/use', { method: 'POST', headers, body: JSON.stringify(command) })).status).toBe(403);
  });

  test('a request that another site’s page makes is refused', async () => {
    expect((await post('/api/use', command, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await post('/api/use', command, { 'sec-fetch-site': 'same-site' })).status).toBe(403);
  });

  test.each([undefined, '', 'Bearer', `Bearer ${KEY}x`, `Bearer ${KEY.slice(1)}`, `Basic ${KEY}`, KEY])(
    'the key must be right: %s',
    async (authorization) => {
      const headers = authorization === undefined ? {} : { authorization };
      expect((await ask('/api/events', { headers })).status).toBe(401);
      const answer = await ask('/api/use', {
        method: 'POST',
        headers: { origin: own(), 'content-type': 'application/json', ...headers },
        body: JSON.stringify(command),
      });
      expect(answer.status).toBe(401);
      expect(backend.asked).toEqual([]);
    },
  );

  test('the key in the address of a request opens nothing', async () => {
    expect((await ask(`/api/events?key=${KEY}`)).status).toBe(401);
  });

  test('an address that is not loopback is refused, whatever the Host says', () => {
    const from = (localAddress: string) =>
      refuse({
        method: 'GET',
        headers: { host: '127.0.0.1:8787' },
        socket: { localAddress, localPort: 8787 },
      } as never);
    expect(['192.168.1.5', '0.0.0.0', '::', '10.127.0.1', 'fe80::1'].map((one) => from(one)?.status)).toEqual([
      403, 403, 403, 403, 403,
    ]);
    expect(['127.0.0.1', '::1', '::ffff:127.0.0.1'].map(from)).toEqual([null, null, null]);
  });

  test('a page with a short key is not made', () => {
    expect(() => createPage({ backend, key: 'short' })).toThrow('too short');
  });

  test('the printed address carries the key where no server sees it', () => {
    expect(page.url).toBe(`http://127.0.0.1:${page.port}/#${KEY}`);
  });
});

describe('what may be sent', () => {
  test('a command of the page reaches the person', async () => {
    const answer = await post('/api/use', command);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({ failed: null, problems: {}, modal: null });
    expect(backend.asked.splice(0)).toEqual([{ what: 'use', with: command }]);
  });

  test('an uploaded file is what the command gets, a sample likewise', async () => {
    const upload = await ask('/api/upload?name=m%C3%BCll.ipynb', {
      method: 'POST',
      headers: { origin: own(), authorization: `Bearer ${KEY}` },
      body: Buffer.from('{}'),
    });
    const id = (JSON.parse(upload.body) as { upload: string }).upload;
    await post('/api/use', {
      channelId: CHANNEL,
      command: 'commit',
      options: { notebook: { upload: id }, title: 'a title' },
    });
    await post('/api/use', { channelId: CHANNEL, command: 'commit', options: { notebook: { sample: 'train' } } });
    expect(backend.asked.splice(0).map((one) => (one.with as { options: unknown }).options)).toEqual([
      { notebook: { name: 'müll.ipynb', size: 2 }, title: 'a title' },
      { notebook: { name: 'train-70-epochs.ipynb', size: expect.any(Number) } },
    ]);
  });

  test('a file that is not known any more is a sentence, not a command', async () => {
    const answer = await post('/api/use', {
      channelId: CHANNEL,
      command: 'commit',
      options: { notebook: { upload: 'gone' } },
    });
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      400,
      { error: 'That file is no longer here. Choose it again.' },
    ]);
    expect(backend.asked).toEqual([]);
  });

  test('more than 10 MB of a file, or 64 kB of anything else, is not read', async () => {
    const headers = { origin: own(), authorization: `Bearer ${KEY}`, 'content-length': String(10 * 1024 * 1024 + 1) };
    expect((await ask('/api/upload?name=a', { method: 'POST', headers })).status).toBe(413);
    expect((await post('/api/type', { channelId: CHANNEL, text: 'a'.repeat(70_000) })).status).toBe(413);
  });

  test('a body that only says it is small is cut off at the limit', async () => {
    const headers = {
      origin: own(),
      authorization: `Bearer ${KEY}`,
      'transfer-encoding': 'chunked',
      'content-type': 'application/json',
    };
    expect((await ask('/api/type', { method: 'POST', headers, body: Buffer.alloc(200_000, 'a') })).status).toBe(413);
  });

  test.each([
    ['no JSON', 'POST', '/api/use', 415, { 'content-type': 'text/plain' }],
    ['no action of that name', 'POST', '/api/constructor', 404, {}],
    ['reading an action', 'GET', '/api/use', 405, {}],
    ['writing the stream', 'POST', '/api/events', 405, {}],
    ['writing a file of the page', 'POST', '/page/main.ts', 405, {}],
    ['leaving the folder', 'GET', '/page/..%2fpage-server.ts', 404, {}],
    ['a type definition of the build', 'GET', '/page/tsconfig.json', 404, {}],
  ])('%s is refused', async (_what, method, path, status, headers) => {
    const answer = await ask(path, {
      method,
      headers: { origin: own(), authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
      ...(method === 'POST' ? { body: '{}' } : {}),
    });
    expect(answer.status).toBe(status);
  });

  test.each([
    { channelId: 'another', command: 'quota', options: {} },
    { channelId: CHANNEL, command: 'quota', options: { notebook: { path: '/etc/passwd' } } },
    { channelId: CHANNEL, command: 'quota' },
    [],
    null,
  ])('a body of another shape is refused: %j', async (body) => {
    expect((await post('/api/use', body)).status).toBe(400);
    expect(backend.asked).toEqual([]);
  });

  test('addresses that are not the page’s are left to the server around it', async () => {
    expect((await ask('/healthz')).status).toBe(404);
    let answered = false;
    const alone = createPage({ backend, key: KEY });
    const response = {
      setHeader: () => (answered = true),
      writeHead: () => (answered = true),
      end: () => (answered = true),
    };
    expect(await alone.handle({ url: '/healthz', method: 'GET', headers: {} } as never, response as never)).toBe(false);
    expect(answered).toBe(false);
    alone.close();
  });
});

describe('what comes back', () => {
  test('the shell runs nothing but its own files', async () => {
    const answer = await ask('/');
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(answer.headers['content-security-policy']).not.toContain('unsafe');
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    });
    expect(answer.body).not.toMatch(/<script(?![^>]* src=)|<style|style=|https?:/);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('modules come without types and with addresses instead of package names', async () => {
    const answer = await ask('/page/main.ts');
    expect(answer.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(answer.body).toContain("from '/vendor/preact.js'");
    expect(answer.body).not.toContain(': Element');
    expect((await ask('/vendor/htm-preact.js')).body).toContain('from"/vendor/preact.js"');
  });

  test('a picture of a message is shown, with the address that the message carries and no other', async () => {
    const state = await readState();
    const url = JSON.stringify(state).match(/\/files\/[\w-]{43}\/[^"]*curve-42\.png/)?.[0] ?? '';
    const shown = await ask(url);
    expect([shown.status, shown.headers['content-type']]).toEqual([200, 'image/png']);
    expect(shown.headers['content-security-policy']).toBe("default-src 'none'; sandbox");
    const signature = url.split('/')[2] ?? '';
    expect((await ask(`/files/${signature}${cdn('submission.csv')}`)).status).toBe(404);
    expect((await ask(`/files/${'a'.repeat(43)}${cdn('curve-42.png')}`)).status).toBe(404);
    expect(JSON.stringify(state)).not.toContain(backend.cdnUrl);
  });

  test('any other file is a download, whatever it says it is', async () => {
    const evil = {
      id: '91',
      filename: 'evil.svg',
      size: 9,
      url: `CDN${cdn('evil.svg')}`,
      proxy_url: `CDN${cdn('evil.svg')}`,
      content_type: 'image/svg+xml',
    };
    backend.say(message({ id: '9001', content: 'look', attachments: [evil] }));
    const url = JSON.stringify(await readState()).match(/\/files\/[\w-]{43}\/[^"]*evil\.svg/)?.[0] ?? '';
    const answer = await ask(url);
    expect(answer.headers['content-type']).toBe('application/octet-stream');
    expect(answer.headers['content-disposition']).toBe("attachment; filename*=UTF-8''evil.svg");
  });
});

/** The next event that is no summary of Kaggle: those come when they come. */
type Stream = { next(): Promise<StreamEvent>; close(): void };

async function openStream(lastEventId?: string): Promise<Stream> {
  const stop = new AbortController();
  const response = await fetch(`${own()}/api/events`, {
    headers: { authorization: `Bearer ${KEY}`, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) },
    signal: stop.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const stream = new EventStream();
  const waiting: StreamEvent[] = [];
  return {
    async next() {
      for (;;) {
        const event = waiting.shift();
        if (event !== undefined && event.type !== 'kaggle') return event;
        if (event !== undefined) continue;
        const read = await reader?.read();
        waiting.push(...stream.push(read?.value ?? ''));
      }
    },
    close: () => stop.abort(),
  };
}

async function readState(): Promise<unknown> {
  const stream = await openStream();
  const { data } = await stream.next();
  stream.close();
  return JSON.parse(data);
}

describe('live', () => {
  test('a page that comes back gets what it missed, and everything when that is too long ago', async () => {
    const first = await openStream();
    const state = await first.next();
    expect(state.type).toBe('state');
    backend.say(message({ id: '9101', content: 'one' }));
    const one = await first.next();
    expect([one.type, (JSON.parse(one.data) as { message: { content: string } }).message.content]).toEqual([
      'message',
      'one',
    ]);
    first.close();
    backend.say(message({ id: '9102', content: 'two' }));
    const again = await openStream(one.id ?? '');
    expect((JSON.parse((await again.next()).data) as { message: { content: string } }).message.content).toBe('two');
    again.close();
    for (const id of ['other-1', `${one.id?.split('-')[0]}-999999`]) {
      const fresh = await openStream(id);
      expect((await fresh.next()).type).toBe('state');
      fresh.close();
    }
  });

  test('what only somebody else sees, and forms, are not told', async () => {
    const stream = await openStream();
    await stream.next();
    backend.show({
      type: 'message',
      channelId: CHANNEL,
      message: message({ id: '9201', content: 'secret' }),
      onlyFor: 'somebody',
    });
    backend.show({
      type: 'modal',
      userId: backend.you.id,
      interactionId: '1',
      modal: { custom_id: 'a', title: 'b', components: [] },
    });
    backend.say(message({ id: '9202', content: 'for all' }));
    expect((await stream.next()).data).toContain('for all');
    stream.close();
  });

  test('a page hears at once that the bot has other commands', async () => {
    const stream = await openStream();
    await stream.next();
    backend.setCommands([]);
    backend.setOnline(true);
    const events = [await stream.next(), await stream.next()];
    const state = events.find((event) => event.type === 'state');
    expect(JSON.parse(state?.data ?? '{}')).toMatchObject({ channels: [{ commands: [] }, { commands: [] }] });
    stream.close();
  });

  test('pieces of any size make the same events', () => {
    const source = 'retry: 1\n\nid: a-1\nevent: message\ndata: {"a":\ndata: 1}\n\n: still here\n\ndata: x\n\n';
    for (let size = 1; size < 20; size += 1) {
      const stream = new EventStream();
      const events = (source.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? []).flatMap((piece) =>
        stream.push(piece),
      );
      expect(events).toEqual([
        { id: 'a-1', type: 'message', data: '{"a":\n1}' },
        { id: null, type: 'message', data: 'x' },
      ]);
    }
  });
});
