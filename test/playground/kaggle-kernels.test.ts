import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR, SECOND } from '../../src/clock.ts';
import { type KaggleEmulator, startKaggleEmulator } from '../../src/playground/kaggle/emulator.ts';
import { HandClock } from '../hand-clock.ts';
import { BEARER, kernelsOf, NOTEBOOK, pushOf, rpc, TOKEN } from './kaggle-wire.ts';

let clock: HandClock;
let kaggle: KaggleEmulator;
let kernels: ReturnType<typeof kernelsOf>;

beforeEach(async () => {
  clock = new HandClock();
  kaggle = await startKaggleEmulator({ clock });
  kaggle.addAccount({ user: 'mara', token: TOKEN, key: '0123456789abcdef0123456789abcdef' });
  kaggle.addAccount({ user: 'jun', token: 'KGAT_jun' });
  kernels = kernelsOf(kaggle.url);
});
afterEach(() => kaggle.close());

const resnet = { userName: 'mara', kernelSlug: 'train-resnet' };

describe('who the credential belongs to', () => {
  it('is told by introspection, and an unknown token is inactive rather than an error', async () => {
    const ask = (token: string) => rpc(kaggle.url, 'security.OAuthService', 'IntrospectToken', { token }, null);
    expect((await ask(TOKEN)).body).toMatchObject({ active: true, username: 'mara' });
    expect(await ask('KGAT_nobody')).toMatchObject({ status: 200, body: { active: false } });
    kaggle.revoke(TOKEN);
    expect((await ask(TOKEN)).body).toEqual({ active: false });
  });

  it('is needed by every other method, as a token or as user and key', async () => {
    expect((await kernelsOf(kaggle.url, null)('ListKernels', {})).status).toBe(401);
    expect((await kernelsOf(kaggle.url, 'Bearer KGAT_nobody')('ListKernels', {})).status).toBe(401);
    const basic = `Basic ${Buffer.from('mara:0123456789abcdef0123456789abcdef').toString('base64')}`;
    expect((await kernelsOf(kaggle.url, basic)('ListKernels', {})).status).toBe(200);
    const tokenAsKey = `Basic ${Buffer.from(`mara:${TOKEN}`).toString('base64')}`;
    expect((await kernelsOf(kaggle.url, tokenAsKey)('ListKernels', {})).status).toBe(401);
  });
});

