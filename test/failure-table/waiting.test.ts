import { expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/clock.ts';
import { withdraw } from '../../src/steps/stop.ts';
import { notebook, startSteps } from '../steps/world.ts';

const numbered = (n: number) => ({
  from: { kind: 'file', name: `fold-${n}-train.ipynb`, text: notebook(`fold = ${n}`) } as const,
});

test('a session that was started in the browser is named on the card of whoever waits; a place that is given up moves the others up', async () => {
  await using world = await startSteps();
  const first = await world.commit(numbered(1));
  await world.tick();
  const credential = world.needs.accounts.of(world.mara.id)?.credential;
  if (credential === undefined) throw new Error('not linked');
  const byHand = { ...first.settings, kernel: { owner: 'mara-k', slug: 'by-hand' }, title: 'By hand' };
  await world.needs.kaggle.push(credential, { ...byHand, source: notebook('by_hand = 1') });
  const second = await world.commit(numbered(2));
  await world.pass(2 * SECOND, SECOND);
  const third = await world.commit(numbered(3));
  await world.pass(5 * SECOND, SECOND);
  const card = (n: number): string => world.textOf(world.messages()[n]);
  expect(card(1)).toContain('waiting in line, place 1');
  expect(card(1)).toMatch(/Both GPU sessions of .?mara-k.? are in use: #1 and one that was not started here/);
  expect(card(2)).toContain('waiting in line, place 2');
  expect(withdraw(world.run(second), 'Mara', world.needs)?.state.phase).toBe('cancelled');
  // A card is edited at most once a minute for what is no change of its own state.
  await world.pass(70 * SECOND, 2 * SECOND);
  expect(card(2)).toContain('waiting in line, place 1');
  expect(world.messages().filter(({ content }) => content !== '')).toEqual([]);

  // Kaggle’s refusal is the truth: the session in the browser ends unseen, and it is asked again between 1 and 10 min apart.
  const asked = () => world.site.requests.filter(({ method }) => method === 'SaveKernel').map(({ at }) => at);
  await world.pass(HOUR, 10 * SECOND);
  const gaps = asked()
    .slice(-5)
    .flatMap((at, n, all) => (n === 0 ? [] : [at - (all[n - 1] ?? 0)]));
  for (const gap of gaps) {
    expect(gap).toBeGreaterThanOrEqual(MINUTE - SECOND);
    expect(gap).toBeLessThanOrEqual(10 * MINUTE + 20 * SECOND);
  }
  world.site.session('mara-k/by-hand', 1).start();
  world.site.session('mara-k/by-hand', 1).complete();
  await world.pass(11 * MINUTE, 10 * SECOND);
  expect(world.phase(third)).toBe('queued');
});
