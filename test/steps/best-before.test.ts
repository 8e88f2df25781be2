import { expect, test } from 'vitest';
import { bestOfKernels } from '../../commands/bests.ts';
import type { Run } from '../../src/domain/run.ts';
import { bestBefore } from '../../src/steps/best-before.ts';
import { pushed, report, runIn, series } from '../discord/render-world.ts';

const complete = (number: number, text: string): Run =>
  runIn(
    { phase: 'complete', pushed, startedAt: 0, endedAt: 1 },
    {
      key: `run-${number}`,
      number,
      report: {
        ...report,
        progress: {
          unit: 'epoch',
          at: 9,
          of: 9,
          paceMs: null,
          series: [
            {
              ...series('val_acc', text, 'higher'),
              best: { at: 9, value: Number(text.replace('%', '')), text },
            },
          ],
        },
      },
    },
  );

const stored = (earlier: readonly Run[]) => ({ earlierOfKernel: () => [...earlier], source: () => null });

test('the best before is the best of those that were measured on the same scale', () => {
  const earlier = [complete(3, '0.93'), complete(2, '91.2%'), complete(1, '0.95')];
  expect(bestBefore(complete(4, '0.94'), stored(earlier))).toMatchObject({ number: 1, text: '0.95' });
  expect(bestBefore(complete(4, '90.1%'), stored(earlier))).toMatchObject({ number: 2, text: '91.2%' });
  expect(bestBefore(complete(4, '90.1%'), stored([complete(3, '0.93')]))).toBeNull();
});

test('the best of a notebook is the best of those that were measured as its newest run was', () => {
  const runs = [complete(4, '0.94'), complete(3, '0.93'), complete(2, '91.2%')];
  expect([...bestOfKernels(runs, () => runs)]).toEqual(['run-4']);
  const shares = [complete(4, '90.1%'), complete(3, '0.93'), complete(2, '91.2%')];
  expect([...bestOfKernels(shares, () => shares)]).toEqual(['run-2']);
});
