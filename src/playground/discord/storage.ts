import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { APIApplicationCommand } from 'discord-api-types/v10';
import { FLAG } from './check/message.ts';
import type { Snowflakes } from './snowflake.ts';
import type { Channel, Guild, Person, StoredMessage, World } from './world.ts';

/** Messages of a channel that are kept over a restart. */
const MAX_MESSAGES = 1_000;
const WAIT_MS = 200;

/** What lies in the file besides the world. */
export type Identity = { readonly applicationId: string; readonly token: string; readonly mediaKey: string };

type State = {
  readonly version: 1;
  readonly identity: Identity;
  readonly people: readonly Person[];
  readonly guilds: readonly Guild[];
  readonly channels: readonly Channel[];
  readonly messages: readonly StoredMessage[];
  readonly commands: Readonly<Record<string, APIApplicationCommand[]>>;
};

/** Bigints have no JSON of their own. */
const pack = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? { $bigint: String(value) } : value;
const unpack = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && '$bigint' in value ? BigInt(String(value.$bigint)) : value;

/** Keeps the world in one JSON file: written a moment after a change, to a file beside it that then takes its place. */
export class Storage {
  readonly #file: string;
  readonly #world: World;
  #identity: Identity | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(file: string, world: World) {
    this.#file = file;
    this.#world = world;
  }

  /** Fills the world. @returns null when there is no file. @throws when there is one that cannot be read. */
  load(ids: Snowflakes): Identity | null {
    if (!existsSync(this.#file)) return null;
    const state = JSON.parse(readFileSync(this.#file, 'utf8'), unpack) as State;
    if (state.version !== 1)
      throw new Error(`${this.#file} was written by another version of the playground; remove it`);
    const world = this.#world;
    fill(world.people, state.people);
    fill(world.guilds, state.guilds);
    fill(world.channels, state.channels);
    for (const message of state.messages) {
      // Nobody can finish an answer whose interaction ended with the program.
      if ((message.flags & FLAG.loading) === 0) world.addMessage(message);
    }
    for (const [scope, list] of Object.entries(state.commands)) world.commands.set(scope, list);
    for (const id of [...world.people.keys(), ...world.guilds.keys(), ...world.channels.keys()]) ids.startAfter(id);
    for (const there of world.messages.values()) for (const id of there.keys()) ids.startAfter(id);
    return state.identity;
  }

  /** From now on every change is written. */
  keep(identity: Identity): void {
    this.#identity = identity;
    this.#world.onChange(() => {
      this.#timer ??= setTimeout(() => this.write(), WAIT_MS).unref();
    });
    this.write();
  }

  write(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#identity === null) return;
    const world = this.#world;
    const state: State = {
      version: 1,
      identity: this.#identity,
      people: [...world.people.values()],
      guilds: [...world.guilds.values()],
      channels: [...world.channels.values()],
      messages: [...world.messages.values()].flatMap((there) => [...there.values()].slice(-MAX_MESSAGES)),
      commands: Object.fromEntries(world.commands),
    };
    mkdirSync(dirname(this.#file), { recursive: true });
    const fresh = `${this.#file}.new`;
    writeFileSync(fresh, JSON.stringify(state, pack), { mode: 0o600 });
    renameSync(fresh, this.#file);
  }
}

function fill<T extends { id: string }>(into: Map<string, T>, values: readonly T[]): void {
  for (const value of values) into.set(value.id, value);
}
