import { expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../src/clock.ts';
import { notebook } from './notebooks.ts';
import { choiceOf, idOf, MARAS_TOKEN, startWorld, textOf } from './world.ts';

test('Mara commits a notebook, closes her laptop, and reads in the morning how it ended', async () => {
  await using world = await startWorld();
  const { mara, jun, training, kaggle, discord } = world;

  // She links her Kaggle account once, in a form that only she sees.
  const linked = await world.link(mara, MARAS_TOKEN);
  expect(textOf(linked.message)).toContain('Linked to Kaggle as mara-k');

  // She attaches a notebook to /commit. It is accepted at once, and its card stands in the channel.
  const accepted = await mara.use(training, 'commit', {
    notebook: { name: 'leaf_disease.ipynb', bytes: notebook('print("epoch 1/2")') },
    limit: '9h',
    note: 'more augmentation',
  });
  expect(textOf(accepted.message)).toContain(
    '**#1 accepted.** Its card is in this channel. You can close your computer.',
  );
  await world.pass(5 * SECOND);
  const [card] = world.channel();
  expect(textOf(card ?? null)).toMatch(/#1 (pushing to|queued at) Kaggle/);
  expect(textOf(card ?? null)).toContain('more augmentation');

  // Kaggle has got one version: private, on two T4, with "Save & Run All".
  expect(kaggle.pushes).toBe(1);
  expect(kaggle.versions('mara-k/leaf-disease')[0]?.settings).toMatchObject({
    isPrivate: true,
    machineShape: 'NvidiaTeslaT4',
    kernelExecutionType: 'SAVE_AND_RUN_ALL',
    sessionTimeoutSeconds: 32_400,
  });

  // It runs through the night.
  const session = kaggle.session('mara-k/leaf-disease', 1);
  session.start();
  await world.until(() => textOf(world.channel()[0] ?? null).includes('#1 running'));
  session.print('Epoch 1/2 - loss: 0.9000 - val_loss: 0.8000\n');
  session.print('Epoch 2/2 - loss: 0.5000 - val_loss: 0.4000\n');
  await world.pass(6 * HOUR, 20 * MINUTE);
  session.write('model.pt', 97_800_000);
  session.write('submission.csv', 'image_id,label\nte_00001.jpg,rust\nte_00002.jpg,healthy\n');
  session.complete();

  // In the morning a new message replies to the card and mentions her, and nobody else.
  const told = await world.until(() => world.channel()[1]);
  expect(told.message_reference?.message_id).toBe(card?.id);
  expect(discord.notified(told.id)).toEqual([mara.id]);
  const text = textOf(told);
  expect(text).toContain('✅ **#1 complete**');
  expect(text).toContain('https://www.kaggle.com/code/mara-k/leaf-disease');
  expect(text).toMatch(
    /\[.*model\.pt.*\]\(https:\/\/www\.kaggle\.com\/code\/mara-k\/leaf-disease\/output\?select=model\.pt\)/,
  );
  expect(text).toMatch(
    /\[.*submission\.csv.*\]\(https:\/\/www\.kaggle\.com\/code\/mara-k\/leaf-disease\/output\?select=submission\.csv\)/,
  );
  expect(text).toContain('te_00001.jpg');
  expect(told.attachments.map(({ filename }) => filename)).toContain('submission.csv');
  await world.until(() => textOf(world.channel()[0] ?? null).includes('✅ #1 complete'));

  // Jun presses Outputs under it and gets a fresh address of the model, for himself alone.
  const outputs = await jun.press(told.id, idOf(told, 'Outputs'));
  expect(textOf(outputs.message)).toContain('Outputs of #1');
  const links = await jun.select(told.id, idOf(told, 'Get a download link'), [
    choiceOf(told, 'Get a download link', 'model.pt'),
  ]);
  expect(textOf(links.message)).toContain('Direct links to files of');
  expect(world.channel().at(-1)?.id).toBe(told.id);

  // And in a direct message a word is enough.
  await mara.type(mara.directMessages(), 'status 1');
  const answer = await discord.waitFor(
    (one) =>
      one.type === 'message' && one.channelId === mara.directMessages() && one.message.author.id === discord.botUserId,
  );
  expect(answer.type === 'message' && textOf(answer.message)).toContain('#1 complete');
});
