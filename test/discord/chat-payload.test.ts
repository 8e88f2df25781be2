import { describe, expect, test } from 'vitest';
import type { MessageBody } from '../../src/discord/chat.ts';
import { answer, edit, newMessage } from '../../src/discord/payload.ts';

const FILE = { name: 'curve-42.png', bytes: Buffer.from('png'), description: 'Loss over 70 epochs' };
const panel: MessageBody = { kind: 'panel', components: [{ type: 10, content: '@everyone' }] };
const notice: MessageBody = { kind: 'notice', content: '✅ **#42 complete** · <@7>', mentions: ['7'], files: [FILE] };

describe('a new message', () => {
  const of = (body: MessageBody, replyTo?: string) =>
    newMessage({ body, nonce: 'n'.repeat(25), ...(replyTo === undefined ? {} : { replyTo }) });

  test('a panel is made of components and mentions nobody', () => {
    expect(of(panel).body).toEqual({
      components: panel.components,
      flags: 32768,
      nonce: 'n'.repeat(25),
      enforce_nonce: true,
      allowed_mentions: { parse: [], replied_user: false },
    });
  });

  test('a notice shows no previews and mentions exactly whom it names', () => {
    expect(of(notice, '42').body).toMatchObject({
      content: '✅ **#42 complete** · <@7>',
      flags: 4,
      allowed_mentions: { parse: [], replied_user: false, users: ['7'] },
      message_reference: { message_id: '42', fail_if_not_exists: false },
      attachments: [{ id: 0, filename: 'curve-42.png', description: 'Loss over 70 epochs' }],
    });
    expect(of(notice).files).toEqual([{ name: 'curve-42.png', data: FILE.bytes }]);
  });

  test('a silent notice makes no sound', () => {
    expect(of({ ...notice, silent: true }).body.flags).toBe(4 | 4096);
  });

  test.each(['', 'n'.repeat(26)])('a nonce that Discord would not take is a fault of ours: %j', (nonce) => {
    expect(() => newMessage({ body: panel, nonce })).toThrow('25 characters');
  });
});

describe('an edit', () => {
  test('mentions nobody, not even whom the notice named', () => {
    expect(edit(notice).body.allowed_mentions).toEqual({ parse: [], replied_user: false });
  });

  test('with files leaves exactly these', () => {
    expect(edit(notice).body.attachments).toEqual([
      { id: 0, filename: 'curve-42.png', description: 'Loss over 70 epochs' },
    ]);
    expect(edit({ ...notice, files: [] }).body.attachments).toEqual([]);
  });

  test('of a notice without files keeps what was attached', () => {
    expect(edit({ kind: 'notice', content: 'x' }).body).toEqual({
      content: 'x',
      components: [],
      flags: 4,
      allowed_mentions: { parse: [], replied_user: false },
    });
  });

  test('of a panel that shows no file takes the files away', () => {
    expect(edit(panel).body).toMatchObject({ flags: 32768, attachments: [] });
  });

  test('of a panel that shows a file it had keeps it', () => {
    const gallery: MessageBody = {
      kind: 'panel',
      components: [{ type: 12, items: [{ media: { url: 'attachment://curve-42.png' } }] }],
    };
    expect(edit(gallery).body).not.toHaveProperty('attachments');
  });
});

test('an answer at once is ephemeral and mentions nobody', () => {
  expect(answer(notice).body).toMatchObject({ flags: 4 | 64, allowed_mentions: { parse: [], replied_user: false } });
  expect(answer(panel).body).toMatchObject({ flags: 32768 | 64 });
});
