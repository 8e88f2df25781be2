import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../src/clock.ts';
import { Secret } from '../../src/secret.ts';
import { followAgain } from '../../src/steps/resume.ts';
import { notebook, type StepsWorld, startSteps, TOKEN } from './world.ts';

let world: StepsWorld;

beforeEach(async () => {
  world = await startSteps();
});

afterEach(() => world[Symbol.asyncDispose]());

const REF = 'mara-k/leaf-disease';

describe('a push that lands after it was made again', () => {
  test('is found, and the card and the end say that Kaggle ran it twice', async () => {
    world.site.plan({ queueSeconds: 10, seconds: 600 });
    world.site.faults.next('SaveKernel', { when: 'late', seconds: 200, answer: { kind: 'reset' } });
    const run = await world.commit();
    await world.tick();
    await world.pass(6 * MINUTE);
    expect(world.site.pushes).toBe(2);
    expect(world.run(run).state).toMatchObject({ pushed: { version: 1, earlier: { baseVersion: 0 }, twin: 2 } });
    const card = world.textOf(world.messages()[0]);
    expect(card).toContain('**Twice** Kaggle also runs version 2');
    expect(card).not.toContain('**Also** version 2');
    await world.pass(12 * MINUTE);
    expect(world.phase(run)).toBe('complete');
    expect(world.messages().at(-1)?.content).toContain('Kaggle ran this twice: version 2 is the same run');
    expect(world.textOf(world.messages()[0])).toContain('**Twice** Kaggle also ran version 2');
  });

  test('just before it is made again is adopted: one version', async () => {
    world.site.faults.next('SaveKernel', { when: 'late', seconds: 100, answer: { kind: 'reset' } });
    const run = await world.commit();
    await world.tick();
    // Looked at until it counts as absent, and then not at once pushed.
    while (world.phase(run) === 'pushing') {
      world.clock.advance(5 * SECOND);
      world.site.faults.next('SaveKernel', {
        when: 'before',
        answer: { kind: 'limited', retryAfter: { seconds: 90 } },
      });
      await world.tick();
      world.site.faults.clear('SaveKernel');
      if (world.clock.mono() > 10 * MINUTE) throw new Error('it stays in doubt');
    }
    await world.pass(3 * MINUTE);
    expect(world.phase(run)).toBe('queued');
    expect(world.site.pushes).toBe(1);
  });

  test('of a new notebook may take two minutes: it is not made again before', async () => {
    world.site.faults.next('SaveKernel', { when: 'late', seconds: 100, answer: { kind: 'reset' } });
    const run = await world.commit();
    await world.tick();
    await world.pass(3 * MINUTE);
    expect(world.phase(run)).toBe('queued');
    expect(world.site.versions(REF)).toHaveLength(1);
  });
});

describe('a doubt holds up nobody who shares the account', () => {
  const jun = { id: '900000000000000001', name: 'Jun' };

  test('whose launcher unlinked it: another person’s credential of that account looks', async () => {
    world.needs.accounts.link(jun.id, 'mara-k', { kind: 'token', token: new Secret(TOKEN) }, 1);
    world.site.faults.next('SaveKernel', { when: 'after', answer: { kind: 'reset' } });
    const run = await world.commit();
    await world.tick();
    world.needs.accounts.unlink(world.mara.id);
    const his = await world.commit({
      user: jun,
      from: { kind: 'file', name: 'fold-2-train.ipynb', text: notebook('x = 2') },
    });
    await world.pass(5 * MINUTE);
    expect(world.phase(his)).toBe('queued');
    // Found, so it cannot be pushed twice; without its owner it is followed no further.
    expect(world.run(run).state).toMatchObject({ phase: 'lost', why: 'unlinked', pushed: { version: 1 } });
    expect(world.site.pushes).toBe(2);
  });

  test('whose launcher unlinked it, and somebody links that account later: looked at at once', async () => {
    world.site.faults.next('SaveKernel', { when: 'after', answer: { kind: 'reset' } });
    const run = await world.commit();
    await world.tick();
    world.needs.accounts.unlink(world.mara.id);
    await world.pass(MINUTE);
    world.needs.accounts.link(jun.id, 'mara-k', { kind: 'token', token: new Secret(TOKEN) }, world.clock.now());
    followAgain(jun.id, world.needs);
    await world.pass(30 * SECOND);
    expect(world.phase(run)).toBe('lost');
  });

  test('whose launcher’s token is refused: another person’s credential looks, and nobody else is blamed', async () => {
    world.needs.accounts.link(jun.id, 'mara-k', { kind: 'token', token: new Secret(TOKEN) }, 1);
    world.site.faults.next('SaveKernel', { when: 'after', answer: { kind: 'reset' } });
    const run = await world.commit();
    await world.tick();
    world.needs.accounts.refused(world.mara.id, world.clock.now());
    await world.pass(20 * SECOND);
    expect(world.phase(run)).toBe('queued');
    expect(world.needs.accounts.refusedSince(jun.id)).toBeNull();
  });

  test('whose notebook was deleted meanwhile: given up after ten minutes, told once, and the line goes on', async () => {
    const first = await world.commit();
    await world.tick();
    world.site.session(REF, 1).complete();
    await world.pass(2 * MINUTE);
    expect(world.phase(first)).toBe('complete');
    world.site.faults.next('SaveKernel', { when: 'after', answer: { kind: 'reset' } });
    const run = await world.commit();
    await world.tick();
    world.site.faults.always('GetKernel', { when: 'before', answer: { kind: 'error', status: 403 } });
    await world.pass(9 * MINUTE, 15 * SECOND);
    expect(world.phase(run)).toBe('pushing');
    await world.pass(4 * MINUTE, 15 * SECOND);
    expect(world.run(run).state).toMatchObject({
      phase: 'lost',
      why: 'gone',
      pushed: null,
      inDoubt: { baseVersion: 1 },
    });
    expect(world.messages().filter(({ content }) => content.includes('lost from sight'))).toHaveLength(1);
    // Looked for again on request it is found, not pushed.
    world.site.faults.clear();
    world.needs.runs.move(world.run(run), { type: 'lookAgain', at: world.clock.now() }, { dueAt: world.clock.now() });
    await world.tick();
    expect(world.phase(run)).toBe('queued');
    expect(world.site.pushes).toBe(2);
  });
});
