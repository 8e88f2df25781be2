import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createKaggle } from '../../src/kaggle/client.ts';
import type { Credential, Kaggle } from '../../src/kaggle/kaggle.ts';
import { Pace } from '../../src/kaggle/pace.ts';
import type { BadAnswer, KaggleEmulator } from '../../src/playground/kaggle/emulator.ts';
import { Secret } from '../../src/secret.ts';
import type { HandClock } from '../hand-clock.ts';
import { failure, kernel, mara, openDoor, push, TOKEN } from './door.ts';

let clock: HandClock;
let emulator: KaggleEmulator;
let kaggle: Kaggle;

beforeEach(async () => {
  ({ clock, emulator, kaggle } = await openDoor());
});

afterEach(() => emulator.close());

describe('who a credential belongs to', () => {
  test('a token is introspected, a legacy key tried out', async () => {
    expect(await kaggle.whoAmI(mara)).toEqual({ user: 'mara-k' });
    expect(await kaggle.whoAmI({ kind: 'key', user: 'mara-k', key: new Secret('0'.repeat(32)) })).toEqual({
      user: 'mara-k',
    });
  });

  test.each([
    ['an unknown token', { kind: 'token', token: new Secret('KGAT_wrong') }],
    ['a wrong key', { kind: 'key', user: 'mara-k', key: new Secret('1'.repeat(32)) }],
  ] as const)('%s is unauthorized', async (_, credential) => {
    expect((await failure(kaggle.whoAmI(credential))).kind).toBe('unauthorized');
  });

  test('guessing the key of an account is not paid by that account', async () => {
    const pace = new Pace(clock);
    const paced = createKaggle({
      apiUrl: emulator.apiUrl,
      userAgent: 'Nightshift/test',
      clock,
      pace: { pace, isForPeople: true },
    });
    for (let n = 0; n < 30; n++)
      await failure(paced.whoAmI({ kind: 'key', user: 'mara-k', key: new Secret(`${n}`.padStart(32, 'f')) }));
    expect(await pace.run('mara-k', 'background', 'session', async () => 'made')).toBe('made');
  });
});

