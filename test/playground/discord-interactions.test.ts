import { type ChatInputCommandInteraction, MessageFlags, ModalBuilder } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../src/clock.ts';
import { HandClock } from '../hand-clock.ts';
import { call, connect, openRoom } from './discord-room.ts';

const codeOf = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: { code?: unknown }) => error.code,
  );

describe('a real discord.js client', () => {
  test('logs in, registers a command and answers it', async () => {
    await using room = await openRoom(async (i) => i.isChatInputCommand() && i.reply('hello'));
    const answer = await room.you.use(room.channelId, 'go');
    expect(answer).toMatchObject({ failed: null, message: { content: 'hello', type: 20 } });
    expect(room.discord.botIsOnline).toBe(true);
  });

  test('is turned away with a wrong token', async () => {
    await using room = await openRoom(async () => {});
    const wrong = { ...room.discord, token: 'MTIz.abc.def' };
    await expect(connect(wrong, async () => {})).rejects.toThrow(/token/i);
  });

  test('gets a file a person attached, complete and only by its signed address', async () => {
    const got = Promise.withResolvers<{ name: string; url: string; contentType: string | null }>();
    await using room = await openRoom(
      async (i) => {
        if (!i.isChatInputCommand()) return;
        const { name, url, contentType } = i.options.getAttachment('notebook', true);
        got.resolve({ name, url, contentType });
        await i.reply('thanks');
      },
      {},
      [
        {
          name: 'go',
          description: 'Goes',
          options: [{ type: 11, name: 'notebook', description: 'A file', required: true }],
        },
      ],
    );
    await room.you.use(room.channelId, 'go', {
      notebook: { name: 'my model.ipynb', bytes: Buffer.from('{"cells":[]}') },
    });
    const { name, url, contentType } = await got.promise;
    expect(name).toBe('my_model.ipynb');
    expect(contentType).toBeNull();
    expect(await (await fetch(url)).text()).toBe('{"cells":[]}');
    expect((await fetch(url.replace(/\?.*/, ''))).status).toBe(404);
    expect((await fetch(url.replace(/hm=./, 'hm=g'))).status).toBe(404);
  });

  test('autocompletes while somebody types, and an answer in the field comes over', async () => {
    await using room = await openRoom(
      async (i) => {
        if (!i.isAutocomplete()) return;
        await i.respond([{ name: `${i.options.getFocused()} one`, value: '1' }]);
      },
      {},
      [
        {
          name: 'go',
          description: 'Goes',
          options: [{ type: 3, name: 'run', description: 'A run', autocomplete: true }],
        },
      ],
    );
    expect(await room.you.autocomplete(room.channelId, 'go', { run: 'ker' }, 'run')).toEqual([
      { name: 'ker one', value: '1' },
    ]);
  });

  test('opens a form, and what is filled in comes back', async () => {
    const modal = {
      custom_id: 'form',
      title: 'A form',
      components: [
        { type: 18, label: 'Token', component: { type: 4, custom_id: 'token', style: 1, min_length: 3 } },
        { type: 18, label: 'Kind', component: { type: 3, custom_id: 'kind', options: [{ label: 'A', value: 'a' }] } },
      ],
    };
    await using room = await openRoom(async (i) => {
      if (i.isChatInputCommand()) await i.showModal(new ModalBuilder(modal));
      if (i.isModalSubmit()) {
        const said = `${i.fields.getTextInputValue('token')} ${i.fields.getStringSelectValues('kind').join()}`;
        await i.reply({ content: said, flags: MessageFlags.Ephemeral });
      }
    });
    const opened = await room.you.use(room.channelId, 'go');
    expect(opened.modal?.title).toBe('A form');
    const refused = await room.you.submit(opened.interactionId, { token: 'ab', kind: ['a'] });
    expect(refused.problems).toEqual({ token: 'Must be at least 3 characters.' });
    const answer = await room.you.submit(opened.interactionId, { token: 'abcd', kind: ['a'] });
    expect(answer.message?.content).toBe('abcd a');
    expect((await room.you.submit(opened.interactionId, { token: 'abcd', kind: ['a'] })).failed).toBe(
      'This form is not open.',
    );
  });

  test('hears a direct message with its text, and nothing that is written in a channel', async () => {
    const heard: string[] = [];
    await using room = await openRoom(async () => {});
    const { promise, resolve } = Promise.withResolvers<void>();
    room.client.on('messageCreate', (message) => {
      heard.push(message.content);
      resolve();
    });
    room.you.type(room.channelId, 'in the channel');
    room.you.type(room.you.directMessages(), 'status');
    await promise;
    expect(heard).toEqual(['status']);
  });

  test('gets the whole message a menu command is used on, though it may not read it otherwise', async () => {
    const seen = Promise.withResolvers<string>();
    await using room = await openRoom(
      async (i) => {
        if (!i.isMessageContextMenuCommand()) return;
        seen.resolve(`${i.targetMessage.content} ${i.targetMessage.attachments.first()?.name}`);
        await i.reply('seen');
      },
      {},
      [{ name: 'Commit to Kaggle', type: 3 }],
    );
    const message = room.you.type(room.channelId, 'look', [{ name: 'a.ipynb', bytes: Buffer.from('{}') }]);
    const { body } = await call(room.discord, 'GET', `/channels/${room.channelId}/messages/${message.id}`);
    expect(body).toMatchObject({ content: '', attachments: [] });
    expect((await room.you.useMenu(room.channelId, 'Commit to Kaggle', message.id)).message?.content).toBe('seen');
    expect(await seen.promise).toBe('look a.ipynb');
  });
});

