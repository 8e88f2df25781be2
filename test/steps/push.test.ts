import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/clock.ts';
import type { Run } from '../../src/domain/run.ts';
import type { BadAnswer } from '../../src/playground/kaggle/emulator.ts';
import { Secret } from '../../src/secret.ts';
import { notebook, type StepsWorld, startSteps } from './world.ts';

let world: StepsWorld;

beforeEach(async () => {
  world = await startSteps();
});

afterEach(() => world[Symbol.asyncDispose]());

const REF = 'mara-k/leaf-disease';
const numbered = (n: number) => ({
  from: { kind: 'file', name: `fold-${n}-train.ipynb`, text: notebook(`fold = ${n}`) } as const,
});

async function settled(run: Run): Promise<void> {
  await world.pass(3 * MINUTE);
  expect(world.phase(run)).toBe('queued');
  expect(world.site.versions(REF)).toHaveLength(1);
  expect(world.site.pushes).toBe(1);
}

const LOST: BadAnswer[] = [
  { kind: 'reset' },
  { kind: 'silence' },
  { kind: 'error', status: 502, body: 'html' },
  { kind: 'error', status: 500 },
  { kind: 'html', status: 200 },
  { kind: 'truncated' },
];

describe('the answer to a push is lost', () => {
  test.each(LOST)('after Kaggle accepted it ($kind $status): one version, adopted', async (answer) => {
    world.site.faults.next('SaveKernel', { when: 'after', answer });
    const run = await world.commit();
    await world.tick();
    expect(world.run(run).state).toMatchObject({ phase: 'pushing', doubt: { looks: 0 } });
    await settled(run);
  });

  test('the card says that the answer is lost, and that it will not start twice', async () => {
    world.site.faults.next('SaveKernel', { when: 'after', answer: { kind: 'reset' } });
    await world.commit();
    await world.tick();
    await world.pass(2 * SECOND, SECOND);
    expect(world.textOf(world.messages()[0])).toContain('It will not start twice');
  });

  test.each([{ kind: 'reset' }, { kind: 'error', status: 503, body: 'html' }] satisfies BadAnswer[])(
    'before Kaggle saw it ($kind): pushed again after a minute, once',
    async (answer) => {
      world.site.faults.next('SaveKernel', { when: 'before', answer });
      const run = await world.commit();
      await world.tick();
      await world.pass(55 * SECOND);
      expect(world.site.pushes).toBe(0);
      await settled(run);
    },
  );

  test.each([5, 20, 45, 55])('it lands %i s late: one version all the same', async (seconds) => {
    world.site.faults.next('SaveKernel', { when: 'late', seconds, answer: { kind: 'reset' } });
    const run = await world.commit();
    await world.tick();
    await settled(run);
  });

  test('the kernel is new and not visible yet: one version', async () => {
    world.site.rules({ visibilityLagSeconds: 40 });
    world.site.faults.next('SaveKernel', { when: 'after', answer: { kind: 'reset' } });
    const run = await world.commit();
    await world.tick();
    await settled(run);
  });

  test('Kaggle gave it another address than foreseen: found by its title and its mark', async () => {
    world.site.faults.next('SaveKernel', { when: 'after', answer: { kind: 'reset' } });
    const run = await world.commit({ title: 'Привет leaf train' });
    await world.tick();
    await world.pass(3 * MINUTE);
    expect(world.run(run).state).toMatchObject({ phase: 'queued', pushed: { kernel: { slug: 'privet-leaf-train' } } });
    expect(world.site.pushes).toBe(1);
  });

  test('somebody else pushed meanwhile: ours is found among the versions by its mark', async () => {
    world.site.faults.next('SaveKernel', { when: 'late', seconds: 1, answer: { kind: 'reset' } });
    const first = await world.commit();
    await world.tick();
    world.clock.advance(3 * SECOND);
    const credential = world.needs.accounts.of(world.mara.id)?.credential;
    if (credential === undefined) throw new Error('not linked');
    await world.needs.kaggle.push(credential, { ...first.settings, source: notebook('other = 1') });
    await world.pass(MINUTE);
    expect(world.run(first).state).toMatchObject({ phase: 'queued', pushed: { version: 1 } });
    expect(world.site.pushes).toBe(2);
  });

  test('Kaggle is away while we look: that is no look, and nothing is pushed until it is back', async () => {
    world.site.faults.next('SaveKernel', { when: 'after', answer: { kind: 'reset' } });
    const run = await world.commit();
    await world.tick();
    world.site.faults.always('GetKernel', { when: 'before', answer: { kind: 'error', status: 503, body: 'html' } });
    await world.pass(5 * MINUTE, 15 * SECOND);
    expect(world.run(run).state).toMatchObject({ phase: 'pushing', doubt: { looks: 0 } });
    world.site.faults.clear();
    await settled(run);
  });

  test('a wall clock that is set forward does not shorten the wait', async () => {
    world.site.faults.next('SaveKernel', { when: 'late', seconds: 30, answer: { kind: 'reset' } });
    const run = await world.commit();
    await world.tick();
    world.clock.advance(6 * SECOND);
    await world.tick();
    world.clock.jump(HOUR);
    await world.tick();
    await world.tick();
    expect(world.phase(run)).toBe('pushing');
    await settled(run);
  });

  test('a wall clock that is set back does not lengthen it by an hour', async () => {
    world.site.faults.next('SaveKernel', { when: 'before', answer: { kind: 'reset' } });
    const run = await world.commit();
    await world.tick();
    world.clock.jump(-HOUR);
    await world.tick();
    await settled(run);
  });

  test('the token is gone while in doubt: nothing is pushed; with a new one it is found', async () => {
    world.site.faults.next('SaveKernel', { when: 'after', answer: { kind: 'reset' } });
    const run = await world.commit();
    await world.tick();
    const account = world.needs.accounts.of(world.mara.id);
    world.needs.accounts.unlink(world.mara.id);
    await world.pass(5 * MINUTE, 30 * SECOND);
    expect(world.phase(run)).toBe('pushing');
    if (account === null) throw new Error('not linked');
    world.needs.accounts.link(world.mara.id, 'mara-k', account.credential, world.clock.now());
    await world.pass(15 * MINUTE, 30 * SECOND);
    expect(world.phase(run)).toBe('queued');
    expect(world.site.pushes).toBe(1);
  });
});

