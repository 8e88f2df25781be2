import { describe, expect, test } from 'vitest';
import { type Kaggle, KaggleError } from '../../src/kaggle/kaggle.ts';
import type { BadAnswer, FaultTarget } from '../../src/playground/kaggle/emulator.ts';
import { kernel, mara, openDoor, push } from '../kaggle/door.ts';

/** Each kind of call to Kaggle, with the method of the wire that hangs. */
const CALLS: Record<string, { method: FaultTarget; call: (kaggle: Kaggle, url: string) => Promise<unknown> }> = {
  'who am I': { method: 'IntrospectToken', call: (kaggle) => kaggle.whoAmI(mara) },
  push: { method: 'SaveKernel', call: (kaggle) => kaggle.push(mara, push()) },
  kernel: { method: 'GetKernel', call: (kaggle) => kaggle.kernel(mara, kernel) },
  status: { method: 'GetKernelSessionStatus', call: (kaggle) => kaggle.session(mara, kernel, 1) },
  outputs: { method: 'ListKernelSessionOutput', call: (kaggle) => kaggle.outputs(mara, kernel, 1) },
  files: { method: 'ListKernelFiles', call: (kaggle) => kaggle.files(mara, kernel, 1) },
  'address of a file': { method: 'DownloadKernelOutput', call: (kaggle) => kaggle.downloadUrl(mara, kernel, 1, 'a') },
  quota: { method: 'GetAcceleratorQuotaStatistics', call: (kaggle) => kaggle.quota(mara) },
  kernels: { method: 'ListKernels', call: (kaggle) => kaggle.kernels(mara, '', 10) },
  datasets: { method: 'ListDatasets', call: (kaggle) => kaggle.datasets(mara, '', 10) },
  competitions: { method: 'ListCompetitions', call: (kaggle) => kaggle.competitions(mara, '', 10) },
  input: { method: 'GetDatasetStatus', call: (kaggle) => kaggle.input(mara, { kind: 'dataset', ref: 'bob/cats' }) },
  'stored log': { method: 'GetKernelSessionLogsStream', call: (kaggle) => drained(kaggle) },
  download: { method: 'Storage', call: (kaggle, url) => kaggle.download(url, 1_000_000) },
};

async function drained(kaggle: Kaggle): Promise<void> {
  for await (const _ of kaggle.log(mara, kernel, 1));
}

const HUNG: Record<string, BadAnswer> = {
  'no byte': { kind: 'silence' },
  // Often enough that the silence in between is never too long.
  'a byte now and then': { kind: 'slow', everyMs: 40 },
};

/** All of a call: far more than its own limit means that it hangs. */
const LONGEST_MS = 8_000;

describe.each(Object.entries(CALLS))('a call for %s', (name, { method, call }) => {
  test.each(Object.entries(HUNG))('that gets %s ends in its time, as Kaggle being away', async (_, answer) => {
    await using door = await openDoor({ header: 500, idle: 500, total: 600 });
    const url = await overWithAFile(door);
    door.emulator.faults.always(method, {
      when: 'before',
      answer: answer.kind === 'slow' && name === 'stored log' ? { kind: 'slow', everyMs: 250 } : answer,
    });
    const begun = performance.now();
    const error: unknown = await call(door.kaggle, url).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(performance.now() - begun).toBeLessThan(LONGEST_MS);
    expect(error).toBeInstanceOf(KaggleError);
    expect(error).toMatchObject({ kind: 'unavailable' });
  });
});

describe.each(Object.entries(CALLS).filter(([name]) => name !== 'download' && name !== 'stored log'))(
  'a call for %s',
  (_, { method, call }) => {
    test('that gets an endless answer stops reading, and holds a few megabytes at most', async () => {
      await using door = await openDoor({ header: 500, idle: 500, total: 4_000 });
      const url = await overWithAFile(door);
      door.emulator.faults.always(method, { when: 'before', answer: { kind: 'endless' } });
      await expect(call(door.kaggle, url)).rejects.toMatchObject({ name: 'KaggleError' });
    });
  },
);

test('of an endless file no more is read than was asked for', async () => {
  await using door = await openDoor();
  const url = await overWithAFile(door);
  door.emulator.faults.always('Storage', { when: 'before', answer: { kind: 'endless' } });
  expect(await door.kaggle.download(url, 100_000)).toMatchObject({ whole: false });
});

test('an endless stored log ends after the time for it, whatever comes', async () => {
  await using door = await openDoor({ header: 250, idle: 250, total: 100 });
  await overWithAFile(door);
  door.emulator.faults.always('GetKernelSessionLogsStream', { when: 'before', answer: { kind: 'endless' } });
  const begun = performance.now();
  await expect(drained(door.kaggle)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(performance.now() - begun).toBeLessThan(5_000);
});

/** A version that is over, with a log and one file. @returns the file's address. */
async function overWithAFile({ emulator, kaggle }: Awaited<ReturnType<typeof openDoor>>): Promise<string> {
  emulator.addDataset({ ref: 'bob/cats', title: 'Cats' });
  await kaggle.push(mara, push());
  const session = emulator.session('mara-k/leaf-disease', 1);
  session.start();
  session.print('epoch 1\n');
  session.write('a', 1000);
  session.complete();
  const { files } = await kaggle.outputs(mara, kernel, 1);
  return files[0]?.url ?? '';
}
