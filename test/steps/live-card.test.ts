import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/clock.ts';
import type { Progress } from '../../src/domain/results.ts';
import type { Run } from '../../src/domain/run.ts';
import { drawnCurve } from '../../src/steps/curve.ts';
import { textOf } from '../world.ts';
import { type StepsWorld, startSteps } from './world.ts';

let world: StepsWorld;
beforeEach(async () => {
  world = await startSteps();
});
afterEach(() => world[Symbol.asyncDispose]());

const at = (epoch: number): Progress => ({ unit: 'epoch', at: epoch, of: 9_999, series: [], paceMs: null });

async function running(name: string, accelerator = 'gpu'): Promise<Run> {
  const run = await world.commit({ from: { kind: 'file', name, text: 'print(1)\n' }, accelerator });
  await world.tick();
  await world.pass(30 * SECOND);
  expect(world.phase(run)).toBe('running');
  return run;
}

/** The log goes on in every step; @returns how long the card stood still between its edits, in ms */
async function edits(run: Run, ms: number, step: number): Promise<number[]> {
  const gaps: number[] = [];
  const card = () => world.messages().find(({ id }) => id === world.run(run).card?.messageId);
  let shown = card()?.edited_timestamp;
  let last: number | null = null;
  for (let passed = 0; passed < ms; passed += step) {
    world.needs.runs.setProgress(run.key, at(1 + (world.run(run).progress?.at ?? 0)));
    world.needs.cards.want(run.key, world.clock.now());
    await world.pass(step, step);
    const now = card()?.edited_timestamp;
    if (now === shown) continue;
    shown = now;
    if (last !== null) gaps.push(world.clock.now() - last);
    last = world.clock.now();
  }
  return gaps;
}

const least = (gaps: readonly number[]): number => Math.min(...gaps);

describe('the card shows progress', () => {
  test('each minute in its first hour, each five until three, each fifteen later', async () => {
    world.site.plan({ seconds: 8 * HOUR });
    const run = await running('leaf-disease-one.py');
    const first = await edits(run, 20 * MINUTE, 10 * SECOND);
    expect([least(first), first.length]).toEqual([MINUTE, 19]);
    await world.pass(40 * MINUTE, 5 * MINUTE);
    const second = await edits(run, 40 * MINUTE, 30 * SECOND);
    expect(least(second)).toBe(5 * MINUTE);
    await world.pass(80 * MINUTE, 10 * MINUTE);
    const third = await edits(run, 80 * MINUTE, MINUTE);
    expect([least(third), third.length > 3]).toEqual([15 * MINUTE, true]);
  }, 20_000);

  test('with two seconds between the edits in a channel, four for an hour after Discord has complained', async () => {
    world.site.plan({ seconds: 8 * HOUR });
    const runs = [await running('leaf-disease-one.py', 'cpu'), await running('leaf-disease-two.py', 'cpu')];
    /** Both cards want an edit at the same time, long after their last one. @returns when they get it */
    const times = async (): Promise<number[]> => {
      await world.pass(6 * MINUTE, 30 * SECOND);
      for (const run of runs) {
        world.needs.runs.setProgress(run.key, at(1 + (world.run(run).progress?.at ?? 0)));
        world.needs.cards.want(run.key, world.clock.now());
      }
      const shown = (): string => JSON.stringify(world.messages().map(({ edited_timestamp }) => edited_timestamp));
      let before = shown();
      const changed: number[] = [];
      for (let passed = 0; passed < MINUTE; passed += SECOND) {
        await world.pass(SECOND, SECOND);
        if (shown() === before) continue;
        before = shown();
        changed.push(world.clock.now());
      }
      return changed;
    };
    const [one = 0, two = 0] = await times();
    expect(two - one).toBeGreaterThanOrEqual(2 * SECOND);
    expect(two - one).toBeLessThan(4 * SECOND);
    world.discord.faults.next('editMessage', { kind: 'limited', scope: 'user', retryAfterMs: 6_000 });
    await times();
    const [three = 0, four = 0] = await times();
    expect(four - three).toBeGreaterThanOrEqual(4 * SECOND);
    expect(four - three).toBeLessThan(8 * SECOND);
    await world.pass(HOUR, MINUTE);
    const [five = 0, six = 0] = await times();
    expect(six - five).toBeGreaterThanOrEqual(2 * SECOND);
    expect(six - five).toBeLessThan(4 * SECOND);
  }, 20_000);
});

test('a card in the queue says how long it usually takes, from three of the person’s own runs on', async () => {
  const names = ['leaf-disease-one.py', 'leaf-disease-two.py', 'leaf-disease-three.py', 'leaf-disease-four.py'];
  for (const [index, name] of names.entries()) {
    world.site.plan({ queueSeconds: 60 * (index + 1), seconds: 60 });
    const run = await world.commit({ from: { kind: 'file', name, text: 'print(1)\n' } });
    await world.tick();
    expect(world.phase(run)).toBe('queued');
    const card = textOf(world.messages().at(-1) ?? null);
    expect(/\*\*Usual here\*\* (.*)/.exec(card)?.[1] ?? null).toBe(index < 3 ? null : '1 to 3 min');
    await world.pass(20 * MINUTE, 10 * SECOND);
    expect(world.phase(run)).toBe('complete');
  }
});

test('a curve is drawn anew at most every five minutes while the run goes on', async () => {
  world.site.plan({ seconds: HOUR });
  const run = await running('leaf-disease-one.py');
  const upTo = (epoch: number): Progress => ({
    ...at(epoch),
    series: [
      {
        name: 'loss',
        points: Array.from({ length: epoch }, (_, index) => [index + 1, 1 / (index + 1)] as const),
        lastText: String(1 / epoch),
        better: 'lower',
        best: null,
      },
    ],
  });
  const drawn = (epoch: number) => {
    world.needs.runs.setProgress(run.key, upTo(epoch));
    return drawnCurve(world.run(run), world.needs);
  };
  const first = drawn(5);
  await world.pass(4 * MINUTE, MINUTE);
  expect(drawn(6)).toBe(first);
  await world.pass(MINUTE, MINUTE);
  const second = drawn(7);
  expect(second?.at).toBe((first?.at ?? 0) + 5 * MINUTE);
  expect(second?.file.bytes.equals(first?.file.bytes ?? Buffer.alloc(0))).toBe(false);
});
