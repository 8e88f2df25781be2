import { randomBytes } from 'node:crypto';
import { commands, directMessage } from '../../commands/index.ts';
import { openDatabase } from '../../db/open.ts';
import { openStores } from '../../db/stores.ts';
import type { Chat, MessageBody, Post } from '../../src/discord/chat.ts';
import type { Ask, Choice, OptionValue, Reply } from '../../src/discord/command.ts';
import { renderError } from '../../src/discord/render/error.ts';
import type { Run } from '../../src/domain/run.ts';
import type { Place } from '../../src/domain/scope.ts';
import { createGithub } from '../../src/github/github.ts';
import { createKaggle } from '../../src/kaggle/client.ts';
import { Pace } from '../../src/kaggle/pace.ts';
import { silentLog } from '../../src/log.ts';
import { type KaggleEmulator, startKaggleEmulator } from '../../src/playground/kaggle/emulator.ts';
import { Keyring, Secret } from '../../src/secret.ts';
import { explain } from '../../src/steps/explain.ts';
import { KaggleHealth } from '../../src/steps/health.ts';
import { LogFollower } from '../../src/steps/log-follower.ts';
import type { Needs } from '../../src/steps/needs.ts';
import { tick } from '../../src/tick.ts';
import { HandClock } from '../hand-clock.ts';

export type Person = { readonly id: string; readonly name: string };
export const MARA: Person = { id: '100000000000000001', name: 'Mara' };
export const JUN: Person = { id: '100000000000000002', name: 'Jun' };
export const MARA_TOKEN = 'KGAT_mara_canary_0123456789';
export const JUN_TOKEN = 'KGAT_jun_canary_0123456789';
export const KEY = '0123456789abcdef0123456789abcdef';

export const LAB: Place = { kind: 'guild', guildId: '200000000000000001', channelId: '300000000000000001' };
export const OTHER: Place = { kind: 'guild', guildId: '200000000000000002', channelId: '300000000000000002' };
export const DM: Place = { kind: 'dm', guildId: null, channelId: '300000000000000003' };
export const FOREIGN: Place = { kind: 'foreign', guildId: null, channelId: '300000000000000004' };

/** What a person reads: all text of a message, and the ids behind its buttons and selects. */
export type Read = {
  readonly text: string;
  readonly ids: readonly string[];
  readonly links: readonly string[];
  readonly files: readonly { name: string; bytes: Buffer }[];
  readonly isError: boolean;
  readonly reply: Reply | null;
};

export type At = Partial<Omit<Ask, 'scope'>> & { readonly place?: Place };
export type Given = Record<string, OptionValue | { readonly name: string; readonly bytes: Buffer }>;

/** A notebook of some code cells, as Jupyter writes it. */
export const notebook = (...cells: string[]): Buffer =>
  Buffer.from(
    JSON.stringify({
      cells: (cells.length === 0 ? ['print("hello")'] : cells).map((source) => ({
        cell_type: 'code',
        execution_count: 3,
        metadata: {},
        outputs: [],
        source,
      })),
      metadata: { kernelspec: { name: 'python3', display_name: 'Python 3' }, language_info: { name: 'python' } },
      nbformat: 4,
      nbformat_minor: 5,
    }),
  );

/** The commands with real stores, the real client of Kaggle and an emulated Kaggle; Discord is a book of what was sent. */
export class Scene {
  readonly clock = new HandClock();
  readonly posts: (Post & { id: string })[] = [];
  readonly uploads = new Map<string, Buffer>();
  /** What preflight finds; nothing unless a test says so. What it really finds is tested with the checks themselves. */
  checks: Needs['checks'] = { code: async () => [], setup: async () => [] };
  readonly emulator: KaggleEmulator;
  readonly needs: Needs;
  readonly #db;
  readonly #follower: LogFollower;
  #ids = 900_000_000_000_000_000n;

