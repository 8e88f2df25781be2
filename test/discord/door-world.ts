import { ComponentType, MessageFlags } from 'discord-api-types/v10';
import { expect } from 'vitest';
import type { MessageBody } from '../../src/discord/chat.ts';
import type { Command, DirectMessage } from '../../src/discord/command.ts';
import { DiscordDoor, type DoorOptions } from '../../src/discord/door.ts';
import type { MetaStore } from '../../src/discord/register.ts';
import type { Log } from '../../src/log.ts';
import { type DiscordEmulatorOptions, startDiscordEmulator } from '../../src/playground/discord/emulator.ts';
import type { PersonSide } from '../../src/playground/discord/person.ts';
import { HandClock } from '../hand-clock.ts';

/** Looks until it is so. The machine may be busy, so it looks for long. */
export const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 10_000, interval: 10 });

export const panel = (content: string, ...ids: string[]): MessageBody => ({
  kind: 'panel',
  components: [
    {
      type: ComponentType.Container,
      components: [
        { type: ComponentType.TextDisplay, content },
        ...(ids.length === 0
          ? []
          : [
              {
                type: ComponentType.ActionRow as const,
                components: ids.map((id) => ({
                  type: ComponentType.Button as const,
                  style: 2 as const,
                  label: id.slice(0, 20),
                  custom_id: id,
                })),
              },
            ]),
      ],
    },
  ],
});

/** Everything a person reads in a message, on one line. */
export function textOf(message: { content?: string; components?: unknown } | null): string {
  const texts: string[] = message?.content ? [message.content] : [];
  const walk = (part: unknown): void => {
    if (Array.isArray(part)) for (const one of part) walk(one);
    else if (typeof part === 'object' && part !== null) {
      if ('content' in part && typeof part.content === 'string') texts.push(part.content);
      if ('components' in part) walk(part.components);
    }
  };
  walk(message?.components);
  return texts.join(' ');
}

export const isEphemeral = (message: { flags?: number } | null): boolean =>
  ((message?.flags ?? 0) & MessageFlags.Ephemeral) !== 0;

type Line = { level: string; fields: Record<string, unknown>; sentence: string };

export function listeningLog(): { log: Log; lines: Line[] } {
  const lines: Line[] = [];
  const at = (level: string) => (fields: object, sentence: string) =>
    void lines.push({ level, fields: { ...fields }, sentence });
  return { log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, lines };
}

export function memoryMeta(): MetaStore & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  return { values, get: (name) => values.get(name) ?? null, set: (name, value) => void values.set(name, value) };
}

export type DoorWorldOptions<Needs> = {
  commands?: readonly Command<Needs>[];
  directMessage?: DirectMessage<Needs>;
  needs: Needs;
  emulator?: DiscordEmulatorOptions;
  door?: Partial<DoorOptions>;
  /** Before the bot connects. */
  prepare?: (discord: Awaited<ReturnType<typeof startDiscordEmulator>>) => void;
};

/** One emulated Discord with a guild, a channel and Mara, and the real door connected to it. */
export async function startDoorWorld<Needs>(options: DoorWorldOptions<Needs>) {
  const clock = new HandClock();
  const discord = await startDiscordEmulator({ clock, ...options.emulator });
  const guild = discord.addGuild({ name: 'Leaf lab' });
  const channel = discord.addChannel(guild.id, { name: 'training' });
  const mara = discord.addPerson({ name: 'Mara', manages: true });
  const jun = discord.addPerson({ name: 'Jun', userInstalled: true });
  options.prepare?.(discord);
  const { log, lines } = listeningLog();
  const meta = options.door?.meta ?? memoryMeta();
  const door = new DiscordDoor({
    token: discord.token,
    apiUrl: discord.apiUrl,
    guildId: null,
    log,
    clock,
    meta,
    ...options.door,
  });
  const directMessage: DirectMessage<Needs> = options.directMessage ?? (async () => null);
  const start = () => door.start(options.commands ?? [], directMessage, options.needs);
  try {
    await start();
  } catch (error) {
    await discord.close();
    throw error;
  }
  return {
    clock,
    discord,
    door,
    chat: door.chat,
    lines,
    meta,
    guild,
    channel,
    mara,
    jun,
    requestsTo: (route: string) => discord.requests.filter((one) => one.route === route),
    /** The message a person sees now, by its id. */
    seenBy: (person: PersonSide, channelId: string, id: string) =>
      person.messages(channelId).find(({ message }) => message.id === id)?.message ?? null,
    async [Symbol.asyncDispose]() {
      await door.stop();
      await discord.close();
    },
  };
}
