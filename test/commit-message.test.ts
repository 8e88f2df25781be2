import { afterEach, beforeEach, expect, test } from 'vitest';
import { candidatesIn } from '../commands/commit-message.ts';
import { type GithubStandIn, NOTEBOOK, SHA, startGithub } from './github/stand-in.ts';
import { idOf, MARAS_TOKEN, startWorld, textOf, type World } from './world.ts';

let world: World;
let github: GithubStandIn;

beforeEach(async () => {
  github = await startGithub();
  world = await startWorld({}, github.hosts);
  await world.link(world.mara, MARAS_TOKEN);
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await github[Symbol.asyncDispose]();
});

const upload = (name: string) => ({ name, bytes: Buffer.from(NOTEBOOK) });
const menu = (messageId: string) => world.mara.useMenu(world.training, 'Commit to Kaggle', messageId);

test('the notebook somebody else attached to a message is committed by whoever opens its menu', async () => {
  const message = world.jun.type(world.training, 'have a look', [upload('leaf-disease.ipynb')]);
  const answer = await menu(message.id);
  expect(textOf(answer.message)).toContain('#1 accepted.');
  expect(textOf(answer.message)).toContain('leaf-disease.ipynb');
  await world.beat();
  expect(world.kaggle.versions('mara-k/leaf-disease')).toHaveLength(1);
});

test('a link to GitHub in a message is read, pinned, and shown', async () => {
  github.answers.set('api /repos/jun/leaf/commits/main', { body: SHA });
  github.answers.set(`raw /jun/leaf/${SHA}/leaf-disease.ipynb`, { body: NOTEBOOK });
  const said = 'see https://github.com/jun/leaf/blob/main/leaf-disease.ipynb.';
  const answer = await menu(world.jun.type(world.training, said).id);
  expect(textOf(answer.message).replaceAll('\\', '')).toContain('github.com/jun/leaf leaf-disease.ipynb at 0123456');
  await world.beat();
  await world.beat();
  const card = JSON.stringify(world.channel().map(({ components }) => components));
  expect(card).toContain(`[source](https://github.com/jun/leaf/blob/${SHA}/leaf-disease.ipynb)`);
});

test('several candidates are asked about, and the chosen one is committed once', async () => {
  const message = world.jun.type(world.training, 'two', [upload('leaf-one.ipynb'), upload('leaf-two.ipynb')]);
  const asks = (await menu(message.id)).message;
  expect(textOf(asks)).toContain('Which of these 2?');
  const chosen = await world.mara.select(asks?.id ?? '', idOf(asks, 'Commit to Kaggle'), ['1']);
  expect(textOf(chosen.message)).toContain('leaf-two.ipynb');
  await world.beat();
  expect(world.kaggle.versions('mara-k/leaf-one')).toHaveLength(0);
  expect(world.kaggle.versions('mara-k/leaf-two')).toHaveLength(1);
});

test('a message without a notebook says so', async () => {
  const answer = await menu(world.jun.type(world.training, 'hello https://evil.org/a.ipynb').id);
  expect(textOf(answer.message)).toContain('That message has no notebook.');
});

test('a public notebook of somebody else becomes a private one of one’s own, and says where it is from', async () => {
  await world.link(world.jun, 'KGAT_jun0123456789');
  const file = { notebook: upload('leaf-disease.ipynb'), public: true };
  await world.jun.use(world.training, 'commit', file);
  await world.beat();
  const url = 'https://www.kaggle.com/code/jun-l/leaf-disease';
  const answer = await world.mara.use(world.training, 'commit', { url });
  expect(textOf(answer.message).replaceAll('\\', '')).toContain('kaggle.com/code/jun-l/leaf-disease at v1');
  await world.beat();
  const [own] = world.kaggle.versions('mara-k/leaf-disease');
  expect(own?.source.match(/def _nightshift_receipt/g)).toHaveLength(1);
  expect(own?.settings.isPrivate).toBe(true);
  const asKernel = await world.mara.use(world.training, 'commit', { kernel: 'jun-l/leaf-disease' });
  expect(textOf(asKernel.message)).toContain('is not a notebook of');
});

test('what of a message can be committed', () => {
  const kaggle = 'https://www.kaggle.com/code/jun-l/leaf';
  const content = `<${kaggle}> [x](${kaggle}) http://github.com/a/b/blob/m/c.ipynb https://evil.org/${'a'.repeat(9_000)}`;
  const file = { id: '1', name: 'x.exe', size: 1, url: 'https://cdn.discordapp.com/x' };
  expect(candidatesIn({ content, attachments: [file] })).toEqual([
    { name: 'kaggle.com/code/jun-l/leaf', source: { from: 'kernel', ref: kaggle, byUrl: true } },
  ]);
  const many = Array.from({ length: 100 }, (_, index) => `${kaggle}${index}`).join(' ');
  expect(candidatesIn({ content: many, attachments: [] })).toHaveLength(25);
});