describe('a push', () => {
  test('says everything outright: run all, private, two T4, the limit', async () => {
    const answer = await kaggle.push(mara, push());
    expect(answer).toMatchObject({ kind: 'pushed', pushed: { kernel, version: 1, inputsDropped: [] } });
    expect(emulator.requests.at(-1)?.body).toMatchObject({
      slug: 'mara-k/leaf-disease',
      newTitle: 'Leaf disease',
      kernelExecutionType: 'SAVE_AND_RUN_ALL',
      isPrivate: true,
      enableGpu: true,
      enableTpu: false,
      enableInternet: false,
      machineShape: 'NvidiaTeslaT4',
      sessionTimeoutSeconds: 32_400,
    });
  });

  test('without a GPU asks for no machine at all', async () => {
    await kaggle.push(mara, push({ accelerator: 'none' }));
    const body = emulator.requests.at(-1)?.body;
    expect(body).toMatchObject({ enableGpu: false, enableTpu: false });
    expect(body).not.toHaveProperty('machineShape');
  });

  test('takes the slug from the answered address, not the one it asked for', async () => {
    const answer = await kaggle.push(mara, push({ title: 'Quite another title' }));
    expect(answer).toMatchObject({
      kind: 'pushed',
      pushed: { kernel: { owner: 'mara-k', slug: 'quite-another-title' } },
    });
  });

  test('sends each input by its kind, and hears which were dropped', async () => {
    emulator.addDataset({ ref: 'bob/cats', title: 'Cats' });
    emulator.addCompetition({ slug: 'titanic', title: 'Titanic', entered: true });
    const inputs = [
      { kind: 'dataset', ref: 'bob/cats' },
      { kind: 'dataset', ref: 'bob/none' },
      { kind: 'competition', ref: 'titanic' },
      { kind: 'model', ref: 'google/none/pyTorch/2b/1' },
    ] as const;
    const answer = await kaggle.push(mara, push({ inputs }));
    expect(answer).toMatchObject({
      kind: 'pushed',
      pushed: { inputsDropped: ['bob/none', 'google/none/pyTorch/2b/1'] },
    });
    expect(emulator.versions('mara-k/leaf-disease')[0]?.attached).toMatchObject({
      datasets: ['bob/cats'],
      competitions: ['titanic'],
    });
  });

  test('refused for want of a slot or of hours is "full"; no version exists', async () => {
    await kaggle.push(mara, push());
    await kaggle.push(mara, push());
    expect(await kaggle.push(mara, push())).toEqual({
      kind: 'full',
      of: 'slot',
      said: 'Maximum batch GPU session count of 2 reached.',
    });
    expect(emulator.pushes).toBe(2);
    emulator.addAccount({ user: 'tired', token: 'KGAT_tired', gpuHours: 30, gpuHoursUsed: 30 });
    const tired: Credential = { kind: 'token', token: new Secret('KGAT_tired') };
    expect(await kaggle.push(tired, push({ kernel: { owner: 'tired', slug: 'leaf-disease' } }))).toMatchObject({
      kind: 'full',
      of: 'hours',
    });
  });

  test('refused by HTTP or inside a 200 is refused in Kaggle’s words', async () => {
    expect(await kaggle.push(mara, push({ source: 'x'.repeat(1_000_000) }))).toEqual({
      kind: 'refused',
      said: 'The kernel source must be less than 1 megabytes in size.',
    });
    await kaggle.push(mara, push());
    expect(await kaggle.push(mara, push({ kind: 'script', source: 'print(1)' }))).toEqual({
      kind: 'refused',
      said: 'You cannot change the editor type of a kernel',
    });
  });

  test('whose answer is lost may have been done; one that never left was not', async () => {
    emulator.faults.next('SaveKernel', { when: 'after', answer: { kind: 'reset' } });
    expect((await failure(kaggle.push(mara, push()))).maybeDone).toBe(true);
    emulator.faults.next('SaveKernel', { when: 'after', answer: { kind: 'error', status: 502, body: 'html' } });
    expect((await failure(kaggle.push(mara, push()))).maybeDone).toBe(true);
    expect(emulator.pushes).toBe(2);
    const nobody = createKaggle({ apiUrl: 'http://127.0.0.1:9/v1', userAgent: 'Nightshift/test', clock });
    expect(await failure(nobody.push(mara, push()))).toMatchObject({ kind: 'unavailable', maybeDone: false });
  });

  test('is never repeated by the door, and 429 means it was not done', async () => {
    emulator.faults.next('SaveKernel', { when: 'before', answer: { kind: 'limited', retryAfter: { seconds: 1.5 } } });
    expect(await failure(kaggle.push(mara, push()))).toMatchObject({
      kind: 'limited',
      maybeDone: false,
      retryAfterMs: 1500,
    });
    expect(emulator.count('SaveKernel')).toBe(1);
  });
});

