import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { APIMessage } from 'discord-api-types/v10';
import { markerOf } from '../../src/notebook/marker.ts';
import type { VersionTruth } from '../../src/playground/kaggle/emulator.ts';
import { textOf } from '../world.ts';
import { signOf } from './orders.ts';
import type { ChaosWorld } from './world.ts';

/** What the emulators know, held against what must be true. Each finding is a sentence. */
export type Verdict = {
  readonly runs: number;
  /** I1: accepted, and nobody was told how it ended. */
  readonly lost: readonly string[];
  /** I2: pushed more than once. */
  readonly doubled: readonly string[];
  /** I1: two cards, or two messages about the end. */
  readonly toldTwice: readonly string[];
  /** I3, I5, I6: the wrong version, the wrong place, the wrong token, a database that is not right. */
  readonly wrong: readonly string[];
  /** I4: a secret where none may be. */
  readonly leaked: readonly string[];
};

type RunRow = {
  readonly key: string;
  readonly number: number;
  readonly interaction_id: string;
  readonly phase: string;
  readonly version: number | null;
  readonly kernel: string;
  readonly parked: string | null;
};

type Found = { [Name in Exclude<keyof Verdict, 'runs'>]: string[] };

/** Looks at everything once the program is over. */
export function judge(world: ChaosWorld): Verdict {
  const found: Found = { lost: [], doubled: [], toldTwice: [], wrong: [], leaked: [] };
  // Before anything opens the database: opening it takes the log of writes in.
  findSecrets(world, found);
  const db = new Database(world.databaseFile);
  try {
    const runs = db
      .prepare(
        `select r.key, r.number, r.interaction_id, r.phase, r.version, r.kernel, n.parked_because as parked
         from runs r left join notices n on n.run_key = r.key and n.kind = 'end'`,
      )
      .all() as RunRow[];
    for (const { interactionId, order } of world.accepted)
      if (!runs.some((run) => run.interaction_id === interactionId))
        found.lost.push(`${order.name} was accepted and is not remembered`);
    const versions = versionsByMarker(world, found);
    for (const run of runs) judgeRun(run, versions.get(run.key) ?? [], world, found);
    for (const marker of versions.keys())
      if (!runs.some(({ key }) => key === marker))
        found.wrong.push(`Kaggle has a run ${marker} that is not remembered`);
    judgeTokens(world, found);
    judgeDatabase(db, found);
    return { runs: runs.length, ...found };
  } finally {
    db.close();
  }
}

function versionsByMarker(world: ChaosWorld, found: Found): Map<string, VersionTruth[]> {
  const all = new Map<string, VersionTruth[]>();
  for (const user of ['mara-k', 'jun-l']) {
    for (const { ref } of world.kaggle.kernels(user)) {
      for (const version of world.kaggle.versions(ref)) {
        const marker = markerOf(version.source);
        if (marker === null) found.wrong.push(`version ${version.number} of ${ref} carries no mark`);
        else all.set(marker, [...(all.get(marker) ?? []), version]);
      }
    }
  }
  return all;
}

function judgeRun(run: RunRow, versions: readonly VersionTruth[], world: ChaosWorld, found: Found): void {
  const order = world.sent.get(run.interaction_id);
  if (order === undefined) {
    found.wrong.push(`run ${run.key} came of no command`);
    return;
  }
  const name = `${order.name} (#${run.number})`;
  if (versions.length > 1) found.doubled.push(`${name} was pushed ${versions.length} times`);
  const { cards, ends, elsewhere } = messagesOf(run.key, world.places[order.where], world);
  if (elsewhere > 0) found.wrong.push(`${name}: ${elsewhere} messages in another place`);
  if (cards.length > 1) found.toldTwice.push(`${name} has ${cards.length} cards`);
  if (ends.length > 1) found.toldTwice.push(`the end of ${name} was told ${ends.length} times`);
  const [end] = ends;
  if (end === undefined) {
    if (run.parked === null) found.lost.push(`the end of ${name} was not told; it is ${run.phase}`);
    return;
  }
  const [version] = versions;
  if (version === undefined) {
    found.wrong.push(`${name} was never pushed, and its end was told`);
    return;
  }
  if (run.version !== version.number || run.kernel !== version.ref)
    found.wrong.push(`${name} is version ${version.number}, and version ${run.version} is remembered`);
  // Kaggle kept its answer back for longer than an end is kept from people: then the message says just that.
  const isToldWithoutFiles = /Its (?:files could not be listed|log could not be read)/.test(textOf(end));
  if (!isToldWithoutFiles && !textOf(end).includes(signOf(order, version.number)))
    found.wrong.push(
      `the report of ${name} does not name ${signOf(order, version.number)}: ${textOf(end).slice(0, 200)}`,
    );
}

/** A message about the end is text; a card is a panel. Both carry buttons with the run's key. */
function messagesOf(
  key: string,
  place: string,
  { discord, places }: ChaosWorld,
): { cards: APIMessage[]; ends: APIMessage[]; elsewhere: number } {
  const cards: APIMessage[] = [];
  const ends: APIMessage[] = [];
  let elsewhere = 0;
  for (const channelId of Object.values(places)) {
    for (const { message, onlyFor } of discord.messages(channelId)) {
      if (onlyFor !== null || !JSON.stringify(message.components ?? []).includes(`:v1:${key}`)) continue;
      if (channelId !== place) elsewhere += 1;
      if (message.content === '') cards.push(message);
      else ends.push(message);
    }
  }
  return { cards, ends, elsewhere };
}

/** Every call to Kaggle that names a kernel carries the credential of its owner. */
function judgeTokens({ kaggle }: ChaosWorld, found: Found): void {
  for (const { method, body, user, headers } of kaggle.requests) {
    if (headers.authorization !== undefined && user === null) found.wrong.push(`${method} with a token of nobody`);
    const owner = body.userName ?? (typeof body.slug === 'string' ? body.slug.split('/')[0] : undefined);
    if (owner !== undefined && owner !== user) found.wrong.push(`${method} about ${owner} with the token of ${user}`);
  }
}

function judgeDatabase(db: Database.Database, found: Found): void {
  const integrity = db.pragma('integrity_check', { simple: true });
  if (integrity !== 'ok') found.wrong.push(`the database is damaged: ${integrity}`);
  const foreign = db.pragma('foreign_key_check') as unknown[];
  if (foreign.length > 0) found.wrong.push(`${foreign.length} rows point nowhere`);
  const owed = db.prepare('select count(*) from notices where due_at is not null').pluck().get();
  if (owed !== 0) found.wrong.push(`${owed} messages are owed still`);
}

/** In every file of the program, its output and every message; also as base64. */
function findSecrets({ folder, canaries, discord, places, kaggle }: ChaosWorld, found: Found): void {
  const texts: [string, string][] = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => [name, readFileSync(join(parentPath, name), 'latin1')]);
  for (const channelId of Object.values(places)) texts.push(['a message', JSON.stringify(discord.messages(channelId))]);
  texts.push(['an address at Kaggle', kaggle.requests.map(({ path }) => path).join('\n')]);
  for (const canary of canaries) {
    const forms = [canary, Buffer.from(canary).toString('base64').replace(/=+$/, '')];
    for (const [where, text] of texts)
      if (forms.some((form) => text.includes(form))) found.leaked.push(`${canary.slice(0, 8)}… stands in ${where}`);
  }
}

export const isClean = ({ lost, doubled, toldTwice, wrong, leaked }: Verdict): boolean =>
  [lost, doubled, toldTwice, wrong, leaked].every((one) => one.length === 0);
