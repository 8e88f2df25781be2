import { type APIModalInteractionResponseCallbackData, ComponentType, TextInputStyle } from 'discord-api-types/v10';
import { expect, test } from 'vitest';
import type { Command, FormAsk, PressAsk } from '../../src/discord/command.ts';
import { UserError } from '../../src/domain/user-error.ts';
import { eventually, isEphemeral, panel, startDoorWorld, textOf } from './door-world.ts';

type Parts = Pick<Command<object>, 'presses' | 'forms'>;

/** A command that posts nothing, and a card in the channel with the buttons whose ids are given. */
async function worldWithCard(parts: Parts, ids: readonly string[]) {
  const world = await startDoorWorld({
    needs: {},
    commands: [
      { data: { name: 'status', description: 'What runs' }, execute: async () => ({ body: panel('x') }), ...parts },
    ],
  });
  const card = await world.chat.post({ channelId: world.channel.id, body: panel('card', ...ids), nonce: 'card' });
  return Object.assign(world, {
    card,
    cardText: () => textOf(world.seenBy(world.mara, world.channel.id, card)),
  });
}

const form: APIModalInteractionResponseCallbackData = {
  custom_id: 'linkForm:v1:abc:x',
  title: 'Link a Kaggle account',
  components: [
    {
      type: ComponentType.Label,
      label: 'API token',
      component: { type: ComponentType.TextInput, custom_id: 'token', style: TextInputStyle.Short, required: false },
    },
  ],
};

test('a button that asks for a reply gets one of its own, for the presser alone', async () => {
  const asks: PressAsk[] = [];
  await using world = await worldWithCard(
    {
      presses: {
        log: {
          answers: 'reply',
          execute: async (ask) => {
            asks.push(ask);
            return { body: panel('**Log of #42**') };
          },
        },
      },
    },
    ['log:v1:abc:2'],
  );
  const answer = await world.jun.press(world.card, 'log:v1:abc:2');
  expect(textOf(answer.message)).toBe('**Log of #42**');
  expect(isEphemeral(answer.message)).toBe(true);
  expect(world.cardText()).toBe('card');
  expect(asks[0]).toMatchObject({
    key: 'abc',
    argument: '2',
    messageId: world.card,
    user: { name: 'Jun' },
    manages: false,
  });
});

test('a button that updates changes the message it hangs on', async () => {
  await using world = await worldWithCard(
    { presses: { refresh: { answers: 'update', execute: async () => ({ body: panel('card, newer') }) } } },
    ['refresh:v1:abc'],
  );
  const answer = await world.jun.press(world.card, 'refresh:v1:abc');
  expect(answer.message?.id).toBe(world.card);
  expect(world.cardText()).toBe('card, newer');
});

test('when an update fails, the message stays and the presser alone is told', async () => {
  await using world = await worldWithCard(
    {
      presses: {
        refresh: {
          answers: 'update',
          execute: async () => {
            throw new UserError('#42 has already ended.', 'The card shows how.');
          },
        },
      },
    },
    ['refresh:v1:abc'],
  );
  const answer = await world.jun.press(world.card, 'refresh:v1:abc');
  expect(textOf(answer.message)).toBe('**#42 has already ended.** The card shows how.');
  expect(isEphemeral(answer.message)).toBe(true);
  expect(world.cardText()).toBe('card');
});

test('a select tells what was chosen', async () => {
  const chosen: (readonly string[])[] = [];
  await using world = await worldWithCard(
    {
      presses: {
        links: {
          answers: 'reply',
          execute: async ({ values }) => {
            chosen.push(values);
            return { body: panel('link') };
          },
        },
      },
    },
    [],
  );
  const options = ['model.pt', 'submission.csv'].map((value) => ({ label: value, value }));
  const menu = await world.chat.post({
    channelId: world.channel.id,
    body: {
      kind: 'notice',
      content: 'done',
      components: [
        {
          type: ComponentType.ActionRow,
          components: [{ type: ComponentType.StringSelect, custom_id: 'links:v1:abc', max_values: 2, options }],
        },
      ],
    },
    nonce: 'menu',
  });
  await world.mara.select(menu, 'links:v1:abc', ['submission.csv']);
  expect(chosen).toEqual([['submission.csv']]);
});

