import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type EmulatorOptions,
  type KaggleEmulator,
  startKaggleEmulator,
} from '../../src/playground/kaggle/emulator.ts';
import type { Ending, Executor, Job, Sink } from '../../src/playground/kaggle/execute/executor.ts';
import { HandClock } from '../hand-clock.ts';
import { kernelsOf, pushOf, TOKEN } from './kaggle-wire.ts';

const resnet = { userName: 'mara', kernelSlug: 'train-resnet' };
let folder: string;
let clock: HandClock;
let kaggle: KaggleEmulator;

const start = async (options: EmulatorOptions = {}): Promise<void> => {
  kaggle = await startKaggleEmulator({ clock, stateDir: join(folder, 'kaggle'), ...options });
  kaggle.addAccount({ user: 'mara', token: TOKEN });
};
const kernels = (method: string, body: object) => kernelsOf(kaggle.url)(method, body);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kaggle-site-'));
  clock = new HandClock();
  await start();
});
afterEach(async () => {
  await kaggle.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('after a restart', () => {
  it('kernels, versions, logs and outputs are there, and a session that was under way has ended in an error', async () => {
    for (const n of [1, 2]) {
      await kernels('SaveKernel', pushOf('Train ResNet'));
      kaggle.session('mara/train-resnet', n).start();
      kaggle.session('mara/train-resnet', n).print(`run ${n}\n`);
    }
    kaggle.session('mara/train-resnet', 1).write('a.csv', 'a,b\n');
    kaggle.session('mara/train-resnet', 1).complete();
    const before = kaggle.versions('mara/train-resnet');
    await kaggle.close();
    await start();
    const [first, second] = kaggle.versions('mara/train-resnet');
    const { files, ...rest } = before[0] ?? { files: [] };
    expect(first).toMatchObject(rest);
    expect(files).toHaveLength(1);
    expect(second).toMatchObject({
      state: 'ERROR',
      failureMessage: 'The playground was stopped while this version was running.',
      log: [{ data: 'run 2\n' }],
    });
    expect(second?.endedAt).toBe(second?.startedAt);
    const { body } = await kernels('ListKernelSessionOutput', { ...resnet, versionLabel: 'v1' });
    expect(await (await fetch(String((body.files as { url: string }[])[0]?.url))).text()).toBe('a,b\n');
    expect((await kernels('SaveKernel', pushOf('Train ResNet'))).body).toMatchObject({ versionNumber: 3 });
    const other = await kernels('SaveKernel', pushOf('Another one'));
    expect(other.body.kernelId).not.toBe(kaggle.kernels('mara')[0]?.id);
  });

  it('no token is on the disk, and a spoiled state is laid aside', async () => {
    await kernels('SaveKernel', pushOf('Train ResNet'));
    const path = join(folder, 'kaggle', 'state.json');
    expect(readFileSync(path, 'utf8')).not.toContain(TOKEN);
    await kaggle.close();
    writeFileSync(path, '{"kernels": [');
    await start();
    expect(kaggle.kernels('mara')).toEqual([]);
    expect(readFileSync(`${path}.unreadable`, 'utf8')).toBe('{"kernels": [');
  });
});

/** An executor whose runs do what the test says. */
class HandExecutor implements Executor {
  readonly runsWith = 'python3';
  readonly jobs: Job[] = [];
  sink: Sink | null = null;
  end: (ending: Ending) => void = () => undefined;
  start(job: Job, sink: Sink) {
    const { promise, resolve } = Promise.withResolvers<Ending>();
    this.jobs.push(job);
    this.sink = sink;
    this.end = resolve;
    return { ended: promise, outputs: join(job.folder, 'working'), stop: () => resolve({ kind: 'stopped' }) };
  }
}

describe('with an executor', () => {
  const executor = new HandExecutor();
  const state = () => kaggle.versions('mara/train-resnet')[0]?.state;

  beforeEach(async () => {
    await kaggle.close();
    await start({ executor });
    kaggle.addDataset({ ref: 'jun/cats', title: 'Cats', files: [{ name: 'cats.csv', content: 'name\n' }] });
    await kernels(
      'SaveKernel',
      pushOf('Train ResNet', { datasetDataSources: ['jun/cats'], sessionTimeoutSeconds: 600 }),
    );
    expect(state()).toBe('QUEUED');
    clock.advance(2_000);
    expect(state()).toBe('RUNNING');
  });

  it('a push is executed with its inputs and its limit, and its end is the version’s', async () => {
    expect(executor.jobs.at(-1)).toMatchObject({
      kernelType: 'notebook',
      limitSeconds: 600,
      internet: true,
      inputs: [{ at: ['datasets/jun/cats', 'cats'], files: [{ name: 'cats.csv' }] }],
    });
    clock.advance(1_000);
    executor.sink?.print('epoch 1\n', 'stdout');
    executor.end({ kind: 'timeLimit' });
    await expect.poll(state).toBe('CANCEL_ACKNOWLEDGED');
    expect(kaggle.versions('mara/train-resnet')[0]).toMatchObject({
      failureMessage: 'Your notebook was stopped because it exceeded the max allowed execution duration.',
      log: [{ stream_name: 'stdout', time: 1, data: 'epoch 1\n' }],
    });
    expect(kaggle.summary()).toMatchObject({ runsWith: 'python3', versions: 1, gpuSessions: { used: 0, of: 2 } });
    expect(kaggle.summary().gpuHours.used).toBeCloseTo(1 / 3_600);
  });

  it('a stop of the playground ends what runs then and there and says so; what was being stopped is stopped', async () => {
    await kernels('SaveKernel', pushOf('Train ResNet'));
    clock.advance(60_000);
    kaggle.settle();
    kaggle.session('mara/train-resnet', 2).cancelOnSite({ acknowledged: false });
    await kernels('SaveKernel', pushOf('Train ResNet'));
    const stoppedAt = clock.now();
    await kaggle.close();
    clock.advance(3_600_000);
    await start({ executor });
    expect(kaggle.versions('mara/train-resnet')).toMatchObject([
      {
        state: 'ERROR',
        failureMessage: 'The playground was stopped while this version was running.',
        endedAt: stoppedAt,
      },
      { state: 'CANCEL_ACKNOWLEDGED', failureMessage: null, endedAt: stoppedAt },
      { state: 'QUEUED', endedAt: null },
    ]);
  });

  it('the button on its page stops it, and only that button', async () => {
    const address = `${kaggle.url}/code/mara/train-resnet/stop`;
    const post = (origin: string | null) =>
      fetch(address, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded',
          ...(origin === null ? {} : { Origin: origin }),
        },
        body: 'version=1',
      });
    for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:1', null])
      expect((await post(origin)).status).toBe(403);
    expect((await fetch(`${address}?version=1`)).status).toBe(403);
    expect(state()).toBe('RUNNING');
    expect((await post(kaggle.url)).status).toBe(303);
    await expect.poll(state).toBe('CANCEL_ACKNOWLEDGED');
    expect(kaggle.versions('mara/train-resnet')[0]?.failureMessage).toBeNull();
  });
});

