import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../db/open.ts';
import { MINUTE, SECOND } from '../../src/clock.ts';
import { notebook, type StepsWorld, startSteps } from './world.ts';

/** Guards that nothing else notices: each of these tests is red without the one it names. */

let world: StepsWorld;

beforeEach(async () => {
  world = await startSteps();
});

afterEach(() => world[Symbol.asyncDispose]());

const REF = 'mara-k/leaf-disease';
const second = { from: { kind: 'file', name: 'fold-2-train.ipynb', text: notebook('x = 2') } } as const;

describe('before a push is made again', () => {
  test('Kaggle has shown twice that our version is not there: one look is not enough, however late it comes', async () => {
    world.site.faults.next('SaveKernel', { when: 'before', answer: { kind: 'reset' } });
    const run = await world.commit();
    await world.tick();
    world.site.faults.always('GetKernel', { when: 'before', answer: { kind: 'error', status: 503, body: 'html' } });
    await world.pass(10 * MINUTE, 15 * SECOND);
    world.site.faults.clear();
    const looks = (): number => {
      const { state } = world.run(run);
      return state.phase === 'pushing' ? (state.doubt?.looks ?? 0) : 0;
    };
    for (let seconds = 0; seconds < 120 && looks() === 0; seconds++) await world.pass(SECOND, SECOND);
    expect(looks()).toBe(1);
    expect(world.site.count('SaveKernel')).toBe(1);
    await world.pass(2 * MINUTE);
    expect(world.phase(run)).toBe('queued');
  });

  test('the others of its account wait: two pushes at once could not be told apart', async () => {
    world.site.faults.next('SaveKernel', { when: 'late', seconds: 70, answer: { kind: 'reset' } });
    const first = await world.commit();
    await world.tick();
    const other = await world.commit(second);
    await world.pass(MINUTE);
    expect(world.phase(first)).toBe('pushing');
    expect(world.phase(other)).toBe('accepted');
    expect(world.site.count('SaveKernel')).toBe(1);
    await world.pass(3 * MINUTE);
    expect([world.phase(first), world.phase(other)]).toEqual(['queued', 'queued']);
  });
});

test('a token that Kaggle refuses for a moment is not called refused', async () => {
  const run = await world.commit();
  await world.tick();
  await world.pass(20 * SECOND);
  const refusal = { when: 'before', answer: { kind: 'error', status: 401 } } as const;
  world.site.faults.next('GetKernelSessionStatus', refusal, refusal);
  for (let n = 0; n < 2; n++) {
    world.needs.runs.wake(run.key, world.clock.now());
    await world.pass(5 * SECOND, SECOND);
  }
  expect(world.site.faults.waiting).toBe(0);
  expect(world.needs.accounts.refusedSince(world.mara.id)).toBeNull();
  expect(world.needs.notices.wasOwed(run.key, 'tokenRefused')).toBe(false);
});

test('what was woken while somebody worked on it stays due', async () => {
  const run = await world.commit();
  const read = world.run(run);
  world.needs.runs.putOff(read, world.clock.now() + MINUTE);
  const worked = world.run(run);
  world.needs.runs.wake(run.key, world.clock.now());
  expect(world.needs.runs.putOff(worked, world.clock.now() + 10 * MINUTE)).toBe(false);
  expect(world.run(run).dueAt).toBe(world.clock.now());
});

test('what is stored is on the disk before anything goes on: a power cut takes nothing back', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nightshift-'));
  const db = openDatabase(join(folder, 'n.db'));
  expect(db.pragma('synchronous', { simple: true })).toBe(2);
  expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a notebook is gone only after three looks, however far apart two of them are', async () => {
  const run = await world.commit();
  await world.tick();
  await world.pass(3 * MINUTE);
  world.site.faults.always('GetKernelSessionStatus', { when: 'before', answer: { kind: 'error', status: 403 } });
  for (const looks of [1, 2]) {
    world.clock.advance(20 * MINUTE);
    world.needs.runs.wake(run.key, world.clock.now());
    await world.tick();
    expect([looks, world.phase(run)]).toEqual([looks, 'queued']);
  }
  world.clock.advance(20 * MINUTE);
  await world.tick();
  expect(world.phase(run)).toBe('lost');
});

describe('the end waits for an outage only', () => {
  test.each([
    ['403', { kind: 'error', status: 403 }],
    ['404', { kind: 'error', status: 404 }],
    ['400', { kind: 'error', status: 400 }],
  ] as const)('%s on the files: told at once, and what is missing', async (_, answer) => {
    await world.commit();
    await world.tick();
    await world.pass(20 * SECOND);
    for (const method of ['ListKernelFiles', 'ListKernelSessionOutput'] as const)
      world.site.faults.always(method, { when: 'before', answer });
    world.site.session(REF, 1).start();
    world.site.session(REF, 1).complete();
    await world.pass(35 * SECOND);
    expect(world.messages().at(-1)?.content).toContain('#1 complete');
  });
});

test('a table without a size is attached all the same', async () => {
  await world.commit();
  await world.tick();
  await world.pass(20 * SECOND);
  const session = world.site.session(REF, 1);
  session.start();
  session.write('submission.csv', 'id,label\n1,0\n');
  session.complete();
  world.site.faults.always('ListKernelFiles', { when: 'before', answer: { kind: 'error', status: 403 } });
  await world.pass(5 * MINUTE);
  expect(
    world
      .messages()
      .at(-1)
      ?.attachments.map(({ filename }) => filename),
  ).toContain('submission.csv');
});

test.each([404, 403] as const)(
  '%i on a push is tried three times, then it is refused in Kaggle’s words',
  async (status) => {
    world.site.faults.always('SaveKernel', {
      when: 'before',
      answer: { kind: 'error', status, message: 'Permission was denied' },
    });
    const run = await world.commit();
    await world.tick();
    expect(world.phase(run)).not.toBe('error');
    await world.pass(10 * MINUTE);
    expect(world.site.count('SaveKernel')).toBe(3);
    expect(world.run(run).state).toMatchObject({ phase: 'error', why: 'refused', message: 'Permission was denied' });
  },
);

test('403 on a push for a moment is no refusal: it is pushed', async () => {
  const denied = { when: 'before', answer: { kind: 'error', status: 403, message: 'Permission was denied' } } as const;
  world.site.faults.next('SaveKernel', denied);
  const run = await world.commit();
  await world.tick();
  await world.pass(MINUTE);
  expect(world.phase(run)).toBe('queued');
});

test('an R Markdown file carries its mark as a comment that it does not show', async () => {
  const run = await world.commit({
    from: { kind: 'file', name: 'leaf-report.Rmd', text: '# Leaves\n\n```{r}\n1\n```\n' },
  });
  await world.tick();
  await world.pass(10 * SECOND);
  const { owner, slug } = run.settings.kernel;
  expect(world.site.versions(`${owner}/${slug}`)[0]?.source.trimEnd()).toMatch(
    new RegExp(`<!-- nightshift run: ${run.key} -->$`),
  );
});
