import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SECOND } from '../../src/clock.ts';
import { type BadAnswer, type KaggleEmulator, startKaggleEmulator } from '../../src/playground/kaggle/emulator.ts';
import { HandClock } from '../hand-clock.ts';
import { BEARER, kernelsOf, pushOf, TOKEN } from './kaggle-wire.ts';

let clock: HandClock;
let kaggle: KaggleEmulator;
let kernels: ReturnType<typeof kernelsOf>;

beforeEach(async () => {
  clock = new HandClock();
  kaggle = await startKaggleEmulator({ clock });
  kaggle.addAccount({ user: 'mara', token: TOKEN });
  kernels = kernelsOf(kaggle.url);
});
afterEach(() => kaggle.close());

const resnet = { userName: 'mara', kernelSlug: 'train-resnet' };
const push = () => kernels('SaveKernel', pushOf('Train ResNet'));
const raw = (method: string, body: object, signal?: AbortSignal): Promise<Response> =>
  fetch(`${kaggle.apiUrl}/kernels.KernelsApiService/${method}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: BEARER },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });

describe('an answer can be lost', () => {
  it('before the effect', async () => {
    kaggle.faults.next('SaveKernel', { when: 'before', answer: { kind: 'reset' } });
    await expect(push()).rejects.toThrow();
    expect(kaggle.pushes).toBe(0);
  });

  it('after the effect', async () => {
    kaggle.faults.next('SaveKernel', { when: 'after', answer: { kind: 'reset' } });
    await expect(push()).rejects.toThrow();
    expect(kaggle.pushes).toBe(1);
    expect((await push()).body.versionNumber).toBe(2);
  });

  it('with an effect that lands later on the clock', async () => {
    kaggle.faults.next('SaveKernel', { when: 'late', seconds: 90, answer: { kind: 'error', status: 504 } });
    expect((await push()).status).toBe(504);
    clock.advance(89 * SECOND);
    expect((await kernels('GetKernel', resnet)).status).toBe(403);
    clock.advance(SECOND);
    expect((await kernels('GetKernel', resnet)).body.metadata).toMatchObject({ currentVersionNumber: 1 });
    expect(kaggle.versions('mara/train-resnet')[0]?.pushedAt).toBe(clock.now());
  });

  it('in silence', async () => {
    kaggle.faults.next('ListKernels', { when: 'before', answer: { kind: 'silence' } });
    await expect(raw('ListKernels', {}, AbortSignal.timeout(100))).rejects.toThrow(/time/i);
  });
});

describe('an answer can be another one', () => {
  const answer = async (bad: BadAnswer, when: 'before' | 'after' = 'before') => {
    kaggle.faults.next('ListKernels', { when, answer: bad });
    const response = await raw('ListKernels', {});
    return { status: response.status, retry: response.headers.get('retry-after'), text: await response.text() };
  };

  it('429 in both shapes, with every kind of Retry-After', async () => {
    expect(await answer({ kind: 'limited' })).toEqual({
      status: 429,
      retry: null,
      text: '{"error":{"code":429,"message":"Too many requests","status":"RESOURCE_EXHAUSTED"}}',
    });
    expect(await answer({ kind: 'limited', shape: 'B', retryAfter: { seconds: 1.5 } })).toEqual({
      status: 429,
      retry: '1.5',
      text: '{"code":429,"message":"Too many requests"}',
    });
    const dated = await answer({ kind: 'limited', retryAfter: { dateInSeconds: 60 } });
    expect(Date.parse(dated.retry ?? '') - clock.now()).toBe(60 * SECOND);
  });

  it('5xx with any body, HTML with 200 and 503, an error inside 200', async () => {
    expect(await answer({ kind: 'error', status: 500, body: 'empty' })).toMatchObject({ status: 500, text: '' });
    expect((await answer({ kind: 'error', status: 502, body: 'html' })).text).toMatch(/^<!doctype html>/);
    expect(await answer({ kind: 'html', status: 200 })).toMatchObject({
      status: 200,
      text: expect.stringMatching('<h1>'),
    });
    expect(await answer({ kind: 'html', status: 503 })).toMatchObject({ status: 503 });
    expect(await answer({ kind: 'soft' })).toMatchObject({ status: 200, text: '{"code":404,"message":"Not Found"}' });
  });

  it('the true one cut in half, slow, or without an end', async () => {
    const { text } = await answer({ kind: 'truncated' }, 'after');
    expect(() => JSON.parse(text)).toThrow();
    await expect(answer({ kind: 'cutBody' }, 'after')).rejects.toThrow();
    expect((await answer({ kind: 'slow', everyMs: 1 }, 'after')).text).toBe('{"kernels":[],"nextPageToken":""}');
    kaggle.faults.next('ListKernels', { when: 'before', answer: { kind: 'endless' } });
    const reader = (await raw('ListKernels', {})).body?.getReader();
    let size = 0;
    while (size < 2_000_000) size += (await reader?.read())?.value?.length ?? 0;
    await reader?.cancel();
  });

  it('a status name nobody knows, or the state before', async () => {
    await push();
    kaggle.session('mara/train-resnet', 1).start();
    kaggle.faults.next('GetKernelSessionStatus', { when: 'status', says: 'PAUSED' });
    kaggle.faults.next('GetKernelSessionStatus', { when: 'status', says: { stale: true } });
    const status = async () => (await kernels('GetKernelSessionStatus', resnet)).body.status;
    expect([await status(), await status(), await status()]).toEqual(['PAUSED', 'QUEUED', 'RUNNING']);
  });
});

it('faults are used in order, once or always, for one method or all, until cleared', async () => {
  kaggle.faults.always('*', { when: 'before', answer: { kind: 'error', status: 503 } });
  kaggle.faults.next('ListKernels', { when: 'before', answer: { kind: 'error', status: 500 } });
  const status = async (method: string) => (await kernels(method, {})).status;
  expect([await status('ListKernels'), await status('ListKernels'), await status('GetKernel')]).toEqual([
    500, 503, 503,
  ]);
  kaggle.faults.clear();
  expect(await status('ListKernels')).toBe(200);
  expect(kaggle.count('ListKernels')).toBe(3);
  expect(kaggle.requests.at(-1)).toMatchObject({
    service: 'kernels.KernelsApiService',
    method: 'ListKernels',
    user: 'mara',
  });
});

describe('the log stream', () => {
  const open = (query = '', headers: Record<string, string> = { Authorization: BEARER }) =>
    fetch(`${kaggle.apiUrl}/kernels/logs/stream/mara/train-resnet${query}`, { headers });
  const events = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('data:'));

  it('sends every chunk from the first one on, then END_OF_LOG, and a JSON array once it is over', async () => {
    await push();
    const session = kaggle.session('mara/train-resnet', 1);
    session.start();
    clock.advance(1_500);
    session.print('epoch 1\n');
    const streams = [await open(), await open('?versionLabel=v1')];
    expect(streams[0]?.headers.get('content-type')).toMatch(/^text\/event-stream/);
    session.print('warn\n', 'stderr');
    session.complete();
    const texts = await Promise.all(streams.map((one) => one.text()));
    for (const text of texts)
      expect(events(text)).toEqual([
        'data: {"stream_name":"stdout","time":1.5,"data":"epoch 1\\n"}',
        'data: {"stream_name":"stderr","time":1.5,"data":"warn\\n"}',
        'data: END_OF_LOG',
      ]);
    expect(texts[0]).toMatch(/^: /);
    const stored = await open();
    expect(stored.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await stored.json()).toHaveLength(2);
  });

  it('waits while the run is queued, at most as long as asked on the clock', async () => {
    await push();
    const early = open('?waitForLogsUrlSeconds=30');
    const patient = open();
    // Both are held before the clock goes on.
    await expect.poll(() => kaggle.count('GetKernelSessionLogsStream')).toBe(2);
    clock.advance(31 * SECOND);
    expect((await early).status).toBe(404);
    kaggle.session('mara/train-resnet', 1).start();
    const answer = await patient;
    expect(answer.status).toBe(200);
    kaggle.session('mara/train-resnet', 1).complete();
    expect(events(await answer.text())).toEqual(['data: END_OF_LOG']);
  });

  it('knows a version by its label only, and wants a credential', async () => {
    await push();
    expect((await open('/1')).status).toBe(404);
    expect((await open('?versionLabel=1')).status).toBe(404);
    expect((await open('', {})).status).toBe(401);
  });

  it('is cut after some events, stays half open, or ends without its end', async () => {
    await push();
    const session = kaggle.session('mara/train-resnet', 1);
    session.start();
    for (const n of [1, 2, 3]) session.print(`epoch ${n}\n`);
    const read = async (response: Response): Promise<{ text: string; broke: boolean }> => {
      const decoder = new TextDecoder();
      let text = '';
      try {
        for await (const part of response.body ?? []) text += decoder.decode(part);
        return { text, broke: false };
      } catch {
        return { text, broke: true };
      }
    };
    kaggle.faults.next(
      'GetKernelSessionLogsStream',
      { when: 'stream', how: 'cut', afterEvents: 2 },
      { when: 'stream', how: 'halfOpen', afterEvents: 1 },
      { when: 'stream', how: 'noEnd' },
    );
    const cut = await read(await open());
    expect([events(cut.text).length, cut.broke]).toEqual([2, true]);
    const halfOpen = await open();
    const noEnd = await open();
    const whole = await open();
    session.complete();
    expect(events((await read(noEnd)).text)).toHaveLength(3);
    expect(events((await read(whole)).text)).toHaveLength(4);
    const reader = halfOpen.body?.getReader();
    let text = '';
    while (!text.includes('epoch 1')) text += new TextDecoder().decode((await reader?.read())?.value);
    expect(events(text)).toHaveLength(1);
    const more = reader?.read().then(() => 'more');
    expect(await Promise.race([more, new Promise((resolve) => setTimeout(resolve, 100, 'silent'))])).toBe('silent');
    await reader?.cancel();
  });

  it('is cut by the load balancer when switched on, and starts again from the first event', async () => {
    kaggle.rules({ streamSeconds: 120, streamComments: false });
    await push();
    const session = kaggle.session('mara/train-resnet', 1);
    session.start();
    session.print('epoch 1\n');
    const first = await open();
    clock.advance(121 * SECOND);
    await expect(first.text()).rejects.toThrow();
    kaggle.rules({ streamSeconds: null });
    const second = await open();
    session.complete();
    expect(events(await second.text())).toHaveLength(2);
  });
});

it('a token that is revoked between two polls is 401 at the next', async () => {
  await push();
  expect((await kernels('GetKernelSessionStatus', resnet)).status).toBe(200);
  kaggle.revoke(TOKEN);
  expect(await kernels('GetKernelSessionStatus', resnet)).toMatchObject({
    status: 401,
    body: { error: { status: 'UNAUTHENTICATED' } },
  });
});

it("a wall clock that is set on this computer does not move Kaggle's", async () => {
  kaggle.plan({ queueSeconds: 60 });
  await push();
  clock.jump(3_600 * SECOND);
  expect((await kernels('GetKernelSessionStatus', resnet)).body.status).toBe('QUEUED');
  clock.advance(60 * SECOND);
  expect((await kernels('GetKernelSessionStatus', resnet)).body.status).toBe('RUNNING');
});

it('only answers to names of this computer', async () => {
  const { request } = await import('node:http');
  const status = await new Promise((resolve) => {
    request(`${kaggle.url}/`, { headers: { Host: 'kaggle.example' } }, (answer) => resolve(answer.statusCode)).end();
  });
  expect(status).toBe(421);
});