describe('reading', () => {
  test('a version is asked by its label, whatever was pushed later', async () => {
    await kaggle.push(mara, push({ source: 'one' }));
    await kaggle.push(mara, push({ source: 'two' }));
    expect(await kaggle.kernel(mara, kernel, 1)).toMatchObject({
      ref: kernel,
      currentVersion: 2,
      source: 'one',
      kind: 'notebook',
      isPrivate: true,
    });
    expect(await kaggle.kernel(mara, kernel)).toMatchObject({ source: 'two' });
    expect(emulator.requests.find(({ method }) => method === 'GetKernel')?.body).toMatchObject({ versionLabel: 'v1' });
    emulator.session('mara-k/leaf-disease', 1).start();
    expect(await kaggle.session(mara, kernel, 1)).toEqual({ kind: 'running', stopping: false });
    expect(await kaggle.session(mara, kernel, 2)).toEqual({ kind: 'queued' });
  });

  test('each way to end has its meaning', async () => {
    const ends = {
      complete: { end: 'complete', message: null },
      fail: { end: 'failed', message: 'Your notebook tried to allocate more memory than is available.' },
      timeLimit: {
        end: 'timeLimit',
        message: 'Your notebook was stopped because it exceeded the max allowed execution duration.',
      },
      cancelOnSite: { end: 'stopped', message: null },
    } as const;
    for (const [way, expected] of Object.entries(ends)) {
      const slug = `leaf-${way.toLowerCase()}`;
      await kaggle.push(
        mara,
        push({ kernel: { owner: 'mara-k', slug }, title: `leaf ${way.toLowerCase()}`, accelerator: 'none' }),
      );
      const session = emulator.session(`mara-k/${slug}`, 1);
      session.start();
      if (way === 'fail') session.fail(ends.fail.message);
      else session[way as 'complete' | 'timeLimit' | 'cancelOnSite']();
      expect(await kaggle.session(mara, { owner: 'mara-k', slug }, 1)).toEqual({ kind: 'ended', ...expected });
    }
  });

  test('a status it does not know is no end, and no crash', async () => {
    await kaggle.push(mara, push());
    emulator.faults.next('GetKernelSessionStatus', { when: 'status', says: 'PAUSED' });
    expect(await kaggle.session(mara, kernel, 1)).toEqual({ kind: 'unknown', said: 'PAUSED' });
  });

  test('what does not exist or is not mine is forbidden', async () => {
    expect((await failure(kaggle.kernel(mara, kernel))).kind).toBe('forbidden');
    await kaggle.push(mara, push());
    expect((await failure(kaggle.session({ kind: 'token', token: new Secret('KGAT_jun') }, kernel, 1))).kind).toBe(
      'forbidden',
    );
    expect((await failure(kaggle.session(mara, kernel, 99))).kind).toBe('notFound');
  });

  test('outputs and files come by pages, the log with them; addresses open without a credential', async () => {
    await kaggle.push(mara, push());
    const session = emulator.session('mara-k/leaf-disease', 1);
    session.start();
    session.print('epoch 1\n');
    for (let index = 0; index < 250; index += 1) session.write(`part/${String(index).padStart(3, '0')}.bin`, 3);
    session.write('model.pt', 97_800_000);
    session.complete();
    const first = await kaggle.outputs(mara, kernel, 1);
    const second = await kaggle.outputs(mara, kernel, 1, first.nextPage ?? '');
    expect([first.files.length, second.files.length, second.nextPage]).toEqual([200, 51, null]);
    expect(JSON.parse(first.log)).toMatchObject([{ stream_name: 'stdout', data: 'epoch 1\n' }]);
    const files = await kaggle.files(mara, kernel, 1);
    const rest = await kaggle.files(mara, kernel, 1, files.nextPage ?? '');
    expect([...files.files, ...rest.files].find(({ name }) => name === 'model.pt')?.size).toBe(97_800_000);
    const url =
      second.files.find(({ name }) => name === 'model.pt')?.url ??
      first.files.find(({ name }) => name === 'model.pt')?.url ??
      '';
    expect(await kaggle.download(url, 1000)).toMatchObject({ whole: false });
    const small = await kaggle.download(first.files.find(({ name }) => name.startsWith('part/'))?.url ?? '', 1000);
    expect([small.bytes.length, small.whole]).toEqual([3, true]);
    expect(
      emulator.requests
        .filter(({ service }) => service === 'storage')
        .every(({ headers }) => headers.authorization === undefined),
    ).toBe(true);
  });

  test('one file has an address of its own, which opens without a credential', async () => {
    await kaggle.push(mara, push());
    const session = emulator.session('mara-k/leaf-disease', 1);
    session.start();
    session.write('sub/preds é.csv', 'a\n1\n');
    session.complete();
    const url = await kaggle.downloadUrl(mara, kernel, 1, 'sub/preds é.csv');
    expect((await kaggle.download(url, 1000)).bytes.toString()).toBe('a\n1\n');
    expect(emulator.requests.at(-1)?.headers.authorization).toBeUndefined();
    expect((await failure(kaggle.downloadUrl(mara, kernel, 1, 'none.csv'))).kind).toBe('notFound');
  });

  test('quota, kernels, datasets and competitions come in our words', async () => {
    emulator.addDataset({ ref: 'mara-k/my-cats', title: 'My cats', files: [{ name: 'a.csv', content: 'a\n1\n' }] });
    emulator.addDataset({ ref: 'bob/cats', title: 'Cats' });
    emulator.addCompetition({ slug: 'titanic', title: 'Titanic', entered: true });
    await kaggle.push(mara, push());
    expect(await kaggle.quota(mara)).toMatchObject({ gpu: { used: 0, total: 30 }, tpu: { used: 0, total: 20 } });
    expect(await kaggle.kernels(mara, 'leaf', 10)).toMatchObject([{ ref: kernel, title: 'Leaf disease' }]);
    expect((await kaggle.datasets(mara, 'cats', 10)).map(({ ref }) => ref)).toEqual(['mara-k/my-cats', 'bob/cats']);
    expect(await kaggle.competitions(mara, 'titanic', 10)).toEqual([
      { slug: 'titanic', title: 'Titanic', entered: true },
    ]);
  });

  test('an input is ready, not ready, or not there', async () => {
    emulator.addDataset({ ref: 'bob/cats', title: 'Cats' });
    emulator.addDataset({ ref: 'bob/new', title: 'New', status: 'BLOBS_RECEIVED' });
    emulator.addDataset({ ref: 'jun/hidden', title: 'Hidden', isPrivate: true });
    emulator.addCompetition({ slug: 'titanic', title: 'Titanic', entered: true });
    emulator.addCompetition({ slug: 'arc', title: 'ARC', entered: false });
    emulator.addModel({ ref: 'google/gemma/pyTorch/2b' });
    emulator.addModel({ ref: 'google/gemma/tensorFlow2/7b', versionNumber: 3 });
    await kaggle.push(mara, push());
    const seen = async (kind: 'dataset' | 'competition' | 'kernel' | 'model', ref: string) =>
      (await kaggle.input(mara, { kind, ref })).kind;
    expect(
      await Promise.all([
        seen('dataset', 'bob/cats'),
        seen('competition', 'titanic'),
        seen('kernel', 'mara-k/leaf-disease'),
        seen('model', 'google/gemma/pyTorch/2b'),
      ]),
    ).toEqual(['ready', 'ready', 'ready', 'ready']);
    expect(await Promise.all([seen('dataset', 'bob/new'), seen('competition', 'arc')])).toEqual([
      'notReady',
      'notReady',
    ]);
    expect(
      await Promise.all([
        seen('dataset', 'bob/none'),
        seen('dataset', 'jun/hidden'),
        seen('competition', 'none'),
        seen('kernel', 'mara-k/none'),
        seen('model', 'google/none/pyTorch/2b'),
      ]),
    ).toEqual(['missing', 'missing', 'missing', 'missing', 'missing']);
    // Of a model every part has to be there, however the framework is written.
    const model = (rest: string) => seen('model', `google/gemma/${rest}`);
    expect(await Promise.all(['pyTorch/2b/1', 'PyTorch/2b', 'tensorflow2/7b/3'].map(model))).toEqual([
      'ready',
      'ready',
      'ready',
    ]);
    expect(await Promise.all(['pyTorch/9b', 'jax/2b', 'pyTorch/2b/2', 'pyTorch/7b'].map(model))).toEqual([
      'missing',
      'missing',
      'missing',
      'missing',
    ]);
  });
});

