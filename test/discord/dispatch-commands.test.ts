import { expect, test } from 'vitest';
import type { Command, CommandAsk } from '../../src/discord/command.ts';
import { UserError } from '../../src/domain/user-error.ts';
import { eventually, isEphemeral, panel, startDoorWorld, textOf } from './door-world.ts';

const command = (execute: Command<object>['execute'], more: Partial<Command<object>> = {}): Command<object> => ({
  data: {
    name: 'commit',
    description: 'Run a notebook on Kaggle',
    contexts: [0, 1, 2],
    integration_types: [0, 1],
    options: [
      { type: 3, name: 'kernel', description: 'Which one', autocomplete: true },
      { type: 11, name: 'notebook', description: 'The file' },
    ],
  },
  execute,
  ...more,
});

test('a command is acknowledged before any work, for the asker alone, and then answered', async () => {
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  await using world = await startDoorWorld({
    needs: {},
    commands: [
      command(async () => {
        order.push(`work after ${world.requestsTo('callback').length} acknowledgement`);
        await gate.promise;
        return { body: panel('**#1 accepted.**') };
      }),
    ],
  });
  const asked = world.mara.use(world.channel.id, 'commit');
  await asked.acknowledged;
  expect(world.discord.messages(world.channel.id).map(({ onlyFor }) => onlyFor)).toEqual([world.mara.id]);
  gate.resolve();
  const answer = await asked;
  expect(order).toEqual(['work after 1 acknowledgement']);
  expect(textOf(answer.message)).toBe('**#1 accepted.**');
  expect(isEphemeral(answer.message)).toBe(true);
  expect((answer.message?.flags ?? 0) & 32768).toBe(32768);
  expect(world.jun.messages(world.channel.id)).toEqual([]);
});

test('a command hears who asks, from where, with what', async () => {
  const asks: CommandAsk[] = [];
  await using world = await startDoorWorld({
    needs: {},
    commands: [
      command(async (ask) => {
        asks.push(ask);
        return { body: panel('ok') };
      }),
    ],
  });
  const bytes = Buffer.from('{}');
  await world.mara.use(world.channel.id, 'commit', { kernel: 'mara-k/leaf', notebook: { name: 'leaf.ipynb', bytes } });
  await world.mara.use(world.mara.directMessages(), 'commit');
  expect(asks[0]).toMatchObject({
    user: { id: world.mara.id, name: 'Mara' },
    place: { kind: 'guild', guildId: world.guild.id, channelId: world.channel.id },
    manages: true,
    mayPost: true,
    mayAttach: true,
    channelName: 'training',
  });
  expect(asks[0]?.options.get('kernel')).toBe('mara-k/leaf');
  expect(asks[0]?.options.get('notebook')).toMatchObject({ name: 'leaf.ipynb', size: bytes.length });
  expect(asks[1]).toMatchObject({ place: { kind: 'dm', guildId: null }, manages: false, mayPost: true });
});

test('where only the person brought the bot, it says so', async () => {
  const asks: CommandAsk[] = [];
  await using world = await startDoorWorld({
    needs: {},
    commands: [
      command(async (ask) => {
        asks.push(ask);
        return { body: panel('**#1 accepted.** This bot is not a member here.') };
      }),
    ],
  });
  const elsewhere = world.discord.addGuild({ name: 'Elsewhere', botIsMember: false });
  const channel = world.discord.addChannel(elsewhere.id, { name: 'general' });
  const answer = await world.jun.use(channel.id, 'commit');
  expect(textOf(answer.message)).toContain('not a member');
  expect(asks[0]).toMatchObject({
    place: { kind: 'foreign', guildId: null, channelId: channel.id },
    scope: { guildId: null, userId: world.jun.id },
    mayPost: false,
  });
});

