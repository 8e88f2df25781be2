import { openDatabase } from '../db/open.ts';
import { openStores, type Stores } from '../db/stores.ts';
import { HOUR, MINUTE } from '../src/clock.ts';
import type { Run } from '../src/domain/run.ts';
import type { Place } from '../src/domain/scope.ts';
import { Keyring, Secret } from '../src/secret.ts';
import { ACCOUNTS, tokenOf, userOf } from './crowd.ts';
import type { StandIns } from './stand-ins.ts';

export const KEY = Buffer.alloc(32, 7);
const BEGUN_AGO_MS = 10 * MINUTE;

/** A database with so many running runs; each follows a version that the stand-in really has. */
export function fill(databaseFile: string, runs: number, { guildId, channelId, userId }: StandIns): void {
  const place: Place = { kind: 'guild', guildId, channelId };
  write(databaseFile, runs, userId, (stores, index) => {
    const running = accept(stores, index, place, userId);
    stores.runs.putOff(running, Date.now() + (index % HOUR));
  });
}

/** A database with so many runs that have just ended, over many channels; nobody was told yet. */
export function fillCompletions(databaseFile: string, runs: number, { channels, userId }: StandIns): void {
  write(databaseFile, runs, userId, ({ runs: table, ...stores }, index) => {
    const { guildId, channelId } = channels[index % channels.length] ?? raise('there are no channels');
    const running = accept({ runs: table, ...stores }, index, { kind: 'guild', guildId, channelId }, userId);
    const at = Date.now();
    const ended = table.move(running, { type: 'ended', at, end: 'complete', message: null }, { dueAt: null });
    if (ended !== null) table.move(ended, { type: 'finished', at }, { dueAt: null, outputs: [] });
  });
}

function write(databaseFile: string, runs: number, userId: string, one: (stores: Stores, index: number) => void): void {
  const db = openDatabase(databaseFile);
  const stores = openStores(db, new Keyring([KEY]));
  stores.accounts.checkKeys();
  for (let index = 0; index < ACCOUNTS; index += 1)
    stores.accounts.link(
      launcherOf(index, userId),
      userOf(index),
      { kind: 'token', token: new Secret(tokenOf(index)) },
      Date.now(),
    );
  db.transaction(() => {
    for (let index = 0; index < runs; index += 1) one(stores, index);
    // Their cards were posted long ago.
    db.exec(`delete from notices where kind = 'card'`);
  })();
  db.close();
}

function accept({ runs }: Stores, index: number, place: Place, userId: string): Run {
  const at = Date.now() - BEGUN_AGO_MS;
  const account = index % ACCOUNTS;
  const kernel = { owner: userOf(account), slug: 'long-night' };
  const accepted = runs.accept(
    {
      key: String(index).padStart(22, 'k'),
      interactionId: `bench-${index}`,
      place,
      launcher: { id: launcherOf(account, userId), name: 'Somebody' },
      settings: {
        kernel,
        title: 'Long night',
        kind: 'notebook',
        language: 'python',
        accelerator: 'NvidiaTeslaT4',
        inputs: [],
        internet: false,
        isPublic: false,
        limitMinutes: 720,
        note: null,
        origin: { from: 'attachment', name: 'long-night.ipynb', link: null },
        cells: 3,
      },
      sourceHash: 'bench',
      acceptedAt: at,
    },
    '{}',
  ).run;
  const pushed = { kernel, version: 1, page: null, at, inputsDropped: [] };
  const pushing = runs.move(accepted, { type: 'pushStarted', at, baseVersion: 0 }, { dueAt: at });
  const queued = pushing && runs.move(pushing, { type: 'pushed', at, pushed }, { dueAt: at });
  const running = queued && runs.move(queued, { type: 'seenRunning', at, stopping: false }, { dueAt: at });
  return running ?? raise('a run of the bench was changed by somebody else');
}

function raise(what: string): never {
  throw new Error(what);
}

/** The first account is the one that asks. */
const launcherOf = (index: number, userId: string): string =>
  index === 0 ? userId : String(900_000_000_000_000_000n + BigInt(index));
