/** Prints the figures of design.md 5 that can be measured so far, on this machine. `npm run bench`. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../db/open.ts';
import { openStores } from '../db/stores.ts';
import { createBot } from '../src/bot.ts';
import { HOUR, MINUTE, SECOND, systemClock } from '../src/clock.ts';
import { parseConfig } from '../src/config.ts';
import { startHeartbeat } from '../src/heartbeat.ts';
import { silentLog } from '../src/log.ts';
import { Keyring, Secret } from '../src/secret.ts';
import { ACCOUNTS, tokenOf, userOf } from './crowd.ts';
import { requestsPerRun } from './requests.ts';
import type { Order, StandIns, Told } from './stand-ins.ts';

const KEY = Buffer.alloc(32, 7);
const TRACKED = 10_000;
const PER_SECOND = 200;
const LOAD_SECONDS = 10;

const rows: [string, string, string][] = [];
const ms = (value: number | null): string => (value === null ? '–' : `${value.toFixed(1)} ms`);
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

const folder = mkdtempSync(join(tmpdir(), 'nightshift-bench-'));
try {
  await measureBot();
  for (const { name, bar, requests } of await requestsPerRun())
    rows.push([`Kaggle requests for a run of 30 min, ${name}`, String(requests), bar]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
print();

async function measureBot(): Promise<void> {
  const child = fork(new URL('./stand-ins.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ready = await answer(child, 'ready');
  const databaseFile = join(folder, 'nightshift.db');
  fill(databaseFile, ready.at);
  const rssBefore = process.memoryUsage.rss();
  const begunAt = Date.now();
  const bot = createBot({
    config: {
      ...parseConfig({
        DISCORD_TOKEN: ready.at.discordToken,
        DISCORD_API_URL: ready.at.discordApi,
        DISCORD_CDN_URL: ready.at.discordCdn,
        KAGGLE_API_URL: ready.at.kaggleApi,
        SECRET_KEY: KEY.toString('base64'),
      }),
      discordToken: ready.at.discordToken,
      databaseFile,
    },
    clock: systemClock,
    log: silentLog,
    playground: false,
    version: 'bench',
    onFatal: (reason) => {
      throw new Error(reason);
    },
  });
  await bot.start();
  const stopBeating = startHeartbeat('* * * * * *', bot.beat, silentLog);
  const seen = await firstLook(child);
  rows.push([`restart with ${TRACKED} active runs → first look`, `${seen - begunAt} ms`, '≤ 2 s']);

  send(child, { kind: 'load', perSecond: PER_SECOND, seconds: LOAD_SECONDS });
  const loaded = await answer(child, 'loaded');
  const { sent } = bot.door.health.acknowledged;
  rows.push([
    `acknowledge, ${PER_SECOND}/s for ${LOAD_SECONDS} s, ${TRACKED} tracked runs, p50`,
    ms(sent.percentile(0.5)),
    '',
  ]);
  rows.push(['… p99', ms(sent.percentile(0.99)), '≤ 50 ms']);
  rows.push(['… p99.9', ms(sent.percentile(0.999)), '≤ 200 ms']);
  rows.push(['… not answered in time', `${loaded.failed} of ${loaded.used}`, '0']);
  rows.push([
    `resident memory with ${TRACKED} tracked runs under that load`,
    `${mb(process.memoryUsage.rss())} (${mb(rssBefore)} before the bot)`,
    '',
  ]);
  await stopBeating();
  await bot.stop();
  send(child, { kind: 'stop' });
  await once(child, 'exit');
}

/** Active runs of one person, all following one version that the stand-in really has. */
function fill(databaseFile: string, { guildId, channelId, userId }: StandIns): void {
  const db = openDatabase(databaseFile);
  const stores = openStores(db, new Keyring([KEY]));
  const now = Date.now();
  stores.accounts.checkKeys();
  for (let index = 0; index < ACCOUNTS; index += 1) {
    stores.accounts.link(
      launcherOf(index, userId),
      userOf(index),
      { kind: 'token', token: new Secret(tokenOf(index)) },
      now,
    );
  }
  db.transaction(() => {
    for (let index = 0; index < TRACKED; index += 1) {
      const at = now - 10 * MINUTE;
      const account = index % ACCOUNTS;
      const kernel = { owner: userOf(account), slug: 'long-night' };
      const accepted = stores.runs.accept(
        {
          key: String(index).padStart(22, 'k'),
          interactionId: `bench-${index}`,
          place: { kind: 'guild', guildId, channelId },
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
      const pushing = stores.runs.move(accepted, { type: 'pushStarted', at, baseVersion: 0 }, { dueAt: at });
      const queued =
        pushing &&
        stores.runs.move(
          pushing,
          { type: 'pushed', at, pushed: { kernel, version: 1, page: null, at, inputsDropped: [] } },
          { dueAt: at },
        );
      if (queued)
        stores.runs.move(queued, { type: 'seenRunning', at, stopping: false }, { dueAt: now + (index % HOUR) });
    }
    // Their cards were posted long ago.
    db.exec('delete from notices');
  })();
  db.close();
}

/** The first account is the one that asks. */
function launcherOf(index: number, userId: string): string {
  return index === 0 ? userId : String(900_000_000_000_000_000n + BigInt(index));
}

async function firstLook(child: ChildProcess): Promise<number> {
  for (let tries = 0; tries < 600; tries += 1) {
    send(child, { kind: 'countLooks' });
    const { firstAt } = await answer(child, 'looks');
    if (firstAt !== null) return firstAt;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no look within ${(600 * 50) / SECOND} s`);
}

function send(child: ChildProcess, order: Order): void {
  child.send(order);
}

async function answer<K extends Told['kind']>(child: ChildProcess, kind: K): Promise<Extract<Told, { kind: K }>> {
  for (;;) {
    const [told] = (await once(child, 'message')) as [Told];
    if (told.kind === kind) return told as Extract<Told, { kind: K }>;
  }
}

function print(): void {
  console.log(
    `\n${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${mb(totalmem())} memory, Node ${process.versions.node}\n`,
  );
  console.log('| what | measured | bar |\n|---|---|---|');
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
}
