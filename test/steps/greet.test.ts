import { expect, test } from 'vitest';
import { DAY } from '../../src/clock.ts';
import { startWorld, textOf } from '../world.ts';

test('a new server is greeted once, and not again when the bot is invited anew within 30 days', async () => {
  await using world = await startWorld();
  const { discord, clock } = world;
  const { id: guildId } = discord.addGuild({ name: 'Another group', botIsMember: false });
  const { id: channelId } = discord.addChannel(guildId, { name: 'general' });
  const greeted = () => world.channel(channelId).map((message) => textOf(message));

  discord.inviteBot(guildId);
  await world.until(() => greeted().length === 1);
  expect(greeted()[0]).toContain('### Nightshift runs your notebooks on Kaggle GPUs');

  const inviteAgain = async () => {
    const before = world.bot.needs.guilds.welcomedAt(guildId);
    discord.kickBot(guildId);
    discord.inviteBot(guildId);
    // The answer to a command shows that the events before it were heard.
    await world.mara.use(world.training, 'help');
    return world.bot.needs.guilds.welcomedAt(guildId) !== before;
  };
  clock.advance(29 * DAY);
  expect(await inviteAgain()).toBe(false);
  clock.advance(2 * DAY);
  expect(await inviteAgain()).toBe(true);
  await world.until(() => greeted().length === 2);
});
