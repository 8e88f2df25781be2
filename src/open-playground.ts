import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { type DiscordEmulator, startDiscordEmulator } from './playground/discord/emulator.ts';
import type { Answer } from './playground/discord/types.ts';
import { startKaggleEmulator } from './playground/kaggle/emulator.ts';
import { findExecutor } from './playground/kaggle/execute/find-executor.ts';
import { keepPorts, knownPorts, pageKey } from './playground/kept-places.ts';
import { fromEmulator } from './playground/page-emulator.ts';
import { createPage, type Page } from './playground/page-server.ts';
import { datasets, samples } from './playground/samples/samples.ts';
import { printChannel } from './playground/terminal.ts';
import { KEY_BYTES, parseKey } from './secret.ts';

const DATABASE = 'data/playground/nightshift.db';
const KAGGLE_USER = 'you';
/** Of the stand-in of Kaggle on this computer: it opens nothing else. */
const KAGGLE_TOKEN = 'KGAT_playground';
const CHANNEL = 'training';

/** The Kaggle account a person has linked, as the bot knows it. */
type KaggleUserOf = (discordUser: string) => string | null;

/** The playground: a Kaggle and a Discord on this computer, the page on them, and the settings that point the bot there. */
export type Playground = {
  readonly config: Config & { readonly discordToken: string; readonly databaseFile: string };
  readonly page: Page;
  /**
   * Prints where the page is. On an empty database it then does what a person would do first: links an account and commits
   * the sample that trains.
   */
  welcome(url: string, isFirstStart: boolean, kaggleUserOf: KaggleUserOf): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Starts both emulators. What they know is kept beside the database, so that a second start shows what was there.
 * @param print Writes one line for the person at the terminal.
 */
export async function openPlayground(options: {
  config: Config;
  clock: Clock;
  log: Log;
  print: (line: string) => void;
}): Promise<Playground> {
  const { config, clock, log, print } = options;
  const databaseFile = config.databaseFile ?? DATABASE;
  const folder = dirname(databaseFile);
  mkdirSync(folder, { recursive: true });

  const ports = knownPorts(folder);
  const kaggle = await startKaggleEmulator({
    clock,
    executor: await findExecutor(),
    stateDir: join(folder, 'kaggle'),
    ...(ports === null ? {} : { port: ports.kaggle }),
  });
  kaggle.addAccount({ user: KAGGLE_USER, token: KAGGLE_TOKEN });
  for (const { ref, title, files } of datasets) {
    kaggle.addDataset({ ref, title, files: files.map(({ name, bytes }) => ({ name, content: bytes })) });
  }
  const discord = await startDiscordEmulator({
    clock,
    stateFile: join(folder, 'discord.json'),
    ...(ports === null ? {} : { port: ports.discord }),
  });
  keepPorts(folder, { kaggle: kaggle.port, discord: discord.port });
  const { channelId, you } = discord.defaultWorld();

  let firstStart: string | null = null;
  let kaggleUserOf: KaggleUserOf = () => null;
  const page = createPage({
    backend: fromEmulator({
      discord,
      you,
      channel: { id: channelId, name: CHANNEL },
      kaggleSummary: () => ({ ...kaggle.summary(KAGGLE_USER), url: kaggle.webUrl, account: kaggleUserOf(you.id) }),
      samples,
      firstStartInteraction: () => firstStart,
    }),
    key: pageKey(folder),
    log,
  });
  const directMessages = you.directMessages();
  const stopPrinting = printChannel(discord.sightings, print, {
    you: { id: you.id, name: you.name },
    bot: { id: discord.botUserId, name: 'Nightshift' },
    channels: { [channelId]: `#${CHANNEL}`, [directMessages]: 'direct message' },
  });

  return {
    page,
    config: {
      ...config,
      discordToken: discord.token,
      discordApiUrl: discord.apiUrl,
      discordCdnUrl: discord.cdnUrl,
      discordGuildId: null,
      kaggleApiUrl: kaggle.apiUrl,
      kaggleWebUrl: kaggle.webUrl,
      databaseFile,
      keys: [ownKey(join(folder, 'secret.key'))],
    },
    welcome: async (url, isFirstStart, linked) => {
      kaggleUserOf = linked;
      print(`Playground: ${page.address(Number(new URL(url).port))}`);
      print(
        `The bot is real; Discord and Kaggle are stand-ins on this computer, and there is no Kaggle GPU (runs with ${kaggle.summary().runsWith}).`,
      );
      print('The channel follows here as text. Stop with Ctrl+C.');
      if (isFirstStart) firstStart = await commitFirst(you, channelId);
    },
    stop: async () => {
      print('The playground is stopping. Notebooks that run in it end now, too.');
      stopPrinting();
      page.close();
      await discord.close();
      await kaggle.close();
    },
  };
}

/** What seals the stand-in's token. Made once: the database must open again at the next start. */
function ownKey(file: string): Buffer {
  const known = existsSync(file) ? parseKey(readFileSync(file, 'utf8')) : null;
  if (known !== null) return known;
  const made = randomBytes(KEY_BYTES);
  writeFileSync(file, `${made.toString('base64')}\n`, { mode: 0o600 });
  return made;
}

type You = ReturnType<DiscordEmulator['defaultWorld']>['you'];

/** Does by hand of a person: /link with its button and form, then /commit with the sample. @returns the interaction of the commit. */
async function commitFirst(you: You, channelId: string): Promise<string> {
  const panel = succeeded(await you.use(channelId, 'link'));
  const form = succeeded(await you.press(panel.message?.id ?? '', firstButton(panel)));
  succeeded(await you.submit(form.interactionId, { token: KAGGLE_TOKEN }));
  // Nobody asked for this panel, so it does not stay in the way.
  if (panel.message !== null) you.dismiss(panel.message.id);
  const [sample] = samples;
  if (sample === undefined) throw new Error('there is no sample');
  const asked = you.use(channelId, 'commit', {
    notebook: { name: sample.fileName, bytes: Buffer.from(sample.bytes) },
    ...sample.options,
  });
  succeeded(await asked);
  return asked.interactionId;
}

function succeeded(answer: Answer): Answer {
  if (answer.failed !== null) throw new Error(`the first start failed: ${answer.failed}`);
  return answer;
}

function firstButton({ message }: Answer): string {
  const id = /"custom_id":"([^"]+)"/.exec(JSON.stringify(message?.components ?? []))?.[1];
  if (id === undefined) throw new Error('the first start failed: there is no button to link with');
  return id;
}