describe('a push', () => {
  it('makes a version that is queued at once and numbered on', async () => {
    const first = await kernels('SaveKernel', pushOf('Train ResNet'));
    expect(first.body).toMatchObject({ versionNumber: 1, error: '', url: `${kaggle.webUrl}/code/mara/train-resnet` });
    expect((await kernels('GetKernelSessionStatus', resnet)).body).toMatchObject({ status: 'QUEUED' });
    expect((await kernels('SaveKernel', pushOf('Train ResNet'))).body).toMatchObject({ versionNumber: 2 });
    expect(kaggle.pushes).toBe(2);
    expect(kaggle.versions('mara/train-resnet').map((one) => [one.number, one.source])).toEqual([
      [1, NOTEBOOK],
      [2, NOTEBOOK],
    ]);
  });

  it('takes the slug of a new kernel from its title, or refuses, as switched', async () => {
    const asked = pushOf('GPT-4o’s test №1', { slug: 'mara/wanted-slug' });
    expect((await kernels('SaveKernel', asked)).body.url).toMatch(/\/code\/mara\/gpt-4o-s-test-no1$/);
    kaggle.rules({ titleRule: 'refuse' });
    expect(await kernels('SaveKernel', pushOf('Another one', { slug: 'mara/wanted-slug' }))).toMatchObject({
      status: 409,
      body: { error: { code: 409, status: 'ALREADY_EXISTS' } },
    });
  });

  it('keeps the slug of a kernel that is there when the title changes', async () => {
    await kernels('SaveKernel', pushOf('Train ResNet'));
    const renamed = await kernels('SaveKernel', pushOf('A better name', { slug: 'mara/train-resnet' }));
    expect(renamed.body).toMatchObject({ versionNumber: 2, ref: '/code/mara/train-resnet' });
  });

  it('is refused when another kernel of the owner has the title', async () => {
    await kernels('SaveKernel', pushOf('Train ResNet'));
    const again = await kernels('SaveKernel', pushOf('Train ResNet', { slug: 'mara/other-slug' }));
    expect(again.status).toBe(409);
    expect(kaggle.pushes).toBe(1);
  });

  it('is refused from one million bytes of source on', async () => {
    const small = await kernels('SaveKernel', pushOf('Just fits', { text: 'x'.repeat(999_999) }));
    expect(small.body.versionNumber).toBe(1);
    expect(await kernels('SaveKernel', pushOf('Too large', { text: 'x'.repeat(1_000_000) }))).toMatchObject({
      status: 400,
      body: {
        error: { status: 'INVALID_ARGUMENT', message: 'The kernel source must be less than 1 megabytes in size.' },
      },
    });
  });

  it('cannot change the editor type nor touch the kernel of somebody else, and says so with HTTP 200', async () => {
    await kernels('SaveKernel', pushOf('Train ResNet'));
    const script = await kernels('SaveKernel', pushOf('Train ResNet', { kernelType: 'script', text: 'print(1)' }));
    expect(script).toMatchObject({
      status: 200,
      body: { error: 'You cannot change the editor type of a kernel', versionNumber: 0, hasVersionNumber: false },
    });
    const foreign = await kernelsOf(kaggle.url, 'Bearer KGAT_jun')('SaveKernel', pushOf('Train ResNet'));
    expect(foreign).toMatchObject({ status: 200, body: { error: 'Notebook not found' } });
  });

  it('finds two GPU slots and five CPU slots; queued versions take one too', async () => {
    for (const n of [1, 2]) await kernels('SaveKernel', pushOf(`GPU run ${n}`));
    expect(await kernels('SaveKernel', pushOf('GPU run 3'))).toMatchObject({
      status: 200,
      body: { error: 'Maximum batch GPU session count of 2 reached.', versionNumber: 0 },
    });
    const cpu = { enableGpu: false, machineShape: undefined };
    for (const n of [1, 2, 3, 4, 5]) await kernels('SaveKernel', pushOf(`CPU run ${n}`, cpu));
    expect((await kernels('SaveKernel', pushOf('CPU run 6', cpu))).body.error).toBe(
      'Maximum batch CPU session count of 5 reached.',
    );
    expect(kaggle.versions('mara/gpu-run-3')).toEqual([]);
    kaggle.session('mara/gpu-run-1', 1).start();
    kaggle.session('mara/gpu-run-1', 1).complete();
    expect((await kernels('SaveKernel', pushOf('GPU run 3'))).body.versionNumber).toBe(1);
  });

  it('runs without the sources that are not there, not ready or not entered, and names them', async () => {
    kaggle.addDataset({ ref: 'jun/cats', title: 'Cats' });
    kaggle.addDataset({ ref: 'jun/new-cats', title: 'New cats', status: 'BLOBS_RECEIVED' });
    kaggle.addCompetition({ slug: 'titanic', title: 'Titanic', entered: ['mara'] });
    kaggle.addCompetition({ slug: 'house-prices', title: 'House prices', entered: false });
    kaggle.addModel({ ref: 'google/gemma/pyTorch/2b' });
    const answer = await kernels(
      'SaveKernel',
      pushOf('With inputs', {
        datasetDataSources: ['jun/cats', 'jun/dogs', 'jun/new-cats'],
        competitionDataSources: ['titanic', 'house-prices'],
        kernelDataSources: ['jun/prep'],
        modelDataSources: ['google/gemma/pyTorch/2b/1', 'google/gemma/pyTorch/2b/9'],
      }),
    );
    expect(answer.body).toMatchObject({
      versionNumber: 1,
      invalidDatasetSources: ['jun/dogs', 'jun/new-cats'],
      invalidCompetitionSources: ['house-prices'],
      invalidKernelSources: ['jun/prep'],
      invalidModelSources: ['google/gemma/pyTorch/2b/9'],
    });
    expect(kaggle.versions('mara/with-inputs')[0]?.attached).toEqual({
      datasets: ['jun/cats'],
      competitions: ['titanic'],
      kernels: [],
      models: ['google/gemma/pyTorch/2b/1'],
    });
  });

  it('reads snake_case as unset, and saves without running when quick', async () => {
    const { newTitle, ...rest } = pushOf('Train ResNet') as { newTitle: string };
    expect((await kernels('SaveKernel', { ...rest, new_title: newTitle })).status).toBe(400);
    await kernels('SaveKernel', pushOf('Quick one', { kernelExecutionType: 'QUICK_SAVE' }));
    expect(kaggle.versions('mara/quick-one')[0]?.state).toBe('NEW_SCRIPT');
  });
});

