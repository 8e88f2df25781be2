import { SECOND } from '../../src/clock.ts';
import { seeded } from '../../test/chaos/seeded.ts';
import { lifeOf, notebookLaw } from './law.ts';
import { simulate } from './simulate.ts';

type Three = readonly [p50: number, p99: number, longest: number];
export type Night = {
  readonly name: string;
  readonly bar: string;
  /** In seconds. */
  readonly delays: Three;
  readonly requests: number;
  readonly edits: number | null;
};

const SEED = 7;
const EACH_MS = 30 * SECOND;

/** So many runs of many people on a virtual clock, followed by the real steps: with log streams, and without any. */
export async function simulateNight(runs: number): Promise<Night[]> {
  const nights: Night[] = [];
  for (const [name, streams, bar] of [
    ['with log streams', true, 'p99 ≤ 2.5 s'],
    ['polling only', false, 'p99 ≤ 120 s'],
  ] as const) {
    const { delays, calls, edits } = await simulate(runs, streams, SEED);
    const asked = [...calls.values()].reduce((sum, one) => sum + one, 0);
    nights.push({
      name: `${name}, ${runs} runs`,
      bar,
      delays: threeOf(delays),
      requests: asked / runs,
      edits: edits / runs,
    });
  }
  return nights;
}

/** What looking every half minute would cost and give: no bot is needed to know that. */
export function lookEveryHalfMinute(runs: number): Pick<Night, 'delays' | 'requests'> {
  const random = seeded(SEED);
  const delays: number[] = [];
  let looks = 0;
  for (let run = 0; run < runs; run += 1) {
    const { queuedMs, runsMs, statusLagMs } = lifeOf(notebookLaw(random), random);
    const seen = queuedMs + runsMs + statusLagMs;
    const first = random() * EACH_MS;
    const count = Math.max(1, Math.ceil((seen - first) / EACH_MS) + 1);
    looks += count;
    delays.push((first + (count - 1) * EACH_MS - seen) / SECOND);
  }
  return { delays: threeOf(delays.sort((a, b) => a - b)), requests: looks / runs };
}

function threeOf(sorted: readonly number[]): Three {
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return [at(0.5), at(0.99), at(1)];
}