  constructor(emulator: KaggleEmulator, clock: HandClock, settings: Partial<Needs['settings']>) {
    this.emulator = emulator;
    this.clock = clock;
    this.#db = openDatabase(':memory:');
    const stores = openStores(this.#db, new Keyring([randomBytes(32)]));
    const kaggle = createKaggle({
      apiUrl: emulator.apiUrl,
      userAgent: 'Nightshift/test',
      clock,
      timeouts: { header: 500, idle: 500, total: 2_000 },
    });
    this.#follower = new LogFollower({ ...stores, kaggle, clock, log: silentLog });
    this.needs = {
      ...stores,
      kaggle,
      clock,
      chat: this.#chat(),
      log: silentLog,
      follower: this.#follower,
      health: new KaggleHealth(),
      pace: new Pace(clock),
      settings: {
        web: 'https://www.kaggle.com',
        publicUrl: null,
        sessionHours: { gpu: 12, tpu: 9, cpu: 12 },
        playground: false,
        version: '0.1.0',
        ...settings,
      },
      checks: {
        code: async (source) => this.checks.code(source),
        setup: async (of) => this.checks.setup(of),
      },
      github: createGithub('Nightshift/test', {
        api: 'http://127.0.0.1:9',
        raw: 'http://127.0.0.1:9',
        gistRaw: 'http://127.0.0.1:9',
      }),
      fetchAttachment: async ({ url }) => this.uploads.get(url) ?? Buffer.alloc(0),
    };
  }

  #chat(): Chat {
    return {
      post: async (post) => {
        const id = this.#id();
        this.posts.push({ ...post, id });
        return id;
      },
      edit: async () => undefined,
      directMessages: async (userId) => (userId === MARA.id ? DM.channelId : `4${userId.slice(1)}`),
      findOwn: async () => null,
      uploadLimit: () => 10_000_000,
      mention: (command) => `</${command}:1>`,
      guildName: (guildId) => (guildId === LAB.guildId ? 'Vision Lab' : 'Other Lab'),
    };
  }

  #id(): string {
    this.#ids += 1n;
    return String(this.#ids);
  }

  /** Links the account as if it had been done long ago. */
  link(person: Person, kaggleUser: string, token: string): void {
    this.needs.accounts.link(person.id, kaggleUser, { kind: 'token', token: new Secret(token) }, this.clock.now());
  }

  ask(person: Person, at: At = {}): Ask {
    const place = at.place ?? LAB;
    return {
      interactionId: this.#id(),
      user: person,
      manages: false,
      roles: [],
      mayPost: true,
      mayAttach: true,
      channelName: 'general',
      locale: 'en-US',
      uploadLimit: 10_000_000,
      ...at,
      place,
      scope: { guildId: place.kind === 'guild' ? place.guildId : null, userId: person.id },
    };
  }

