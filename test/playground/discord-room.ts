import { Client, GatewayIntentBits, type Interaction, Partials } from 'discord.js';
import {
  type DiscordEmulator,
  type DiscordEmulatorOptions,
  startDiscordEmulator,
} from '../../src/playground/discord/emulator.ts';
import { HandClock } from '../hand-clock.ts';

export type Raw = { readonly status: number; readonly body: Record<string, unknown>; readonly headers: Headers };

/** The wire as it is, without a library between. */
export async function call(
  discord: DiscordEmulator,
  method: string,
  path: string,
  body?: unknown,
  options: { files?: Record<string, Buffer>; token?: string } = {},
): Promise<Raw> {
  const headers: Record<string, string> = { authorization: `Bot ${options.token ?? discord.token}` };
  let sent: string | FormData | null = null;
  if (options.files !== undefined) {
    sent = new FormData();
    Object.entries(options.files).forEach(([name, bytes], index) => {
      if (sent instanceof FormData) sent.append(`files[${index}]`, new Blob([new Uint8Array(bytes)]), name);
    });
    sent.append('payload_json', JSON.stringify(body ?? {}));
  } else if (body !== undefined) {
    headers['content-type'] = 'application/json';
    sent = JSON.stringify(body);
  }
  const response = await fetch(`${discord.apiUrl}/v10${path}`, { method, headers, body: sent });
  const text = await response.text();
  return {
    status: response.status,
    body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : {},
    headers: response.headers,
  };
}

export type Room = AsyncDisposable & {
  readonly discord: DiscordEmulator;
  readonly client: Client<true>;
  readonly channelId: string;
  readonly guildId: string;
  readonly you: ReturnType<DiscordEmulator['addPerson']>;
};

/** The emulator with an unmodified discord.js client logged in to it; only `rest.api` differs from the real thing. */
export async function openRoom(
  onInteraction: (interaction: Interaction) => Promise<unknown>,
  options: DiscordEmulatorOptions = {},
  commands: readonly object[] = [{ name: 'go', description: 'Goes' }],
): Promise<Room> {
  // Time stands still unless a test moves it: on a busy machine the real three seconds would decide.
  const discord = await startDiscordEmulator({ clock: new HandClock(), ...options });
  const { channelId, guildId, you } = discord.defaultWorld();
  const client = await connect(discord, onInteraction);
  await client.application.commands.set(commands as never);
  return {
    discord,
    client,
    channelId,
    guildId,
    you,
    [Symbol.asyncDispose]: async () => {
      await client.destroy();
      await discord.close();
    },
  };
}

export async function connect(
  discord: DiscordEmulator,
  onInteraction: (interaction: Interaction) => Promise<unknown>,
): Promise<Client<true>> {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.DirectMessages],
    partials: [Partials.Channel],
    rest: { api: discord.apiUrl, retries: 0 },
  });
  client.on('error', () => {});
  client.on('interactionCreate', (interaction) => {
    onInteraction(interaction).catch(() => {});
  });
  const { promise, resolve } = Promise.withResolvers<Client<true>>();
  client.once('clientReady', resolve);
  await client.login(discord.token);
  return promise;
}
