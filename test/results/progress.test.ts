import { describe, expect, it } from 'vitest';
import type { Progress } from '../../src/domain/results.ts';
import { type LogChunk, LogReading } from '../../src/results/log.ts';

const chunk = (text: string, time = 0): LogChunk => ({ stream: 'stdout', time, text });

function read(text: string): Progress | null {
  const reading = new LogReading();
  reading.push(chunk(text));
  return reading.progress();
}

/** `unit at/of | name=last (points) best@x` in one line, so that a table stays readable. */
function told(progress: Progress | null): string {
  if (progress === null) return 'nothing';
  const fold = progress.fold === undefined ? '' : `fold ${progress.fold.at}/${progress.fold.of ?? '?'}, `;
  const place = `${fold}${progress.unit} ${progress.at ?? '?'}/${progress.of ?? '?'}`;
  const series = progress.series.map(({ name, lastText, points, best }) => {
    return `${name}=${lastText} (${points.length})${best === null ? '' : ` ${best.text}@${best.at}`}`;
  });
  return [place, ...series].join(' | ');
}

const epochs = (count: number, line: (epoch: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index + 1)).join('');

const loss = (epoch: number): string => (1 / epoch).toFixed(4);

const shapes: readonly (readonly [string, string, string])[] = [
  [
    'the sample that ships with the playground',
    epochs(27, (e) => `Epoch ${e}/70 - loss: ${loss(e)} - val_loss: 0.3368 - val_acc: 0.8550\n`),
    'epoch 27/70 | val_acc=0.8550 (27) 0.8550@1 | val_loss=0.3368 (27) 0.3368@1 | loss=0.0370 (27) 0.0370@27',
  ],
  [
    'Keras with one line an epoch',
    epochs(
      3,
      (e) =>
        `Epoch ${e}/70\n32/32 - 1s - 20ms/step - accuracy: 0.85 - loss: 0.${9 - e} - val_accuracy: 0.8 - val_loss: 0.${8 - e}\n`,
    ),
    'epoch 3/70 | val_accuracy=0.8 (3) 0.8@1 | val_loss=0.5 (3) 0.5@3 | loss=0.6 (3) 0.6@3 | accuracy=0.85 (3) 0.85@1',
  ],
  [
    'Keras progress bars, redrawn with carriage returns',
    epochs(
      3,
      (e) =>
        `Epoch ${e}/5\n\u001b[1m 1/32\u001b[0m ━━━━ \u001b[1m2s\u001b[0m 90ms/step - loss: 9.9\r\u001b[1m32/32\u001b[0m \u001b[32m━━━━━━\u001b[0m 1s 20ms/step - loss: 0.${e} - val_loss: 0.${e + 1}\n`,
    ),
    'epoch 3/5 | val_loss=0.4 (3) 0.2@1 | loss=0.3 (3) 0.1@1',
  ],
  [
    'old Keras bars made of equals signs',
    'Epoch 1/2\n1875/1875 [==============================] - 5s 2ms/step - loss: 0.2200 - accuracy: 0.9300\n',
    'epoch 1/2 | loss=0.2200 (1) 0.2200@1 | accuracy=0.9300 (1) 0.9300@1',
  ],
  [
    'an epoch that has only begun keeps the numbers of the one before',
    'Epoch 1/9\n32/32 ━━━━ 1s 20ms/step - loss: 0.5\nEpoch 2/9\n 3/32 ━━━━ 1s 20ms/step - loss: 0.1\r',
    'epoch 2/9 | loss=0.5 (1) 0.5@1',
  ],
  [
    'evaluate after the training is not the last epoch',
    'Epoch 1/2\n32/32 ━━━ 1s 2ms/step - loss: 0.5 - val_loss: 0.6\nEpoch 2/2\n32/32 ━━━ 1s 2ms/step - loss: 0.4 - val_loss: 0.5\n10/10 ━━━ 0s 2ms/step - loss: 0.01\n',
    'epoch 2/2 | val_loss=0.5 (2) 0.5@2 | loss=0.4 (2) 0.4@2',
  ],
  [
    'PyTorch with brackets',
    'Epoch [11/70] loss=0.33 val_acc: 0.87\nEpoch [12/70] loss=0.31 val_acc: 0.88\n',
    'epoch 12/70 | val_acc=0.88 (2) 0.88@12 | loss=0.31 (2) 0.31@12',
  ],
  [
    'words instead of signs',
    'epoch 12, train loss 0.3, valid loss 0.4\n',
    'epoch 12/? | val_loss=0.4 (1) 0.4@12 | train_loss=0.3 (1) 0.3@12',
  ],
  ['of instead of a slash', 'Epoch 3 of 20: loss 0.30\n', 'epoch 3/20 | loss=0.30 (1) 0.30@3'],
  ['zeros in front', 'Epoch 007/070 loss: 0.5\n', 'epoch 7/70 | loss=0.5 (1) 0.5@7'],
  [
    'the PyTorch tutorial, phase by phase',
    'Epoch 0/24\n----------\ntrain Loss: 0.31 Acc: 0.88\nval Loss: 0.29 Acc: 0.90\n\nEpoch 1/24\n----------\ntrain Loss: 0.21 Acc: 0.91\nval Loss: 0.25 Acc: 0.92\n',
    'epoch 1/24 | val_acc=0.92 (2) 0.92@1 | val_loss=0.25 (2) 0.25@1 | train_loss=0.21 (2) 0.21@1 | train_acc=0.91 (2) 0.91@1',
  ],
  [
    'segments between bars',
    'Epoch 5/9 | Train Loss: 0.31, Acc: 88.10% | Val Loss: 0.29, Acc: 90.25%\n',
    'epoch 5/9 | val_acc=90.25% (1) 90.25%@5 | val_loss=0.29 (1) 0.29@5 | train_loss=0.31 (1) 0.31@5 | train_acc=88.10% (1) 88.10%@5',
  ],
  [
    'the same name twice, told apart by the word before',
    'epoch 4 train loss 0.3 acc 0.8 val loss 0.2 acc 0.9\n',
    'epoch 4/? | val_acc=0.9 (1) 0.9@4 | val_loss=0.2 (1) 0.2@4 | train_loss=0.3 (1) 0.3@4 | train_acc=0.8 (1) 0.8@4',
  ],
  [
    'the MNIST example with batches inside the epoch',
    'Train Epoch: 1 [0/60000 (0%)]\tLoss: 2.30\nTrain Epoch: 1 [59520/60000 (99%)]\tLoss: 0.41\nTrain Epoch: 2 [0/60000 (0%)]\tLoss: 0.39\n',
    'epoch 2/? | train_loss=0.41 (1) 0.41@1',
  ],
  [
    'the ImageNet example: the batch is not the epoch',
    'Epoch: [12][100/5005]\tTime  0.2 ( 0.3)\tLoss 3.2100e+00 (3.4000e+00)\tAcc@1  31.20 ( 30.10)\n',
    'epoch 12/? | Loss=3.4000e+00 (1) 3.4000e+00@12 | Acc@1=30.10 (1) 30.10@12',
  ],
  ['epoch and step on one line', 'Epoch [3/70], Step [600/600], Loss: 0.3\n', 'epoch 3/70 | Loss=0.3 (1) 0.3@3'],
  [
    'tqdm around a batch loop, the epoch in its label',
    'Epoch 3/70:  45%|████▌     | 50/100 [00:10<00:10,  5.0it/s, loss=0.9]\rEpoch 3/70: 100%|██████████| 100/100 [00:20<00:00,  5.0it/s, loss=0.3]\n',
    'epoch 3/70 | loss=0.3 (1) 0.3@3',
  ],
  [
    'tqdm that counts epochs',
    epochs(4, (e) => `\rEpochs:  ${e}%|▍     | ${e}/70 [00:0${e}<00:59,  1.0s/it, loss=0.${9 - e}]`),
    'epoch 4/70 | loss=0.5 (4) 0.5@4',
  ],
  [
    'tqdm that says epochs per second',
    '  6%|▍     | 4/70 [00:04<00:59,  1.0epoch/s, val_loss=0.4]\n',
    'epoch 4/70 | val_loss=0.4 (1) 0.4@4',
  ],
  ['tqdm without its picture', '12/70 [00:10<00:48, 1.20epoch/s, loss=0.3]\n', 'epoch 12/70 | loss=0.3 (1) 0.3@12'],
  [
    'Lightning: the validation shown while a bar runs is of the epoch before',
    'Epoch 0: 100%|██| 10/10 [00:01<00:00, 9.0it/s, v_num=0, train_loss=0.50, val_loss=0.60]\nEpoch 1:  90%|█ | 9/10 [00:01<00:01, 9.0it/s, v_num=0, train_loss=0.40, val_loss=0.60]\r',
    'epoch 1/? | val_loss=0.60 (1) 0.60@0 | train_loss=0.40 (2) 0.40@1',
  ],
  [
    'a bar of a download is no progress',
    'Downloading model.safetensors:  45%|████ | 450/1000 [00:10<00:12, 45.0MB/s]\n',
    'nothing',
  ],
  [
    'the Trainer of Hugging Face',
    "{'loss': 0.51, 'grad_norm': 1.2, 'learning_rate': 4e-05, 'epoch': 0.5}\n{'loss': 0.41, 'grad_norm': 1.1, 'learning_rate': 3e-05, 'epoch': 1.0}\n{'eval_loss': 0.39, 'eval_accuracy': 0.84, 'eval_runtime': 3.2, 'eval_samples_per_second': 80.1, 'epoch': 1.0}\n",
    'epoch 1/? | eval_accuracy=0.84 (1) 0.84@1 | eval_loss=0.39 (1) 0.39@1 | loss=0.41 (2) 0.41@1',
  ],
  [
    'the same with its numbers in quotes, and the total said before',
    "  Num Epochs = 3\n{'loss': '0.41', 'grad_norm': '1.1', 'learning_rate': '3e-05', 'epoch': '1.0'}\n",
    'epoch 1/3 | loss=0.41 (1) 0.41@1',
  ],
  [
    'the mean over the whole training is no last epoch',
    "{'loss': 0.41, 'epoch': 2.0}\n{'train_runtime': 12.5, 'train_loss': 0.9, 'epoch': 2.0}\n",
    'epoch 2/? | loss=0.41 (1) 0.41@2',
  ],
  [
    'XGBoost',
    '[0]\tvalidation_0-logloss:0.65\tvalidation_1-logloss:0.66\n[1]\tvalidation_0-logloss:0.61\tvalidation_1-logloss:0.63\n',
    'step 1/? | validation_0-logloss=0.61 (2) 0.61@1 | validation_1-logloss=0.63 (2) 0.63@1',
  ],
  [
    'XGBoost with train and test',
    '[14:22:01] WARNING: old parameter\n[99]\ttrain-rmse:0.31\teval-rmse:0.33\n',
    'step 99/? | eval-rmse=0.33 (1) 0.33@99 | train-rmse=0.31 (1) 0.31@99',
  ],
  [
    'LightGBM',
    "[LightGBM] [Info] Number of positive: 10, number of negative: 12\n[100]\ttraining's binary_logloss: 0.31\tvalid_1's auc: 0.88\n[200]\ttraining's binary_logloss: 0.21\tvalid_1's auc: 0.89\nEarly stopping, best iteration is:\n[150]\ttraining's binary_logloss: 0.25\tvalid_1's auc: 0.90\n",
    'step 200/? | valid_1_auc=0.89 (3) 0.90@150 | training_binary_logloss=0.21 (3) 0.21@200',
  ],
  [
    'CatBoost',
    '0:\tlearn: 0.6921\ttest: 0.6911\tbest: 0.6911 (0)\ttotal: 12ms\tremaining: 12s\n1:\tlearn: 0.6821\ttest: 0.6811\tbest: 0.6811 (1)\ttotal: 22ms\tremaining: 11s\n',
    'step 1/? | learn=0.6821 (2) | test=0.6811 (2)',
  ],
  [
    'the table of fastai',
    'epoch     train_loss  valid_loss  accuracy  time    \n0         0.521000    0.410000    0.850000  00:12     \n1         0.421000    0.380000    0.870000  00:12     \n',
    'epoch 1/? | valid_loss=0.380000 (2) 0.380000@1 | train_loss=0.421000 (2) 0.421000@1 | accuracy=0.870000 (2) 0.870000@1',
  ],
  [
    'the table of skorch, with a rule under its head',
    '  epoch    train_loss    valid_acc    valid_loss     dur\n-------  ------------  -----------  ------------  ------\n      1        0.7111       0.6200        0.6511  0.0123\n',
    'epoch 1/? | valid_acc=0.6200 (1) 0.6200@1 | valid_loss=0.6511 (1) 0.6511@1 | train_loss=0.7111 (1) 0.7111@1',
  ],
  [
    'the table of Ultralytics',
    '      Epoch    GPU_mem   box_loss   cls_loss   dfl_loss  Instances       Size\n       1/70      2.1G      1.123      2.456      1.234         12        640: 100%|██████████| 10/10 [00:03<00:00,  3.1it/s]\n',
    'epoch 1/70 | box_loss=1.123 (1) 1.123@1 | cls_loss=2.456 (1) 2.456@1 | dfl_loss=1.234 (1) 1.234@1',
  ],
  [
    'a table between bars',
    '| Epoch | Train Loss | Val Loss |\n|-------|------------|----------|\n| 2 | 0.5 | 0.6 |\n',
    'epoch 2/? | Val_Loss=0.6 (1) 0.6@2 | Train_Loss=0.5 (1) 0.5@2',
  ],
  [
    'nanoGPT: steps and no epochs',
    'step 250: train loss 1.90, val loss 2.01\niter 260: loss 1.85, time 20.11ms, mfu 10.10%\n',
    'step 260/? | val_loss=2.01 (1) 2.01@250 | train_loss=1.90 (1) 1.90@250 | loss=1.85 (1) 1.85@260',
  ],
  ['steps with thousands commas', 'step 1,200/8,000 | loss 0.31\n', 'step 1200/8000 | loss=0.31 (1) 0.31@1200'],
  [
    'key=value with a logger in front',
    '2026-11-23 14:22:01,123 - INFO - epoch=12 train_loss=0.31 val_loss=0.30 lr=1e-3 time=12.3\n',
    'epoch 12/? | val_loss=0.30 (1) 0.30@12 | train_loss=0.31 (1) 0.31@12',
  ],
  [
    'one JSON object a line',
    '{"epoch": 12, "train_loss": 0.31, "val_acc": 0.9, "seconds": 3.2}\n',
    'epoch 12/? | val_acc=0.9 (1) 0.9@12 | train_loss=0.31 (1) 0.31@12',
  ],
  [
    'timm',
    'Train: 12 [ 100/1000 ( 10%)]  Loss: 0.312 (0.401)  Time: 0.2s\n',
    'epoch 12/? | train_loss=0.312 (1) 0.312@12',
  ],
  [
    'tensors and NumPy numbers',
    'Epoch 2/3 loss: tensor(0.3100, device=cuda) f1=np.float64(0.81)\n',
    'epoch 2/3 | loss=0.3100 (1) 0.3100@2 | f1=0.81 (1) 0.81@2',
  ],
  [
    'folds with epochs inside',
    'Fold 1/5\nEpoch 1/2 val_loss: 0.5\nEpoch 2/2 val_loss: 0.4\nFold 2/5\nEpoch 1/2 val_loss: 0.6\n',
    'fold 2/5, epoch 1/2 | val_loss=0.6 (1) 0.6@1',
  ],
  [
    'folds with one number each',
    '===== Fold 1 =====\nFold 1 AUC: 0.87\nFold 2 AUC: 0.89\n',
    'fold 2/? | AUC=0.89 (2) 0.89@2',
  ],
  [
    'a second training begins anew',
    'Epoch 1/2 loss: 0.5\nEpoch 2/2 loss: 0.4\nEpoch 1/9 loss: 0.3\n',
    'epoch 1/9 | loss=0.3 (1) 0.3@1',
  ],
  ['a loss that is no number any more', 'Epoch 1/3 loss: 0.5\nEpoch 2/3 loss: nan\n', 'epoch 2/3 | loss=nan (2) 0.5@1'],
  ['a loss that is infinite', 'Epoch 1/3 loss: inf\n', 'epoch 1/3 | loss=inf (1)'],
];

