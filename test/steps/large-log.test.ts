import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readLog } from '../../commands/read-log.ts';
import { MINUTE, SECOND } from '../../src/clock.ts';
import type { Run } from '../../src/domain/run.ts';
import { pushedOf } from '../../src/domain/run.ts';
import { credentialOf } from '../../src/steps/credential.ts';
import { addressesOfSome } from '../../src/steps/leftovers.ts';
import { type StepsWorld, startSteps } from './world.ts';

const REF = 'mara-k/leaf-disease';
/** 18 MB in all: more than is read in one answer. */
const PIECE = `${'what a notebook prints too much of '.repeat(30)}\n`.repeat(96);
const PIECES = Math.ceil(18_000_000 / PIECE.length);

let world: StepsWorld;

beforeEach(async () => {
  world = await startSteps({ timeouts: { header: 10_000, idle: 10_000, total: 20_000 } });
});

afterEach(() => world[Symbol.asyncDispose]());

async function ended(end: (session: ReturnType<typeof world.site.session>) => void): Promise<Run> {
  const run = await world.commit();
  await world.tick();
  const session = world.site.session(REF, 1);
  session.start();
  await world.pass(15 * SECOND);
  session.print('Epoch 1/2 - loss: 0.9\n');
  for (let n = 0; n < PIECES; n++) session.print(PIECE);
  session.print('Epoch 2/2 - loss: 0.5\nthe last line\n');
  session.write('scores.csv', 'fold,score\n1,0.9\n2,0.8\n');
  session.write('model.pt', 97_800_000);
  world.clock.advance(30 * MINUTE);
  end(session);
  await world.pass(10 * SECOND);
  return run;
}

describe('a run whose log is larger than what is read at once', () => {
  test('is told with log, files, table and curve, and nobody hears that Kaggle is away', {
    timeout: 20_000,
  }, async () => {
    const run = await ended((session) => session.complete());
    expect(world.phase(run)).toBe('complete');
    expect(world.needs.health.downSince).toBeNull();
    const { report } = world.run(run);
    expect(report).toMatchObject({
      gaps: [],
      progress: { unit: 'epoch', at: 2, of: 2 },
      table: { name: 'scores.csv', rowCount: 2 },
    });
    expect(report?.logTail.at(-1)).toBe('the last line');
    expect(report?.logLines).toBe(PIECES * 96 + 3);
    expect(world.needs.runs.outputs(run.key).map(({ name }) => name)).toEqual(['model.pt', 'scores.csv']);
    expect(
      world
        .messages()
        .at(-1)
        ?.attachments.map(({ filename }) => filename),
    ).toContain('scores.csv');
    // One list that was too large, and no second try.
    expect(world.site.count('ListKernelSessionOutput')).toBe(1);
    const pushed = pushedOf(world.run(run).state);
    const credential = credentialOf(run, world.needs);
    if (pushed === null || credential === null) throw new Error('it ran');
    const found = await addressesOfSome(world.needs.kaggle, credential, pushed, new Set(['scores.csv', 'gone.csv']));
    expect([...found.keys()]).toEqual(['scores.csv']);
    const { bytes } = await world.needs.kaggle.download(found.get('scores.csv') ?? '', 1_000);
    expect(bytes.toString()).toContain('fold,score');
    expect((await readLog(world.run(run), world.needs)).tail(1)).toEqual(['the last line']);
    expect(world.needs.health.downSince).toBeNull();
  });

  test('failed: the reason is read from its end, which goes up as a file', { timeout: 20_000 }, async () => {
    const run = await ended((session) => session.fail(null, { log: 'RuntimeError: CUDA out of memory.\n' }));
    expect(world.phase(run)).toBe('error');
    expect(world.run(run).report).toMatchObject({ gaps: [], failure: { class: 'GPU out of memory' } });
    expect(
      world
        .messages()
        .at(-1)
        ?.attachments.map(({ filename }) => filename),
    ).toEqual(['run-1-end.log']);
  });
});
