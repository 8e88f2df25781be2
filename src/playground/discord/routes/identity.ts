import { DAY } from '../../../clock.ts';
import type { Discord } from '../discord.ts';
import { botUser, channel, guild, member, roles, user } from '../payloads.ts';
import { refuse } from '../refusal.ts';
import { leaveGuild } from '../world-events.ts';
import { guildForBot } from './access.ts';
import { noContent, ok, type Route } from './route.ts';

const route = (name: Route['name'], path: string, run: Route['run'], method: Route['method'] = 'GET'): Route => ({
  name,
  method,
  path,
  auth: 'bot',
  bucket: { of: name, by: 'guild' },
  run,
});

const application = (discord: Discord): object => ({
  id: discord.application.id,
  name: discord.application.name,
  icon: null,
  description: '',
  bot_public: true,
  bot_require_code_grant: false,
  bot: botUser(discord),
  verify_key: '0'.repeat(64),
  flags: 0,
  hook: true,
  approximate_guild_count: [...discord.world.guilds.values()].filter((one) => one.botIsMember).length,
  integration_types_config: Object.fromEntries(discord.application.integrationTypes.map((type) => [type, {}])),
  team: null,
  tags: [],
});

/** Who the bot is, where it is, and where its gateway stands. */
export const identityRoutes: readonly Route[] = [
  { ...route('gateway', '/gateway', ({ discord }) => ok({ url: discord.gateway.url })), auth: 'token' },
  route('gatewayBot', '/gateway/bot', ({ discord }) =>
    ok({
      url: discord.gateway.url,
      shards: 1,
      session_start_limit: { total: 1000, remaining: 999, reset_after: DAY, max_concurrency: 1 },
    }),
  ),
  route('getApplication', '/applications/@me', ({ discord }) => ok(application(discord))),
  route('getApplication', '/oauth2/applications/@me', ({ discord }) => ok(application(discord))),
  route('getMe', '/users/@me', ({ discord }) =>
    ok({ ...botUser(discord), verified: true, mfa_enabled: true, email: null, locale: 'en-US' }),
  ),
  route('listMyGuilds', '/users/@me/guilds', ({ discord }) =>
    ok(
      [...discord.world.guilds.values()]
        .filter((one) => one.botIsMember)
        .map((one) => ({
          id: one.id,
          name: one.name,
          icon: null,
          banner: null,
          owner: false,
          permissions: '0',
          features: [],
        })),
    ),
  ),
  route(
    'leaveGuild',
    '/users/@me/guilds/:guild',
    ({ discord, param }) => {
      leaveGuild(discord, guildForBot(discord, param('guild')));
      return noContent;
    },
    'DELETE',
  ),
  route('getUser', '/users/:user', ({ discord, param }) => {
    const id = param('user');
    if (id !== discord.application.botUserId && !discord.world.people.has(id)) throw refuse.unknownUser();
    return ok(user(discord, id));
  }),
  route('getGuild', '/guilds/:guild', ({ discord, param }) => ok(guild(discord, guildForBot(discord, param('guild'))))),
  route('listChannels', '/guilds/:guild/channels', ({ discord, param }) => {
    const of = guildForBot(discord, param('guild'));
    const there = discord.world.channelsOf(of.id).filter((one) => one.thread === null);
    return ok(there.map((one) => channel(discord, one)));
  }),
  route('listRoles', '/guilds/:guild/roles', ({ discord, param }) =>
    ok(roles(discord, guildForBot(discord, param('guild')))),
  ),
  route('getMember', '/guilds/:guild/members/:user', ({ discord, param }) => {
    const of = guildForBot(discord, param('guild'));
    const id = param('user');
    if (id !== discord.application.botUserId && !discord.world.people.has(id)) throw refuse.unknownMember();
    return ok(member(discord, of, id));
  }),
];