describe('progress is read from', () => {
  it.each(shapes)('%s', (_, log, expected) => {
    expect(told(read(log))).toBe(expected);
  });
});

/** Lines that would mislead. What stands on the right is all that may be read of them. */
const traps: readonly (readonly [string, string, string])[] = [
  [
    'a best epoch',
    'Epoch 8/9 val_loss: 0.5\nBest epoch 3, val_loss: 0.1\nRestoring model weights from the end of the best epoch: 3.\n',
    'epoch 8/9 | val_loss=0.5 (1) 0.5@8',
  ],
  [
    'a best value behind the epoch',
    'Epoch 8/9 val_loss: 0.5 (best val_loss: 0.1 at epoch 3)\n',
    'epoch 8/9 | val_loss=0.5 (1) 0.5@8',
  ],
  [
    'an improvement',
    'Epoch 8/9\nEpoch 8: val_loss improved from 0.9 to 0.5, saving model to model-0.50.keras\n',
    'epoch 8/9',
  ],
  ['the settings', 'epochs: 70\nbatch_size=64 lr=0.1 epochs=70 dropout=0.5 loss=bce\n', 'nothing'],
  ['counts', 'Epoch 1/9 correct: 9823/10000 loss: 12/50\n', 'epoch 1/9'],
  ['a decimal comma', 'Epoch 1/9 loss: 0,31\n', 'epoch 1/9'],
  ['numbers with units', 'Epoch 1/9 acc_time: 12ms loss: 20s\n', 'epoch 1/9'],
  ['a version', 'Epoch 1/9 loss: 1.2.3\n', 'epoch 1/9'],
  [
    'a test after the last epoch',
    'Epoch 1/3 loss: 0.5\nEpoch 2/3 loss: 0.4\nEpoch 3/3 loss: 0.3\nTest loss: 0.9, Test acc: 0.1\nloss: 0.0001\n',
    'epoch 3/3 | loss=0.3 (3) 0.3@3 | Test acc=0.1 (1) 0.1@0 | Test loss=0.9 (1) 0.9@0',
  ],
  ['an epoch beyond its total', 'epoch 12/7 loss: 0.3\n', 'nothing'],
  [
    'lines of source in a traceback',
    'papermill.exceptions.PapermillExecutionError: \nException encountered at "In [3]":\nEpoch 9/9 loss: 0.1\n',
    'nothing',
  ],
  ['a table that is not of epochs', 'name  value  count\n1  0.5  3\n', 'nothing'],
  ['prose', 'After 12 epochs of 2026 the loss was small. We trained for epoch upon epoch.\n', 'nothing'],
  ['an epoch printed out of order', 'Epoch 4/9 loss: 0.5\nEpoch 3/9 loss: 0.9\n', 'epoch 4/9 | loss=0.5 (1) 0.5@4'],
  ['the learning rate', 'Epoch 4/9 lr: 0.001 learning_rate: 0.001 momentum: 0.9\n', 'epoch 4/9'],
];

