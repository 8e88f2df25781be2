import { existsSync, readFileSync } from 'node:fs';
import { type Bot, createBot } from './bot.ts';
import { systemClock } from './clock.ts';
import { type Config, parseConfig } from './config.ts';
import { startHeartbeat } from './heartbeat.ts';
import { startHttp } from './http.ts';
import { createLog, errorFields } from './log.ts';
import type { Playground } from './open-playground.ts';
import { Pulse } from './pulse.ts';
import { serveLink } from './serve-link.ts';

/** Errors whose text is meant for the person who starts the program: no stack, no second sentence. */
const PLAIN = new Set(['ConfigError', 'DatabaseError', 'SealError', 'HttpStartError', 'DiscordStartError']);
const STOP_WITHIN_MS = 10_000;
const USUAL_PORT = 8787;
/** Somebody else may sit on the usual port; the playground takes one of the next. */
const PLAYGROUND_PORTS = [USUAL_PORT, 8788, 8789, 8790, 0];

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

function readConfig(): Config {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return parseConfig(process.env);
}

/** Says what is wrong: one sentence when a person can do something about it, everything when it is a mistake of the program. */
function complain(error: unknown): void {
  if (!(error instanceof Error)) console.error(error);
  else if (PLAIN.has(error.name)) console.error(error.message);
  else if ('syscall' in error && 'path' in error && 'code' in error)
    console.error(`${error.path} cannot be used (${error.code}). Set DATABASE_FILE to a place this user may write.`);
  else console.error(error);
}

async function main(): Promise<void> {
  let given: Config;
  try {
    given = readConfig();
  } catch (error) {
    complain(error);
    process.exit(1);
  }
  const isPlayground = given.discordToken === null;
  // In the playground the terminal shows the channel; only what went wrong belongs between its lines.
  const log = createLog(isPlayground && given.logLevel === 'info' ? 'warn' : given.logLevel);
  const clock = systemClock;
  const stops: (() => Promise<void>)[] = [];
  let stopping: Promise<void> | null = null;

  const stop = (code: number): Promise<void> => {
    stopping ??= (async () => {
      setTimeout(() => process.exit(code), STOP_WITHIN_MS).unref();
      for (const one of stops.reverse())
        await one().catch((error: unknown) => log.error({ err: errorFields(error) }, 'stopping failed'));
      process.exit(code);
    })();
    return stopping;
  };
  const fail = (what: string, error: unknown): void => {
    log.error({ err: errorFields(error) }, what);
    void stop(1);
  };
  process.on('SIGINT', () => void stop(0));
  process.on('SIGTERM', () => void stop(0));
  // Half alive is worse than dead: whoever supervises the program starts it again, and nothing is lost by that.
  process.on('unhandledRejection', (error) => fail('a promise was rejected and nobody listened', error));
  process.on('uncaughtException', (error) => fail('an error nobody caught', error));

  let playground: Playground | null = null;
  try {
    if (isPlayground) {
      // Only then: the real bot has no use for the emulators, nor for the memory they take.
      const { openPlayground } = await import('./open-playground.ts');
      playground = await openPlayground({ config: given, clock, log, print: (line) => console.log(line) });
      stops.push(playground.stop);
    }
    const config = playground?.config ?? {
      ...given,
      discordToken: given.discordToken ?? '',
      databaseFile: given.databaseFile ?? 'data/nightshift.db',
    };
    const bot: Bot = createBot({
      config,
      clock,
      log,
      version,
      playground: isPlayground,
      onFatal: (reason) => {
        console.error(reason);
        void stop(1);
      },
    });
    stops.push(bot.stop);
    const pulse = new Pulse({ clock, log });
    stops.push(pulse.start());
    const page = playground?.page;
    const http = await startHttp({
      host: config.httpHost,
      ports: config.httpPort !== null ? [config.httpPort] : isPlayground ? PLAYGROUND_PORTS : [USUAL_PORT],
      health: bot.health,
      metrics: () => [...bot.metrics(), ...pulse.metrics()],
      ...(config.publicUrl === null ? {} : { links: (request, response) => serveLink(request, response, bot.links) }),
      ...(page === undefined ? {} : { page: page.handle }),
    });
    stops.push(http.stop);
    // Runs are pushed and followed also while Discord cannot be reached; what it has to be told waits in the outbox.
    stops.push(startHeartbeat(config.pollCron, bot.beat, log));
    await bot.start();
    if (playground === null)
      console.log(`Nightshift ${version} is online as ${bot.door.name}. Health: ${http.url}/healthz`);
    else
      await playground.welcome(http.url, bot.needs.runs.isEmpty(), (discordUser) =>
        bot.needs.accounts.kaggleUserOf(discordUser),
      );
  } catch (error) {
    complain(error);
    await stop(1);
  }
}

await main();
