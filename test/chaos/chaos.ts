/**
 * Kills the real program again and again and counts what went wrong: `npm run chaos -- --kills 2000 --seconds 3600`.
 * Ends with 1 when anything did, or when a bot without one of its guards went unnoticed.
 */
import { parseArgs } from 'node:util';
import { atPoints, type CampaignOptions, everyEffect, newTally, onAndOn, pairs, type Tally } from './campaign.ts';
import { GUARDS } from './guards.ts';
import { EVERYDAY } from './orders.ts';
import type { Sabotage } from './sabotage.ts';
import { seeded } from './seeded.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '1800' },
    /** Scenarios at a time; a machine of two cores is busy with six. */
    parallel: { type: 'string', default: '6' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    /** Keeps the folders of those that went wrong. */
    keep: { type: 'boolean', default: false },
    /** Names of rows, with commas between; all without it. */
    only: { type: 'string' },
  },
});

const kills = Number(values.kills);
const begun = performance.now();
const random = seeded(Number(values.seed));
const only = values.only?.split(',').map((name) => name.trim());

const options = (change: Partial<CampaignOptions> = {}): CampaignOptions => ({
  parallel: Number(values.parallel),
  until: begun + Number(values.seconds) * 1_000,
  kills,
  keep: values.keep,
  complain: (sentence) => console.log(`  ! ${sentence}`),
  ...change,
});

const rows: { name: string; tally: Tally }[] = [];

async function row(name: string, campaign: () => Promise<Tally>, asked = name): Promise<Tally | null> {
  if (only?.includes(asked) === false) return null;
  console.log(`${name} …`);
  const tally = await campaign();
  rows.push({ name, tally });
  console.log(
    `  ${tally.kills} kills, ${tally.runs} runs; ${Math.round((performance.now() - begun) / 1_000)} s so far`,
  );
  return tally;
}

const isBad = (tally: Tally | null): boolean =>
  tally !== null && tally.lost + tally.doubled + tally.toldTwice + tally.wrong + tally.leaked > 0;

console.log(`seed ${values.seed}`);
const whole: (Tally | null)[] = [];
const unnoticed: string[] = [];
for (const [sabotage, { without, points, reddens }] of Object.entries(GUARDS)) {
  whole.push(await row('all guards, same kills', () => atPoints(options(), points), without));
  const sabotaged = options({ sabotage: sabotage as Sabotage, complain: () => undefined });
  const tally = await row(without, () => atPoints(sabotaged, points));
  if (tally !== null && tally[reddens] === 0)
    unnoticed.push(tally.scenarios < points.length ? `${without} (the time was over before all was tried)` : without);
}
const left = (): number => kills - whole.reduce((sum, tally) => sum + (tally?.kills ?? 0), 0);
whole.push(await row('every effect', () => everyEffect(options({ kills: left() }), EVERYDAY)));
whole.push(
  await row('killed twice', () => pairs(options({ kills: left() }), random, Math.min(100, Math.ceil(kills / 20)))),
);
whole.push(await row('with faults', () => onAndOn(options({ kills: left() }), random)));

const sum = newTally();
for (const tally of whole) for (const name of Object.keys(sum) as (keyof Tally)[]) sum[name] += tally?.[name] ?? 0;
console.log(`\n${''.padEnd(24)}    kills     runs     lost  doubled  told twice  wrong  leaked`);
for (const { name, tally } of [...rows, { name: 'in all, all guards', tally: sum }]) {
  const cells = [tally.kills, tally.runs, tally.lost, tally.doubled].map((one) => String(one).padStart(9)).join('');
  console.log(
    `${name.padEnd(24)}${cells}${String(tally.toldTwice).padStart(12)}${String(tally.wrong).padStart(7)}${String(tally.leaked).padStart(8)}`,
  );
}
for (const name of unnoticed) console.log(`Not noticed: ${name}`);
// Answers of people who asked while a program died may still be waited for.
process.exit(whole.some(isBad) || unnoticed.length > 0 ? 1 : 0);