describe('progress is not misled by', () => {
  it.each(traps)('%s', (_, log, expected) => {
    expect(told(read(log))).toBe(expected);
  });
});

describe('the pace', () => {
  const paceAfter = (times: readonly number[]): number | null => {
    const reading = new LogReading();
    times.forEach((time, index) => {
      reading.push(chunk(`Epoch ${index + 1}/70 loss: 0.5\n`, time));
    });
    return reading.progress()?.paceMs ?? null;
  };

  it('is not told before three epochs have been timed', () => {
    expect(paceAfter([10, 20, 30])).toBeNull();
    expect(paceAfter([10, 20, 30, 40])).toBe(10_000);
  });

  it('is the median of the last five, so one slow epoch does not move it', () => {
    expect(paceAfter([0, 100, 200, 208, 216, 224, 500, 508])).toBe(8_000);
  });

  it('is not told when the log has no times', () => {
    expect(paceAfter([0, 0, 0, 0, 0])).toBeNull();
  });
});

describe('bounds', () => {
  it('keeps at most some hundred points of a series, with its best and its last', () => {
    const reading = new LogReading();
    for (let step = 0; step <= 20_000; step += 1) {
      reading.push(
        chunk(`step ${step}/20000 loss: ${step === 12_345 ? '0.0001' : (1 + 1 / (step + 1)).toFixed(4)}\n`, step),
      );
    }
    const series = reading.progress()?.series[0];
    expect(series?.points.length).toBeLessThanOrEqual(300);
    expect(series?.best).toEqual({ at: 12_345, value: 0.0001, text: '0.0001' });
    expect(series?.points.at(-1)?.[0]).toBe(20_000);
    expect(series?.points.some(([step]) => step === 12_345)).toBe(true);
  });

  it('keeps a bounded number of names, however many a log invents', () => {
    const reading = new LogReading();
    reading.push(
      chunk(
        epochs(50, (e) => `Epoch ${e}/50 ${Array.from({ length: 40 }, (_, n) => `x${e}_${n}_loss=0.1`).join(' ')}\n`),
      ),
    );
    expect(reading.progress()?.series.length).toBeLessThanOrEqual(8);
  });

  it('reads the folds before this one into the series', () => {
    const progress = read(
      'Fold 1/2\nEpoch 1/2 val_loss: 0.5\nEpoch 2/2 val_loss: 0.4\nFold 2/2\nEpoch 1/2 val_loss: 0.6\nEpoch 2/2 val_loss: 0.3\n',
    );
    expect(progress?.series[0]?.folds).toEqual([
      [
        [1, 0.5],
        [2, 0.4],
      ],
      [
        [1, 0.6],
        [2, 0.3],
      ],
    ]);
  });
});

it('every record with decimals in its epoch is a point, also behind a whole epoch', () => {
  const log = Array.from({ length: 41 }, (_, n) => {
    const epoch = n % 20 === 0 ? `${n / 20}.0` : String(n / 20);
    return `{'loss': ${(3 / (n + 1)).toFixed(4)}, 'grad_norm': 1.2, 'learning_rate': 5e-05, 'epoch': ${epoch}}\n`;
  });
  const points = read(log.join(''))?.series[0]?.points ?? [];
  expect(points).toHaveLength(41);
  expect(points.slice(20, 23).map(([x]) => x)).toEqual([1, 1.05, 1.1]);
});
