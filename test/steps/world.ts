import { type Db, openDatabase } from '../../db/open.ts';
import { openStores } from '../../db/stores.ts';
import { SECOND } from '../../src/clock.ts';
import type { Chat } from '../../src/discord/chat.ts';
import { closeRest, createBotRest } from '../../src/discord/rest.ts';
import { RestChat } from '../../src/discord/rest-chat.ts';
import type { Run } from '../../src/domain/run.ts';
import { createGithub } from '../../src/github/github.ts';
import { createKaggle } from '../../src/kaggle/client.ts';
import type { Timeouts } from '../../src/kaggle/http.ts';
import type { Kaggle } from '../../src/kaggle/kaggle.ts';
import { Pace } from '../../src/kaggle/pace.ts';
import { silentLog } from '../../src/log.ts';
import { type DiscordEmulator, startDiscordEmulator } from '../../src/playground/discord/emulator.ts';
import { type KaggleEmulator, startKaggleEmulator } from '../../src/playground/kaggle/emulator.ts';
import { Keyring, Secret } from '../../src/secret.ts';
import type { Follower } from '../../src/steps/follow.ts';
import { KaggleHealth } from '../../src/steps/health.ts';
import type { Needs } from '../../src/steps/needs.ts';
import type { CommitOrder } from '../../src/steps/order.ts';
import { submit } from '../../src/steps/submit.ts';
import { tick } from '../../src/tick.ts';
import { HandClock } from '../hand-clock.ts';

export const TOKEN = 'KGAT_canary0123456789';
const KEYS = new Keyring([Buffer.alloc(32, 1)]);

/** Polls only: what a log stream adds is tested with the follower itself. */
const noFollower: Follower = {
  follow() {},
  tail: () => null,
  heard: () => [],
  hears: () => false,
  open: 0,
  async stop() {},
};

export const notebook = (...sources: readonly string[]): string =>
  JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
    cells: (sources.length === 0 ? ['print("hello")'] : sources).map((source, index) => ({
      id: `c${index}`,
      cell_type: 'code',
      metadata: {},
      source,
      outputs: [],
      execution_count: null,
    })),
  });

type Death = { readonly when: 'before' | 'after'; readonly reached: () => void };
type Deaths = Map<string, Death>;

/** A door whose method stops for ever at one call, before or after its effect: what a killed process leaves. */
function deadAt<Door extends object>(door: Door, deaths: Deaths): Door {
  return new Proxy(door, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        const call = (): unknown => Reflect.apply(value, target, args);
        const death = deaths.get(String(name));
        if (death === undefined) return call();
        const never = new Promise<never>(() => {});
        if (death.when === 'before') {
          death.reached();
          return never;
        }
        return Promise.resolve(call())
          .catch(() => undefined)
          .then(() => {
            death.reached();
            return never;
          });
      };
    },
  });
}

export type StepsWorld = Awaited<ReturnType<typeof startSteps>>;

/**
 * Both emulators, the real doors, the real steps and a hand clock; the gateway and the commands are left out. `kill` makes
 * the program die at the next call of a door's method; `restart` begins anew on the same database.
 */