describe('reading', () => {
  it('hides unknown, foreign and not yet visible kernels behind the same 403', async () => {
    kaggle.rules({ visibilityLagSeconds: 5 });
    await kernels('SaveKernel', pushOf('Train ResNet'));
    const message = "Permission 'kernels.get' was denied";
    const jun = kernelsOf(kaggle.url, 'Bearer KGAT_jun');
    for (const method of ['GetKernel', 'GetKernelSessionStatus', 'ListKernelSessionOutput', 'ListKernelFiles']) {
      expect(await kernels(method, { userName: 'mara', kernelSlug: 'nothing' })).toMatchObject({
        status: 403,
        body: { error: { message } },
      });
      expect((await kernels(method, resnet)).status).toBe(403);
      expect((await jun(method, resnet)).status).toBe(403);
      expect((await kernels(method, { user_name: 'mara', kernel_slug: 'train-resnet' })).status).toBe(403);
    }
    clock.advance(5 * SECOND);
    expect((await kernels('GetKernel', resnet)).status).toBe(200);
    expect((await jun('GetKernel', resnet)).status).toBe(403);
  });

  it('names a version only as v<N>, and means the newest without a label', async () => {
    await kernels('SaveKernel', pushOf('Train ResNet'));
    await kernels('SaveKernel', pushOf('Train ResNet', { text: `${NOTEBOOK} ` }));
    kaggle.session('mara/train-resnet', 1).start();
    const status = async (more: object) =>
      (await kernels('GetKernelSessionStatus', { ...resnet, ...more })).body.status;
    expect(await status({ versionLabel: 'v1' })).toBe('RUNNING');
    expect(await status({})).toBe('QUEUED');
    for (const versionLabel of ['1', 'v99', 'v0', 'v1x'])
      expect((await kernels('GetKernelSessionStatus', { ...resnet, versionLabel })).status).toBe(404);
    expect((await kernels('GetKernelSessionStatus', { ...resnet, kernelSlug: 'train-resnet/1' })).status).toBe(403);
    expect((await kernels('GetKernel', { ...resnet, versionLabel: 'v2' })).body).toMatchObject({
      metadata: { currentVersionNumber: 2, machineShape: 'NvidiaTeslaT4', enableGpu: true, isPrivate: true },
      blob: { source: `${NOTEBOOK} `, kernelType: 'notebook' },
    });
  });

  it('keeps state, files and log of each version apart, and gives them when it is over', async () => {
    await kernels('SaveKernel', pushOf('Train ResNet'));
    await kernels('SaveKernel', pushOf('Train ResNet'));
    const first = kaggle.session('mara/train-resnet', 1);
    first.start();
    clock.advance(2 * SECOND);
    first.print('epoch 1\n');
    first.write('sub/preds.csv', 'a,b\n1,2\n');
    first.write('model.pt', 3_000_000);
    const output = (more: object = {}) =>
      kernels('ListKernelSessionOutput', { ...resnet, versionLabel: 'v1', ...more });
    expect((await output()).body).toMatchObject({ files: [], log: '' });
    first.fail('Your notebook tried to allocate more memory than is available.');
    const page = await output({ pageSize: 1 });
    expect(page.body.files).toMatchObject([{ fileName: 'model.pt' }]);
    expect(JSON.parse(String(page.body.log))).toEqual([{ stream_name: 'stdout', time: 2, data: 'epoch 1\n' }]);
    const rest = await output({ pageSize: 1, pageToken: page.body.nextPageToken });
    expect(rest.body).toMatchObject({ files: [{ fileName: 'sub/preds.csv' }], nextPageToken: '', log: page.body.log });
    expect((await output({ pageToken: 'made-up' })).status).toBe(400);
    expect((await kernels('ListKernelFiles', { ...resnet, versionLabel: 'v1' })).body.files).toMatchObject([
      { name: 'model.pt', size: 3_000_000 },
      { name: 'sub/preds.csv', size: 8 },
    ]);
    expect((await kernels('GetKernelSessionStatus', { ...resnet, versionLabel: 'v1' })).body).toMatchObject({
      status: 'ERROR',
      failureMessage: 'Your notebook tried to allocate more memory than is available.',
    });
    expect((await kernels('ListKernelSessionOutput', resnet)).body).toMatchObject({ files: [], log: '' });
    kaggle.rules({ keepsOutputsOfFailed: false });
    expect((await output()).body.files).toEqual([]);
  });

  it('signs addresses that need no credential, serve ranges, and end with 403', async () => {
    await kernels('SaveKernel', pushOf('Train ResNet'));
    const session = kaggle.session('mara/train-resnet', 1);
    session.start();
    session.write('a file #1.csv', 'a,b\n1,2\n');
    session.complete();
    const { body } = await kernels('ListKernelSessionOutput', resnet);
    const url = String((body.files as { url: string }[])[0]?.url);
    expect(await (await fetch(url)).text()).toBe('a,b\n1,2\n');
    const part = await fetch(url, { headers: { Range: 'bytes=0-2' } });
    expect([part.status, await part.text()]).toEqual([206, 'a,b']);
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(403);
    expect((await fetch(url.replace('file', 'fill'))).status).toBe(403);
    const redirect = await kernels('DownloadKernelOutput', {
      ownerSlug: 'mara',
      kernelSlug: 'train-resnet',
      filePath: 'a file #1.csv',
      versionNumber: 1,
    });
    expect(redirect.status).toBe(302);
    expect(await (await fetch(String(redirect.headers.get('location')))).text()).toBe('a,b\n1,2\n');
    clock.advance(HOUR);
    expect((await fetch(url)).status).toBe(403);
  });

  it('lists kernels of their owner, found by title, in pages', async () => {
    for (const title of ['Train ResNet', 'Train Bert', 'Look at data']) {
      clock.advance(SECOND);
      await kernels('SaveKernel', pushOf(title, { enableGpu: false, machineShape: undefined }));
    }
    const refs = async (body: object) => {
      const answer = await kernels('ListKernels', { group: 'PROFILE', ...body });
      return { refs: (answer.body.kernels as { ref: string }[]).map((one) => one.ref), answer: answer.body };
    };
    expect((await refs({ search: 'train' })).refs).toEqual(['mara/train-bert', 'mara/train-resnet']);
    const first = await refs({ pageSize: 2 });
    expect(first.refs).toEqual(['mara/look-at-data', 'mara/train-bert']);
    expect((await refs({ pageSize: 2, pageToken: first.answer.nextPageToken })).refs).toEqual(['mara/train-resnet']);
    expect((await kernelsOf(kaggle.url, 'Bearer KGAT_jun')('ListKernels', {})).body.kernels).toEqual([]);
  });

  it('answers the REST aliases under both prefixes, and targets in absolute form', async () => {
    await kernels('SaveKernel', pushOf('Train ResNet'));
    const headers = { Authorization: BEARER };
    const query = 'userName=mara&kernelSlug=train-resnet';
    for (const prefix of ['/api/v1', '/v1']) {
      const answer = await fetch(`${kaggle.url}${prefix}/kernels/status?${query}`, { headers });
      expect(await answer.json()).toMatchObject({ status: 'QUEUED' });
    }
    const wrong = await fetch(`${kaggle.url}/api/v1/kernels/status?userName=mara&kernelSlug=nothing`, { headers });
    expect(await wrong.json()).toEqual({ code: 403, message: "Permission 'kernels.get' was denied" });
  });
});