describe('the pages', () => {
  it('a link on the banner can be read in both schemes: it has the colour of its text', async () => {
    const style = (await get('/')).text;
    const banner = /\.banner \{[^}]*background: #(\w{6}); color: #(\w{6})/.exec(style);
    expect(style).toMatch(/\.banner a \{ color: inherit; \}/);
    expect(contrast(banner?.[1] ?? '', banner?.[2] ?? '')).toBeGreaterThan(4.5);
  });

  const get = async (path: string) => {
    const answer = await fetch(`${kaggle.url}${path}`);
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };

  it('show versions, state, log, files and source, with everything escaped and nothing that runs', async () => {
    const evil = '<script>alert(1)</script>';
    await kernels('SaveKernel', pushOf('Train ResNet', { kernelType: 'script', text: `print("${evil}")` }));
    const session = kaggle.session('mara/train-resnet', 1);
    session.start();
    session.print(`${evil}\n`);
    session.write(`"${evil}'&.csv`, 'a,b\n');
    session.fail(evil);
    for (const path of ['', '/output', '/log', '/output?select=a.csv', '?version=1']) {
      const page = await get(`/code/mara/train-resnet${path}`);
      expect(page.status).toBe(200);
      expect(page.text).toContain('stand-in of Kaggle on this computer');
      expect(page.text).not.toContain('<script');
      expect(page.text).toContain('&#60;script&#62;');
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      // Under `no-referrer` a browser would send `Origin: null` with the stop button.
      expect(page.headers.get('referrer-policy')).toBe('same-origin');
    }
    const output = await get('/code/mara/train-resnet/output');
    const link = /href="([^"]*download[^"]*)"/
      .exec(output.text)?.[1]
      ?.replaceAll('&amp;', '&')
      .replaceAll('&#39;', "'");
    const file = await fetch(`${kaggle.url}${link}`);
    expect([file.headers.get('content-disposition')?.split(';')[0], await file.text()]).toEqual([
      'attachment',
      'a,b\n',
    ]);
    expect((await get('/')).text).toContain('href="/code/mara/train-resnet"');
    expect((await get('/settings')).status).toBe(200);
    for (const path of [
      '/code/mara/nothing',
      '/code/mara/train-resnet?version=7',
      '/elsewhere',
      '/code/mara/train-resnet/download?file=no',
    ])
      expect((await get(path)).status).toBe(404);
  });
});

/** WCAG 2.2, contrast ratio of two colours given as six digits. */
function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [a, b]
    .map((colour) =>
      [0.2126, 0.7152, 0.0722].reduce((sum, weight, at) => {
        const part = Number.parseInt(colour.slice(at * 2, at * 2 + 2), 16) / 255;
        return sum + weight * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
      }, 0),
    )
    .sort((one, other) => one - other);
  return (light + 0.05) / (dark + 0.05);
}
