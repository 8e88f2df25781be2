import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/clock.ts';
import type { Run } from '../../src/domain/run.ts';
import { Secret } from '../../src/secret.ts';
import { lookNow } from '../../src/steps/look.ts';
import { followAgain } from '../../src/steps/resume.ts';
import { withdraw } from '../../src/steps/stop.ts';
import { unlink } from '../../src/steps/unlink.ts';
import { type StepsWorld, startSteps, TOKEN } from './world.ts';

let world: StepsWorld;

beforeEach(async () => {
  world = await startSteps();
});

afterEach(() => world[Symbol.asyncDispose]());

const REF = 'mara-k/leaf-disease';

async function running(): Promise<Run> {
  const run = await world.commit({ limit: '1h' });
  await world.tick();
  world.site.session(REF, 1).start();
  await world.pass(15 * SECOND);
  expect(world.phase(run)).toBe('running');
  return run;
}

describe('how a session ended', () => {
  const ends = [
    ['complete', (s) => s.complete(), { phase: 'complete' }],
    ['failed', (s) => s.fail(null, { log: 'boom\n' }), { phase: 'error', why: 'failed', message: null }],
    [
      'out of memory',
      (s) => s.fail('Your notebook tried to allocate more memory than is available.'),
      { phase: 'error' },
    ],
    ['time limit, said', (s) => s.timeLimit(), { phase: 'error', why: 'timeLimit' }],
    ['stopped by a person', (s) => s.cancelOnSite(), { phase: 'cancelled', how: 'stopped' }],
  ] satisfies [string, (s: ReturnType<StepsWorld['site']['session']>) => void, object][];

  test.each(ends)('%s', async (_, end, state) => {
    const run = await running();
    end(world.site.session(REF, 1));
    await world.pass(3 * MINUTE);
    expect(world.run(run).state).toMatchObject(state);
    expect(world.messages()).toHaveLength(2);
  });

  test('cancelled without a word next to its limit: the limit', async () => {
    const run = await running();
    await world.pass(58 * MINUTE, MINUTE);
    world.site.session(REF, 1).timeLimit({ message: false });
    await world.pass(4 * MINUTE);
    expect(world.run(run).state).toMatchObject({ phase: 'error', why: 'timeLimit' });
  });

  test('a stop that was asked for shows before it is done', async () => {
    const run = await running();
    world.site.session(REF, 1).cancelOnSite({ acknowledged: false });
    await world.pass(2 * MINUTE + 10 * SECOND);
    expect(world.run(run).state).toMatchObject({ phase: 'running', stopping: true });
    expect(world.textOf(world.messages()[0])).toContain('stopping');
  });

  test('a status nobody knows is no end, and no crash', async () => {
    const run = await running();
    world.site.faults.always('GetKernelSessionStatus', { when: 'status', says: 'PAUSED_BY_ALIENS' });
    await world.pass(10 * MINUTE, 10 * SECOND);
    expect(world.phase(run)).toBe('running');
    world.site.faults.clear();
    world.site.session(REF, 1).complete();
    await world.pass(3 * MINUTE);
    expect(world.phase(run)).toBe('complete');
  });

  test('each version is followed by itself', async () => {
    const first = await running();
    const second = await world.commit();
    await world.tick();
    world.site.session(REF, 2).start();
    world.site.session(REF, 2).fail('broken');
    await world.pass(3 * MINUTE);
    expect([world.phase(first), world.phase(second)]).toEqual(['running', 'error']);
    expect(world.textOf(world.messages()[0])).toContain('version 2 of this notebook');
  });
});