describe('answering in time', () => {
  test('after three seconds the person sees that it did not respond, and the bot gets 10062', async () => {
    const clock = new HandClock();
    const refused = Promise.withResolvers<unknown>();
    await using room = await openRoom(
      async (i) => {
        if (!i.isChatInputCommand()) return;
        clock.advance(3 * SECOND);
        refused.resolve(await codeOf(i.reply('late')));
      },
      { clock },
    );
    const answer = await room.you.use(room.channelId, 'go');
    expect(answer.failed).toBe('The application did not respond');
    expect(await refused.promise).toBe(10062);
  });

  test('just before three seconds it is in time', async () => {
    const clock = new HandClock();
    await using room = await openRoom(
      async (i) => {
        clock.advance(3 * SECOND - 1);
        if (i.isChatInputCommand()) await i.reply('in time');
      },
      { clock },
    );
    expect((await room.you.use(room.channelId, 'go')).message?.content).toBe('in time');
  });

  test('a bot that is not there is seen at once', async () => {
    await using room = await openRoom(async () => {});
    await room.client.destroy();
    await expect.poll(() => room.discord.botIsOnline).toBe(false);
    expect((await room.you.use(room.channelId, 'go')).failed).toBe('The application did not respond');
  });

  test('a second first answer is 40060', async () => {
    const codes = Promise.withResolvers<unknown>();
    await using room = await openRoom(async (i) => {
      if (!i.isChatInputCommand()) return;
      await i.reply('one');
      const again = { type: 4, data: { content: 'two' } };
      codes.resolve((await call(room.discord, 'POST', `/interactions/${i.id}/${i.token}/callback`, again)).body.code);
    });
    await room.you.use(room.channelId, 'go');
    expect(await codes.promise).toBe(40060);
  });

  test('the token works for fifteen minutes and then is 50027', async () => {
    const clock = new HandClock();
    const replied = Promise.withResolvers<ChatInputCommandInteraction>();
    await using room = await openRoom(
      async (i) => {
        if (!i.isChatInputCommand()) return;
        await i.reply('one');
        replied.resolve(i);
      },
      { clock },
    );
    await room.you.use(room.channelId, 'go');
    const i = await replied.promise;
    clock.advance(15 * MINUTE - 1);
    expect(await codeOf(i.editReply('two'))).toBeNull();
    clock.advance(1);
    expect(await codeOf(i.editReply('three'))).toBe(50027);
    expect(await codeOf(i.followUp('four'))).toBe(50027);
  });
});

describe('deferring', () => {
  test('the answer is there when it was edited, and the acknowledgement before', async () => {
    const go = Promise.withResolvers<void>();
    await using room = await openRoom(async (i) => {
      if (!i.isChatInputCommand()) return;
      await i.deferReply({ flags: MessageFlags.Ephemeral });
      await go.promise;
      await i.editReply('done');
      await i.editReply('done again');
    });
    const asked = room.you.use(room.channelId, 'go');
    expect((await asked.acknowledged).message).toBeNull();
    expect(room.you.messages(room.channelId).at(-1)?.message.flags).toBe(64 | 128);
    go.resolve();
    const answer = await asked;
    expect(answer.message).toMatchObject({ content: 'done', flags: 64, edited_timestamp: null });
    expect((await answer.next()).message?.content).toBe('done again');
  });

  test('an ephemeral deferral stays ephemeral, whatever the edit and the first follow-up say', async () => {
    await using room = await openRoom(async (i) => {
      if (!i.isChatInputCommand()) return;
      await i.deferReply({ flags: MessageFlags.Ephemeral });
      await i.followUp('for everybody?');
    });
    const answer = await room.you.use(room.channelId, 'go');
    const mara = room.discord.addPerson({ name: 'Mara' });
    expect(answer.message).toMatchObject({ content: 'for everybody?', flags: 64 });
    expect(mara.messages(room.channelId)).toEqual([]);
    expect(room.you.messages(room.channelId)).toHaveLength(1);
    const path = `/channels/${room.channelId}/messages/${answer.message?.id}`;
    expect((await call(room.discord, 'PATCH', path, { content: 'x' })).body.code).toBe(10008);
    room.you.dismiss(answer.message?.id ?? '');
    expect(room.you.messages(room.channelId)).toEqual([]);
  });

  test('a form cannot follow a deferral, nor a form', async () => {
    const codes: unknown[] = [];
    const modal = { type: 9, data: { custom_id: 'a', title: 'A', components: [{ type: 10, content: 'x' }] } };
    await using room = await openRoom(async (i) => {
      const path = `/interactions/${i.id}/${'token' in i ? i.token : ''}/callback`;
      if (i.isChatInputCommand()) await call(room.discord, 'POST', path, modal);
      if (!i.isModalSubmit()) return;
      codes.push((await call(room.discord, 'POST', path, modal)).body.code);
      await i.deferReply();
      codes.push((await call(room.discord, 'POST', path, modal)).body.code);
      await i.editReply('end');
    });
    const opened = await room.you.use(room.channelId, 'go');
    await room.you.submit(opened.interactionId, {});
    expect(codes).toEqual([50035, 40060]);
  });

  test('updating is for components: a command may not, a button may', async () => {
    const codes: unknown[] = [];
    const button = { type: 1, components: [{ type: 2, style: 1, label: 'Go', custom_id: 'b' }] };
    await using room = await openRoom(async (i) => {
      const path = `/interactions/${i.id}/${'token' in i ? i.token : ''}/callback`;
      if (i.isChatInputCommand()) {
        codes.push((await call(room.discord, 'POST', path, { type: 6 })).body.code);
        await i.reply({ content: 'press', components: [button] });
      }
      if (i.isButton()) {
        await i.deferUpdate();
        await i.editReply({ content: 'pressed', components: [] });
      }
    });
    const first = await room.you.use(room.channelId, 'go');
    const id = first.message?.id ?? '';
    const pressed = await room.you.press(id, 'b');
    expect(codes).toEqual([50035]);
    expect(pressed.message).toMatchObject({ id, content: 'pressed' });
    expect((await room.you.press(id, 'b')).failed).toMatch(/nothing called b/);
  });
});