describe('the log', () => {
  const read = async (version: number): Promise<string[]> => {
    const seen: string[] = [];
    for await (const event of kaggle.log(mara, kernel, version))
      seen.push(event.kind === 'end' ? 'END' : `${event.stream}:${event.text}`);
    return seen;
  };

  test('is streamed while it runs, to its end', async () => {
    await kaggle.push(mara, push());
    const session = emulator.session('mara-k/leaf-disease', 1);
    session.start();
    session.print('epoch 1 – é\n');
    const reading = read(1);
    session.print('warn\n', 'stderr');
    session.complete();
    expect(await reading).toEqual(['stdout:epoch 1 – é\n', 'stderr:warn\n', 'END']);
    expect(emulator.requests.at(-1)?.path).toContain('versionLabel=v1');
  });

  test('of a run that is over is the stored one', async () => {
    await kaggle.push(mara, push());
    const session = emulator.session('mara-k/leaf-disease', 1);
    session.start();
    session.print('epoch 1\n');
    session.complete();
    expect(await read(1)).toEqual(['stdout:epoch 1\n', 'END']);
  });

  test('that is cut ends without an end; that goes silent is given up', async () => {
    await kaggle.push(mara, push());
    const session = emulator.session('mara-k/leaf-disease', 1);
    session.start();
    session.print('epoch 1\n');
    session.print('epoch 2\n');
    emulator.faults.next('GetKernelSessionLogsStream', { when: 'stream', how: 'cut', afterEvents: 1 });
    expect((await failure(read(1))).kind).toBe('unavailable');
    emulator.faults.next('GetKernelSessionLogsStream', { when: 'stream', how: 'halfOpen', afterEvents: 1 });
    expect((await failure(read(1))).said).toBe('the stream went silent');
  });
});

