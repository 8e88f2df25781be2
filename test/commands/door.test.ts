import { afterEach, beforeEach, expect, test } from 'vitest';
import { notebook } from '../notebooks.ts';
import { idOf, MARAS_TOKEN, startWorld, textOf, type World } from '../world.ts';

/** The commands through the real door, on both emulators: what a client is offered, sends and sees. */

let world: World;

beforeEach(async () => {
  world = await startWorld();
});

afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const file = (name: string) => ({ name, bytes: notebook('print("hello")') });

test('a commit without an account goes on by itself in the same message once the token is entered', async () => {
  const { jun, training, discord } = world;
  const panel = await jun.use(training, 'commit', { notebook: file('vgg_baseline.ipynb') });
  expect(textOf(panel.message)).toContain('Link your Kaggle account first');
  const id = panel.message?.id ?? '';
  const form = await jun.press(id, idOf(panel.message, 'Enter token…'));
  const wrong = await jun.submit(form.interactionId, { token: 'KGAT_wrong0123456789' });
  expect(wrong.message?.id).toBe(id);
  expect(textOf(wrong.message)).toContain('Kaggle does not accept this token');
  const again = await jun.press(id, idOf(wrong.message, 'Enter token…'));
  const linked = await jun.submit(again.interactionId, { token: 'KGAT_jun0123456789' });
  expect(linked.message?.id).toBe(id);
  expect(textOf(linked.message)).toContain('Linked to Kaggle as jun-l');
  expect(textOf(linked.message)).toMatch(/Going on with vgg.*baseline\.ipynb: \*\*#1 accepted\.\*\*/);
  await world.pass(3_000);
  expect(world.kaggle.pushes).toBe(1);
  // Neither the panel nor the token is anything others see.
  expect(JSON.stringify(world.channel())).not.toContain('KGAT_');
  expect(discord.messages(training).filter(({ onlyFor }) => onlyFor === null)).toHaveLength(1);
});

test('a token in an option is told to be in the open, and goes nowhere', async () => {
  const { mara, training } = world;
  const said = await mara.use(training, 'status', { run: MARAS_TOKEN });
  expect(textOf(said.message)).toContain('That was a Kaggle token, in the open.');
  await mara.type(mara.directMessages(), `here you are ${MARAS_TOKEN}`);
  await world.until(() =>
    world.discord.messages(mara.directMessages()).some(({ message }) => textOf(message).includes('in the open')),
  );
  expect(JSON.stringify(world.kaggle.requests)).not.toContain(MARAS_TOKEN);
});

test('lists are offered while typing', async () => {
  const { mara, training } = world;
  await world.link(mara, MARAS_TOKEN);
  await mara.use(training, 'commit', { notebook: file('leaf_disease.ipynb') });
  await world.pass(3_000);
  const runs = await mara.autocomplete(training, 'status', { run: '' }, 'run');
  expect(runs.map(({ value }) => value)).toEqual(['1']);
  const kernels = await mara.autocomplete(training, 'commit', { kernel: 'leaf' }, 'kernel');
  expect(kernels.map(({ value }) => value)).toEqual(['mara-k/leaf-disease']);
});

test('Refresh changes the card in place; Stop… answers only whoever asked', async () => {
  const { mara, jun, training } = world;
  await world.link(mara, MARAS_TOKEN);
  await mara.use(training, 'commit', { notebook: file('leaf_disease.ipynb') });
  await world.pass(3_000);
  world.kaggle.session('mara-k/leaf-disease', 1).start();
  const [card] = world.channel();
  const refreshed = await jun.press(card?.id ?? '', idOf(card ?? null, 'Refresh'));
  expect(refreshed.message?.id).toBe(card?.id);
  expect(textOf(refreshed.message)).toContain('#1 running');
  const [now] = world.channel();
  const refused = await jun.press(card?.id ?? '', idOf(now ?? null, 'Stop…'));
  expect(textOf(refused.message)).toContain('Only Mara and members with Manage Server can do this to #1.');
  const stop = await mara.press(card?.id ?? '', idOf(now ?? null, 'Stop…'));
  expect(textOf(stop.message)).toContain('#1 can only be stopped on Kaggle.');
  expect(world.channel()).toHaveLength(1);
});

test('every command is offered in a server and all but /settings in a direct message', () => {
  const { mara, jun, training } = world;
  const names = (list: readonly { name: string }[]) => list.map(({ name }) => name).sort();
  const all = [
    'Commit to Kaggle',
    'again',
    'check',
    'commit',
    'compare',
    'help',
    'link',
    'log',
    'outputs',
    'quota',
    'runs',
    'settings',
    'status',
    'stop',
    'unlink',
    'watch',
  ];
  expect(names(mara.commandsFor(training))).toEqual(all);
  expect(names(jun.commandsFor(training))).toEqual(all.filter((name) => name !== 'settings'));
  expect(names(mara.commandsFor(mara.directMessages()))).toEqual(all.filter((name) => name !== 'settings'));
});

test('/settings takes a channel and a role as Discord sends them', async () => {
  const { mara, training, guildId, discord } = world;
  const cards = discord.addChannel(guildId, { name: 'cards' }).id;
  const said = await mara.use(training, 'settings', { channel: cards });
  expect(said.failed).toBeNull();
  expect(textOf(said.message)).toContain(`<#${cards}>`);
  await world.link(mara, MARAS_TOKEN);
  const accepted = await mara.use(training, 'commit', { notebook: file('leaf_disease.ipynb') });
  expect(textOf(accepted.message)).toContain(`Its card is in <#${cards}>.`);
  await world.pass(3_000);
  expect(world.channel(cards)).toHaveLength(1);
  expect(world.channel(training)).toHaveLength(0);
});
