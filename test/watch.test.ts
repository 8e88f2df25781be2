import { afterEach, beforeEach, expect, test } from 'vitest';
import { MINUTE } from '../src/clock.ts';
import { createKaggle } from '../src/kaggle/client.ts';
import { Secret } from '../src/secret.ts';
import { notebook } from './notebooks.ts';
import { idOf, MARAS_TOKEN, startWorld, textOf, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
  await world.link(world.mara, MARAS_TOKEN);
  const site = createKaggle({ apiUrl: world.kaggle.apiUrl, userAgent: 'site', clock: world.clock });
  await site.push(
    { kind: 'token', token: new Secret(MARAS_TOKEN) },
    {
      kernel: { owner: 'mara-k', slug: 'leaf-disease' },
      title: 'Leaf disease',
      source: Buffer.from(notebook('print("begin")')).toString('utf8'),
      kind: 'notebook',
      language: 'python',
      accelerator: 'none',
      inputs: [],
      internet: false,
      isPublic: false,
      limitMinutes: 600,
    },
  );
  world.kaggle.session('mara-k/leaf-disease', 1).start();
  world.clock.advance(5 * MINUTE);
});
afterEach(() => world[Symbol.asyncDispose]());

test('Mara watches what she started on the site: a card, the end in the channel, and once more as a run of her own', async () => {
  const { mara, training, kaggle } = world;
  const choices = await mara.autocomplete(training, 'watch', { kernel: 'leaf' }, 'kernel');
  expect(JSON.stringify(choices)).toContain('mara-k/leaf-disease');
  const pushes = kaggle.pushes;
  const answer = await mara.use(training, 'watch', { kernel: 'https://www.kaggle.com/code/mara-k/leaf-disease' });
  expect(textOf(answer.message)).toContain('#1 watches leaf-disease v1.');
  await world.until(() => world.channel().some((message) => textOf(message).includes('#1 running')));
  const twice = await mara.use(training, 'watch', { kernel: 'mara-k/leaf-disease', version: 'v1' });
  expect(textOf(twice.message)).toContain('leaf-disease v1 is #1 here already.');
  expect(textOf(twice.message)).toContain('It was started on Kaggle');
  const none = await mara.use(training, 'watch', { kernel: 'mara-k/leaf-disease', version: '9' });
  expect(textOf(none.message)).toContain('**leaf-disease has no version 9.** The newest is v1.');
  const stop = await mara.use(training, 'stop', { run: '1' });
  expect(textOf(stop.message)).toContain('#1 can only be stopped on Kaggle.');
  expect(kaggle.pushes).toBe(pushes);

  kaggle.session('mara-k/leaf-disease', 1).complete();
  const end = await world.until(() => world.channel().find((message) => message.content.includes('#1 complete')));
  const asked = await mara.press(end.id, idOf(end, 'Run again…'));
  await mara.press(asked.message?.id ?? '', idOf(asked.message ?? null, 'Run again'));
  await world.until(() => kaggle.pushes === pushes + 1);
  expect(kaggle.versions('mara-k/leaf-disease')[1]?.source).toContain('begin');
  await world.until(() => world.channel().some((message) => textOf(message).includes('#2 queued')));
  const own = await mara.use(training, 'watch', { kernel: 'mara-k/leaf-disease', version: 'v2' });
  expect(textOf(own.message)).toContain('leaf-disease v2 is #2 here already.');
  expect(textOf(own.message)).not.toContain('started on Kaggle');
});

test('it can be watched in a direct message too', async () => {
  const dm = world.mara.directMessages();
  const answer = await world.mara.use(dm, 'watch', { kernel: 'mara-k/leaf-disease' });
  expect(textOf(answer.message)).toContain('#1 watches leaf-disease v1.');
});
