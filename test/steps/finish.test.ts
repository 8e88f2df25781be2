import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/clock.ts';
import type { Run } from '../../src/domain/run.ts';
import { type StepsWorld, startSteps } from './world.ts';

const REF = 'mara-k/leaf-disease';
let world: StepsWorld;

beforeEach(async () => {
  world = await startSteps();
});

afterEach(() => world[Symbol.asyncDispose]());

/** A run that has just ended at Kaggle, with what it left; nobody has looked yet. */
async function ended(end: (session: ReturnType<typeof world.site.session>) => void): Promise<Run> {
  const run = await world.commit();
  await world.tick();
  const session = world.site.session(REF, 1);
  session.start();
  await world.pass(15 * SECOND);
  world.clock.advance(30 * MINUTE);
  end(session);
  return run;
}

const end = () => world.messages().at(-1);
const names = (run: Run) => world.needs.runs.outputs(run.key).map(({ name }) => name);

describe('what is collected', () => {
  test('all pages of files, with sizes; models first, Kaggle’s own files left out', async () => {
    const run = await ended((session) => {
      for (let n = 0; n < 450; n++) session.write(`plots/fig-${String(n).padStart(3, '0')}.png`, 10);
      session.write('small.pt', 1_000);
      session.write('large.pt', 2_000_000);
      session.write('__notebook__.ipynb', 10);
      session.complete();
    });
    await world.pass(10 * SECOND);
    const files = world.needs.runs.outputs(run.key);
    expect(files).toHaveLength(452);
    expect(files.slice(0, 3)).toEqual([
      { name: 'large.pt', kind: 'model', size: 2_000_000 },
      { name: 'small.pt', kind: 'model', size: 1_000 },
      { name: 'plots/fig-000.png', kind: 'image', size: 10 },
    ]);
    expect(world.site.count('ListKernelFiles')).toBe(3);
  });

  test('the report: log tail, progress, the first table, the hours', async () => {
    const run = await ended((session) => {
      for (let epoch = 1; epoch <= 5; epoch++) session.print(`Epoch ${epoch}/5 - loss: 0.${9 - epoch}\n`);
      session.write('results/scores.csv', 'fold,score\n1,0.9\n2,0.8\n');
      session.write('submission.csv', 'id,label\n1,0\n');
      session.write('a-empty.csv', '');
      session.complete();
    });
    await world.pass(10 * SECOND);
    const { report } = world.run(run);
    expect(report).toMatchObject({
      logLines: 5,
      progress: { unit: 'epoch', at: 5, of: 5 },
      table: { name: 'submission.csv', columns: ['id', 'label'], rows: [['1', '0']], rowCount: 1 },
      gaps: [],
    });
    expect(report?.quota?.used).toBeCloseTo(0.5, 1);
    expect(report?.quota?.left).toBeCloseTo(29.5, 1);
    expect(end()?.attachments.map(({ filename }) => filename)).toEqual(['curve-1.png', 'submission.csv', 'scores.csv']);
  });

  test('the hours of a run that nobody saw begin, by its log', async () => {
    const run = await world.commit();
    await world.tick();
    const session = world.site.session(REF, 1);
    session.start();
    world.clock.advance(90 * MINUTE);
    session.print('done\n');
    session.complete();
    await world.pass(10 * SECOND);
    expect(world.run(run).state).toMatchObject({ phase: 'complete', startedAt: null });
    expect(end()?.content).toContain('Used 1.5\u00a0GPU hours');
  });

  const OVER = '[NbConvertApp] Writing 301234 bytes to __results__.html\n';

  test('a run whose end was noticed hours late is told with the time it took, and the hours it used', async () => {
    const run = await ended((session) => {
      session.print(OVER, 'stderr');
      session.complete();
    });
    world.clock.advance(5 * HOUR);
    await world.pass(10 * SECOND);
    const { state } = world.run(run);
    if (state.phase !== 'complete' || state.startedAt === null) throw new Error('not told');
    expect(Math.round((state.endedAt - state.startedAt) / MINUTE)).toBe(30);
    expect(end()?.content).toContain('30\u00a0min');
    expect(end()?.content).toContain('Used 0.5\u00a0GPU hours');
  });

  test('one that nobody saw begin nor end is reckoned from its push, not until somebody looked', async () => {
    const run = await world.commit();
    await world.tick();
    const session = world.site.session(REF, 1);
    session.start();
    world.clock.advance(90 * MINUTE);
    session.print(OVER, 'stderr');
    session.complete();
    world.clock.advance(8 * HOUR);
    await world.pass(10 * SECOND);
    const { state } = world.run(run);
    if (state.phase !== 'complete' || state.startedAt === null) throw new Error('not told');
    expect(Math.round((state.endedAt - state.startedAt) / MINUTE)).toBe(90);
    expect(end()?.content).toContain('1\u00a0h 30\u00a0min');
  });

  test('without Kaggle’s last line, or after more was printed, the end is when it was seen', async () => {
    const run = await ended((session) => {
      session.print(OVER, 'stderr');
      world.clock.advance(30 * MINUTE);
      session.print('still at work\n');
      session.complete();
    });
    world.clock.advance(2 * HOUR);
    await world.pass(10 * SECOND);
    const { state } = world.run(run);
    if (state.phase !== 'complete' || state.startedAt === null) throw new Error('not told');
    expect(Math.round((state.endedAt - state.startedAt) / MINUTE)).toBe(180);
  });

  test('a run that was seen only after hours began as long ago as its log says', async () => {
    const run = await world.commit();
    await world.tick();
    const session = world.site.session(REF, 1);
    session.start();
    world.clock.advance(3 * HOUR);
    await world.pass(15 * SECOND);
    expect(world.phase(run)).toBe('running');
    session.print('done\n');
    session.complete();
    await world.pass(3 * MINUTE);
    const { state } = world.run(run);
    if (state.phase !== 'complete' || state.startedAt === null) throw new Error('not told');
    expect(Math.round((state.endedAt - state.startedAt) / MINUTE)).toBe(180);
  });

  test('a failure: its class, its cell, and the log as a file', async () => {
    const run = await ended((session) => {
      session.print('begin\n');
      session.fail('Your notebook tried to allocate more memory than is available.', { log: 'Killed\n' });
    });
    await world.pass(10 * SECOND);
    expect(world.run(run).report?.failure?.class).toBe('out of memory');
    const [log] = end()?.attachments ?? [];
    expect(log?.filename).toBe('run-1.log');
    expect(world.discord.fileOf(log?.id ?? '')?.toString()).toContain('begin');
    // Neither the source nor the log speaks of epochs.
    expect(end()?.content).not.toContain('epoch');
  });

  test('a missing input: the one the path means is looked for, and a button adds it', async () => {
    world.site.addDataset({ ref: 'mara-k/leaf-aug', title: 'Leaf aug' });
    const error = "FileNotFoundError: [Errno 2] No such file or directory: '/kaggle/input/leaf-aug/train.csv'";
    const log = `Traceback (most recent call last):\n  File "<string>", line 1, in <module>\npapermill.exceptions.PapermillExecutionError: \n${'-'.repeat(75)}\nException encountered at "In [1]":\n${'-'.repeat(75)}\nFileNotFoundError  Traceback (most recent call last)\n/tmp/ipykernel_17/33.py in <cell line: 0>()\n----> 1 read()\n\n${error}\n`;
    const run = await ended((session) => session.fail(null, { log }));
    await world.pass(10 * SECOND);
    expect(world.run(run).report?.failure).toMatchObject({
      class: 'input missing',
      missing: 'leaf-aug',
      attach: 'mara-k/leaf-aug',
      advice: 'attaching mara-k/leaf-aug. No input was attached.',
    });
    const buttons = JSON.stringify(end()?.components);
    expect(buttons).toContain('"Again with mara-k/leaf-aug"');
    expect(buttons).toContain(`againGo:v1:${run.key}:${run.settings.accelerator}.input`);
  });

  test('a history among the outputs tells of the training what the log does not', async () => {
    const run = await ended((session) => {
      session.print('training\n');
      session.write('history.csv', 'epoch,loss,val_loss\n0,1.0,1.1\n1,0.8,0.9\n2,0.7,0.95\n');
      session.complete();
    });
    await world.pass(10 * SECOND);
    const { progress } = world.run(run).report ?? {};
    expect(progress).toMatchObject({ unit: 'epoch', at: 3 });
    expect(progress?.series.map(({ name, best }) => [name, best?.at])).toEqual([
      ['val_loss', 2],
      ['loss', 3],
    ]);
    expect(end()?.content).toContain('val_loss');
  });

  test('large tables are linked, not attached, and previewed from their first part', async () => {
    const run = await ended((session) => {
      session.write('big.csv', `id,label\n${'123456,0\n'.repeat(300_000)}`);
      session.complete();
    });
    await world.pass(10 * SECOND);
    expect(world.run(run).report?.table).toMatchObject({ name: 'big.csv', rowCount: null });
    expect(end()?.attachments).toEqual([]);
    expect(end()?.content).toContain('big.csv');
  });

  test('names that would break out of a folder or a message stay words', async () => {
    await ended((session) => {
      session.write('é  t‮c/@everyone.csv', 'a\n1\n');
      session.complete();
    });
    await world.pass(10 * SECOND);
    expect(end()?.attachments.map(({ filename }) => filename)).toEqual(['everyone.csv']);
    expect(world.discord.notified(end()?.id ?? '')).toEqual([world.mara.id]);
  });
});

