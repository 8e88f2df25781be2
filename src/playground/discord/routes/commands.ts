import type { APIApplicationCommand } from 'discord-api-types/v10';
import { DAY } from '../../../clock.ts';
import { type CheckedCommand, checkCommand, checkCommands } from '../check/command.ts';
import { isObject, Problems } from '../check/form.ts';
import type { Discord } from '../discord.ts';
import { refuse } from '../refusal.ts';
import { type Call, noContent, ok, type Route } from './route.ts';

/** 200 new ones per day and scope; an overwritten one does not count. */
const MAX_CREATES = 200;
const createdAt = new WeakMap<object, Map<string, number[]>>();

const both = (name: Route['name'], method: Route['method'], end: string, run: Route['run']): Route[] =>
  ['/applications/:app/commands', '/applications/:app/guilds/:guild/commands'].map((path) => ({
    name,
    method,
    path: `${path}${end}`,
    auth: 'bot',
    bucket: { of: name, by: 'app' },
    run,
  }));

/** Registering commands, globally and per guild. */
export const commandRoutes: readonly Route[] = [
  ...both('listCommands', 'GET', '', (call) => {
    const all = commandsOf(call.discord, scopeOf(call));
    const withLocalizations = call.query.get('with_localizations') === 'true';
    return ok(withLocalizations ? all : all.map(withoutLocalizations));
  }),
  ...both('replaceCommands', 'PUT', '', (call) => {
    const { discord, body } = call;
    const scope = scopeOf(call);
    if (!Array.isArray(body.json)) throw refuse.badRequest();
    const checked = checkCommands(body.json, discord.application.integrationTypes);
    const before = commandsOf(discord, scope);
    const fresh = checked.filter((one) => find(before, one) === undefined);
    countCreates(discord, scope, fresh.length);
    const after = checked.map((one) => store(discord, scope, one, find(before, one)));
    discord.world.commands.set(scope, after);
    discord.world.changed();
    return ok(after);
  }),
  ...both('createCommand', 'POST', '', (call) => {
    const { discord } = call;
    const scope = scopeOf(call);
    const checked = checkOne(discord, call.body.json);
    const before = commandsOf(discord, scope);
    const same = find(before, checked);
    if (same === undefined) countCreates(discord, scope, 1);
    const stored = store(discord, scope, checked, same);
    checkCommands([...before.filter((one) => one !== same), stored], discord.application.integrationTypes);
    discord.world.commands.set(scope, [...before.filter((one) => one !== same), stored]);
    discord.world.changed();
    return { status: same === undefined ? 201 : 200, body: stored };
  }),
  ...both('getCommand', 'GET', '/:command', (call) => ok(commandOf(call))),
  ...both('changeCommand', 'PATCH', '/:command', (call) => {
    const { discord } = call;
    const scope = scopeOf(call);
    const before = commandOf(call);
    if (!isObject(call.body.json)) throw refuse.badRequest();
    const stored = store(
      discord,
      scope,
      checkOne(discord, { ...before, ...call.body.json, type: before.type }),
      before,
    );
    const after = commandsOf(discord, scope).map((one) => (one.id === before.id ? stored : one));
    checkCommands(after, discord.application.integrationTypes);
    discord.world.commands.set(scope, after);
    discord.world.changed();
    return ok(stored);
  }),
  ...both('deleteCommand', 'DELETE', '/:command', (call) => {
    const gone = commandOf(call);
    const scope = scopeOf(call);
    call.discord.world.commands.set(
      scope,
      commandsOf(call.discord, scope).filter((one) => one.id !== gone.id),
    );
    call.discord.world.changed();
    return noContent;
  }),
];

/** The guild's id or `global`. @throws Refusal 10002, 50001. */
function scopeOf({ discord, param }: Call): string {
  if (param('app') !== discord.application.id) throw refuse.unknownApplication();
  const guildId = param('guild');
  if (guildId === '') return 'global';
  if (discord.world.guilds.get(guildId)?.botIsMember !== true) throw refuse.missingAccess();
  return guildId;
}

const commandsOf = (discord: Discord, scope: string): APIApplicationCommand[] =>
  discord.world.commands.get(scope) ?? [];

function commandOf(call: Call): APIApplicationCommand {
  const found = commandsOf(call.discord, scopeOf(call)).find((one) => one.id === call.param('command'));
  if (found === undefined) throw refuse.unknownCommand();
  return found;
}

const find = (all: readonly APIApplicationCommand[], one: CheckedCommand): APIApplicationCommand | undefined =>
  all.find((there) => there.name === one.name && there.type === one.type);

function checkOne(discord: Discord, json: unknown): CheckedCommand {
  const problems = new Problems();
  const checked = checkCommand(problems, [], json, discord.application.integrationTypes);
  problems.refuseIfAny();
  return checked;
}

function store(
  discord: Discord,
  scope: string,
  checked: CheckedCommand,
  before: APIApplicationCommand | undefined,
): APIApplicationCommand {
  return {
    id: before?.id ?? discord.ids.next(),
    application_id: discord.application.id,
    version: discord.ids.next(),
    ...checked,
    // Contexts and installation only count for global commands.
    ...(scope === 'global' ? {} : { guild_id: scope, contexts: null }),
  } as unknown as APIApplicationCommand;
}

function withoutLocalizations(command: APIApplicationCommand): object {
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip);
    if (!isObject(value)) return value;
    const kept = Object.entries(value).filter(([key]) => !key.endsWith('_localizations'));
    return Object.fromEntries(
      kept.map(([key, inner]) => [key, key === 'options' || key === 'choices' ? strip(inner) : inner]),
    );
  };
  return strip(command) as object;
}

function countCreates(discord: Discord, scope: string, fresh: number): void {
  const byScope = createdAt.get(discord.world) ?? new Map<string, number[]>();
  createdAt.set(discord.world, byScope);
  const now = discord.clock.now();
  const recent = (byScope.get(scope) ?? []).filter((at) => now - at < DAY);
  if (recent.length + fresh > MAX_CREATES) throw refuse.tooManyCreates();
  byScope.set(scope, [...recent, ...Array<number>(fresh).fill(now)]);
}
