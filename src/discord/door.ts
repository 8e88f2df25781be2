import { setTimeout as wait } from 'node:timers/promises';
import { Client, Events, type REST } from 'discord.js';
import { GatewayDispatchEvents } from 'discord-api-types/v10';
import { type Clock, MINUTE, SECOND } from '../clock.ts';
import { errorFields, type Log } from '../log.ts';
import type { Chat } from './chat.ts';
import type { Command, DirectMessage } from './command.ts';
import { DirectMessages } from './direct-messages.ts';
import { Dispatch } from './dispatch.ts';
import { chatError, DiscordStartError } from './errors.ts';
import { clientOptions, fatalClose, readStartError, WRONG_TOKEN, welcomeChannel } from './gateway.ts';
import { Histogram } from './histogram.ts';
import { InteractionRoutes } from './interaction-routes.ts';
import { RecentIds } from './recent-ids.ts';
import { type Definition, type MetaStore, registerCommands, rememberedIds } from './register.ts';
import { closeRest, createAnswerRest, createBotRest } from './rest.ts';
import { RestChat } from './rest-chat.ts';
import type { Explain } from './triage.ts';

const CONNECT_AGAIN_AT_MOST_MS = MINUTE;
const REGISTER_AGAIN_FIRST_MS = MINUTE;
const REGISTER_AGAIN_AT_MOST_MS = 60 * MINUTE;
/** How long a stop waits for interactions that are being answered. */
const STOP_WITHIN_MS = 5 * SECOND;

export type DoorOptions = {
  readonly token: string;
  /** DISCORD_API_URL: without the version. */
  readonly apiUrl: string;
  /** DISCORD_GUILD_ID: commands are registered there only. */
  readonly guildId: string | null;
  readonly log: Log;
  readonly clock: Clock;
  readonly meta: MetaStore;
  /** Words for people for an error of another door; null when it is a fault of the bot. */
  readonly explain?: Explain;
  /** The bot was invited to a guild. `channelId`: where it may greet; null when nowhere. */
  readonly onGuildJoined?: (guildId: string, channelId: string | null) => void | Promise<void>;
  /** Discord no longer takes the token or the connection: the program must end. `reason` is a sentence for whoever runs it. */
  readonly onFatal?: (reason: string) => void;
};

export type DoorHealth = {
  readonly connected: boolean;
  /** Since when it is so, in ms since the epoch; null before the first connection. */
  readonly since: number | null;
  /** Of the gateway, in ms; null until the first heartbeat was answered. */
  readonly pingMs: number | null;
  readonly lastError: string | null;
  /** From receipt of an interaction until its acknowledgement was handed to the socket, and until Discord confirmed it. */
  readonly acknowledged: { readonly sent: Histogram; readonly answered: Histogram };
};

