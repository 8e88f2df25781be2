import { isClean } from './invariants.ts';
import { KINDS, type KillPoint, type Kind } from './kill-point.ts';
import { EVERYDAY, type Order } from './orders.ts';
import { killAt, killOnAndOn, type Outcome, type ScenarioOptions } from './scenario.ts';
import { RATES } from './world.ts';

/** What a row of the table adds up. */
export type Tally = {
  scenarios: number;
  kills: number;
  runs: number;
  lost: number;
  doubled: number;
  toldTwice: number;
  wrong: number;
  leaked: number;
};

export const newTally = (): Tally => ({
  scenarios: 0,
  kills: 0,
  runs: 0,
  lost: 0,
  doubled: 0,
  toldTwice: 0,
  wrong: 0,
  leaked: 0,
});

export type CampaignOptions = ScenarioOptions & {
  /** So many scenarios at the same time: most of one is waiting. */
  readonly parallel: number;
  /** Real time, as performance.now() counts: no scenario begins after it. */
  readonly until: number;
  /** No scenario begins after so many kills. */
  readonly kills: number;
  /** Told of everything that is not as it must be. */
  readonly complain: (sentence: string) => void;
};

/** Plays the scenarios one after the other on several tables. `next` gives null when there are no more. */
async function play(
  options: CampaignOptions,
  tally: Tally,
  next: () => (() => Promise<Outcome>) | null,
): Promise<Tally> {
  const table = async (): Promise<void> => {
    while (performance.now() < options.until && tally.kills < options.kills) {
      const scenario = next();
      if (scenario === null) return;
      add(tally, await scenario(), options.complain);
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, table));
  return tally;
}

function add(tally: Tally, { kills, verdict, story }: Outcome, complain: (sentence: string) => void): void {
  tally.scenarios += 1;
  tally.kills += kills;
  tally.runs += verdict.runs;
  const { lost, doubled, toldTwice, wrong, leaked } = verdict;
  tally.lost += lost.length;
  tally.doubled += doubled.length;
  tally.toldTwice += toldTwice.length;
  tally.wrong += wrong.length;
  tally.leaked += leaked.length;
  if (isClean(verdict)) return;
  complain(`${story}: ${[...lost, ...doubled, ...toldTwice, ...wrong, ...leaked].join('; ')}`);
}

/**
 * Killed at effect 1, 2, 3 … of each kind, until a scenario ends before it is killed.
 * @param step Takes every step-th effect only.
 */
export function everyEffect(
  options: CampaignOptions,
  orders: readonly Order[],
  step = 1,
  tally = newTally(),
): Promise<Tally> {
  const open = new Map<Kind, number>(KINDS.map((kind, index) => [kind, 1 + (index % step)]));
  let turn = 0;
  return play(options, tally, () => {
    const kinds = [...open.keys()];
    const kind = kinds[turn++ % Math.max(1, kinds.length)];
    if (kind === undefined) return null;
    const count = open.get(kind) ?? 1;
    open.set(kind, count + step);
    return async () => {
      const outcome = await killAt([{ ...kind, count }], orders, options);
      if (!outcome.reached) open.delete(kind);
      return outcome;
    };
  });
}

/** Killed twice: at work, and once more in the recovery. */
export function pairs(
  options: CampaignOptions,
  random: () => number,
  most: number,
  tally = newTally(),
): Promise<Tally> {
  let left = most;
  const point = (upTo: number): KillPoint => ({
    ...(KINDS[Math.floor(random() * KINDS.length)] as Kind),
    count: 1 + Math.floor(random() * upTo),
  });
  return play(options, tally, () => {
    left -= 1;
    return left < 0
      ? null
      : () => killAt([point(60), point(30)], EVERYDAY, { ...options, rate: random() < 0.5 ? RATES.usual : RATES.late });
  });
}

/** On and on, with faults on both sides, until the kills are used up. @param each how many kills a world lives through. */
export function onAndOn(options: CampaignOptions, random: () => number, each = 8, tally = newTally()): Promise<Tally> {
  const orders = (round: number): readonly Order[] => [
    EVERYDAY[round % EVERYDAY.length] as Order,
    EVERYDAY[Math.floor(random() * EVERYDAY.length)] as Order,
  ];
  return play(
    options,
    tally,
    () => () =>
      killOnAndOn({ ...options, rate: random() < 0.5 ? RATES.usual : RATES.late, kills: each, orders, random }),
  );
}

/** Killed once at each of these points. */
export function atPoints(options: CampaignOptions, points: readonly KillPoint[], tally = newTally()): Promise<Tally> {
  const queue = [...points];
  return play(options, tally, () => {
    const point = queue.shift();
    return point === undefined ? null : () => killAt([point], EVERYDAY, options);
  });
}
