import { randomBytes } from 'node:crypto';
import { type Clock, MINUTE, systemClock } from '../../clock.ts';
import { listenOn } from '../listen.ts';
import type { Application, Discord } from './discord.ts';
import { Faults } from './faults.ts';
import { Gateway } from './gateway.ts';
import { type Gate, HttpSide, type RequestSeen } from './http.ts';
import { Interactions } from './interactions.ts';
import { Media } from './media.ts';
import { seen } from './messages.ts';
import { PersonSide } from './person.ts';
import { type LimitsOption, RateLimits } from './rate-limits.ts';
import { type Setup, setupOf } from './setup.ts';
import { Sightings } from './sightings.ts';
import { Snowflakes } from './snowflake.ts';
import { Storage } from './storage.ts';
import type { SeenMessage, Sighting } from './types.ts';
import { World } from './world.ts';

export type DiscordEmulatorOptions = {
  /** The port if it is free; else, and without one, any that is. */
  readonly port?: number;
  readonly clock?: Clock;
  /** The bot's token; made up when absent. */
  readonly token?: string;
  /** Keeps the world in this file and its attachments in a folder beside it. */
  readonly stateFile?: string;
  readonly applicationName?: string;
  readonly limits?: LimitsOption;
  /** Privileged intents that are enabled for the application; none by default. */
  readonly privilegedIntents?: number;
  /** 0 guild, 1 user; both by default. */
  readonly integrationTypes?: readonly number[];
  readonly heartbeatMs?: number;
  readonly nonceWindowMs?: number;
  readonly gate?: Gate;
};

export type DiscordEmulator = Setup & {
  readonly url: string;
  readonly port: number;
  /** For DISCORD_API_URL: without version. */
  readonly apiUrl: string;
  /** For DISCORD_CDN_URL. */
  readonly cdnUrl: string;
  readonly token: string;
  readonly applicationId: string;
  readonly botUserId: string;
  readonly sightings: Sightings;
  /** The first sighting from now on for which it holds; rejects after ten seconds of real time. */
  waitFor(wanted: (sighting: Sighting) => boolean, withinMs?: number): Promise<Sighting>;
  readonly faults: Faults;
  readonly gateway: Gateway;
  /** Whether the bot has a live connection. */
  readonly botIsOnline: boolean;
  /** The people there are, in the order they came. */
  readonly people: readonly PersonSide[];
  person(id: string): PersonSide;
  /** Everything in a channel, ephemeral messages of everybody included, oldest first. */
  messages(channelId: string): SeenMessage[];
  /** Who got a notification when that message was sent. */
  notified(messageId: string): readonly string[];
  /** Every request that was answered. */
  readonly requests: readonly RequestSeen[];
  /** The bytes of an attachment, by its id. */
  fileOf(attachmentId: string): Buffer | null;
  /** Looks at the clock now instead of within 25 ms: fails what has waited too long. */
  checkDeadlines(): void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Starts a Discord of one's own on 127.0.0.1: HTTP, gateway and CDN on one port. */
export async function startDiscordEmulator(options: DiscordEmulatorOptions = {}): Promise<DiscordEmulator> {
  const clock = options.clock ?? systemClock;
  const ids = new Snowflakes(clock);
  const world = new World();
  const storage = options.stateFile === undefined ? null : new Storage(options.stateFile, world);
  const before = storage?.load(ids) ?? null;
  const id = before?.applicationId ?? ids.next();
  const token = options.token ?? before?.token ?? makeToken(id);
  const mediaKey = before === null ? randomBytes(32) : Buffer.from(before.mediaKey, 'base64');
  const application: Application = {
    id,
    botUserId: id,
    name: options.applicationName ?? 'Nightshift',
    token,
    privilegedIntents: options.privilegedIntents ?? 0,
    integrationTypes: options.integrationTypes ?? [0, 1],
  };
  const whole = (): Discord => discord;
  const http = new HttpSide(whole, options.gate);
  const discord: Discord = {
    clock,
    application,
    ids,
    world,
    media: new Media(clock, ids, options.stateFile === undefined ? null : `${options.stateFile}.files`, mediaKey),
    sightings: new Sightings(),
    gateway: new Gateway(whole, options.heartbeatMs ?? 41_250),
    interactions: new Interactions(whole),
    limits: new RateLimits(clock, options.limits ?? 'generous'),
    faults: new Faults(),
    nonceWindowMs: options.nonceWindowMs ?? 5 * MINUTE,
  };
  discord.media.removeAllBut(world.attachmentIds());
  discord.gateway.attach(http.server);
  const port = await listenOn(http.server, [options.port ?? 0, 0]);
  const url = `http://127.0.0.1:${port}`;
  discord.media.baseUrl = url;
  discord.gateway.url = `ws://127.0.0.1:${port}/gateway`;
  storage?.keep({ applicationId: id, token, mediaKey: mediaKey.toString('base64') });

  const close = async (): Promise<void> => {
    discord.interactions.close();
    discord.gateway.close();
    discord.sightings.end();
    storage?.write();
    const closed = Promise.withResolvers<void>();
    http.server.close(() => closed.resolve());
    http.server.closeAllConnections();
    await closed.promise;
  };

  return {
    ...setupOf(discord),
    url,
    port,
    apiUrl: `${url}/api`,
    cdnUrl: url,
    token,
    applicationId: id,
    botUserId: id,
    sightings: discord.sightings,
    waitFor: (wanted, withinMs) => discord.sightings.waitFor(wanted, withinMs),
    faults: discord.faults,
    gateway: discord.gateway,
    get botIsOnline() {
      return discord.gateway.online;
    },
    get people() {
      return [...world.people.values()].map((person) => new PersonSide(discord, person));
    },
    person: (personId) => {
      const person = world.people.get(personId);
      if (person === undefined) throw new Error(`there is no person ${personId}`);
      return new PersonSide(discord, person);
    },
    messages: (channelId) =>
      [...world.messagesIn(channelId).values()].map((one) => ({ message: seen(discord, one), onlyFor: one.onlyFor })),
    notified: (messageId) => world.findMessage(messageId)?.notified ?? [],
    requests: http.requests,
    fileOf: (attachmentId) => discord.media.read(attachmentId),
    checkDeadlines: () => discord.interactions.checkDeadlines(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Looks like a token: the id, a time, a signature. It is none. */
const makeToken = (id: string): string =>
  [
    Buffer.from(id).toString('base64url'),
    randomBytes(4).toString('base64url'),
    randomBytes(28).toString('base64url'),
  ].join('.');
