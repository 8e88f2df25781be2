import { createHash } from 'node:crypto';
import { DiscordAPIError, type REST } from 'discord.js';
import { ApplicationCommandType, type RESTPostAPIApplicationCommandsJSONBody, Routes } from 'discord-api-types/v10';
import { z } from 'zod';
import type { Log } from '../log.ts';
import { chatError, refusedFields } from './errors.ts';

export type Definition = RESTPostAPIApplicationCommandsJSONBody;
export type MetaStore = { get(name: string): string | null; set(name: string, value: string): void };

/** In `meta`: what was registered last, for which application, where. */
const META_NAME = 'discord.commands';

/**
 * `ids`: of slash commands by name. `stale`: scopes that may still hold commands of ours and are to be emptied. A scope is
 * `global` or a guild's id.
 */
const Registered = z.object({
  application: z.string(),
  scope: z.string(),
  hash: z.string(),
  stale: z.array(z.string()),
  ids: z.record(z.string(), z.string()),
});
const Listed = z.array(z.object({ id: z.string(), name: z.string(), type: z.number().catch(1) }));
type Listed = z.infer<typeof Listed>;

const GLOBAL = 'global';

export type RegisterNeeds = { readonly rest: REST; readonly meta: MetaStore; readonly log: Log };

/**
 * Makes Discord's list of commands the same as ours, in one guild or everywhere, with as few requests as that takes:
 * 200 creations a day are allowed, so nothing is sent when nothing changed (source: Discord's documentation).
 * @returns The id of each slash command by its name.
 * @throws ChatError; `refused` when the definitions themselves are at fault.
 */
export async function registerCommands(
  of: { applicationId: string; guildId: string | null; definitions: readonly Definition[] },
  { rest, meta, log }: RegisterNeeds,
): Promise<Map<string, string>> {
  const scope = of.guildId ?? GLOBAL;
  const definitions = of.guildId === null ? of.definitions : of.definitions.map(forGuild);
  const hash = hashOf(definitions);
  const before = readRegistered(meta.get(META_NAME), of.applicationId);
  const ask = async (what: string, request: Promise<unknown>): Promise<Listed> => {
    try {
      const listed = Listed.safeParse(await request);
      if (listed.success) return listed.data;
    } catch (error) {
      const tree = refusedFields(error);
      if (tree !== null) log.error({ ...tree }, 'Discord refused the commands');
      throw chatError(error, what);
    }
    throw chatError(null, what);
  };

  let listed = await ask('list the commands', rest.get(routeOf(of.applicationId, scope)));
  if (before?.scope !== scope || before.hash !== hash || namesOf(listed) !== namesOf(definitions)) {
    listed = await ask(
      'register the commands',
      rest.put(routeOf(of.applicationId, scope), { body: definitions, signal: AbortSignal.timeout(60_000) }),
    );
    log.info({ scope, commands: definitions.length }, 'Registered the commands');
  }

  // The same command in both scopes would be offered twice. Global ones may stem from a database that is no longer there.
  const stale = new Set([...(before?.stale ?? []), ...(before === null ? [GLOBAL] : [before.scope])]);
  stale.delete(scope);
  const ids = new Map(
    listed.filter(({ type }) => type === ApplicationCommandType.ChatInput).map(({ name, id }) => [name, id]),
  );
  const store = (): void => {
    const registered: z.infer<typeof Registered> = {
      application: of.applicationId,
      scope,
      hash,
      stale: [...stale],
      ids: Object.fromEntries(ids),
    };
    meta.set(META_NAME, JSON.stringify(registered));
  };
  store();
  for (const other of [...stale]) {
    if (await emptied(of.applicationId, other, rest, log)) stale.delete(other);
  }
  store();
  return ids;
}

/** The ids as they were registered last, for as long as Discord cannot be asked. */
export function rememberedIds(
  meta: MetaStore,
  of: { applicationId: string; guildId: string | null },
): Map<string, string> {
  const before = readRegistered(meta.get(META_NAME), of.applicationId);
  return new Map(before?.scope === (of.guildId ?? GLOBAL) ? Object.entries(before.ids) : []);
}

/** @returns Whether that scope holds no command of ours any more. */
async function emptied(applicationId: string, scope: string, rest: REST, log: Log): Promise<boolean> {
  try {
    const listed = Listed.safeParse(await rest.get(routeOf(applicationId, scope)));
    if (listed.success && listed.data.length === 0) return true;
    await rest.put(routeOf(applicationId, scope), { body: [] });
    log.info({ scope }, 'Took the commands out of the other scope');
    return true;
  } catch (error) {
    // A guild that was left has none of our commands.
    if (error instanceof DiscordAPIError && (error.status === 403 || error.status === 404)) return true;
    log.warn({ scope, reason: chatError(error, 'empty a scope').message }, 'Commands are still offered twice');
    return false;
  }
}

/** @returns A hash that changes with any change that people or Discord could notice, not with the order of keys. */
export const hashOf = (definitions: readonly Definition[]): string =>
  createHash('sha256')
    .update(stable([...definitions].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))))
    .digest('base64url');

function stable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stable).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${stable(inner)}`).join(',')}}`;
}

/** Contexts and integration types only count for global commands. */
function forGuild(definition: Definition): Definition {
  const { contexts, integration_types, ...rest } = definition;
  return rest;
}

const keyOf = ({ type, name }: { type?: number | undefined; name: string }): string =>
  `${type ?? ApplicationCommandType.ChatInput} ${name}`;

const namesOf = (commands: readonly { type?: number | undefined; name: string }[]): string =>
  commands.map(keyOf).sort().join('\n');

const routeOf = (applicationId: string, scope: string) =>
  scope === GLOBAL ? Routes.applicationCommands(applicationId) : Routes.applicationGuildCommands(applicationId, scope);

/** What was registered for another application says nothing about this one. */
function readRegistered(stored: string | null, application: string): z.infer<typeof Registered> | null {
  if (stored === null) return null;
  try {
    const parsed = Registered.safeParse(JSON.parse(stored));
    return parsed.success && parsed.data.application === application ? parsed.data : null;
  } catch {
    return null;
  }
}
