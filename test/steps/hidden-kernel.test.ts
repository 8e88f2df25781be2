import { expect, test } from 'vitest';
import { MINUTE } from '../../src/clock.ts';
import { notebook } from '../notebooks.ts';
import { MARAS_TOKEN, startWorld } from '../world.ts';

test('a notebook that Kaggle hides for a while after a lost answer is not pushed once more', async () => {
  await using world = await startWorld();
  const { mara, training, kaggle } = world;
  await world.link(mara, MARAS_TOKEN);
  const commit = () =>
    mara.use(training, 'commit', {
      notebook: { name: 'leaf_disease.ipynb', bytes: notebook('print(1)') },
      accelerator: 'CPU',
    });
  await commit();
  await world.until(() => kaggle.pushes === 1);
  await commit();
  kaggle.faults.next('SaveKernel', { when: 'after', answer: { kind: 'reset' } });
  const hidden = { when: 'before', answer: { kind: 'error', status: 403, body: 'A' } } as const;
  kaggle.faults.next('GetKernel', hidden, hidden, hidden, hidden);
  await world.pass(20 * MINUTE);
  expect(kaggle.faults.waiting).toBe(0);
  expect(kaggle.pushes).toBe(2);
  const phases = world.bot.needs.runs
    .list({ guildId: world.guildId, userId: mara.id }, {}, 5)
    .map(({ state }) => state.phase);
  expect(phases.filter((phase) => phase === 'pushing')).toEqual([]);
});