describe('Kaggle is not answering', () => {
  test('the card says so after three failures, is quiet again after it, and nothing is lost', async () => {
    const run = await running();
    world.site.faults.always('GetKernelSessionStatus', {
      when: 'before',
      answer: { kind: 'error', status: 503, body: 'html' },
    });
    await world.pass(10 * MINUTE);
    expect(world.phase(run)).toBe('running');
    expect(world.needs.health.downSince).not.toBeNull();
    expect(world.textOf(world.messages()[0])).toContain('Kaggle is not answering');
    world.site.faults.clear();
    await world.pass(2 * MINUTE);
    expect(world.needs.health.downSince).toBeNull();
    expect(world.textOf(world.messages()[0])).not.toContain('Kaggle is not answering');
    expect(world.messages()).toHaveLength(1);
  });

  test('429 is no outage, and what it asks for is obeyed', async () => {
    await running();
    world.site.faults.next('GetKernelSessionStatus', {
      when: 'before',
      answer: { kind: 'limited', retryAfter: { seconds: 300 } },
    });
    await world.pass(2 * MINUTE);
    const before = world.site.count('GetKernelSessionStatus');
    await world.pass(4 * MINUTE);
    expect(world.site.count('GetKernelSessionStatus')).toBe(before);
    await world.pass(4 * MINUTE);
    expect(world.site.count('GetKernelSessionStatus')).toBeGreaterThan(before);
    expect(world.needs.health.downSince).toBeNull();
  });
});

describe('the kernel is not there', () => {
  test('right after the push it is only not visible yet', async () => {
    world.site.rules({ visibilityLagSeconds: 60 });
    const run = await world.commit();
    await world.tick();
    await world.pass(50 * SECOND);
    expect(world.phase(run)).toBe('queued');
    world.site.session(REF, 1).start();
    await world.pass(30 * SECOND);
    expect(world.phase(run)).toBe('running');
  });

  test('three looks within a minute are not ten minutes, and ten minutes with two looks are not three', async () => {
    const run = await running();
    await world.pass(2 * MINUTE);
    world.site.faults.always('GetKernelSessionStatus', { when: 'before', answer: { kind: 'error', status: 403 } });
    for (let n = 0; n < 4; n++) {
      await lookNow(run, world.needs);
      world.clock.advance(10 * SECOND);
    }
    expect(world.phase(run)).toBe('running');
    world.restart();
    await world.tick();
    world.clock.advance(15 * MINUTE);
    await world.tick();
    expect(world.phase(run)).toBe('running');
  });

  test('later it is lost after three looks over ten minutes, and told once', async () => {
    const run = await running();
    await world.pass(2 * MINUTE);
    world.site.faults.always('GetKernelSessionStatus', { when: 'before', answer: { kind: 'error', status: 403 } });
    await world.pass(9 * MINUTE);
    expect(world.phase(run)).toBe('running');
    await world.pass(6 * MINUTE);
    expect(world.run(run).state).toMatchObject({ phase: 'lost', why: 'gone' });
    await world.pass(10 * MINUTE);
    expect(world.messages()).toHaveLength(2);
    expect(world.messages()[1]?.content).toContain('is lost from sight');
  });

  test('once is a slip of Kaggle: it is followed on', async () => {
    const run = await running();
    await world.pass(2 * MINUTE);
    world.site.faults.next('GetKernelSessionStatus', { when: 'before', answer: { kind: 'error', status: 404 } });
    await world.pass(30 * MINUTE, 30 * SECOND);
    expect(world.phase(run)).toBe('running');
  });
});