describe('ending', () => {
  it('cannot be asked for through the API, because no call gives the session away', async () => {
    const pushed = await kernels('SaveKernel', pushOf('Train ResNet'));
    for (const kernelSessionId of [1, pushed.body.kernelId])
      expect(await kernels('CancelKernelSession', { kernelSessionId })).toMatchObject({
        status: 403,
        body: { error: { message: "Permission 'kernelSessions.cancel' was denied" } },
      });
  });

  it('takes everything away with the kernel', async () => {
    await kernels('SaveKernel', pushOf('Train ResNet'));
    expect((await kernels('DeleteKernel', resnet)).status).toBe(200);
    expect((await kernels('GetKernelSessionStatus', resnet)).status).toBe(403);
  });

  it('is CANCEL_ACKNOWLEDGED for a person and for the time limit, told apart by the message alone', async () => {
    for (const title of ['Stopped run', 'Long run']) await kernels('SaveKernel', pushOf(title));
    const status = async (kernelSlug: string) =>
      (await kernels('GetKernelSessionStatus', { userName: 'mara', kernelSlug })).body;
    const stopped = kaggle.session('mara/stopped-run', 1);
    stopped.start();
    stopped.cancelOnSite({ acknowledged: false });
    expect(await status('stopped-run')).toMatchObject({ status: 'CANCEL_REQUESTED' });
    stopped.cancelOnSite();
    expect(await status('stopped-run')).toMatchObject({ status: 'CANCEL_ACKNOWLEDGED', failureMessage: '' });
    kaggle.session('mara/long-run', 1).start();
    kaggle.session('mara/long-run', 1).timeLimit();
    expect(await status('long-run')).toMatchObject({
      status: 'CANCEL_ACKNOWLEDGED',
      failureMessage: 'Your notebook was stopped because it exceeded the max allowed execution duration.',
    });
  });

  it('comes at the start for GPU and internet without a verified phone', async () => {
    kaggle.addAccount({ user: 'mara', token: TOKEN, phoneVerified: false });
    await kernels('SaveKernel', pushOf('Train ResNet'));
    kaggle.session('mara/train-resnet', 1).start();
    expect(kaggle.versions('mara/train-resnet')[0]).toMatchObject({
      state: 'ERROR',
      log: [{ data: "Permission 'kernelSessions.enableInternet' was denied\n" }],
    });
  });
});

