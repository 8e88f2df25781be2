import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openDatabase } from '../../db/open.ts';
import { openStores } from '../../db/stores.ts';
import { MINUTE } from '../../src/clock.ts';
import { type DiscordEmulator, startDiscordEmulator } from '../../src/playground/discord/emulator.ts';
import { type KaggleEmulator, startKaggleEmulator } from '../../src/playground/kaggle/emulator.ts';
import { Keyring, Secret } from '../../src/secret.ts';
import { textOf } from '../world.ts';
import type { Moment } from './commit-points.ts';
import { type FastTime, fastClock } from './fast-clock.ts';
import { type KillPoint, nameOf } from './kill-point.ts';
import { fileOf, type Order, planOf } from './orders.ts';
import { type HealthSeen, Program } from './program.ts';
import type { Sabotage } from './sabotage.ts';

/**
 * How many seconds a real one is. At 12 a killed program is back before Discord forgets its nonces, also on a busy machine; at
 * 40 it is not, and has to read what it sent.
 */
export const RATES = { usual: 12, late: 40 } as const;
const TOKENS = { mara: 'KGAT_canaryofmara000001', jun: 'KGAT_canaryofjun0000002' } as const;
const KAGGLE_NAMES = { mara: 'mara-k', jun: 'jun-l' } as const;
const LOOK_MS = 120;
/** Versions of one kernel there may be. One more would wait for a machine for ever. */
const VERSIONS = 60;

type Person = ReturnType<DiscordEmulator['addPerson']>;

/** One order on its way: a person asks again when nothing came of it. */
type Asking = { readonly order: Order; state: 'new' | 'asked' | 'accepted'; asked: number; notBefore: number };

/** What a person was told in an answer. */
export type Accepted = { readonly interactionId: string; readonly order: Order };

/**
 * Both emulators with people, and between them the real program, which is killed and started again. The emulators hold the
 * truth: what was pushed, and what was said to whom.
 */
export class ChaosWorld implements AsyncDisposable {
  readonly kaggle: KaggleEmulator;
  readonly discord: DiscordEmulator;
  readonly folder: string;
  readonly databaseFile: string;
  readonly places: Readonly<Record<Order['where'], string>>;
  readonly canaries: readonly string[];
  readonly accepted: Accepted[] = [];
  /** Interaction ids of every command that was sent. */
  readonly sent = new Map<string, Order>();
  kills = 0;
  /** Keeps the folder when all is over: for whoever looks for a mistake. */
  keep = false;
  readonly #killedAt: string[] = [];
  readonly #people: Readonly<Record<Order['who'], Person>>;
  readonly #env: Readonly<Record<string, string>>;
  readonly #time: FastTime;
  readonly #sabotage: Sabotage | null;
  readonly #askings: Asking[] = [];
  readonly #planned = new Set<string>();
  #program: Program | null = null;
  #gate: { point: KillPoint; requests: number } | null = null;

  static async open(sabotage: Sabotage | null, rate: number): Promise<ChaosWorld> {
    const time: FastTime = { rate, real: Date.now(), fast: Date.now() };
    let world: ChaosWorld | null = null;
    const gate = async (name: string, moment: Moment) => world?.atGate(name, moment) ?? 'pass';
    const kaggle = await startKaggleEmulator({ clock: fastClock(time), gate });
    // Discord stays in real time with the sockets; only how long it remembers a nonce goes by the bot's time.
    const discord = await startDiscordEmulator({ nonceWindowMs: (5 * MINUTE) / rate, gate });
    world = new ChaosWorld(kaggle, discord, time, sabotage);
    return world;
  }

  private constructor(kaggle: KaggleEmulator, discord: DiscordEmulator, time: FastTime, sabotage: Sabotage | null) {
    this.kaggle = kaggle;
    this.discord = discord;
    this.#time = time;
    this.#sabotage = sabotage;
    this.folder = mkdtempSync(join(tmpdir(), 'nightshift-chaos-'));
    this.databaseFile = join(this.folder, 'nightshift.db');
    const vision = discord.addGuild({ name: 'Vision group' });
    const biology = discord.addGuild({ name: 'Biology' });
    const mara = discord.addPerson({ name: 'Mara', manages: true });
    const jun = discord.addPerson({ name: 'Jun' });
    this.#people = { mara, jun };
    this.places = {
      training: discord.addChannel(vision.id, { name: 'training' }).id,
      lab: discord.addChannel(biology.id, { name: 'lab' }).id,
      direct: mara.directMessages(),
    };
    const secretKey = randomBytes(32);
    this.canaries = [...Object.values(TOKENS), secretKey.toString('base64'), discord.token];
    this.#env = {
      DISCORD_TOKEN: discord.token,
      DISCORD_API_URL: discord.apiUrl,
      DISCORD_CDN_URL: discord.cdnUrl,
      KAGGLE_API_URL: kaggle.apiUrl,
      KAGGLE_WEB_URL: 'https://www.kaggle.com',
      DATABASE_FILE: this.databaseFile,
      SECRET_KEY: secretKey.toString('base64'),
      LOG_LEVEL: 'debug',
    };
    const db = openDatabase(this.databaseFile);
    const { accounts } = openStores(db, new Keyring([secretKey]));
    for (const who of ['mara', 'jun'] as const) {
      kaggle.addAccount({ user: KAGGLE_NAMES[who], token: TOKENS[who], gpuHours: 10_000 });
      const credential = { kind: 'token', token: new Secret(TOKENS[who]) } as const;
      accounts.link(this.#people[who].id, KAGGLE_NAMES[who], credential, time.fast);
    }
    db.close();
  }