describe('the token', () => {
  test('is refused only after a minute; the run stays, and is followed again with a new one', async () => {
    const run = await running();
    world.site.revoke(TOKEN);
    await world.pass(45 * SECOND);
    expect(world.needs.accounts.refusedSince(world.mara.id)).toBeNull();
    await world.pass(5 * MINUTE);
    expect(world.needs.accounts.refusedSince(world.mara.id)).not.toBeNull();
    expect(world.phase(run)).toBe('running');
    expect(world.textOf(world.messages()[0])).toContain('Kaggle refuses the token');
    const told = world.messages(world.mara.directMessages());
    expect(told.map(({ content }) => content)).toEqual([
      expect.stringMatching(/^⚠️ \*\*Kaggle refuses your token\*\*, since <t:\d+:t>\nOne of your runs is not followed/),
    ]);
    world.site.addAccount({ user: 'mara-k', token: 'KGAT_new' });
    world.needs.accounts.link(
      world.mara.id,
      'mara-k',
      { kind: 'token', token: new Secret('KGAT_new') },
      world.clock.now(),
    );
    expect(followAgain(world.mara.id, world.needs)).toEqual({ followed: 1, left: 0 });
    world.site.session(REF, 1).complete();
    await world.pass(10 * SECOND);
    expect(world.phase(run)).toBe('complete');
  });

  test('two runs that are refused in the same moment are one refusal', async () => {
    await running();
    await world.commit();
    await world.tick();
    world.site.session(REF, 2).start();
    await world.pass(20 * SECOND);
    world.site.revoke(TOKEN);
    const before = world.site.count('GetKernelSessionStatus');
    world.needs.runs.wakeAll(['running'], null, world.clock.now());
    await world.tick();
    expect(world.site.count('GetKernelSessionStatus')).toBe(before + 2);
    expect(world.needs.accounts.refusedSince(world.mara.id)).toBeNull();
  });

  test('is told in the channel to whoever takes no direct messages', async () => {
    await running();
    world.mara.closeDirectMessages(true);
    world.site.revoke(TOKEN);
    await world.pass(5 * MINUTE);
    expect(world.messages().map(({ content }) => content)).toEqual([
      '',
      expect.stringContaining('Kaggle refuses your token'),
    ]);
    expect(world.discord.notified(world.messages()[1]?.id ?? '')).toEqual([world.mara.id]);
  });

  test('unlinked: its runs are let go of, and followed again once it is linked again', async () => {
    const run = await running();
    expect(unlink(world.mara.id, world.needs)).toEqual({ kaggleUser: 'mara-k', left: 1 });
    expect(unlink(world.mara.id, world.needs)).toBeNull();
    expect(world.run(run).state).toMatchObject({ phase: 'lost', why: 'unlinked' });
    await world.pass(10 * SECOND);
    expect(world.messages()).toHaveLength(1);
    world.needs.accounts.link(world.mara.id, 'mara-k', { kind: 'token', token: new Secret(TOKEN) }, world.clock.now());
    followAgain(world.mara.id, world.needs);
    world.site.session(REF, 1).complete();
    await world.pass(30 * SECOND);
    expect(world.phase(run)).toBe('complete');
  });

  test('another account linked instead: runs of the old one are let go of', async () => {
    const run = await running();
    world.needs.accounts.link(
      world.mara.id,
      'other',
      { kind: 'token', token: new Secret('KGAT_o') },
      world.clock.now(),
    );
    expect(followAgain(world.mara.id, world.needs)).toEqual({ followed: 0, left: 1 });
    expect(world.run(run).state).toMatchObject({ phase: 'lost', why: 'unlinked' });
  });
});

describe('asked by people', () => {
  test('Refresh looks at once, but not twice in ten seconds', async () => {
    const run = await running();
    const before = world.site.count('GetKernelSessionStatus');
    await lookNow(run, world.needs);
    await lookNow(run, world.needs);
    expect(world.site.count('GetKernelSessionStatus')).toBe(before + 1);
    world.clock.advance(10 * SECOND);
    world.site.session(REF, 1).complete();
    expect((await lookNow(run, world.needs)).state.phase).toBe('finishing');
  });

  test('withdrawing works until the push has begun', async () => {
    const run = await world.commit();
    const gone = withdraw(run, 'Mara', world.needs);
    expect(gone?.state).toMatchObject({ phase: 'cancelled', how: 'withdrawn', by: 'Mara' });
    await world.pass(MINUTE);
    expect(world.site.pushes).toBe(0);
    expect(world.messages()).toHaveLength(1);
    const other = await world.commit();
    await world.tick();
    expect(withdraw(other, 'Mara', world.needs)).toBeNull();
  });
});

test('a restart looks at every run at once, whatever was due', async () => {
  const run = await running();
  await world.pass(20 * MINUTE, MINUTE);
  world.site.session(REF, 1).complete();
  world.restart();
  await world.tick();
  expect(world.phase(run)).toBe('complete');
});

test('half an hour of polling costs at most sixty requests', async () => {
  await running();
  world.clock.advance(SECOND);
  const before = world.site.count();
  await world.pass(HOUR / 2, 5 * SECOND);
  world.site.session(REF, 1).complete();
  await world.pass(2 * MINUTE);
  expect(world.site.count() - before).toBeLessThanOrEqual(60);
});
