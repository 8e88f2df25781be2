import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { LogEvent } from '../../src/kaggle/kaggle.ts';
import { failure, kernel, mara, openDoor, push } from './door.ts';

/** Something of every wrong type for a text, a number, a flag or a list. */
const STRANGE = { an: 'object' };

describe('a field that is only shown', () => {
  test('does not make a kernel unreadable', async () => {
    await using door = await openDoor();
    await door.kaggle.push(mara, push());
    const fields = { title: 7, machineShape: STRANGE, lastRunTime: 7, datasetDataSources: 'none', enableGpu: 'yes' };
    door.emulator.faults.next('GetKernel', { when: 'after', answer: { kind: 'fields', fields: { metadata: fields } } });
    expect(await door.kaggle.kernel(mara, kernel)).toMatchObject({ title: '', currentVersion: 1, machineShape: null });
  });

  test.each(['', 'large', -1.5, STRANGE, null])('a size of %j leaves the page of files readable', async (size) => {
    await using door = await openDoor();
    await door.kaggle.push(mara, push());
    const files = [
      { name: 'model.pt', size },
      { name: 'a.csv', size: '12' },
    ];
    door.emulator.faults.next('ListKernelFiles', { when: 'after', answer: { kind: 'fields', fields: { files } } });
    const page = await door.kaggle.files(mara, kernel, 1);
    expect(page.files.map(({ name }) => name)).toEqual(['model.pt', 'a.csv']);
    expect(page.files[1]?.size).toBe(12);
  });

  test('does not make the hours unreadable', async () => {
    await using door = await openDoor();
    const fields = { quotaRefreshTime: 7, tpuQuota: { timeUsed: STRANGE } };
    door.emulator.faults.next('GetAcceleratorQuotaStatistics', { when: 'after', answer: { kind: 'fields', fields } });
    expect(await door.kaggle.quota(mara)).toMatchObject({ refillAt: null, gpu: { total: 30 } });
  });

  test('does not make an accepted push one in doubt', async () => {
    await using door = await openDoor();
    const fields = { invalidDatasetSources: STRANGE, url: 7, ref: STRANGE };
    door.emulator.faults.next('SaveKernel', { when: 'after', answer: { kind: 'fields', fields } });
    expect(await door.kaggle.push(mara, push())).toMatchObject({ kind: 'pushed', pushed: { kernel, version: 1 } });
  });
});

describe('a field that decides', () => {
  test.each([
    ['the source', { blob: { source: 7 } }],
    ['the version', { metadata: { currentVersionNumber: 'three' } }],
    ['the privacy', { metadata: { isPrivate: 'maybe' } }],
  ])('of a kernel makes it unreadable: %s', async (_, fields) => {
    await using door = await openDoor();
    await door.kaggle.push(mara, push());
    door.emulator.faults.next('GetKernel', { when: 'after', answer: { kind: 'fields', fields } });
    expect((await failure(door.kaggle.kernel(mara, kernel))).kind).toBe('unreadable');
  });

  test.each([{ versionNumber: 'x' }, { versionNumber: null }, { error: STRANGE }])(
    'of a push leaves it in doubt: %j',
    async (fields) => {
      await using door = await openDoor();
      door.emulator.faults.next('SaveKernel', { when: 'after', answer: { kind: 'fields', fields } });
      expect(await failure(door.kaggle.push(mara, push()))).toMatchObject({ kind: 'unreadable', maybeDone: true });
    },
  );

  test('is the answered ref, where the answered address is none', async () => {
    await using door = await openDoor();
    const fields = { url: '', ref: '/code/mara-k/another-slug' };
    door.emulator.faults.next('SaveKernel', { when: 'after', answer: { kind: 'fields', fields } });
    expect(await door.kaggle.push(mara, push())).toMatchObject({
      pushed: { kernel: { owner: 'mara-k', slug: 'another-slug' } },
    });
  });

  test('the slug stands behind /code/, also under a base path', async () => {
    await using door = await openDoor();
    const fields = { url: 'https://proxy.example.test/kaggle/code/mara-k/another-slug' };
    door.emulator.faults.next('SaveKernel', { when: 'after', answer: { kind: 'fields', fields } });
    expect(await door.kaggle.push(mara, push())).toMatchObject({
      pushed: { kernel: { owner: 'mara-k', slug: 'another-slug' } },
    });
  });
});

