import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogReading } from '../../src/results/log.ts';

/** Logs in which a cut at the wrong place changes a number, an epoch or a name. */
const LOGS: readonly (readonly [string, string])[] = [
  [
    'epochs of two digits',
    Array.from(
      { length: 12 },
      (_, e) => `Epoch ${e + 1}/12 - loss: ${(1 / (e + 1)).toFixed(4)} - val_acc: 0.8${e}\n`,
    ).join(''),
  ],
  [
    'bars with colours and carriage returns',
    Array.from(
      { length: 3 },
      (_, e) =>
        `Epoch ${e + 1}/3\n\u001b[1m 1/32\u001b[0m ━━ 2s 90ms/step - loss: 9.${e}\r\u001b[1m32/32\u001b[0m \u001b[32m━━━━\u001b[0m 1s 20ms/step - loss: 0.${e} - val_loss: 0.${e + 1}\r\n`,
    ).join(''),
  ],
  [
    'tqdm, overwritten with backspaces and erased',
    '\rEpoch 1/2:  50%|██▌  | 1/2 [00:01<00:01, 1.0it/s, loss=0.91]\u001b[2K\rEpoch 1/2: 100%|█████| 2/2 [00:02<00:00, 1.0it/s, loss=0.81]\nEpoch 2/2: 100%|█████| 2/2 [00:02<00:00, 1.0it/s, loss=0.xx\b\b71]\n',
  ],
  [
    'many steps of one shape',
    Array.from(
      { length: 60 },
      (_, i) => `Epoch [${1 + Math.floor(i / 20)}/3], Step [${((i % 20) + 1) * 10}/200], Loss: 0.${1000 + i}\n`,
    ).join(''),
  ],
  [
    'phases on lines of their own',
    'Epoch 1\nTraining:\nloss: 0.5\nValidation Results:\nloss: 0.61\nEpoch 2\nTraining:\nloss: 0.4\nValidation Results:\nloss: 0.51\n',
  ],
  ['an end without a line break', 'Epoch 1/2 loss: 0.52\nEpoch 2/2 loss: 0.4125'],
  [
    'a table',
    'epoch     train_loss  valid_loss  time\n0         0.521000    0.410000    00:12\n1         0.421000    0.380000    00:12\n',
  ],
];

const cutsOf = (log: string): fc.Arbitrary<number[]> =>
  fc
    .uniqueArray(fc.integer({ min: 1, max: log.length - 1 }), { maxLength: 40 })
    .map((cuts) => cuts.toSorted((a, b) => a - b));

function readIn(
  pieces: readonly string[],
  isAskedMeanwhile: boolean,
): { progress: unknown; tail: string[]; lines: number } {
  const reading = new LogReading();
  for (const text of pieces) {
    reading.push({ stream: 'stdout', time: 1, text });
    if (isAskedMeanwhile) reading.progress();
  }
  reading.end();
  return { progress: reading.progress(), tail: reading.tail(50), lines: reading.lineCount };
}

const piecesAt = (log: string, cuts: readonly number[]): string[] =>
  [0, ...cuts].map((from, index) => log.slice(from, cuts[index] ?? log.length));

describe('wherever a log is cut into pieces', () => {
  it.each(LOGS)('the reading is the same: %s', (_, log) => {
    const whole = readIn([log], false);
    fc.assert(
      fc.property(cutsOf(log), fc.boolean(), (cuts, isAsked) => {
        expect(readIn(piecesAt(log, cuts), isAsked)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it('a number is not told before its last digit is there', () => {
    const reading = new LogReading();
    reading.push({ stream: 'stdout', time: 1, text: 'Epoch 1/20 loss: 0.5\nEpoch 2/20 loss: 0.4' });
    expect(reading.progress()?.at).toBe(1);
    reading.push({ stream: 'stdout', time: 2, text: '125\nEpoch 1' });
    expect(reading.progress()?.series[0]?.lastText).toBe('0.4125');
    reading.push({ stream: 'stdout', time: 3, text: '2/20 loss: 0.3\n' });
    expect(reading.progress()).toMatchObject({
      at: 12,
      series: [
        {
          points: [
            [1, 0.5],
            [2, 0.4125],
            [12, 0.3],
          ],
        },
      ],
    });
  });
});
