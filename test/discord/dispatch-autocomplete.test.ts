import { expect, test } from 'vitest';
import type { AutocompleteAsk, Choice, Command } from '../../src/discord/command.ts';
import { AUTOCOMPLETE_BUDGET_MS } from '../../src/discord/dispatch.ts';
import { eventually, panel, startDoorWorld } from './door-world.ts';

const command = (autocomplete: (ask: AutocompleteAsk) => Promise<Choice[]>): Command<object> => ({
  data: {
    name: 'status',
    description: 'What runs',
    options: [
      { type: 3, name: 'run', description: 'Which one', autocomplete: true },
      { type: 3, name: 'who', description: 'Whose' },
    ],
  },
  execute: async () => ({ body: panel('x') }),
  autocomplete,
});

const worldWith = (autocomplete: (ask: AutocompleteAsk) => Promise<Choice[]>) =>
  startDoorWorld({ needs: {}, commands: [command(autocomplete)] });

type World = Awaited<ReturnType<typeof worldWith>>;
const typed = (world: World, run: string) =>
  world.mara.autocomplete(world.channel.id, 'status', { run, who: 'mara' }, 'run');

test('what is typed is completed, with what stands in the other fields', async () => {
  const asks: AutocompleteAsk[] = [];
  await using world = await worldWith(async (ask) => {
    asks.push(ask);
    return [{ name: '#42 leaf disease', value: '42' }];
  });
  expect(await typed(world, '4')).toEqual([{ name: '#42 leaf disease', value: '42' }]);
  expect(asks[0]?.focused).toEqual({ name: 'run', value: '4' });
  expect(asks[0]?.options.get('who')).toBe('mara');
});

test('lists are cut to what Discord takes', async () => {
  const many = Array.from({ length: 40 }, (_, index) => ({ name: `${index} ${'葉'.repeat(200)}`, value: `${index}` }));
  await using world = await worldWith(async () => [
    { name: '', value: 'nameless' },
    { name: 'too long a value', value: 'v'.repeat(101) },
    ...many,
  ]);
  const choices = await typed(world, '');
  expect(choices).toHaveLength(25);
  expect(choices[0]?.value).toBe('0');
  expect([...(choices[0]?.name ?? '')]).toHaveLength(100);
  expect(choices[0]?.name.endsWith('…')).toBe(true);
});

test('a list that takes too long is empty instead of late', async () => {
  await using world = await worldWith(() => new Promise(() => {}));
  const before = performance.now();
  expect(await typed(world, '4')).toEqual([]);
  const took = performance.now() - before;
  expect(took).toBeGreaterThanOrEqual(AUTOCOMPLETE_BUDGET_MS - 50);
  expect(took).toBeLessThan(3_000);
  await eventually(() => world.requestsTo('callback').map(({ status }) => status)).toEqual([204]);
});

test('a list that fails is empty and makes no noise', async () => {
  await using world = await worldWith(async () => {
    throw new Error('Kaggle is away');
  });
  expect(await typed(world, '4')).toEqual([]);
  expect(world.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
});

test('a Kaggle token that is being typed is not looked up anywhere', async () => {
  let asked = 0;
  await using world = await worldWith(async () => {
    asked += 1;
    return [];
  });
  expect(await typed(world, 'KGAT_0123456789abcdef')).toEqual([]);
  expect(asked).toBe(0);
});