describe('a part that cannot be read', () => {
  const down = { when: 'before', answer: { kind: 'error', status: 503, body: 'html' } } as const;

  test('for a moment: waited for, and nothing is missing', async () => {
    world.site.faults.next('ListKernelSessionOutput', down);
    const run = await ended((session) => {
      session.write('model.pt', 10);
      session.complete();
    });
    await world.pass(SECOND, SECOND);
    expect(world.phase(run)).toBe('finishing');
    await world.pass(MINUTE);
    expect(world.phase(run)).toBe('complete');
    expect(names(run)).toEqual(['model.pt']);
    expect(world.run(run).report?.gaps).toEqual([]);
  });

  test('the log, for long: the end is told without it after a minute, and says so', async () => {
    world.site.faults.always('ListKernelSessionOutput', down);
    const run = await ended((session) => {
      session.write('model.pt', 10);
      session.complete();
    });
    await world.pass(4 * MINUTE);
    expect(world.phase(run)).toBe('complete');
    expect(names(run)).toEqual(['model.pt']);
    expect(world.run(run).report?.gaps).toEqual(['its log could not be read: Kaggle did not answer']);
  });

  test('the files, for long: ten minutes, then told without them', async () => {
    world.site.faults.always('ListKernelSessionOutput', down);
    world.site.faults.always('ListKernelFiles', down);
    const run = await ended((session) => session.complete());
    await world.pass(8 * MINUTE);
    expect(world.phase(run)).toBe('finishing');
    await world.pass(6 * MINUTE);
    expect(world.phase(run)).toBe('complete');
    expect(world.run(run).report?.gaps[0]).toBe('its files could not be listed: Kaggle did not answer');
    const [card, end] = world.messages();
    expect(end?.content).toContain('Its files could not be listed');
    expect(world.textOf([card, end])).not.toContain('no files');
  });

  test('the hours are a courtesy: waited for a minute, and left out', async () => {
    world.site.faults.always('GetAcceleratorQuotaStatistics', down);
    const run = await ended((session) => session.complete());
    await world.pass(4 * MINUTE);
    expect(world.run(run).report).toMatchObject({ quota: null, gaps: [] });
  });

  test('the table’s bytes alone: the rest is told', async () => {
    world.site.rules({ signedSeconds: -1 });
    const run = await ended((session) => {
      session.write('a.csv', 'x\n1\n');
      session.complete();
    });
    await world.pass(4 * MINUTE);
    expect(world.phase(run)).toBe('complete');
    expect(names(run)).toEqual(['a.csv']);
    expect(world.run(run).report?.table).toBeNull();
  });

  test('the token is gone when the run has ended: it is told all the same', async () => {
    const run = await ended((session) => {
      session.complete();
    });
    world.site.faults.always('ListKernelSessionOutput', { when: 'before', answer: { kind: 'error', status: 401 } });
    world.site.faults.always('ListKernelFiles', { when: 'before', answer: { kind: 'error', status: 401 } });
    await world.pass(25 * MINUTE, 10 * SECOND);
    expect(world.phase(run)).toBe('complete');
    expect(world.run(run).report?.gaps[0]).toContain('Kaggle does not accept the token any more');
  });
});