describe('where the bot is only installed by its user', () => {
  test('only the token works, five follow-ups at most, and the owners name the person alone', async () => {
    const facts = Promise.withResolvers<unknown[]>();
    await using room = await openRoom(
      async (i) => {
        if (!i.isChatInputCommand()) return;
        await i.reply('here');
        const codes: unknown[] = [];
        for (let n = 0; n < 6; n++) codes.push(await codeOf(i.followUp(`${n}`)));
        const posted = await call(room.discord, 'POST', `/channels/${i.channelId}/messages`, { content: 'x' });
        facts.resolve([{ ...i.authorizingIntegrationOwners }, i.guild, codes, posted.status, posted.body.code]);
      },
      {},
      [{ name: 'go', description: 'Goes', integration_types: [0, 1], contexts: [0, 1, 2] }],
    );
    const guild = room.discord.addGuild({ name: 'Elsewhere', botIsMember: false });
    const channel = room.discord.addChannel(guild.id, { name: 'general' });
    await room.you.use(channel.id, 'go');
    const [owners, cached, codes, status, code] = await facts.promise;
    expect(owners).toMatchObject({ guildId: null, userId: room.you.id });
    expect(cached).toBeNull();
    expect(codes).toEqual([null, null, null, null, null, 40094]);
    expect([status, code]).toEqual([403, 50001]);
  });

  test('without the right to use external apps every answer is for the person alone', async () => {
    await using room = await openRoom(async (i) => i.isChatInputCommand() && i.reply('hush'), {}, [
      { name: 'go', description: 'Goes', integration_types: [0, 1], contexts: [0] },
    ]);
    const guild = room.discord.addGuild({ name: 'Elsewhere', botIsMember: false });
    const channel = room.discord.addChannel(guild.id, { name: 'general', everyoneMayNot: ['UseExternalApps'] });
    const answer = await room.you.use(channel.id, 'go');
    expect(answer.message?.flags).toBe(64);
    expect(room.discord.messages(channel.id)[0]?.onlyFor).toBe(room.you.id);
  });
});

test('what the client would not send comes back with the option it concerns', async () => {
  await using room = await openRoom(async () => {}, {}, [
    {
      name: 'go',
      description: 'Goes',
      options: [
        { type: 3, name: 'gpu', description: 'Which', required: true, choices: [{ name: 'T4', value: 't4' }] },
        { type: 4, name: 'hours', description: 'How long', min_value: 1, max_value: 9 },
        { type: 11, name: 'file', description: 'A file', file_types: ['.ipynb'] },
      ],
    },
  ]);
  const { you, channelId } = room;
  const file = { name: 'a.zip', bytes: Buffer.from('x') };
  expect((await you.use(channelId, 'go')).problems).toEqual({ gpu: 'This option is required. Specify a value.' });
  expect((await you.use(channelId, 'go', { gpu: 'v100' })).problems).toEqual({ gpu: 'Please enter a valid choice.' });
  expect((await you.use(channelId, 'go', { gpu: 't4', hours: 10 })).problems).toEqual({
    hours: 'Value must be at most 9.',
  });
  expect((await you.use(channelId, 'go', { gpu: 't4', file })).problems).toEqual({
    file: 'This file type is not accepted here.',
  });
  expect((await you.use(channelId, 'gone')).failed).toBe('There is no command /gone here.');
});
