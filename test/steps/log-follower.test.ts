import { afterEach, beforeEach, expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../src/clock.ts';
import type { Run } from '../../src/domain/run.ts';
import { LogFollower } from '../../src/steps/log-follower.ts';
import { type StepsWorld, startSteps } from './world.ts';

const REF = 'mara-k/leaf-disease';
let world: StepsWorld;
let pauses: number;
/** Pauses last as long as they say, on the hand clock. */
let patient: boolean;

beforeEach(async () => {
  pauses = 0;
  patient = false;
  world = await startSteps({
    follower: (needs) =>
      new LogFollower(needs, {
        perAccount: 2,
        pause: async (ms, signal) => {
          pauses += 1;
          if (patient) return world.clock.sleep(ms, signal);
          await new Promise((resolve) => setImmediate(resolve));
        },
      }),
  });
});

afterEach(() => world[Symbol.asyncDispose]());

/** What is on its way over a socket arrives. */
const turns = () => new Promise((resolve) => setTimeout(resolve, 20));
const session = () => world.site.session(REF, 1);
const tail = (run: Run) => world.needs.follower.tail(run.key, 5);

async function following(): Promise<Run> {
  const run = await world.commit();
  await world.tick();
  session().start();
  session().print('begin\n');
  await expect.poll(() => tail(run)?.total, { interval: 10 }).toBe(1);
  await world.pass(SECOND, SECOND);
  expect(world.phase(run)).toBe('running');
  return run;
}

test('the first line of the log says that the queue is over', async () => {
  await following();
  expect(world.site.count('GetKernelSessionStatus')).toBe(1);
});

test('a log of nothing but the lines that every run prints is empty on the card, until the first line of its own', async () => {
  const run = await world.commit();
  await world.tick();
  session().start();
  session().print('0.00s - Debugger warning: It seems that frozen modules are being used, which may\n', 'stderr');
  session().print('0.00s - make the debugger miss breakpoints. Please pass -Xfrozen_modules=off\n', 'stderr');
  await expect.poll(() => world.run(run).dueAt, { interval: 10 }).toBeLessThanOrEqual(world.clock.now());
  await world.pass(MINUTE, SECOND);
  expect(world.phase(run)).toBe('running');
  expect(world.textOf(world.messages()[0])).toContain('the log is empty so far');
  session().print('reading leaves\n');
  await expect.poll(() => tail(run)?.total, { interval: 10 }).toBe(1);
  await world.pass(2 * MINUTE, 30 * SECOND);
  expect(world.textOf(world.messages()[0])).toContain('no epochs found in the log yet');
});

test('progress reaches the row and the card, at most each five seconds', async () => {
  const run = await following();
  for (let epoch = 1; epoch <= 9; epoch++) {
    session().print(`Epoch ${epoch}/70 - loss: 0.${90 - epoch} - val_loss: 0.${95 - epoch}\n`);
    await expect.poll(() => tail(run)?.total, { interval: 10 }).toBe(epoch + 1);
    await world.pass(10 * SECOND);
  }
  expect(world.run(run).progress).toMatchObject({ unit: 'epoch', of: 70 });
  await world.pass(MINUTE);
  expect(world.textOf(world.messages()[0])).toContain('of 70');
});

test('the end is noticed at the next beat, without polling for it', async () => {
  const run = await following();
  await world.pass(30 * MINUTE, 30 * SECOND);
  const looks = world.site.count('GetKernelSessionStatus');
  session().complete();
  await expect.poll(() => world.needs.follower.open, { interval: 10 }).toBe(0);
  await world.pass(SECOND, SECOND);
  expect(world.phase(run)).toBe('complete');
  expect(world.site.count('GetKernelSessionStatus')).toBe(looks + 1);
  // What one run of half an hour costs at Kaggle, from the order to the message.
  expect(world.site.count() - world.site.count('storage' as never)).toBeLessThanOrEqual(9);
});

test('a cut stream replays from its first line, and nothing is shown twice or taken back', async () => {
  world.site.faults.next('GetKernelSessionLogsStream', { when: 'stream', how: 'cut', afterEvents: 2 });
  const run = await world.commit();
  await world.tick();
  session().start();
  for (const line of ['one\n', 'two\n', 'three\n', 'four\n']) session().print(line);
  await expect.poll(() => tail(run)?.lines, { interval: 10 }).toEqual(['one', 'two', 'three', 'four']);
  expect(pauses).toBe(1);
});

test('a log that ends while the status lags behind is asked after again and again, soon', async () => {
  const run = await following();
  world.site.faults.next('GetKernelSessionStatus', ...Array(3).fill({ when: 'status', says: { stale: true } }));
  session().complete();
  await expect.poll(() => world.needs.follower.open, { interval: 10 }).toBe(0);
  await world.pass(15 * SECOND, SECOND);
  expect(world.phase(run)).toBe('complete');
});

test('streams that give nothing five times are given up, and the run is polled', async () => {
  const run = await following();
  await world.pass(3 * MINUTE);
  world.site.faults.always('GetKernelSessionLogsStream', { when: 'before', answer: { kind: 'error', status: 404 } });
  const connections = world.site.count('GetKernelSessionLogsStream');
  await world.needs.follower.stop();
  world.restart();
  await world.tick();
  await expect.poll(() => world.needs.follower.open, { interval: 10 }).toBe(0);
  expect(world.site.count('GetKernelSessionLogsStream') - connections).toBe(5);
  await world.pass(MINUTE);
  expect(world.phase(run)).toBe('running');
  session().complete();
  await world.pass(3 * MINUTE);
  expect(world.phase(run)).toBe('complete');
  expect(world.site.count('GetKernelSessionLogsStream') - connections).toBe(5);
});

test('refusals in the first moments after a push are no reason to give a stream up', async () => {
  patient = true;
  world.site.rules({ visibilityLagSeconds: 10 });
  const run = await world.commit();
  await world.tick();
  await turns();
  for (let second = 0; second < 40; second++) {
    await world.pass(SECOND, SECOND);
    await turns();
  }
  session().start();
  session().print('begin\n');
  await expect.poll(() => tail(run)?.total, { interval: 10 }).toBe(1);
  // Refused at once and after 5 s; the third is held until the run starts.
  expect(world.site.count('GetKernelSessionLogsStream')).toBeLessThanOrEqual(4);
  await world.pass(SECOND, SECOND);
  expect(world.phase(run)).toBe('running');
  const looks = world.site.count('GetKernelSessionStatus');
  await world.pass(10 * MINUTE, 10 * SECOND);
  expect(world.site.count('GetKernelSessionStatus')).toBe(looks);
});

test('no more streams than an account is granted', async () => {
  for (const n of [1, 2, 3]) {
    await world.commit({ from: { kind: 'file', name: `fold-${n}-train.py`, text: 'print(1)\n' }, accelerator: 'cpu' });
  }
  await world.tick();
  await world.pass(10 * SECOND);
  expect(world.needs.follower.open).toBe(2);
});

test('stopping ends every stream', async () => {
  await following();
  await world.needs.follower.stop();
  expect(world.needs.follower.open).toBe(0);
});
