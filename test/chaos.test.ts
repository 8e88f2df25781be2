import { describe, expect, test } from 'vitest';
import { type KillPoint, nameOf } from './chaos/kill-point.ts';
import { ONE_RUN } from './chaos/orders.ts';
import { killAt, type ScenarioOptions } from './chaos/scenario.ts';

/**
 * The real program, killed at some of the places that matter; `npm run chaos` does the same at all of them, thousands of times.
 * What it waits for goes by quickly; its sockets do not.
 */
const LONGEST_MS = 110_000;

const request = (when: KillPoint['when'], only: string, count = 1): KillPoint => ({ at: 'request', when, only, count });
const commit = (when: KillPoint['when'], count: number): KillPoint => ({ at: 'commit', when, count });

const killed = (points: readonly KillPoint[], options: ScenarioOptions = {}) => killAt(points, ONE_RUN, options);

const PLACES: readonly (readonly KillPoint[])[] = [
  [request('before', 'SaveKernel'), commit('before', 4)],
  [request('after', 'SaveKernel'), request('after', 'createMessage')],
  [request('after', 'createMessage', 2)],
  [commit('after', 9)],
];

describe.concurrent('however the program is killed, a run is pushed once and told once', () => {
  test.each(PLACES.map((points) => ({ name: points.map(nameOf).join(', then '), points })))(
    '$name',
    { timeout: LONGEST_MS },
    async ({ points }) => {
      const { verdict, kills, story } = await killed(points);
      const { runs, ...findings } = verdict;
      expect(findings, story).toEqual({ lost: [], doubled: [], toldTwice: [], wrong: [], leaked: [] });
      expect(runs).toBeGreaterThan(0);
      expect(kills, story).toBe(points.length);
    },
  );
});

describe.concurrent('the checks find out a program without one of its guards', () => {
  test('no nonce: told twice', { timeout: LONGEST_MS }, async () => {
    // Slower than usual, so that a busy machine does not start it after the time in which the nonce is what counts.
    const { verdict } = await killed([request('after', 'createMessage', 2)], { sabotage: 'noNonce', rate: 6 });
    expect(verdict.toldTwice).toHaveLength(1);
  });

  test('no look before the push: pushed twice', { timeout: LONGEST_MS }, async () => {
    const { verdict } = await killed([request('after', 'SaveKernel')], { sabotage: 'noLook' });
    expect(verdict.doubled).toHaveLength(1);
  });

  test('marked before it is posted: lost', { timeout: LONGEST_MS }, async () => {
    const { verdict } = await killed([request('before', 'createMessage', 2)], { sabotage: 'markFirst' });
    expect(verdict.lost).toHaveLength(1);
  });

  test('a token in a log line: leaked', { timeout: LONGEST_MS }, async () => {
    const { verdict } = await killed([], { sabotage: 'tokenInLog' });
    expect(verdict.leaked).toEqual([expect.stringContaining('stands in log')]);
  });
});
