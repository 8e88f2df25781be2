import { expect, test } from 'vitest';
import type { Sighting } from '../../src/playground/discord/types.ts';
import { printChannel } from '../../src/playground/terminal.ts';
import { CHANNEL, card, DIRECT, gallery, message, NOW, you } from './page-fixtures/messages.ts';

function startPrinting() {
  const lines: string[] = [];
  let see: (sighting: Sighting) => void = () => {};
  const stop = printChannel(
    {
      watch(one) {
        see = one;
        return () => {
          see = () => {};
        };
      },
    },
    (line) => lines.push(line),
    {
      you: { id: you.id, name: 'You' },
      bot: { id: '2', name: 'Nightshift' },
      channels: { [CHANNEL]: '#training' },
      now: () => NOW,
      zone: 'UTC',
    },
  );
  return { lines, stop, see: (sighting: Sighting) => see(sighting), take: () => lines.splice(0) };
}

const sent = (id: string): Sighting => {
  const found = gallery.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no message ${id}`);
  return { type: 'message', channelId: CHANNEL, message: found, onlyFor: null };
};
const edited = (epoch: number): Sighting => ({ type: 'edit', channelId: CHANNEL, message: card(epoch), onlyFor: null });

test('the completion is there with its links, buttons and files', () => {
  const { see, lines } = startPrinting();
  see(sent('2003'));
  expect(lines[0]).toBe(
    '20:58  #training Nightshift: ✅ #42 complete · val_acc 0.9124, best so far · 6 h 58 min · @You',
  );
  const all = lines.join('\n');
  expect(all).toContain('- leaf_resnet50_best.pt (http://127.0.0.1:9/a) · 97.8 MB');
  expect(all).toContain('- submission.csv (http://127.0.0.1:9/c) · 1.2 MB, 18,634 rows × 3');
  expect(all).toContain(
    '[Outputs] [Log] [Run again…] [Compare with #37] [Open on Kaggle] (http://127.0.0.1:9/kernel) [Get a download link ▾]',
  );
  expect(all).toContain('Files: curve-42.png (42 kB), submission.csv (1.2 MB), history.csv (6.1 kB)');
});

test('a card is told at first, then when it has moved by a fifth, then when its state changes', () => {
  const { see, take } = startPrinting();
  see(sent('2002'));
  expect(take().length).toBeGreaterThan(5);
  for (let epoch = 28; epoch < 41; epoch += 1) see(edited(epoch));
  expect(take()).toEqual([]);
  see(edited(41));
  expect(take()).toEqual([
    '20:58  #training Nightshift: 🔵 #1 running, epoch 41 of 70 · ▰▰▰▰▱▱▱▱▱▱ 58% · val_loss 0.3391 · best 0.3368 at epoch 26',
  ]);
  const ended = gallery.find((one) => one.id === '2004');
  if (ended === undefined) throw new Error('no ended card');
  see({ type: 'edit', channelId: CHANNEL, message: { ...ended, id: '2002' }, onlyFor: null });
  expect(take()[0]).toContain('✅ #42 complete');
});

test('links within Discord lead nowhere in a terminal: they stand without their address', () => {
  const { see, lines } = startPrinting();
  see(sent('2001'));
  see(sent('2004'));
  see({
    type: 'message',
    channelId: CHANNEL,
    message: message({
      id: '1',
      content: '[#42](https://discord.com/channels/1/2/3) and [a page](https://discord.com.example/channels/1)',
    }),
    onlyFor: null,
  });
  const all = lines.join('\n');
  expect(all).toContain('[Go to the result]');
  expect(all).toContain('#42 and a page (https://discord.com.example/channels/1)');
  expect(all).not.toContain('discord.com/');
});

test('the answer to a command says so, and is not printed while the bot thinks', () => {
  const { see, take } = startPrinting();
  see(sent('2010'));
  expect(take()).toEqual([]);
  see(sent('2001'));
  expect(take().slice(0, 2)).toEqual([
    '20:58  #training Nightshift (only you see this): answers /commit',
    '       #1 accepted. Its card is in this channel. You can close your computer.',
  ]);
});

test('what others alone see, other channels, and everything after the end are not printed', () => {
  const { see, take, stop } = startPrinting();
  const found = message({ id: '1', content: 'hello' });
  see({ type: 'message', channelId: CHANNEL, message: found, onlyFor: 'somebody else' });
  see({ type: 'message', channelId: DIRECT, message: { ...found, channel_id: DIRECT }, onlyFor: null });
  see({ type: 'bot', online: false });
  stop();
  see({ type: 'message', channelId: CHANNEL, message: found, onlyFor: null });
  expect(take()).toEqual([]);
});

test('nothing of a notebook can steer the terminal', () => {
  const { see, lines } = startPrinting();
  see({
    type: 'message',
    channelId: CHANNEL,
    message: message({ id: '1', content: 'a\u001b[2Jb\u0007\u009bc\r\nd' }),
    onlyFor: null,
  });
  expect(lines.join('\n')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});