  personOf(order: Order): Person {
    return this.#people[order.who];
  }

  kernelOf = (order: Order): string => `${KAGGLE_NAMES[order.who]}/${order.name}`;

  ask(orders: readonly Order[]): void {
    for (const order of orders) {
      const ref = this.kernelOf(order);
      for (let version = 1; version <= VERSIONS && !this.#planned.has(ref); version++)
        this.kaggle.plan(planOf(order, version), { ref, version });
      this.#planned.add(ref);
      this.#askings.push({ order, state: 'new', asked: 0, notBefore: 0 });
    }
  }

  /** Starts the program. @param kill where it is to be killed; null: nowhere. */
  start(kill: KillPoint | null): void {
    this.#gate = kill?.at === 'request' ? { point: kill, requests: 0 } : null;
    const program = new Program({
      folder: this.folder,
      env: this.#env,
      time: this.#time,
      killAtCommit: kill?.at === 'commit' ? kill : null,
      sabotage: this.#sabotage,
    });
    this.#program = program;
    void program.exited.then((how) => {
      if (how !== 'SIGKILL') return;
      this.kills += 1;
      this.#killedAt.push(kill === null ? 'at some moment' : nameOf(kill));
    });
  }

  /** Where it was killed, in words. */
  get story(): string {
    return this.#killedAt.length === 0 ? 'never killed' : `killed ${this.#killedAt.join(', then ')}`;
  }

  /** Kills it wherever it is. */
  async kill(): Promise<void> {
    await this.#program?.kill();
  }

  /**
   * Lets people ask and the program work, until everything has ended and is told or the program is over.
   * @param withinMs of real time.
   */
  async drain(withinMs: number): Promise<'drained' | 'killed' | 'stuck' | 'gaveUp'> {
    const program = this.#program;
    if (program === null) throw new Error('the program was not started');
    const giveUpAt = performance.now() + withinMs;
    let quiet = 0;
    while (performance.now() < giveUpAt) {
      if (program.isOver) return (await program.exited) === 'SIGKILL' ? 'killed' : 'gaveUp';
      const health = await program.health();
      if (health !== null) this.#askAll(program);
      quiet = health !== null && this.#isQuiet(health) ? quiet + 1 : 0;
      if (quiet === 3) return 'drained';
      await pause(LOOK_MS);
    }
    return 'stuck';
  }

  #isQuiet({ runs, notices }: HealthSeen): boolean {
    const over = ['complete', 'error', 'cancelled', 'lost'];
    const alive = Object.entries(runs).some(([phase, count]) => count > 0 && !over.includes(phase));
    return !alive && notices.owed === 0 && this.#askings.every(({ state }) => state === 'accepted');
  }

  /** Whoever has no answer yet asks (again). */
  #askAll(program: Program): void {
    if (!this.discord.botIsOnline) return;
    for (const asking of this.#askings) {
      if (asking.state !== 'new' || performance.now() < asking.notBefore) continue;
      this.#askOne(asking, program);
    }
  }

  #askOne(asking: Asking, program: Program): void {
    const { order } = asking;
    const asked = this.personOf(order).use(this.places[order.where], 'commit', {
      notebook: fileOf(order),
    });
    asking.state = 'asked';
    asking.asked += 1;
    this.sent.set(asked.interactionId, order);
    const again = (): void => {
      if (asking.state !== 'asked') return;
      asking.state = 'new';
      asking.notBefore = performance.now() + 300;
    };
    void asked.then(({ failed, message }) => {
      if (failed === null && /accepted\./.test(textOf(message))) {
        asking.state = 'accepted';
        this.accepted.push({ interactionId: asked.interactionId, order });
      } else again();
    });
    void program.exited.then(() => setTimeout(again, LOOK_MS));
  }

  /** Where every request passes: kills the program when it is the one. */
  async atGate(name: string, moment: Moment): Promise<'pass' | 'cut'> {
    const gate = this.#gate;
    if (gate === null || moment !== gate.point.when || (gate.point.only ?? name) !== name) return 'pass';
    gate.requests += 1;
    if (gate.requests !== gate.point.count) return 'pass';
    await this.kill();
    return 'cut';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program?.kill();
    await this.discord.close();
    await this.kaggle.close();
    if (!this.keep) rmSync(this.folder, { recursive: true, force: true });
  }
}
