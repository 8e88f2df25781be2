import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/clock.ts';
import type { Run } from '../../src/domain/run.ts';
import { notebook, type StepsWorld, startSteps } from '../steps/world.ts';

let world: StepsWorld;

beforeEach(async () => {
  world = await startSteps();
});

afterEach(() => world[Symbol.asyncDispose]());

const REF = 'mara-k/leaf-disease';
const said = (): string[] =>
  world
    .messages()
    .map(({ content }) => content)
    .filter((content) => content !== '');

async function running(): Promise<Run> {
  const run = await world.commit();
  await world.tick();
  await world.pass(20 * SECOND);
  world.site.session(REF, 1).start();
  await world.pass(MINUTE);
  return run;
}

describe('a run longer than any limit', () => {
  test('is said to go on once a day, and never dropped; its end is told when it comes', async () => {
    const run = await running();
    world.needs.runs.setProgress(run.key, { unit: 'epoch', at: 31, of: 70, series: [], paceMs: null });
    // The emulated Kaggle would end it at its limit; this one does not.
    const says = 'RUNNING';
    world.site.faults.always('GetKernelSessionStatus', { when: 'status', says });
    await world.pass(12 * HOUR + 50 * MINUTE, 5 * MINUTE);
    expect(said()).toEqual([]);
    await world.pass(20 * MINUTE, 5 * MINUTE);
    expect(said()).toHaveLength(1);
    expect(said()[0]).toMatch(/^⚠️ \*\*#1 is still running\*\*.·.for.13.h.*, its limit is 12.h.·.<@/);
    expect(said()[0]).toMatch(/Last seen at Kaggle <t:\d+:t>: epoch.31 of 70/);
    await world.pass(23 * HOUR, 5 * MINUTE);
    expect(said()).toHaveLength(1);
    await world.pass(2 * HOUR, 5 * MINUTE);
    expect(said()).toHaveLength(2);
    await world.pass(3 * DAY, 15 * MINUTE);
    expect(said()).toHaveLength(5);
    expect(world.phase(run)).toBe('running');
    world.site.faults.clear();
    world.site.session(REF, 1).complete();
    await world.pass(10 * MINUTE);
    expect(said()).toHaveLength(6);
    expect(said().at(-1)).toContain('#1 complete');
  }, 60_000);

  test('is not said while Kaggle does not answer: nobody knows whether it goes on', async () => {
    await running();
    world.site.faults.always('GetKernelSessionStatus', {
      when: 'before',
      answer: { kind: 'error', status: 503, body: 'html' },
    });
    await world.pass(16 * HOUR, 10 * MINUTE);
    expect(said()).toEqual([]);
  });
});

describe('a notebook that is run again by hand on the site', () => {
  async function runByHand(): Promise<void> {
    const credential = world.needs.accounts.of(world.mara.id)?.credential;
    const [run] = world.needs.runs.aliveOfLauncher(world.mara.id);
    if (credential === undefined || run === undefined) throw new Error('nothing to run');
    await world.needs.kaggle.push(credential, { ...run.settings, source: notebook('by_hand = 1') });
  }

  test('our version is followed by its own label, and its end told', async () => {
    const run = await running();
    await runByHand();
    world.site.session(REF, 2).start();
    world.site.session(REF, 2).fail('Another one');
    world.site.session(REF, 1).complete();
    await world.pass(5 * MINUTE);
    expect(world.run(run).state).toMatchObject({ phase: 'complete', pushed: { version: 1 } });
  });

  test('when Kaggle no longer shows our version: superseded, told once, with the newer version and its page', async () => {
    const run = await running();
    await runByHand();
    world.site.faults.always('GetKernelSessionStatus', { when: 'before', answer: { kind: 'error', status: 404 } });
    await world.pass(15 * MINUTE, 15 * SECOND);
    expect(world.run(run).state).toMatchObject({ phase: 'lost', why: 'superseded' });
    expect(said()).toEqual([expect.stringContaining('Kaggle shows a newer version of this notebook')]);
    const card = world.textOf(world.messages()[0]);
    expect(card).toContain('a newer version of this notebook, v2, and no longer this one');
    expect(card).toContain(`/code/${REF}`);
  });
});

describe('the clock', () => {
  test('the computer sleeps for six hours: one look tells the end, and nothing is asked in a burst', async () => {
    const run = await running();
    world.site.session(REF, 1).complete();
    const asked = world.site.count();
    // Suspended: wall time goes on; the monotonic clock of Linux stands still meanwhile.
    world.clock.jump(6 * HOUR);
    await world.pass(3 * MINUTE);
    expect(world.phase(run)).toBe('complete');
    expect(world.site.count() - asked).toBeLessThan(20);
    expect(said()).toHaveLength(1);
  });

  test('both clocks go on while the computer sleeps: the same', async () => {
    const run = await running();
    world.site.session(REF, 1).complete();
    const asked = world.site.count();
    world.clock.advance(6 * HOUR);
    await world.pass(MINUTE);
    expect(world.phase(run)).toBe('complete');
    expect(world.site.count() - asked).toBeLessThan(20);
    expect(said()).toHaveLength(1);
  });
});