/** The one connection to Discord: commands in, answers and messages out. */
export class DiscordDoor {
  readonly chat: Chat;
  readonly #options: DoorOptions;
  readonly #botRest: REST;
  readonly #answerRest: REST;
  readonly #sent = new Histogram();
  readonly #answered = new Histogram();
  readonly #stopping = new AbortController();
  #client: Client | null = null;
  #ownId: string | null = null;
  #ownName: string | null = null;
  #commandIds = new Map<string, string>();
  #connection: { connected: boolean; since: number } | null = null;
  #lastError: string | null = null;
  #fatal = false;
  #settle: () => Promise<unknown> = async () => {};

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#botRest = createBotRest(options.apiUrl, options.token);
    this.#answerRest = createAnswerRest(options.apiUrl);
    this.chat = new RestChat(
      this.#botRest,
      {
        ownId: () => this.#ownId,
        boostTier: (guildId) => this.#client?.guilds.cache.get(guildId)?.premiumTier ?? 0,
        guildName: (guildId) => this.#client?.guilds.cache.get(guildId)?.name ?? null,
        commandId: (name) => this.#commandIds.get(name) ?? null,
      },
      () => this.#die(new DiscordStartError(WRONG_TOKEN)),
    );
  }

  /**
   * Connects and begins to answer. Goes on trying while Discord cannot be reached.
   * @throws DiscordStartError when trying again would not help: one sentence for whoever runs the bot.
   */
  async start<Needs>(
    commands: readonly Command<Needs>[],
    directMessage: DirectMessage<Needs>,
    needs: Needs,
  ): Promise<{ userId: string; botName: string }> {
    const seen = new RecentIds();
    const { log, clock, explain = () => null, onGuildJoined } = this.#options;
    const shared = { log, seen, explain, stopping: this.#stopping.signal };
    const dispatch = new Dispatch(commands, needs, {
      ...shared,
      clock,
      routes: new InteractionRoutes(this.#answerRest, clock, { sent: this.#sent, answered: this.#answered }),
      isMember: (guildId) => this.#client?.guilds.cache.has(guildId) ?? false,
      mention: (command) => this.chat.mention(command),
    });
    const texts = new DirectMessages(directMessage, needs, { ...shared, chat: this.chat, ownId: () => this.#ownId });
    this.#settle = () => Promise.all([dispatch.settled(), texts.settled()]);

    const client = await this.#connect((connecting) => {
      // The raw events: they hold what the library's own objects leave out, and need none of its caches.
      connecting.ws.on(GatewayDispatchEvents.InteractionCreate, (data: unknown) => dispatch.receive(data));
      connecting.ws.on(GatewayDispatchEvents.MessageCreate, (data: unknown) => texts.receive(data));
      connecting.on(Events.GuildCreate, (guild) => {
        Promise.resolve(onGuildJoined?.(guild.id, welcomeChannel(guild))).catch((error: unknown) =>
          log.warn(errorFields(error), 'A new server was not greeted'),
        );
      });
    });
    const definitions = commands.map(({ data }) => data);
    await this.#register(client.application.id, definitions, REGISTER_AGAIN_FIRST_MS);
    return { userId: client.user.id, botName: client.user.username };
  }

  /** Takes no more interactions, ends what follows answers, lets running ones finish for a few seconds, and disconnects. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.race([this.#settle(), wait(STOP_WITHIN_MS, undefined, { ref: false })]);
    await this.#client?.destroy();
    this.#connected(false);
    closeRest(this.#botRest);
    closeRest(this.#answerRest);
  }

  /** The bot's name on Discord; null before the first connection. */
  get name(): string | null {
    return this.#ownName;
  }

  get health(): DoorHealth {
    const ping = this.#client?.ws.ping ?? Number.NaN;
    return {
      connected: this.#connection?.connected ?? false,
      since: this.#connection?.since ?? null,
      pingMs: Number.isFinite(ping) && ping >= 0 ? ping : null,
      lastError: this.#lastError,
      acknowledged: { sent: this.#sent, answered: this.#answered },
    };
  }

  async #connect(listen: (client: Client) => void): Promise<Client<true>> {
    const { log, token } = this.#options;
    for (let pause = SECOND; ; pause = Math.min(2 * pause, CONNECT_AGAIN_AT_MOST_MS)) {
      // A client whose login failed is destroyed and cannot be used again.
      const client = new Client(clientOptions(this.#options.apiUrl));
      this.#client = client;
      this.#watch(client);
      listen(client);
      const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve));
      try {
        await client.login(token);
        return await ready;
      } catch (error) {
        const final = this.#stopping.signal.aborted
          ? new DiscordStartError('Stopped before Discord was connected.')
          : readStartError(error);
        if (final !== null) throw final;
        this.#lastError = chatError(error, 'connect').message;
        log.warn({ again: pause, ...errorFields(error) }, 'Discord is not reachable; trying again');
        await wait(pause, undefined, { signal: this.#stopping.signal }).catch(() => {
          throw new DiscordStartError('Stopped before Discord was connected.');
        });
      }
    }
  }

  /** Without a listener for `error` the process would end. */
  #watch(client: Client): void {
    const { log } = this.#options;
    const note = (sentence: string) => (error: Error) => {
      this.#lastError = error.message;
      log.warn(errorFields(error), sentence);
    };
    client.on(Events.Error, note('The Discord library met an error'));
    client.on(Events.ShardError, note('The connection to Discord met an error'));
    client.on(Events.Warn, (message) => log.warn({ message }, 'The Discord library warns'));
    client.once(Events.ClientReady, (ready) => {
      this.#ownId = ready.user.id;
      this.#ownName = ready.user.username;
    });
    client.on(Events.ShardReady, () => this.#connected(true));
    client.on(Events.ShardResume, () => this.#connected(true));
    client.on(Events.ShardReconnecting, () => this.#connected(false));
    client.on(Events.ShardDisconnect, ({ code }) => {
      this.#connected(false);
      const why = fatalClose(code);
      if (why !== null && client.isReady()) this.#die(new DiscordStartError(why));
    });
  }

  #connected(connected: boolean): void {
    if (this.#connection?.connected === connected) return;
    this.#connection = { connected, since: this.#options.clock.now() };
    this.#options.log.info({}, connected ? 'Connected to Discord' : 'Disconnected from Discord');
  }

  /** A failure does not stop the bot: commands that were registered before go on working. */
  async #register(applicationId: string, definitions: readonly Definition[], againAfter: number): Promise<void> {
    const { guildId, meta, log } = this.#options;
    const of = { applicationId, guildId, definitions };
    try {
      this.#commandIds = await registerCommands(of, { rest: this.#botRest, meta, log });
    } catch (error) {
      const known = chatError(error, 'register the commands');
      if (this.#commandIds.size === 0) this.#commandIds = rememberedIds(meta, of);
      log.error({ reason: known.message }, 'The commands could not be registered');
      if (known.kind === 'unauthorized') this.#die(new DiscordStartError(WRONG_TOKEN));
      // The same definitions would be refused again.
      if (known.kind === 'unauthorized' || known.kind === 'refused') return;
      const pause = Math.max(againAfter, known.retryAfterMs ?? 0);
      const next = Math.min(2 * againAfter, REGISTER_AGAIN_AT_MOST_MS);
      wait(pause, undefined, { signal: this.#stopping.signal, ref: false }).then(
        () => this.#register(applicationId, definitions, next),
        () => {},
      );
    }
  }

  #die(error: DiscordStartError): void {
    if (this.#fatal || this.#stopping.signal.aborted) return;
    this.#fatal = true;
    this.#lastError = error.message;
    this.#options.log.error({}, error.message);
    this.#options.onFatal?.(error.message);
  }
}
