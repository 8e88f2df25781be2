/**
 * Kills the real program again and again and counts what went wrong: `npm run chaos -- --kills 2000 --seconds 3600`.
 * Ends with 1 when anything did, or when a bot without one of its guards went unnoticed.
 */
import { parseArgs } from 'node:util';
import { aroundEffects, type CampaignOptions, everyEffect, newTally, onAndOn, pairs, type Tally } from './campaign.ts';
import { EVERYDAY } from './orders.ts';
import { SABOTAGES, type Sabotage } from './sabotage.ts';
import { seeded } from './seeded.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '1800' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    parallel: { type: 'string', default: '4' },
    /** Keeps the folders of those that went wrong. */
    keep: { type: 'boolean', default: false },
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
const wanted = (name: string): boolean => values.only === undefined || name.startsWith(values.only);

async function row(name: string, campaign: () => Promise<Tally>): Promise<Tally> {
  if (!wanted(name)) return newTally();
  console.log(`${name} …`);
  const tally = await campaign();
  rows.push({ name, tally });
  console.log(`  ${JSON.stringify(tally)} after ${Math.round((performance.now() - begun) / 1_000)} s`);
  return tally;
}

const bad = ({ lost, doubled, toldTwice, wrong, leaked }: Tally): number => lost + doubled + toldTwice + wrong + leaked;

console.log(`seed ${values.seed}`);
const REDDENS: Readonly<Record<Sabotage, (tally: Tally) => number>> = {
  noNonce: (tally) => tally.toldTwice,
  noLook: (tally) => tally.doubled,
  markFirst: (tally) => tally.lost,
  tokenInLog: (tally) => tally.leaked,
};
const NAMES: Readonly<Record<Sabotage, string>> = {
  noNonce: 'without nonce',
  noLook: 'without looking first',
  markFirst: 'marked before posted',
  tokenInLog: 'a token in a log line',
};
const unnoticed: string[] = [];
for (const sabotage of Object.keys(SABOTAGES) as Sabotage[]) {
  if (!wanted(NAMES[sabotage])) continue;
  const tally = await row(NAMES[sabotage], () =>
    aroundEffects(options({ sabotage, kills: 24, complain: () => undefined }), EVERYDAY, 1),
  );
  if (REDDENS[sabotage](tally) === 0) unnoticed.push(NAMES[sabotage]);
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
process.exitCode = bad(single) + bad(twice) + bad(loop) + unnoticed.length === 0 ? 0 : 1;