describe('what goes wrong is named, and leaks nothing', () => {
  const faults: [string, BadAnswer, string][] = [
    ['a reset connection', { kind: 'reset' }, 'unavailable'],
    ['silence', { kind: 'silence' }, 'unavailable'],
    ['429 in shape A', { kind: 'limited', shape: 'A' }, 'limited'],
    ['429 in shape B', { kind: 'limited', shape: 'B', retryAfter: { seconds: 7 } }, 'limited'],
    ['500 as HTML', { kind: 'error', status: 500, body: 'html' }, 'unavailable'],
    ['503 in shape A', { kind: 'error', status: 503, body: 'A' }, 'unavailable'],
    ['504 without a body', { kind: 'error', status: 504, body: 'empty' }, 'unavailable'],
    ['401', { kind: 'error', status: 401, body: 'A' }, 'unauthorized'],
    ['401 without a body', { kind: 'error', status: 401, body: 'empty' }, 'unauthorized'],
    ['403', { kind: 'error', status: 403, body: 'B' }, 'forbidden'],
    ['403 as HTML, a wall in front of Kaggle', { kind: 'error', status: 403, body: 'html' }, 'unreadable'],
    ['HTML with 200', { kind: 'html', status: 200 }, 'unreadable'],
    ['HTML with 503', { kind: 'html', status: 503 }, 'unavailable'],
    ['an error inside 200', { kind: 'soft', code: 404, message: 'soft not found' }, 'notFound'],
    ['an endless body', { kind: 'endless' }, 'tooLarge'],
  ];

  test.each(faults)('%s', async (_, answer, kind) => {
    await kaggle.push(mara, push());
    emulator.faults.next('GetKernelSessionStatus', { when: 'before', answer });
    const error = await failure(kaggle.session(mara, kernel, 1));
    expect(error.kind).toBe(kind);
    // An answer that is too large is one: Kaggle is there.
    expect(error.isOutage).toBe(['limited', 'unavailable', 'unreadable'].includes(kind));
    const told = [error.message, error.stack, JSON.stringify(error), String(error.cause)].join('\n');
    expect(told).not.toContain('canary');
    expect(told).not.toContain('Bearer');
  });

  test.each([
    ['truncated JSON', { kind: 'truncated' }, 'unreadable'],
    ['a body cut in the middle', { kind: 'cutBody' }, 'unavailable'],
    ['one byte now and then', { kind: 'slow', everyMs: 400 }, 'unavailable'],
  ] as const)('%s', async (_, answer, kind) => {
    await kaggle.push(mara, push());
    emulator.faults.next('GetKernel', { when: 'after', answer });
    expect((await failure(kaggle.kernel(mara, kernel))).kind).toBe(kind);
  });

  test('a file that drips is given up after the time for a whole call', async () => {
    await kaggle.push(mara, push());
    const session = emulator.session('mara-k/leaf-disease', 1);
    session.start();
    session.write('model.pt', 1000);
    session.complete();
    const { files } = await kaggle.outputs(mara, kernel, 1);
    emulator.faults.next('Storage', { when: 'after', answer: { kind: 'slow', everyMs: 20 } });
    expect((await failure(kaggle.download(files[0]?.url ?? '', 10_000))).kind).toBe('unavailable');
  });

  test('Retry-After is read as seconds and as a date, and never longer than a quarter of an hour', async () => {
    const waits = async (retryAfter: { seconds: number } | { dateInSeconds: number }) => {
      emulator.faults.next('GetAcceleratorQuotaStatistics', {
        when: 'before',
        answer: { kind: 'limited', retryAfter },
      });
      return (await failure(kaggle.quota(mara))).retryAfterMs;
    };
    expect(await waits({ seconds: 0.2 })).toBe(200);
    expect(await waits({ dateInSeconds: 30 })).toBe(30_000);
    expect(await waits({ seconds: 86_400 })).toBe(900_000);
  });

  test('a token that Kaggle repeats in its words is not passed on', async () => {
    emulator.faults.next('GetKernel', {
      when: 'before',
      answer: { kind: 'error', status: 400, body: 'A', message: `bad token ${TOKEN}` },
    });
    expect((await failure(kaggle.kernel(mara, kernel))).said).toBe('bad token [token]');
  });

  test('every request names the program', async () => {
    await kaggle.quota(mara);
    expect(emulator.requests.at(-1)?.headers['user-agent']).toBe('Nightshift/test');
  });
});
