import { afterEach, beforeEach, expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/clock.ts';
import { renderCard } from '../../src/discord/render/card.ts';
import type { Run } from '../../src/domain/run.ts';
import { cardView } from '../../src/steps/facts.ts';
import { followedFor } from '../../src/steps/following.ts';
import { KaggleHealth } from '../../src/steps/health.ts';
import { withdraw } from '../../src/steps/stop.ts';
import { type StepsWorld, startSteps } from './world.ts';

let world: StepsWorld;

beforeEach(async () => {
  world = await startSteps();
});

afterEach(() => world[Symbol.asyncDispose]());

const script = (n: number) => ({
  from: { kind: 'file', name: `fold-${n}-train.py`, text: 'print(1)\n' } as const,
  accelerator: 'cpu',
});

/** The message about the end of a run, from its push on. */
async function endOf(run: Run, end: (session: ReturnType<StepsWorld['site']['session']>) => void): Promise<string> {
  await world.tick();
  await world.pass(20 * SECOND);
  const { owner, slug } = run.settings.kernel;
  const session = world.site.session(`${owner}/${slug}`, 1);
  session.start();
  end(session);
  await world.pass(5 * MINUTE);
  return world.messages().at(-1)?.content ?? '';
}

test('a server is told once who can open the links of a private notebook', async () => {
  expect(await endOf(await world.commit(script(1)), (session) => session.complete())).toMatch(
    /The notebook is private: only .?mara-k.? and collaborators can open the Kaggle links/,
  );
  expect(await endOf(await world.commit(script(2)), (session) => session.complete())).not.toContain('is private');
});

test('nobody is told that of a public notebook, nor in direct messages', async () => {
  const open = await world.commit({ ...script(1), isPublic: true });
  expect(await endOf(open, (session) => session.complete())).not.toContain('is private');
  const dm = world.mara.directMessages();
  const own = await world.commit({ ...script(2), place: { kind: 'dm', guildId: null, channelId: dm } });
  await endOf(own, (session) => session.complete());
  expect(world.messages(dm).at(-1)?.content).toContain('complete');
  expect(world.messages(dm).at(-1)?.content).not.toContain('is private');
});

test('a run that Kaggle failed says how many others it failed in the last hour', async () => {
  const failed = (session: ReturnType<StepsWorld['site']['session']>) => session.fail('Internal error');
  const first = await endOf(await world.commit(script(1)), failed);
  expect(first).toContain('failed at Kaggle, not in your code');
  expect(first).not.toContain('in the last hour');
  expect(await endOf(await world.commit(script(2)), failed)).toContain('1 other run met the same in the last hour');
  world.clock.advance(2 * HOUR);
  expect(await endOf(await world.commit(script(3)), failed)).not.toContain('in the last hour');
});

test('a name of digits is not made a mention by withdrawing', async () => {
  const run = await world.commit();
  const gone = withdraw(run, '200000000000000001', world.needs);
  if (gone === null) throw new Error('not withdrawn');
  const card = JSON.stringify(renderCard(cardView(gone, world.needs)));
  expect(card).toContain('200000000000000001');
  expect(card).not.toContain('<@200000000000000001>');
});

test('how long runs were followed without a gap: from beat to beat, over a quick restart, not over a long one', async () => {
  expect(followedFor(world.needs)).toBeNull();
  await world.pass(HOUR, 30 * SECOND);
  expect(followedFor(world.needs)).toBeGreaterThan(59 * MINUTE);
  world.restart();
  await world.pass(MINUTE, 30 * SECOND);
  expect(followedFor(world.needs)).toBeGreaterThan(60 * MINUTE);
  world.clock.advance(10 * MINUTE);
  world.restart();
  expect(followedFor(world.needs)).toBeNull();
  await world.pass(5 * MINUTE, 30 * SECOND);
  expect(followedFor(world.needs)).toBeLessThanOrEqual(5 * MINUTE);
});

test('while Kaggle answers nobody, nobody is followed', async () => {
  await world.pass(HOUR, 30 * SECOND);
  const health = new KaggleHealth();
  const needs = { ...world.needs, health };
  for (const _ of [1, 2, 3]) health.failed(world.clock.now());
  expect(followedFor(needs)).toBeNull();
});
