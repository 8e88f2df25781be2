import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { APIMessage } from 'discord-api-types/v10';
import { type Bot, createBot } from '../src/bot.ts';
import { SECOND } from '../src/clock.ts';
import { parseConfig } from '../src/config.ts';
import type { GithubHosts } from '../src/github/github.ts';
import { silentLog } from '../src/log.ts';
import { type DiscordEmulator, startDiscordEmulator } from '../src/playground/discord/emulator.ts';
import type { Answer, Asked } from '../src/playground/discord/types.ts';
import { type KaggleEmulator, startKaggleEmulator } from '../src/playground/kaggle/emulator.ts';
import { HandClock } from './hand-clock.ts';

export const MARAS_TOKEN = 'KGAT_mara0123456789';

type Person = ReturnType<DiscordEmulator['addPerson']>;

/**
 * The real bot between the two emulators, on one clock moved by hand: a guild with #training, Mara who has a Kaggle account,
 * and Jun who has another. Nothing in it is replaced: real sockets, real discord.js, a real database file.
 */
export type World = AsyncDisposable & {
  readonly clock: HandClock;
  readonly kaggle: KaggleEmulator;
  readonly discord: DiscordEmulator;
  readonly guildId: string;
  readonly training: string;
  readonly mara: Person;
  readonly jun: Person;
  readonly databaseFile: string;
  readonly bot: Bot;
  /** Does what is due now. */
  beat(): Promise<void>;
  /** Lets time pass, with a beat after each step of it. */
  pass(ms: number, stepMs?: number): Promise<void>;
  /**
   * Lets time pass, a second a beat, until `found` finds something. What comes by a log stream takes a moment of real time on
   * its socket, so the loop turns with the event loop; it gives up after ten real seconds.
   */
  until<T>(found: () => T | null | undefined | false): Promise<T>;
  /** Enters the token in the form of /link, as a person would. */
  link(person: Person, token: string): Promise<Answer>;
  /** Ends the bot and starts it anew on the same database; in between that is closed. */
  restart(inBetween?: () => void): Promise<void>;
  /** The public messages of a channel, oldest first. */
  channel(channelId?: string): APIMessage[];
};