test('a button may open a form, and what was entered comes with its key', async () => {
  const asks: FormAsk[] = [];
  await using world = await worldWithCard(
    {
      presses: { link: { answers: 'modal', execute: async () => ({ modal: form }) } },
      forms: {
        linkForm: {
          answers: 'update',
          execute: async (ask) => {
            asks.push(ask);
            return { body: panel('### Linked') };
          },
        },
      },
    },
    ['link:v1:abc'],
  );
  const opened = await world.mara.press(world.card, 'link:v1:abc');
  expect(opened.modal?.title).toBe('Link a Kaggle account');
  const answer = await world.mara.submit(opened.interactionId, { token: 'KGAT_0123456789abcdef' });
  expect(answer.message?.id).toBe(world.card);
  expect(world.cardText()).toBe('### Linked');
  // A form is the one place for a token.
  expect(asks[0]?.fields.get('token')).toBe('KGAT_0123456789abcdef');
  expect(asks[0]).toMatchObject({ key: 'abc', argument: 'x' });
});

test('a button that would open a form may answer instead, also with an error', async () => {
  let failing = false;
  await using world = await worldWithCard(
    {
      presses: {
        link: {
          answers: 'modal',
          execute: async () => {
            if (failing) throw new UserError('Only Mara can link here.');
            return { body: panel('already linked') };
          },
        },
      },
    },
    ['link:v1:abc'],
  );
  const answer = await world.mara.press(world.card, 'link:v1:abc');
  expect(textOf(answer.message)).toBe('already linked');
  expect(isEphemeral(answer.message)).toBe(true);
  failing = true;
  const refused = await world.jun.press(world.card, 'link:v1:abc');
  expect(textOf(refused.message)).toBe('**Only Mara can link here.**');
  expect(isEphemeral(refused.message)).toBe(true);
});

test('a form that Discord does not take is answered all the same', async () => {
  await using world = await worldWithCard(
    { presses: { link: { answers: 'modal', execute: async () => ({ modal: { ...form, title: 'x'.repeat(60) } }) } } },
    ['link:v1:abc'],
  );
  const answer = await world.mara.press(world.card, 'link:v1:abc');
  expect(textOf(answer.message)).toContain('could not be shown');
});

test('a form cannot follow a deferral: that is a fault of ours, and is said', async () => {
  await using world = await worldWithCard(
    { presses: { link: { answers: 'reply', execute: async () => ({ modal: form }) } } },
    ['link:v1:abc'],
  );
  const answer = await world.mara.press(world.card, 'link:v1:abc');
  expect(textOf(answer.message)).toContain('That did not work');
});

test.each(['gone:v1:abc', 'log:v0:abc', 'something else'])('an old button is explained: %s', async (id) => {
  await using world = await worldWithCard(
    { presses: { log: { answers: 'reply', execute: async () => ({ body: panel('log') }) } } },
    [id],
  );
  const answer = await world.mara.press(world.card, id);
  expect(textOf(answer.message)).toMatch(/^This button belongs to an older message\. <\/status:\d+> shows the run\.$/);
  expect(isEphemeral(answer.message)).toBe(true);
});

test('a double click asks for the same once', async () => {
  let runs = 0;
  const gate = Promise.withResolvers<void>();
  await using world = await worldWithCard(
    {
      presses: {
        againGo: {
          answers: 'reply',
          execute: async () => {
            runs += 1;
            await gate.promise;
            return { body: panel('**#2 accepted.**') };
          },
        },
      },
    },
    ['againGo:v1:abc'],
  );
  const first = world.mara.press(world.card, 'againGo:v1:abc');
  const second = world.mara.press(world.card, 'againGo:v1:abc');
  const other = world.jun.press(world.card, 'againGo:v1:abc');
  expect((await second.acknowledged).failed).toBeNull();
  await eventually(() => runs).toBe(2);
  gate.resolve();
  expect(textOf((await first).message)).toBe('**#2 accepted.**');
  expect(textOf((await other).message)).toBe('**#2 accepted.**');
  // Once it is answered, pressing again is a new wish.
  await world.mara.press(world.card, 'againGo:v1:abc');
  expect(runs).toBe(3);
});

test('two commands that claim the same button are found at the start', async () => {
  const twin = (name: string): Command<object> => ({
    data: { name, description: name },
    execute: async () => ({ body: panel('x') }),
    presses: { log: { answers: 'reply', execute: async () => ({ body: panel('x') }) } },
  });
  await expect(startDoorWorld({ needs: {}, commands: [twin('a'), twin('b')] })).rejects.toThrow(
    'two commands claim log',
  );
});
