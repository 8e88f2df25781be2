import { isClean, judge, type Verdict } from './invariants.ts';
import type { KillPoint } from './kill-point.ts';
import type { Order } from './orders.ts';
import type { Sabotage } from './sabotage.ts';
import { stir } from './stir.ts';
import { ChaosWorld, RATES } from './world.ts';

/** Of real time. Whatever has not ended by then is lost. */
const DRAIN_MS = 120_000;

export type Outcome = {
  readonly kills: number;
  /** Whether every kill that was asked for came about; false: all had ended before. */
  readonly reached: boolean;
  readonly verdict: Verdict;
  /** Where it was killed, and what happened otherwise: to be read beside the findings. */
  readonly story: string;
};

export type ScenarioOptions = {
  readonly sabotage?: Sabotage | null;
  readonly rate?: number;
  readonly keep?: boolean;
};

/** The orders, with the program killed at each of the points in turn: the first one at work, the others in its recovery. */
export async function killAt(
  points: readonly KillPoint[],
  orders: readonly Order[],
  { sabotage = null, rate = RATES.usual, keep = false }: ScenarioOptions = {},
): Promise<Outcome> {
  await using world = await ChaosWorld.open(sabotage, rate);
  world.ask(orders);
  for (const point of points) {
    world.start(point);
    const end = await world.drain(DRAIN_MS);
    if (end !== 'killed') return outcomeOf(world, end, false, keep);
  }
  const { kills } = world;
  world.start(null);
  return { ...(await outcomeOf(world, await world.drain(DRAIN_MS), true, keep)), kills };
}

export type LoopOptions = ScenarioOptions & {
  readonly kills: number;
  /** Orders that come in between two kills. */
  readonly orders: (round: number) => readonly Order[];
  readonly random: () => number;
};

/** Round after round with faults on both sides: people ask for more, and the program is killed anywhere. Then all must end. */
export async function killOnAndOn({
  kills,
  orders,
  random,
  sabotage = null,
  rate = RATES.usual,
  keep = false,
}: LoopOptions): Promise<Outcome> {
  await using world = await ChaosWorld.open(sabotage, rate);
  const calm = stir(world, random);
  for (let round = 0; round < kills; round++) {
    world.ask(orders(round));
    world.start({
      at: random() < 0.6 ? 'request' : 'commit',
      when: random() < 0.5 ? 'before' : 'after',
      count: 1 + Math.floor(random() * 40),
    });
    // When all has ended before that, it is killed in the middle of nothing.
    const end = await world.drain(4_000 + 8_000 * random());
    if (end === 'gaveUp') {
      calm();
      return outcomeOf(world, end, false, keep);
    }
    await world.kill();
  }
  calm();
  const done = world.kills;
  world.start(null);
  return { ...(await outcomeOf(world, await world.drain(DRAIN_MS), true, keep)), kills: done };
}

async function outcomeOf(world: ChaosWorld, end: string, reached: boolean, keep: boolean): Promise<Outcome> {
  const { kills, story } = world;
  await world.kill();
  const verdict = judge(world);
  const wrong = end === 'gaveUp' ? [...verdict.wrong, 'the program ended by itself'] : verdict.wrong;
  const lost = end === 'stuck' ? [...verdict.lost, 'not everything came to an end'] : verdict.lost;
  const whole = { ...verdict, wrong, lost };
  world.keep = keep && !isClean(whole);
  return { kills, reached, verdict: whole, story: world.keep ? `${story}; see ${world.folder}` : story };
}