export async function startWorld(env: Record<string, string> = {}, github?: GithubHosts): Promise<World> {
  const clock = new HandClock();
  const kaggle = await startKaggleEmulator({ clock });
  const discord = await startDiscordEmulator({ clock });
  const { id: guildId } = discord.addGuild({ name: 'Vision group' });
  const { id: training } = discord.addChannel(guildId, { name: 'training' });
  const mara = discord.addPerson({ name: 'Mara', manages: true });
  const jun = discord.addPerson({ name: 'Jun' });
  kaggle.addAccount({ user: 'mara-k', token: MARAS_TOKEN, key: '0123456789abcdef'.repeat(2) });
  kaggle.addAccount({ user: 'jun-l', token: 'KGAT_jun0123456789' });
  const folder = mkdtempSync(join(tmpdir(), 'nightshift-'));
  const databaseFile = join(folder, 'nightshift.db');

  const config = parseConfig({
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    DISCORD_CDN_URL: discord.cdnUrl,
    KAGGLE_API_URL: kaggle.apiUrl,
    KAGGLE_WEB_URL: 'https://www.kaggle.com',
    SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    ...env,
  });
  const startBot = async (): Promise<Bot> => {
    const bot = createBot({
      config: { ...config, discordToken: discord.token, databaseFile },
      clock,
      log: silentLog,
      playground: false,
      ...(github === undefined ? {} : { github }),
      version: '0.0.0-test',
      onFatal: (reason) => {
        throw new Error(reason);
      },
    });
    await bot.start();
    return bot;
  };
  let bot = await startBot();

  const world: World = {
    clock,
    kaggle,
    discord,
    guildId,
    training,
    mara,
    jun,
    databaseFile,
    get bot() {
      return bot;
    },
    beat: () => bot.beat(),
    pass: async (ms, stepMs = SECOND) => {
      for (let passed = 0; passed < ms; passed += stepMs) {
        clock.advance(Math.min(stepMs, ms - passed));
        kaggle.settle();
        await bot.beat();
      }
    },
    until: async (found) => {
      const giveUpAt = performance.now() + 10_000;
      for (;;) {
        const value = found();
        if (value) return value;
        if (performance.now() > giveUpAt) throw new Error(`it did not come: ${found}`);
        await world.pass(SECOND);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    link: async (person, token) => {
      const panel = await settled(person.use(training, 'link'));
      const form = await settled(person.press(panel.id, customIds(panel)[0] ?? ''));
      if (form.modal === null) throw new Error('no form came');
      return person.submit(form.interactionId, { token });
    },
    restart: async (inBetween) => {
      await bot.stop();
      inBetween?.();
      bot = await startBot();
    },
    channel: (channelId = training) =>
      discord
        .messages(channelId)
        .filter(({ onlyFor }) => onlyFor === null)
        .map(({ message }) => message),
    [Symbol.asyncDispose]: async () => {
      await bot.stop();
      await discord.close();
      await kaggle.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;

  async function settled(asked: Asked): Promise<Answer & { id: string }> {
    const answer = await asked;
    if (answer.failed !== null) throw new Error(answer.failed);
    return { ...answer, id: answer.message?.id ?? '' };
  }
  function customIds(answer: Answer): string[] {
    return [...JSON.stringify(answer.message?.components ?? []).matchAll(/"custom_id":"([^"]+)"/g)].map(
      (match) => match[1] ?? '',
    );
  }
}

type Node = {
  type?: number;
  content?: string;
  label?: string;
  components?: Node[];
  accessory?: Node;
  custom_id?: string;
  url?: string;
};

/**
 * All that a person reads in a message, in its order: content, texts of panels, labels of buttons in brackets. Without the
 * marks nobody sees: isolation of foreign text, no-break spaces.
 */
export function textOf(message: Pick<APIMessage, 'content' | 'components'> | null): string {
  const lines: string[] = message?.content ? [message.content] : [];
  const walk = (node: Node): void => {
    if (node.content !== undefined) lines.push(node.content);
    if (node.label !== undefined) lines.push(`[${node.label}]`);
    for (const child of node.components ?? []) walk(child);
    if (node.accessory !== undefined) walk(node.accessory);
  };
  for (const node of (message?.components ?? []) as Node[]) walk(node);
  return lines
    .join('\n')
    .replace(/[\u2068\u2069]/g, '')
    .replace(/\u00a0/g, ' ');
}

/** The custom id of the button or select with this label or placeholder. */
export function idOf(message: Pick<APIMessage, 'components'> | null, label: string): string {
  let found = '';
  const walk = (node: Node & { placeholder?: string }): void => {
    if ((node.label === label || node.placeholder === label) && node.custom_id !== undefined) found ||= node.custom_id;
    for (const child of node.components ?? []) walk(child);
    if (node.accessory !== undefined) walk(node.accessory);
  };
  for (const node of (message?.components ?? []) as Node[]) walk(node);
  if (found === '') throw new Error(`no ${label} in ${textOf({ content: '', components: message?.components ?? [] })}`);
  return found;
}

/** The value behind the choice of a select whose label begins so. */
export function choiceOf(message: Pick<APIMessage, 'components'>, placeholder: string, label: string): string {
  const option = selects(message)
    .find((one) => one.placeholder === placeholder)
    ?.options?.find((one) => one.label.replace(/[\u2068\u2069]/g, '').startsWith(label));
  if (option === undefined) throw new Error(`no choice ${label}`);
  return option.value;
}

type Select = { placeholder?: string; options?: { label: string; value: string }[]; components?: Select[] };

const selects = ({ components }: { components?: unknown }): Select[] =>
  ((components ?? []) as Select[]).flatMap((node) => [node, ...selects(node)]);