describe('a push that surely had no effect', () => {
  test.each([{ kind: 'limited' }, { kind: 'limited', retryAfter: { seconds: 20 } }] satisfies BadAnswer[])(
    'is made again later (%o)',
    async (answer) => {
      world.site.faults.next('SaveKernel', { when: 'before', answer });
      const run = await world.commit();
      await world.tick();
      expect(world.phase(run)).toBe('accepted');
      await settled(run);
    },
  );

  test('refused by Kaggle: the run has failed with its words, and the launcher is told', async () => {
    world.site.faults.next('SaveKernel', {
      when: 'before',
      answer: { kind: 'error', status: 400, body: 'A', message: 'The title is already in use.' },
    });
    const run = await world.commit();
    await world.tick();
    await world.tick();
    expect(world.run(run).state).toMatchObject({
      phase: 'error',
      why: 'refused',
      message: 'The title is already in use.',
    });
    expect(world.messages().at(-1)?.content).toContain('The title is already in use');
  });
});

describe('the line', () => {
  test('the third GPU run waits, says its place, and is pushed when a session ends, in the order of asking', async () => {
    world.site.plan({ queueSeconds: 10, seconds: 300 });
    const runs: Run[] = [];
    for (const n of [1, 2, 3, 4]) {
      runs.push(await world.commit(numbered(n)));
      world.clock.advance(SECOND);
    }
    await world.tick();
    await world.pass(5 * SECOND);
    expect(runs.map((run) => world.phase(run))).toEqual(['queued', 'queued', 'waiting', 'waiting']);
    expect(world.site.pushes).toBe(2);
    // The fourth is not asked for: the line is as long as its head.
    expect(world.site.count('SaveKernel')).toBe(3);
    const cards = world.messages().map((message) => world.textOf(message));
    expect(cards[2]).toContain('waiting in line, place 1');
    expect(cards[3]).toContain('waiting in line, place 2');
    // Nothing but their limits says when the two before it end.
    expect(cards[2]).toMatch(/Next slot\*\* at the latest .{0,60}when #1 reaches its limit/);
    await world.pass(20 * MINUTE, 10 * SECOND);
    expect(runs.map((run) => world.phase(run))).toEqual(['complete', 'complete', 'complete', 'complete']);
    const pushedAt = runs.map((_, n) => world.site.versions(`mara-k/fold-${n + 1}-train`)[0]?.pushedAt ?? 0);
    expect(pushedAt).toEqual([...pushedAt].sort((a, b) => a - b));
    expect((pushedAt[2] ?? 0) - (pushedAt[0] ?? 0)).toBeLessThan(8 * MINUTE);
  });

  test('a session that ends lets the next one in at once, however rarely it is asked for by now', async () => {
    const runs: Run[] = [];
    for (const n of [1, 2, 3]) runs.push(await world.commit(numbered(n)));
    await world.tick();
    for (const n of [1, 2]) world.site.session(`mara-k/fold-${n}-train`, 1).start();
    await world.pass(40 * MINUTE, 10 * SECOND);
    const [first, , third] = runs;
    if (first === undefined || third === undefined) throw new Error('not committed');
    // Some time before it would be asked for again.
    const asked = world.site.count('SaveKernel');
    while (world.site.count('SaveKernel') === asked) await world.pass(10 * SECOND);
    world.site.session('mara-k/fold-1-train', 1).complete();
    await world.pass(2 * MINUTE + 10 * SECOND);
    expect([world.phase(first), world.phase(third)]).toEqual(['complete', 'queued']);
  });

  test('a CPU run does not stand behind GPU runs', async () => {
    for (const n of [1, 2, 3]) await world.commit(numbered(n));
    await world.tick();
    await world.pass(5 * SECOND);
    const cpu = await world.commit({ ...numbered(4), accelerator: 'cpu' });
    await world.pass(5 * SECOND);
    expect(world.phase(cpu)).toBe('queued');
  });

  test('without hours it waits for the refill, and says when that is', async () => {
    world.site.addAccount({ user: 'mara-k', token: 'KGAT_canary0123456789', gpuHours: 30, gpuHoursUsed: 30 });
    const run = await world.commit();
    await world.tick();
    expect(world.run(run).state).toMatchObject({ phase: 'waiting', reason: { for: 'hours' } });
    const due = world.run(run).dueAt ?? 0;
    expect(due - world.clock.now()).toBeGreaterThan(MINUTE);
    expect(due - world.clock.now()).toBeLessThanOrEqual(30 * MINUTE);
    await world.pass(3 * SECOND, SECOND);
    expect(world.textOf(world.messages()[0])).toContain('waiting for GPU hours');
  });

  test('an account that is slow to answer holds nobody else up', async () => {
    world.site.addAccount({ user: 'jun', token: 'KGAT_jun' });
    const jun = world.discord.addPerson({ name: 'Jun' });
    world.needs.accounts.link(jun.id, 'jun', { kind: 'token', token: new Secret('KGAT_jun') }, 0);
    await world.commit();
    const his = await world.commit({ user: { id: jun.id, name: 'Jun' } });
    world.site.faults.next('SaveKernel', { when: 'before', answer: { kind: 'silence' } });
    const beat = world.tick();
    await expect.poll(() => world.site.versions('jun/leaf-disease').length, { timeout: 300, interval: 10 }).toBe(1);
    await beat;
    expect(world.phase(his)).toBe('queued');
  });
});

test('a source travels with its mark, run all, private, on T4 x2, without internet', async () => {
  const run = await world.commit();
  await world.tick();
  const [version] = world.site.versions(REF);
  expect(version?.source).toContain(run.key);
  expect(version?.settings).toMatchObject({
    kernelExecutionType: 'SAVE_AND_RUN_ALL',
    isPrivate: true,
    machineShape: 'NvidiaTeslaT4',
    enableInternet: false,
    sessionTimeoutSeconds: 12 * 3_600,
  });
});
