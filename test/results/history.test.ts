import { describe, expect, it } from 'vitest';
import type { Progress } from '../../src/domain/results.ts';
import { isHistory, readHistory, readHistoryFile, withHistory } from '../../src/results/history.ts';

const points = (progress: Progress | null, name: string) => progress?.series.find((one) => one.name === name)?.points;

describe('a history among the outputs', () => {
  it('of Keras’ CSVLogger counts from 0, people from 1', () => {
    const read = readHistory(
      'epoch,accuracy,loss,lr,val_loss\n0,0.5,1.2,0.001,1.1\n1,0.6,0.9,0.001,0.8\n2,0.7,0.7,0.001,0.85\n',
    );
    expect(read).toMatchObject({ unit: 'epoch', at: 3, of: null });
    expect(points(read, 'val_loss')).toEqual([
      [1, 1.1],
      [2, 0.8],
      [3, 0.85],
    ]);
    expect(read?.series.find(({ name }) => name === 'val_loss')?.best).toEqual({ at: 2, value: 0.8, text: '0.8' });
    expect(points(read, 'lr')).toBeUndefined();
  });

  it('of YOLO has spaces around its names, and of Lightning rows with gaps', () => {
    const yolo = readHistory('   epoch,   train/box_loss,  metrics/mAP50(B)\n   1,  1.5,   0.2\n   2,  1.1,  0.4\n');
    expect([points(yolo, 'train/box_loss'), points(yolo, 'mAP50(B)')]).toEqual([
      [
        [1, 1.5],
        [2, 1.1],
      ],
      [
        [1, 0.2],
        [2, 0.4],
      ],
    ]);
    const lightning = readHistory('epoch,step,train_loss,val_loss\n0,9,,0.9\n0,9,1.0,\n1,19,,0.7\n1,19,0.8,\n');
    expect([points(lightning, 'train_loss'), points(lightning, 'val_loss')]).toEqual([
      [
        [1, 1],
        [2, 0.8],
      ],
      [
        [1, 0.9],
        [2, 0.7],
      ],
    ]);
  });

  it('of a frame counts by its unnamed first column', () => {
    expect(points(readHistory(',loss\n0,0.5\n1,0.4\n'), 'loss')).toEqual([
      [1, 0.5],
      [2, 0.4],
    ]);
  });

  it.each([
    ['epochs go back', 'epoch,loss\n0,1\n1,0.9\n0,1\n'],
    ['epochs are left out', 'epoch,loss\n0,1\n5,0.9\n'],
    ['it begins in the middle', 'epoch,loss\n7,1\n8,0.9\n'],
    ['nothing counts epochs', 'model,accuracy\nresnet,0.9\nvgg,0.8\n'],
    ['no name is a metric', 'epoch,foo\n0,1\n1,2\n'],
    ['it has one row', 'epoch,loss\n0,1\n'],
    ['it is empty', ''],
  ])('is nothing when %s', (_, text) => expect(readHistory(text)).toBeNull());

  it('is known by its name', () => {
    expect(['history.csv', 'runs/detect/train/results.csv', 'a/metrics.csv'].every(isHistory)).toBe(true);
    expect(['submission.csv', 'my_history.csv.txt', 'train.csv'].some(isHistory)).toBe(false);
  });

  it('of Hugging Face’s Trainer is what it measured after whole epochs', () => {
    const log_history = [
      { epoch: 0.5, loss: 2.1, step: 10 },
      { epoch: 1, eval_loss: 1.5, eval_runtime: 3, step: 20 },
      { epoch: 1.5, loss: 1.2, eval_loss: 9, step: 30 },
      { epoch: 2, eval_loss: 1.25, step: 40 },
      { epoch: 2, train_runtime: 60, train_loss: 1.7, step: 40 },
    ];
    const read = readHistoryFile('trainer_state.json', JSON.stringify({ log_history }));
    expect(read?.series.map(({ name, points: all }) => [name, all])).toEqual([
      [
        'eval_loss',
        [
          [1, 1.5],
          [2, 1.25],
        ],
      ],
    ]);
    for (const text of ['', '{', '[]', 'null', '{"log_history":[1]}', '{"log_history":[]}'])
      expect(readHistoryFile('trainer_state.json', text)).toBeNull();
  });

  it('adds to the log’s numbers what only it tells, and doubles none', () => {
    const log = readHistory('epoch,loss\n0,1\n1,0.9\n');
    const file = readHistory('epoch,Loss,val_loss\n0,3,1.1\n1,3,1.0\n');
    expect(withHistory(log, file)?.series.map(({ name, lastText }) => [name, lastText])).toEqual([
      ['loss', '0.9'],
      ['val_loss', '1.0'],
    ]);
    expect(withHistory(null, file)).toBe(file);
    expect(withHistory(log, null)).toBe(log);
  });

  it('stands before what the log says once, after the training', () => {
    const file = readHistory('epoch,loss,val_loss\n0,1,1.1\n1,0.9,1.0\n');
    const once = {
      name: 'Test accuracy',
      points: [[0, 0.75] as const],
      lastText: '0.75',
      better: 'higher',
      best: null,
    } as const;
    const log: Progress = { unit: 'step', at: null, of: null, series: [{ ...once, isOnce: true }], paceMs: null };
    const both = withHistory(log, file);
    expect(both).toMatchObject({ unit: 'epoch', at: 2 });
    expect(both?.series.map(({ name }) => name)).toEqual(['val_loss', 'loss', 'Test accuracy']);
    const more = { ...log, unit: 'epoch', at: 2, series: [{ ...once, name: 'loss' }, ...log.series] } as const;
    expect(withHistory(more, file)?.series.map(({ name }) => name)).toEqual(['loss', 'val_loss', 'Test accuracy']);
  });

  it('is left alone where it speaks of another training', () => {
    const log = readHistory('epoch,loss\n0,1\n1,0.9\n2,0.8\n');
    const file = readHistory('epoch,val_loss\n0,1.1\n1,1.0\n');
    expect(withHistory(log, file)).toBe(log);
    const folds = log === null ? null : { ...log, fold: { at: 1, of: 5 } };
    const same = readHistory('epoch,val_loss\n0,1.1\n1,1.0\n2,0.9\n');
    expect(withHistory(folds, same)).toBe(folds);
  });
});
