import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createBot } from '../src/bot.ts';
import { systemClock } from '../src/clock.ts';
import { parseConfig } from '../src/config.ts';
import { startHeartbeat } from '../src/heartbeat.ts';
import { silentLog } from '../src/log.ts';
import { fill, KEY } from './fill.ts';
import { StandInsHandle } from './stand-ins-handle.ts';

export type Loaded = {
  readonly firstLookMs: number;
  /** From an interaction's arrival to its acknowledgement being sent, in ms, measured in the process. */
  readonly acknowledged: { percentile(of: number): number | null };
  readonly used: number;
  readonly failed: number;
};

const LOOKED_WITHIN_MS = 30_000;

/** Starts the bot in this process with so many tracked runs, then lets people use /status so often a second. */
export async function measureLoad(
  { tracked, perSecond, seconds }: { tracked: number; perSecond: number; seconds: number },
  folder: string,
): Promise<Loaded> {
  await using standIns = await StandInsHandle.start();
  const { at } = standIns;
  const databaseFile = join(folder, 'load.db');
  fill(databaseFile, tracked, at);
  const begunAt = Date.now();
  const bot = createBot({
    config: {
      ...parseConfig({
        DISCORD_TOKEN: at.discordToken,
        DISCORD_API_URL: at.discordApi,
        DISCORD_CDN_URL: at.discordCdn,
        KAGGLE_API_URL: at.kaggleApi,
        SECRET_KEY: KEY.toString('base64'),
      }),
      discordToken: at.discordToken,
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
  const firstAt = await firstLook(standIns);
  const { used, failed } = await standIns.ask({ kind: 'load', perSecond, seconds }, 'loaded');
  await stopBeating();
  await bot.stop();
  return { firstLookMs: firstAt - begunAt, acknowledged: bot.door.health.acknowledged.sent, used, failed };
}

async function firstLook(standIns: StandInsHandle): Promise<number> {
  for (const until = performance.now() + LOOKED_WITHIN_MS; performance.now() < until; await pause(50)) {
    const { firstAt } = await standIns.ask({ kind: 'countLooks' }, 'looks');
    if (firstAt !== null) return firstAt;
  }
  throw new Error(`no look within ${LOOKED_WITHIN_MS} ms`);
}