describe('plans and hours', () => {
  it('moves a session by the clock alone', async () => {
    kaggle.plan({
      queueSeconds: 30,
      seconds: 120,
      prints: [{ at: 60, text: 'half way\n' }],
      writes: [{ name: 'model.pt', content: 10 }],
    });
    await kernels('SaveKernel', pushOf('Train ResNet'));
    const state = () => kaggle.versions('mara/train-resnet')[0]?.state;
    clock.advance(29 * SECOND);
    expect(state()).toBe('QUEUED');
    clock.advance(SECOND);
    expect(state()).toBe('RUNNING');
    clock.advance(HOUR);
    const [version] = kaggle.versions('mara/train-resnet');
    expect(version).toMatchObject({ state: 'COMPLETE', log: [{ time: 60, data: 'half way\n' }] });
    expect((version?.endedAt ?? 0) - (version?.startedAt ?? 0)).toBe(120 * SECOND);
  });

  it('stops a session at the limit it was pushed with', async () => {
    kaggle.plan({ seconds: 7_200 });
    await kernels('SaveKernel', pushOf('Train ResNet', { sessionTimeoutSeconds: 3_600 }));
    clock.advance(3 * HOUR);
    const [version] = kaggle.versions('mara/train-resnet');
    expect(version?.state).toBe('CANCEL_ACKNOWLEDGED');
    expect((version?.endedAt ?? 0) - (version?.startedAt ?? 0)).toBe(HOUR);
  });

  it('reserves hours while a GPU runs, uses them up, refuses, and gives them back on Saturday', async () => {
    kaggle.addAccount({ user: 'mara', token: TOKEN, gpuHours: 30, gpuHoursUsed: 29 });
    const quota = async () => (await kernels('GetAcceleratorQuotaStatistics', {})).body.gpuQuota;
    expect(await quota()).toMatchObject({ timeUsed: '104400s', timeReserved: '0s', totalTimeAllowed: '108000s' });
    await kernels('SaveKernel', pushOf('Train ResNet'));
    const session = kaggle.session('mara/train-resnet', 1);
    session.start();
    clock.advance(1.5 * HOUR);
    expect(await quota()).toMatchObject({ timeUsed: '104400s', timeReserved: '5400s', hasEverRun: true });
    session.complete();
    expect(await quota()).toMatchObject({ timeUsed: '109800s', timeReserved: '0s' });
    expect((await kernels('SaveKernel', pushOf('One more'))).body.error).toBe(
      'Maximum weekly GPU quota of 30.00 hours reached.',
    );
    const refresh = String((await kernels('GetAcceleratorQuotaStatistics', {})).body.quotaRefreshTime);
    expect(new Date(refresh).getUTCDay()).toBe(6);
    clock.advance(Date.parse(refresh) - clock.now());
    expect(await quota()).toMatchObject({ timeUsed: '0s' });
    expect((await kernels('SaveKernel', pushOf('One more'))).body.versionNumber).toBe(1);
  });
});