export async function startSteps(
  options: { follower?: (needs: Omit<Needs, 'follower'>) => Follower; timeouts?: Timeouts } = {},
) {
  const clock = new HandClock();
  const site: KaggleEmulator = await startKaggleEmulator({ clock });
  const discord: DiscordEmulator = await startDiscordEmulator({ clock });
  site.addAccount({ user: 'mara-k', token: TOKEN });
  const guild = discord.addGuild({ name: 'Night lab' });
  const channel = discord.addChannel(guild.id, { name: 'training' });
  const mara = discord.addPerson({ name: 'Mara' });
  const db: Db = openDatabase(':memory:');
  const rest = createBotRest(discord.apiUrl, discord.token);
  const plainKaggle = createKaggle({
    apiUrl: site.apiUrl,
    userAgent: 'Nightshift/test',
    clock,
    timeouts: options.timeouts ?? { header: 400, idle: 400, total: 2_000 },
    streamIdleMs: 2_000,
  });
  const plainChat = new RestChat(
    rest,
    {
      ownId: () => discord.botUserId,
      boostTier: () => 0,
      guildName: () => guild.name,
      commandId: () => null,
    },
    () => {},
  );
  const deaths: Record<'kaggle' | 'chat', Deaths> = { kaggle: new Map(), chat: new Map() };
  const followers: Follower[] = [];

  const begin = (): Needs => {
    const needs = {
      ...openStores(db, KEYS),
      kaggle: deadAt<Kaggle>(plainKaggle, deaths.kaggle),
      chat: deadAt<Chat>(plainChat, deaths.chat),
      clock,
      log: silentLog,
      health: new KaggleHealth(),
      pace: new Pace(clock),
      settings: {
        web: site.webUrl,
        publicUrl: null,
        sessionHours: { gpu: 12, tpu: 9, cpu: 12 },
        playground: false,
        version: '0.0.0',
      },
      checks: { code: async () => [], setup: async () => [] },
      github: createGithub('Nightshift/test', {
        api: 'http://127.0.0.1:9',
        raw: 'http://127.0.0.1:9',
        gistRaw: 'http://127.0.0.1:9',
      }),
      fetchAttachment: async () => Buffer.alloc(0),
    };
    const follower = options.follower?.(needs) ?? noFollower;
    followers.push(follower);
    return { ...needs, follower };
  };

  let needs = begin();
  needs.accounts.link(mara.id, 'mara-k', { kind: 'token', token: new Secret(TOKEN) }, clock.now());
  let interactions = 0;

  const world = {
    clock,
    db,
    site,
    discord,
    guildId: guild.id,
    channelId: channel.id,
    mara,
    get needs(): Needs {
      return needs;
    },
    /** An order as Mara gives it in the channel; its own interaction each time. */
    order: (over: Partial<CommitOrder> = {}): CommitOrder => {
      interactions += 1;
      return {
        interactionId: `interaction-${interactions}`,
        user: { id: mara.id, name: mara.name },
        place: { kind: 'guild', guildId: guild.id, channelId: channel.id },
        from: { kind: 'file', name: 'leaf-disease.ipynb', text: notebook() },
        ...over,
      };
    },
    commit: async (over: Partial<CommitOrder> = {}): Promise<Run> => (await submit(world.order(over), needs)).run,
    run: (of: Run): Run => {
      const run = needs.runs.byKey(of.key);
      if (run === null) throw new Error('the run is gone');
      return run;
    },
    phase: (of: Run): string => world.run(of).state.phase,
    tick: (): Promise<void> => tick(needs),
    /** Time goes by, second by second or in other steps, with a beat after each. */
    pass: async (ms: number, step = 5 * SECOND): Promise<void> => {
      for (let passed = 0; passed < ms; passed += step) {
        clock.advance(Math.min(step, ms - passed));
        await tick(needs);
      }
    },
    /** The program dies at the next call of that method, before or after its effect, and is started again. */
    killAt: async (
      door: keyof typeof deaths,
      method: keyof Kaggle | keyof Chat,
      when: 'before' | 'after',
      work: () => unknown = () => tick(needs),
    ): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<void>();
      deaths[door].set(method, { when, reached: resolve });
      void work();
      await promise;
      deaths[door].delete(method);
      world.restart();
    },
    restart: (): void => {
      needs = begin();
    },
    /** What stands in the channel, the bot's messages only, oldest first. */
    messages: (channelId = channel.id) =>
      discord.messages(channelId).flatMap(({ message }) => (message.author.id === discord.botUserId ? [message] : [])),
    /** All text of a message, wherever it stands. */
    textOf: (message: unknown): string => JSON.stringify(message),
    [Symbol.asyncDispose]: async (): Promise<void> => {
      for (const follower of followers) await follower.stop();
      closeRest(rest);
      await site.close();
      await discord.close();
      db.close();
    },
  };
  return world;
}
