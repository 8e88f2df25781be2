import { expect, test } from 'vitest';
import type { Command } from '../../src/discord/command.ts';
import { DiscordDoor } from '../../src/discord/door.ts';
import { listeningLog, memoryMeta, panel, startDoorWorld, textOf } from './door-world.ts';

const command = (name: string, description = 'x'): Command<object> => ({
  data: { name, description, contexts: [0, 1, 2], integration_types: [0, 1] },
  execute: async () => ({ body: panel(name) }),
});
const both = [command('status'), command('help')];

/** Starts the door, looks, and stops it, on a Discord that stays. */
async function withRestarts() {
  const meta = memoryMeta();
  const first = await startDoorWorld({ needs: {}, commands: both, door: { meta } });
  const { discord } = first;
  await first.door.stop();
  const restart = async (commands: readonly Command<object>[], guildId: string | null = null) => {
    const { log, lines } = listeningLog();
    const puts = () => discord.requests.filter(({ route }) => route === 'replaceCommands').length;
    const before = puts();
    const door = new DiscordDoor({
      token: discord.token,
      apiUrl: discord.apiUrl,
      guildId,
      log,
      clock: first.clock,
      meta,
    });
    await door.start(commands, async () => null, {});
    const sent = puts() - before;
    return { door, lines, sent, stop: () => door.stop() };
  };
  const offered = (guildId = first.guild.id) => {
    const channel = discord.guilds().find(({ id }) => id === guildId)?.channels[0]?.id ?? '';
    return first.mara
      .commandsFor(channel)
      .map(({ name }) => name)
      .sort();
  };
  return { ...first, meta, discord, restart, offered, [Symbol.asyncDispose]: () => discord.close() };
}

test('commands are registered at the first start and not again while nothing changes', async () => {
  await using world = await withRestarts();
  expect(world.offered()).toEqual(['help', 'status']);
  const second = await world.restart(both);
  expect(second.sent).toBe(0);
  expect(second.door.chat.mention('help')).toMatch(/^<\/help:\d+>$/);
  await second.stop();
});

test('a change of the definitions is registered', async () => {
  await using world = await withRestarts();
  const changed = await world.restart([command('status', 'What is running'), command('help')]);
  expect(changed.sent).toBe(1);
  await changed.stop();
});

test('another set of names on Discord’s side is put right', async () => {
  await using world = await withRestarts();
  await fetch(`${world.discord.apiUrl}/v10/applications/${world.discord.applicationId}/commands`, {
    method: 'PUT',
    headers: { authorization: `Bot ${world.discord.token}`, 'content-type': 'application/json' },
    body: JSON.stringify([{ name: 'old', description: 'x' }]),
  });
  expect(world.offered()).toEqual(['old']);
  const again = await world.restart(both);
  expect(world.offered()).toEqual(['help', 'status']);
  await again.stop();
});

test('moving between one guild and everywhere leaves nothing offered twice', async () => {
  await using world = await withRestarts();
  const inGuild = await world.restart(both, world.guild.id);
  expect(world.offered()).toEqual(['help', 'status']);
  await inGuild.stop();
  const everywhere = await world.restart(both);
  expect(world.offered()).toEqual(['help', 'status']);
  await everywhere.stop();
  const still = await world.restart(both);
  expect(still.sent).toBe(0);
  await still.stop();
});

test('with a new database the commands of the other scope are found too', async () => {
  await using world = await withRestarts();
  world.meta.values.clear();
  const inGuild = await world.restart(both, world.guild.id);
  expect(world.offered()).toEqual(['help', 'status']);
  await inGuild.stop();
});

test('while Discord does not take the registration, the bot runs, and remembers the ids it had', async () => {
  await using world = await withRestarts();
  world.discord.faults.next('listCommands', { kind: 'status', status: 503, when: 'before' });
  const started = await world.restart(both);
  expect(started.lines.some(({ sentence }) => sentence === 'The commands could not be registered')).toBe(true);
  expect(started.door.chat.mention('status')).toMatch(/^<\/status:\d+>$/);
  const channel = world.channel.id;
  expect(textOf((await world.mara.use(channel, 'status')).message)).toBe('status');
  await started.stop();
});

test('definitions that Discord refuses are named in the log and do not stop the bot', async () => {
  await using world = await withRestarts();
  const started = await world.restart([command('status'), command('Not A Name')]);
  expect(started.lines.find(({ sentence }) => sentence === 'Discord refused the commands')?.fields).toHaveProperty(
    'errors',
  );
  expect(textOf((await world.mara.use(world.channel.id, 'status')).message)).toBe('status');
  await started.stop();
});

test('a server the bot is not in is said, and nothing breaks', async () => {
  await using world = await withRestarts();
  const elsewhere = world.discord.addGuild({ name: 'Elsewhere', botIsMember: false });
  const started = await world.restart(both, elsewhere.id);
  expect(started.lines.some(({ sentence }) => sentence === 'The commands could not be registered')).toBe(true);
  await started.stop();
});
