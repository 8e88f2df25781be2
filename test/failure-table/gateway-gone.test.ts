import { expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../src/clock.ts';
import { notebook } from '../notebooks.ts';
import { idOf, MARAS_TOKEN, startWorld } from '../world.ts';

test('the gateway is gone for half an hour while a run finishes: it is told once, at once, and buttons work again after', async () => {
  await using world = await startWorld();
  const { mara, training, kaggle, discord } = world;
  kaggle.plan({ queueSeconds: 5, seconds: 300 });
  await world.link(mara, MARAS_TOKEN);
  await mara.use(training, 'commit', {
    notebook: { name: 'leaf_disease.ipynb', bytes: notebook('print(1)') },
    accelerator: 'CPU',
  });
  await world.until(() => kaggle.pushes === 1);
  discord.gateway.refuseSessions(true);
  discord.gateway.drop(true);
  const told = () => world.channel().filter(({ content }) => content.includes('#1 complete'));
  await world.until(() => told()[0]);
  expect(discord.botIsOnline).toBe(false);
  await world.pass(30 * MINUTE, 10 * SECOND);
  expect(discord.botIsOnline).toBe(false);
  discord.gateway.refuseSessions(false);
  await expect.poll(() => discord.botIsOnline, { timeout: 30_000, interval: 50 }).toBe(true);
  const [end] = told();
  const answer = await mara.press(end?.id ?? '', idOf(end ?? null, 'Log'));
  expect(answer.failed).toBeNull();
  expect(told()).toHaveLength(1);
}, 60_000);
