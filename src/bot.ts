import { dirname, join } from 'node:path';
import { commands, directMessage } from '../commands/index.ts';
import { openDatabase } from '../db/open.ts';
import { openStores } from '../db/stores.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { createAttachmentFetcher } from './discord/attachment.ts';
import { DiscordDoor } from './discord/door.ts';
import { createGithub, type GithubHosts } from './github/github.ts';
import type { Health } from './http.ts';
import { createKaggle } from './kaggle/client.ts';
import type { Kaggle } from './kaggle/kaggle.ts';
import { Pace } from './kaggle/pace.ts';
import type { Log } from './log.ts';
import type { Metric } from './metrics.ts';
import { createCodeChecker } from './notebook/check-code.ts';
import { findFonts } from './results/fonts.ts';
import { Keyring, SealError } from './secret.ts';
import { explain } from './steps/explain.ts';
import { greet } from './steps/greet.ts';
import { KaggleHealth } from './steps/health.ts';
import { LinkFollower } from './steps/lasting-links.ts';
import { LogFollower } from './steps/log-follower.ts';
import type { Needs } from './steps/needs.ts';
import { countUnknown, takeRestored } from './steps/reconcile.ts';
import { tick } from './tick.ts';

export type BotOptions = {
  readonly config: Config & { readonly discordToken: string; readonly databaseFile: string };
  readonly clock: Clock;
  readonly log: Log;
  readonly playground: boolean;
  /** Stand-ins of GitHub's servers on this machine; the real ones unless said. */
  readonly github?: GithubHosts;
  readonly version: string;
  /** The bot cannot go on, e.g. because Discord refuses its token. */
  readonly onFatal: (reason: string) => void;
};

/** The whole bot, wired: `start` brings it online, `beat` does what is due, `stop` ends it and closes the database. */
export type Bot = {
  readonly needs: Needs;
  readonly door: DiscordDoor;
  /** Follows download links that people were given. */
  readonly links: LinkFollower;
  start(): Promise<void>;
  beat(): Promise<void>;
  health(): Health;
  metrics(): Metric[];
  stop(): Promise<void>;
};

/**
 * @throws DatabaseError when the database cannot be used; SealError when SECRET_KEY is not the one it was sealed with.
 */
export function createBot({ config, clock, log, playground, github, version, onFatal }: BotOptions): Bot {
  const db = openDatabase(config.databaseFile);
  const stores = openStores(db, new Keyring(config.keys));
  try {
    stores.accounts.checkKeys();
  } catch (error) {
    db.close();
    if (!(error instanceof SealError)) throw error;
    throw new SealError(
      `SECRET_KEY is not the key this database was sealed with (${config.databaseFile}). Nothing was changed. Set the right one; ` +
        'when rotating, set the old one as SECRET_KEY_OLD.',
    );
  }
  takeRestored({ ...stores, clock, log });
  const { fonts, unread } = findFonts(join(dirname(config.databaseFile), 'fonts'));
  if (unread.length > 0) log.warn({ files: unread }, 'files beside the database that are no fonts, or too many');
  const pace = new Pace(clock);
  const doorOf = (isForPeople: boolean): Kaggle =>
    createKaggle({
      apiUrl: config.kaggleApiUrl,
      userAgent: `Nightshift/${version}`,
      clock,
      pace: { pace, isForPeople },
    });
  const kaggle = doorOf(false);
  const health = new KaggleHealth(pace);
  const door = new DiscordDoor({
    token: config.discordToken,
    apiUrl: config.discordApiUrl,
    guildId: config.discordGuildId,
    log,
    clock,
    meta: stores.meta,
    explain,
    onFatal,
    onGuildJoined: (guildId, channelId) => greet(guildId, channelId, needs),
  });
  const checker = createCodeChecker();
  const follower = new LogFollower({ ...stores, kaggle, clock, log });
  const needs: Needs = {
    ...stores,
    kaggle,
    github: createGithub(`Nightshift/${version}`, github),
    chat: door.chat,
    clock,
    log,
    follower,
    pace,
    health,
    settings: {
      web: config.kaggleWebUrl,
      publicUrl: config.publicUrl,
      sessionHours: config.sessionHours,
      playground,
      fonts,
      version,
    },
    checks: { code: (source) => checker.check(source), setup: (of) => checker.setup(of) },
    fetchAttachment: createAttachmentFetcher(config.discordCdnUrl),
  };
  return {
    needs,
    door,
    links: new LinkFollower({ ...needs, kaggle: doorOf(true) }),
    start: async () => {
      // What a person asks does not stand behind the looks of the night.
      await door.start(commands, directMessage, { ...needs, kaggle: doorOf(true) });
    },
    beat: () => tick(needs),
    health: () => healthOf(needs, door),
    metrics: () => metricsOf(needs),
    stop: async () => {
      await door.stop();
      await follower.stop();
      await checker.stop();
      db.close();
    },
  };
}

function healthOf(needs: Needs, door: DiscordDoor): Health {
  const { runs, notices, health, follower, settings, backups, storage } = needs;
  const discord = door.health;
  const down = health.downSince;
  return {
    ok: discord.connected,
    version: settings.version,
    discord,
    kaggle: down === null ? { answers: true } : { answers: false, since: new Date(down).toISOString() },
    runs: Object.fromEntries(runs.countByPhase()),
    notices: { owed: notices.countOwed(), parked: notices.countParked() },
    streams: follower.open,
    storage: { full: storage.isFull },
    backup: {
      made: backups.state.madeAt === null ? null : new Date(backups.state.madeAt).toISOString(),
      failed: backups.state.failed,
      reconciling: backups.restoredFrom !== null,
    },
    unknownVersions: countUnknown(needs),
  };
}

function metricsOf({ runs, notices, accounts, health, follower }: Needs): Metric[] {
  const one = (name: string, help: string, value: number): Metric => ({
    name,
    help,
    type: 'gauge',
    values: [{ value }],
  });
  return [
    {
      name: 'nightshift_runs',
      help: 'Runs by phase.',
      type: 'gauge',
      values: [...runs.countByPhase()].map(([phase, value]) => ({ labels: { phase }, value })),
    },
    one('nightshift_notices_owed', 'Messages that are owed and not sent yet.', notices.countOwed()),
    one('nightshift_notices_parked', 'Messages that could not be delivered anywhere.', notices.countParked()),
    one('nightshift_accounts', 'Linked Kaggle accounts.', accounts.count()),
    one('nightshift_kaggle_up', 'Whether Kaggle answers.', health.downSince === null ? 1 : 0),
    one('nightshift_log_streams', 'Log streams that are open.', follower.open),
    one('process_resident_memory_bytes', 'Resident memory.', process.memoryUsage.rss()),
  ];
}