test('where the bot may not write or attach, the command knows', async () => {
  const asks: CommandAsk[] = [];
  await using world = await startDoorWorld({
    needs: {},
    commands: [
      command(async (ask) => {
        asks.push(ask);
        return { body: panel('ok') };
      }),
    ],
  });
  const quiet = world.discord.addChannel(world.guild.id, { name: 'quiet', botMayNot: ['SendMessages'] });
  const bare = world.discord.addChannel(world.guild.id, { name: 'bare', botMayNot: ['AttachFiles'] });
  await world.mara.use(quiet.id, 'commit');
  await world.mara.use(bare.id, 'commit');
  expect(asks.map(({ mayPost, mayAttach }) => ({ mayPost, mayAttach }))).toEqual([
    { mayPost: false, mayAttach: false },
    { mayPost: true, mayAttach: false },
  ]);
});

test('a mistake of the person is told in its own words', async () => {
  await using world = await startDoorWorld({
    needs: {},
    commands: [
      command(async () => {
        throw new UserError('There is no run #420 here.', 'The newest is #44.');
      }),
    ],
  });
  const answer = await world.mara.use(world.channel.id, 'commit');
  expect(textOf(answer.message)).toBe('**There is no run #420 here.** The newest is #44.');
  expect(world.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('a fault of ours gives a reference, which leads to the line in the log', async () => {
  await using world = await startDoorWorld({
    needs: {},
    commands: [
      command(async () => {
        throw new Error('the row is not what was read');
      }),
    ],
  });
  const answer = await world.mara.use(world.channel.id, 'commit');
  const text = textOf(answer.message);
  const reference = /Reference ([A-Z0-9]{6})/.exec(text)?.[1];
  expect(text).toContain('That did not work');
  expect(text).not.toContain('the row');
  const line = world.lines.find(({ fields }) => fields.reference === reference);
  expect(line).toMatchObject({
    level: 'error',
    fields: { command: 'commit', message: 'the row is not what was read' },
  });
});

test('an error of another door is explained', async () => {
  class KaggleAway extends Error {}
  await using world = await startDoorWorld({
    needs: {},
    commands: [
      command(async () => {
        throw new KaggleAway('ECONNREFUSED');
      }),
    ],
    door: {
      explain: (error) =>
        error instanceof KaggleAway ? new UserError('Kaggle is not answering.', 'Nothing was committed.') : null,
    },
  });
  const answer = await world.mara.use(world.channel.id, 'commit');
  expect(textOf(answer.message)).toBe('**Kaggle is not answering.** Nothing was committed.');
});

test('a Kaggle token in an option is refused before the command sees it', async () => {
  let seen = 0;
  await using world = await startDoorWorld({
    needs: {},
    commands: [
      command(async () => {
        seen += 1;
        return { body: panel('ok') };
      }),
    ],
  });
  const token = 'KGAT_0123456789abcdef0123456789abcdef';
  const answer = await world.mara.use(world.channel.id, 'commit', { kernel: token });
  expect(textOf(answer.message)).toContain('**That was a Kaggle token, in the open.** Revoke it on Kaggle now');
  expect(textOf(answer.message)).not.toContain(token);
  expect(JSON.stringify(world.lines)).not.toContain(token);
  expect(seen).toBe(0);
});

test('the same interaction sent twice is handled once', async () => {
  let runs = 0;
  await using world = await startDoorWorld({
    needs: {},
    commands: [
      command(async () => {
        runs += 1;
        return { body: panel(`run ${runs}`) };
      }),
    ],
  });
  world.discord.gateway.duplicateNext('INTERACTION_CREATE');
  const answer = await world.mara.use(world.channel.id, 'commit');
  expect(textOf(answer.message)).toBe('run 1');
  expect(runs).toBe(1);
  expect(world.requestsTo('callback')).toHaveLength(1);
});

test('events replayed after a lost connection are handled once, and those missed are handled', async () => {
  let runs = 0;
  await using world = await startDoorWorld({
    needs: {},
    commands: [
      command(async () => {
        runs += 1;
        return { body: panel(`run ${runs}`) };
      }),
    ],
  });
  expect(textOf((await world.mara.use(world.channel.id, 'commit')).message)).toBe('run 1');
  world.discord.gateway.drop(true);
  const answer = await world.mara.use(world.channel.id, 'commit');
  expect(textOf(answer.message)).toBe('run 2');
});

test('an acknowledgement whose answer was lost is not taken for somebody else’s', async () => {
  await using world = await startDoorWorld({ needs: {}, commands: [command(async () => ({ body: panel('ok') }))] });
  world.discord.faults.next('callback', { kind: 'reset', when: 'after' });
  expect(textOf((await world.mara.use(world.channel.id, 'commit')).message)).toBe('ok');
  expect(world.requestsTo('callback').map(({ status }) => status)).toEqual([0, 400]);
});

test.each([
  ['too late', 404, 10062],
  ['acknowledged by somebody else', 400, 40060],
])('an interaction that is %s gets no work', async (_, status, code) => {
  let runs = 0;
  await using world = await startDoorWorld({
    needs: {},
    commands: [
      command(async () => {
        runs += 1;
        return { body: panel('ok') };
      }),
    ],
  });
  world.discord.faults.next('callback', { kind: 'refused', status, code, message: 'No' });
  const asked = world.mara.use(world.channel.id, 'commit');
  await eventually(() => world.lines.some(({ sentence }) => sentence.includes('not be acknowledged'))).toBe(true);
  world.clock.advance(3_000);
  expect((await asked).failed).not.toBeNull();
  expect(runs).toBe(0);
  expect(world.requestsTo('callback')).toHaveLength(1);
});

test.each([
  ['the token is over', 401, 50027],
  ['the token is unknown', 404, 10015],
])('an answer that comes when %s is dropped without another try', async (_, status, code) => {
  await using world = await startDoorWorld({ needs: {}, commands: [command(async () => ({ body: panel('ok') }))] });
  world.discord.faults.next('editAnswer', { kind: 'refused', status, code, message: 'No' });
  void world.mara.use(world.channel.id, 'commit');
  await eventually(() => world.lines.some(({ sentence }) => sentence.includes('too late'))).toBe(true);
  expect(world.requestsTo('editAnswer')).toHaveLength(1);
  expect(world.requestsTo('followUp')).toHaveLength(0);
});

test('an answer is sent again after a 5xx, as an edit changes nothing the second time', async () => {
  await using world = await startDoorWorld({ needs: {}, commands: [command(async () => ({ body: panel('ok') }))] });
  world.discord.faults.next('editAnswer', { kind: 'status', status: 502, when: 'before' });
  expect(textOf((await world.mara.use(world.channel.id, 'commit')).message)).toBe('ok');
});

test('an answer that Discord does not take is a fault of ours, and does not claim that nothing was done', async () => {
  await using world = await startDoorWorld({
    needs: {},
    commands: [command(async () => ({ body: panel('x'.repeat(5_000)) }))],
  });
  const text = textOf((await world.mara.use(world.channel.id, 'commit')).message);
  expect(text).toMatch(/^\*\*The answer could not be shown here\.\*\*/);
  const reference = /Reference ([A-Z0-9]{6})/.exec(text)?.[1];
  const line = world.lines.find(({ fields }) => fields.reference === reference);
  expect(line?.fields).toHaveProperty('errors');
});

test('a command of an older registration is answered', async () => {
  await using world = await startDoorWorld({ needs: {}, commands: [command(async () => ({ body: panel('ok') }))] });
  await fetch(`${world.discord.apiUrl}/v10/applications/${world.discord.applicationId}/commands`, {
    method: 'POST',
    headers: { authorization: `Bot ${world.discord.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'schedule', description: 'Later' }),
  });
  const answer = await world.mara.use(world.channel.id, 'schedule');
  expect(textOf(answer.message)).toContain('older version');
});

test('no answer notifies anybody, whatever it says', async () => {
  await using world = await startDoorWorld({
    needs: {},
    commands: [
      command(async (ask) => ({ body: panel(`@everyone <@${ask.user.id}>`, 'loud:v1:a') }), {
        presses: {
          loud: { answers: 'update', execute: async (ask) => ({ body: panel(`@here <@${ask.user.id}> again`) }) },
        },
      }),
    ],
  });
  const answer = await world.mara.use(world.channel.id, 'commit');
  expect(world.discord.notified(answer.message?.id ?? '')).toEqual([]);
  const pressed = await world.mara.press(answer.message?.id ?? '', 'loud:v1:a');
  expect(textOf(pressed.message)).toContain('again');
  expect(world.discord.notified(pressed.message?.id ?? '')).toEqual([]);
});

test('an answer goes on being edited until its follower ends', async () => {
  const gate = Promise.withResolvers<void>();
  await using world = await startDoorWorld({
    needs: {},
    commands: [
      command(async () => ({
        body: panel('line 1'),
        follow: async (edit) => {
          await gate.promise;
          await edit(panel('line 2'));
          await edit(panel('line 3'));
        },
      })),
    ],
  });
  const first = await world.mara.use(world.channel.id, 'commit');
  expect(textOf(first.message)).toBe('line 1');
  gate.resolve();
  const second = await first.next();
  expect(textOf(second.message)).toBe('line 2');
  expect(textOf((await second.next()).message)).toBe('line 3');
});

test('an error while following stays in the log', async () => {
  await using world = await startDoorWorld({
    needs: {},
    commands: [
      command(async () => ({
        body: panel('line 1'),
        follow: async () => {
          throw new Error('the stream broke');
        },
      })),
    ],
  });
  expect(textOf((await world.mara.use(world.channel.id, 'commit')).message)).toBe('line 1');
  await eventually(() => world.lines.some(({ sentence }) => sentence === 'Following an answer failed')).toBe(true);
});

test('following ends when the answer was dismissed, and when the program stops', async () => {
  const ended: string[] = [];
  const world = await startDoorWorld({
    needs: {},
    commands: [
      command(async (ask) => ({
        body: panel('line 1'),
        follow: async (edit, signal) => {
          await edit(panel('line 2'));
          signal.addEventListener('abort', () => ended.push(ask.options.has('kernel') ? 'stopped' : 'dismissed'));
          if (!ask.options.has('kernel')) {
            world.discord.faults.next('editAnswer', { kind: 'refused', status: 404, code: 10008, message: 'Unknown' });
            await edit(panel('line 3'));
          } else await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        },
      })),
    ],
  });
  await world.mara.use(world.channel.id, 'commit');
  await eventually(() => ended).toEqual(['dismissed']);
  await world.mara.use(world.channel.id, 'commit', { kernel: 'a/b' });
  await eventually(() => world.requestsTo('editAnswer').length).toBe(5);
  await world.door.stop();
  expect(ended).toEqual(['dismissed', 'stopped']);
  await world.discord.close();
});

test('stopping takes no new interactions and waits for the running one', async () => {
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const world = await startDoorWorld({
    needs: {},
    commands: [
      command(async () => {
        begun.resolve();
        await gate.promise;
        return { body: panel('done') };
      }),
    ],
  });
  const asked = world.mara.use(world.channel.id, 'commit');
  await begun.promise;
  const stopped = world.door.stop();
  void world.mara.use(world.channel.id, 'commit');
  // Nothing tells that a connection is not being closed.
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(world.discord.botIsOnline).toBe(true);
  gate.resolve();
  expect(textOf((await asked).message)).toBe('done');
  await stopped;
  expect(world.requestsTo('callback')).toHaveLength(1);
  expect(world.door.health.connected).toBe(false);
  await world.discord.close();
});
