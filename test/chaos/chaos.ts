/**
 * Kills the real program again and again and counts what went wrong: `npm run chaos -- --kills 2000 --seconds 3600`.
 * Ends with 1 when anything did, or when a bot without one of its guards went unnoticed.
 */
import { parseArgs } from 'node:util';
import { atPoints, type CampaignOptions, everyEffect, newTally, onAndOn, pairs, type Tally } from './campaign.ts';
import type { Moment } from './commit-points.ts';
import { EVERYDAY } from './orders.ts';
import type { Sabotage } from './sabotage.ts';
import { seeded } from './seeded.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '1800' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    parallel: { type: 'string', default: '4' },
    /** Keeps the folders of those that went wrong. */
    keep: { type: 'boolean', default: false },
    /** Names of rows, with commas between; all without it. */
    only: { type: 'string' },
  },
});

const kills = Number(values.kills);
const begun = performance.now();
const random = seeded(Number(values.seed));

const options = (share: Partial<CampaignOptions> = {}): CampaignOptions => ({
  parallel: Number(values.parallel),
  until: begun + Number(values.seconds) * 1_000,
  kills,
  keep: values.keep,
  complain: (sentence) => console.log(`  ! ${sentence}`),
  ...share,
});

const rows: { name: string; tally: Tally }[] = [];
const wanted = (name: string): boolean => values.only === undefined || values.only.split(',').includes(name);

async function row(name: string, campaign: () => Promise<Tally>, group = name): Promise<Tally> {
  if (!wanted(group)) return newTally();
  console.log(`${name} …`);
  const tally = await campaign();
  rows.push({ name, tally });
  console.log(`  ${JSON.stringify(tally)} after ${Math.round((performance.now() - begun) / 1_000)} s`);
  return tally;
}

const bad = ({ lost, doubled, toldTwice, wrong, leaked }: Tally): number => lost + doubled + toldTwice + wrong + leaked;

console.log(`seed ${values.seed}`);
/** A guard, the kills at which it is what saves a run, and what is counted when it is missing. */
const GUARDS: Readonly<
  Record<Sabotage, { name: string; when: Moment; only: string; upTo: number; reddens: (tally: Tally) => number }>
> = {
  noNonce: {
    name: 'without nonce',
    when: 'after',
    only: 'createMessage',
    upTo: 2 * EVERYDAY.length,
    reddens: (tally) => tally.toldTwice,
  },
  noLook: {
    name: 'without looking first',
    when: 'after',
    only: 'SaveKernel',
    upTo: EVERYDAY.length,
    reddens: (tally) => tally.doubled,
  },
  markFirst: {
    name: 'marked before posted',
    when: 'before',
    only: 'createMessage',
    upTo: 2 * EVERYDAY.length,
    reddens: (tally) => tally.lost,
  },
  tokenInLog: {
    name: 'a token in a log line',
    when: 'after',
    only: 'SaveKernel',
    upTo: 1,
    reddens: (tally) => tally.leaked,
  },
};
const unnoticed: string[] = [];
const controls: Tally[] = [];
for (const [sabotage, { name, when, only, upTo, reddens }] of Object.entries(GUARDS)) {
  const points = Array.from({ length: upTo }, (_, index) => ({ at: 'request', when, only, count: index + 1 }) as const);
  controls.push(await row(`same kills as below`, () => atPoints(options(), points), name));
  const without = options({ sabotage: sabotage as Sabotage, complain: () => undefined });
  const tally = await row(name, () => atPoints(without, points));
  if (wanted(name) && reddens(tally) === 0) unnoticed.push(name);
}
const single = await row('every effect', () => everyEffect(options(), EVERYDAY));
const twice = await row('killed twice', () =>
  pairs(options({ kills: kills - single.kills }), random, Math.min(100, Math.ceil(kills / 20))),
);
const loop = await row('with faults', () => onAndOn(options({ kills: kills - single.kills - twice.kills }), random));

console.log(`\n${'kills around an effect'.padEnd(24)}    kills     runs     lost  doubled  told twice  wrong  leaked`);
for (const { name, tally } of rows) {
  const cells = [tally.kills, tally.runs, tally.lost, tally.doubled].map((one) => String(one).padStart(9)).join('');
  console.log(
    `${name.padEnd(24)}${cells}${String(tally.toldTwice).padStart(12)}${String(tally.wrong).padStart(7)}${String(tally.leaked).padStart(8)}`,
  );
}
for (const name of unnoticed) console.log(`NOT NOTICED: ${name}`);
const all = [...controls, single, twice, loop];
process.exitCode = all.some((tally) => bad(tally) > 0) || unnoticed.length > 0 ? 1 : 0;
if (process.env.X)
  setTimeout(() => {
    console.log(process.getActiveResourcesInfo());
    setTimeout(() => process.exit(), 100);
  }, 2000);