describe('words of failure', () => {
  test('as a text under `error` are kept, with the meaning of their status', async () => {
    await using door = await openDoor();
    const answer = { kind: 'json', status: 400, body: { error: 'The title is too short' } } as const;
    door.emulator.faults.next('GetKernel', { when: 'before', answer });
    expect(await failure(door.kaggle.kernel(mara, kernel))).toMatchObject({
      kind: 'rejected',
      said: 'The title is too short',
    });
  });

  test.each([{ error: 'Something went wrong' }, { errorMessage: 'Something went wrong' }])(
    'inside HTTP 200 are no answer to a question: %j',
    async (body) => {
      await using door = await openDoor();
      await door.kaggle.push(mara, push());
      door.emulator.faults.always('GetKernelSessionStatus', { when: 'before', answer: { kind: 'json', body } });
      door.emulator.faults.always('ListKernelFiles', { when: 'before', answer: { kind: 'json', body } });
      const unreadable = { kind: 'unreadable', said: 'Something went wrong' };
      expect(await failure(door.kaggle.session(mara, kernel, 1))).toMatchObject(unreadable);
      expect(await failure(door.kaggle.files(mara, kernel, 1))).toMatchObject(unreadable);
    },
  );

  test('with a 403 do not end a push: that may be a matter of moments', async () => {
    await using door = await openDoor();
    const message = "Permission 'kernels.get' was denied";
    door.emulator.faults.next('SaveKernel', { when: 'before', answer: { kind: 'error', status: 403, message } });
    expect(await failure(door.kaggle.push(mara, push()))).toMatchObject({ kind: 'forbidden', said: message });
  });
});

test.each([
  ['kernelWorkerStatusRunning', { kind: 'running', stopping: false }],
  ['KERNEL_WORKER_STATUS_RUNNING', { kind: 'running', stopping: false }],
  ['running', { kind: 'running', stopping: false }],
  ['kernelWorkerStatusCancelRequested', { kind: 'running', stopping: true }],
  ['CANCEL_REQUESTED', { kind: 'running', stopping: true }],
  ['kernelWorkerStatusComplete', { kind: 'ended', end: 'complete', message: null }],
  ['newScript', { kind: 'queued' }],
  ['PAUSED_BY_ADMIN', { kind: 'unknown', said: 'PAUSED_BY_ADMIN' }],
  [7, { kind: 'unknown', said: '7' }],
] as const)('the status %s is read in each spelling; what is new is no end', async (status, seen) => {
  await using door = await openDoor();
  await door.kaggle.push(mara, push());
  const answer = { kind: 'json', body: { status } } as const;
  door.emulator.faults.next('GetKernelSessionStatus', { when: 'before', answer });
  expect(await door.kaggle.session(mara, kernel, 1)).toEqual(seen);
});

test.each(['empty', 'html', 'A', 'B'] as const)('401 means the credential, whatever its body is: %s', async (body) => {
  await using door = await openDoor();
  await door.kaggle.push(mara, push());
  door.emulator.faults.next('GetKernelSessionStatus', { when: 'before', answer: { kind: 'error', status: 401, body } });
  expect((await failure(door.kaggle.session(mara, kernel, 1))).kind).toBe('unauthorized');
});

describe('a log that is asked for too early', () => {
  test.each([{ body: [] }, { body: { code: 404, message: 'Log is not available yet' } }])(
    'tells no end: %j',
    async (answer) => {
      await using door = await openDoor();
      await door.kaggle.push(mara, push());
      door.emulator.faults.next('GetKernelSessionLogsStream', { when: 'before', answer: { kind: 'json', ...answer } });
      const seen: LogEvent[] = [];
      const reading = (async () => {
        for await (const event of door.kaggle.log(mara, kernel, 1)) seen.push(event);
      })();
      await reading.catch((error: unknown) => expect(error).toMatchObject({ name: 'KaggleError' }));
      expect(seen).toEqual([]);
    },
  );
});

test('no call that carries a credential follows a redirect', async () => {
  await using door = await openDoor();
  await door.kaggle.push(mara, push());
  let asked = 0;
  const elsewhere = createServer((_, response) => {
    asked += 1;
    response.setHeader('content-type', 'application/json').end('{"status":"COMPLETE","kernels":[]}');
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const to = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/there`;
  door.emulator.faults.always('*', { when: 'before', answer: { kind: 'redirect', to } });
  const read = async () => {
    for await (const _ of door.kaggle.log(mara, kernel, 1));
  };
  expect((await failure(read())).kind).toBe('unreadable');
  expect((await failure(door.kaggle.session(mara, kernel, 1))).kind).toBe('unreadable');
  expect((await failure(door.kaggle.push(mara, push()))).kind).toBe('unreadable');
  elsewhere.close();
  expect(asked).toBe(0);
});