  /** Uses a command. */
  async say(person: Person, name: string, given: Given = {}, at: At = {}): Promise<Read> {
    const command = commands.find(({ data }) => data.name === name);
    if (command === undefined) throw new Error(`no command ${name}`);
    return read(() => command.execute({ ...this.ask(person, at), options: this.#options(given) }, this.needs));
  }

  async complete(
    person: Person,
    name: string,
    option: string,
    typed: string,
    given: Given = {},
    at: At = {},
  ): Promise<Choice[]> {
    const command = commands.find(({ data }) => data.name === name);
    const ask = { ...this.ask(person, at), options: this.#options(given), focused: { name: option, value: typed } };
    return (await command?.autocomplete?.(ask, this.needs)) ?? [];
  }

  /** Presses a button or chooses in a select, by its custom id. */
  async press(person: Person, id: string, at: At & { values?: string[]; messageId?: string } = {}): Promise<Read> {
    const [verb = '', , key = '', argument] = id.split(':');
    const press = commands.flatMap(({ presses }) => Object.entries(presses ?? {})).find(([name]) => name === verb)?.[1];
    if (press === undefined) throw new Error(`no press ${verb}`);
    const { values = [], messageId = this.#id(), ...rest } = at;
    return read(() =>
      press.execute({ ...this.ask(person, rest), key, argument: argument ?? null, values, messageId }, this.needs),
    );
  }

  async submit(person: Person, id: string, fields: Record<string, string>, at: At = {}): Promise<Read> {
    const [verb = '', , key = ''] = id.split(':');
    const form = commands.flatMap(({ forms }) => Object.entries(forms ?? {})).find(([name]) => name === verb)?.[1];
    if (form === undefined) throw new Error(`no form ${verb}`);
    const ask = { ...this.ask(person, at), key, argument: null, fields: new Map(Object.entries(fields)) };
    return read(() => form.execute(ask, this.needs));
  }

  /** Writes to the bot in a direct message. Null: it says nothing. */
  async write(person: Person, text: string): Promise<Read | null> {
    let silent = false;
    const said = await read(async () => {
      const body = await directMessage({ ...this.ask(person, { place: DM }), text }, this.needs);
      silent = body === null;
      return { body: body ?? { kind: 'panel', components: [] } };
    });
    return silent ? null : said;
  }

  /** Commits a notebook, as a quick way to a run. */
  async commit(person: Person, name: string, at: At = {}, given: Given = {}): Promise<Run> {
    // The newest is told by its time.
    this.clock.advance(1);
    const before = this.run(person, at);
    const said = await this.say(person, 'commit', { notebook: { name, bytes: notebook() }, ...given }, at);
    const run = this.run(person, at);
    if (run === null || run.key === before?.key) throw new Error(`not accepted: ${said.text}`);
    return run;
  }

  /** The newest run a person sees there. */
  run(person: Person, at: At = {}): Run | null {
    return this.needs.runs.list(this.ask(person, at).scope, {}, 1)[0] ?? null;
  }

  /** Goes on until nothing is due, with time passing. */
  async beat(seconds = 0): Promise<void> {
    this.clock.advance(seconds * 1_000);
    this.emulator.settle();
    await tick(this.needs);
  }

  /** What must not have changed by a bad input: runs, drafts, notices, pushes. */
  traces(): unknown {
    const count = (table: string) => this.#db.prepare(`select count(*) from ${table}`).pluck().get();
    return {
      pushes: this.emulator.pushes,
      ...Object.fromEntries(
        ['runs', 'sources', 'notices', 'drafts', 'accounts', 'guilds'].map((name) => [name, count(name)]),
      ),
    };
  }

  #options(given: Given): ReadonlyMap<string, OptionValue> {
    return new Map(
      Object.entries(given).map(([name, value]) => {
        if (typeof value !== 'object' || !('bytes' in value)) return [name, value] as const;
        const url = `http://127.0.0.1/${this.#id()}/${value.name}`;
        this.uploads.set(url, value.bytes);
        return [name, { id: this.#id(), name: value.name, size: value.bytes.length, url }] as const;
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#follower.stop();
    await this.emulator.close();
    this.#db.close();
  }
}

export async function startScene(settings: Partial<Needs['settings']> = {}): Promise<Scene> {
  const clock = new HandClock();
  const emulator = await startKaggleEmulator({ clock });
  emulator.addAccount({ user: 'mara-k', token: MARA_TOKEN, key: KEY });
  emulator.addAccount({ user: 'jun-ito', token: JUN_TOKEN });
  return new Scene(emulator, clock, settings);
}

async function read(work: () => Promise<Reply>): Promise<Read> {
  try {
    const reply = await work();
    return 'modal' in reply
      ? { text: JSON.stringify(reply.modal), ids: [reply.modal.custom_id], links: [], files: [], isError: false, reply }
      : { ...readBody(reply.body), isError: false, reply };
  } catch (error) {
    const explained = explain(error);
    if (explained === null) throw error;
    return { ...readBody(renderError(explained)), isError: true, reply: null };
  }
}

/** Text with neither isolation marks nor no-break spaces, so that tests read as people do. */
export function readBody(body: MessageBody): Pick<Read, 'text' | 'ids' | 'links' | 'files'> {
  const texts: string[] = body.kind === 'notice' ? [body.content] : [];
  const ids: string[] = [];
  const links: string[] = [];
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    if (Array.isArray(part)) {
      for (const one of part) visit(one);
      return;
    }
    for (const [name, value] of Object.entries(part)) {
      if (name === 'content' || name === 'label') texts.push(String(value));
      else if (name === 'custom_id') ids.push(String(value));
      else if (name === 'url' && String(value).startsWith('http')) links.push(String(value));
      else visit(value);
    }
  };
  visit(body.components ?? []);
  const text = texts
    .join('\n')
    .replace(/[\u2068\u2069]/g, '')
    .replace(/\u00a0/g, ' ')
    .replace(/\\([^\w\s])/g, '$1');
  return { text, ids, links, files: (body.files ?? []).map(({ name, bytes }) => ({ name, bytes })) };
}
