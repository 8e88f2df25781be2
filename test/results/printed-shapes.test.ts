import { describe, expect, it } from 'vitest';
import { LogReading } from '../../src/results/log.ts';

/** `epoch 2/5 | val_loss=0.4@2 …`: where the training stands, and the last value of each series with its epoch. */
function told(text: string): string {
  const reading = new LogReading();
  reading.push({ stream: 'stdout', time: 0, text });
  reading.end();
  const progress = reading.progress();
  if (progress === null) return 'nothing';
  const series = progress.series.map(({ name, lastText, points }) => `${name}=${lastText}@${points.at(-1)?.[0]}`);
  return [`${progress.unit} ${progress.at ?? '?'}/${progress.of ?? '?'}`, ...series].join(' | ');
}

const epochs = (count: number, line: (epoch: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index + 1)).join('');

describe('what people print is read as they mean it', () => {
  it.each([
    [
      'an abbreviated phase with a dot',
      epochs(
        2,
        (e) =>
          `Epoch: 0${e} | Epoch Time: 0m 10s\n\tTrain Loss: 0.${e}1 | Train Acc: 86.8${e}%\n\t Val. Loss: 0.${e}2 |  Val. Acc: 95.6${e}%\n`,
      ),
      'epoch 2/? | val_acc=95.62%@2 | val_loss=0.22@2 | train_loss=0.21@2 | train_acc=86.82%@2',
    ],
    [
      'a phase before a list, behind a logger',
      epochs(
        2,
        (e) =>
          `2018-07-27 17:06:0${e},821:INFO: Epoch ${e}/2\n2018-07-27 17:06:0${e},821:INFO: - Train metrics: accuracy: 0.5${e} ; loss: 1.${e}\n2018-07-27 17:06:0${e},355:INFO: - Eval metrics: accuracy: 0.4${e} ; loss: 2.${e}\n`,
      ),
      'epoch 2/2 | eval_accuracy=0.42@2 | eval_loss=2.2@2 | train_loss=1.2@2 | train_accuracy=0.52@2',
    ],
    [
      'a phase on a line above',
      epochs(
        2,
        (e) =>
          `INFO:__main__:Epoch ${e} | Step 6500/6500 | Loss: 0.4${e}\nINFO:__main__:📊 Evaluation Results:\nINFO:__main__:   Loss: 0.6${e}\n`,
      ),
      'epoch 2/? | eval_loss=0.62@2 | Loss=0.42@2',
    ],
    [
      'a word between the phase and the name',
      'Epoch [4]/[9] \t Training Phase Loss: 0.12 \t Accuracy: 0.95\nEpoch [4]/[9] \t Validation Phase Loss: 0.33 \t Accuracy: 0.88\n',
      'epoch 4/9 | val_accuracy=0.88@4 | val_loss=0.33@4 | train_loss=0.12@4 | train_accuracy=0.95@4',
    ],
    [
      'is instead of a colon',
      'Epoch 149, val loss is 0.0297, val mse is 0.0112.\n',
      'epoch 149/? | val_loss=0.0297@149 | val_mse=0.0112@149',
    ],
    ['two arrows', epochs(2, (e) => `Epoch 00${e} | D Loss >> -0.47${e}\n`), 'epoch 2/? | d_loss=-0.472@2'],
    [
      'a number set far into its brackets',
      'Epoch [    7/   50] | d_loss: 1.38 | g_loss: 0.78\n',
      'epoch 7/50 | d_loss=1.38@7 | g_loss=0.78@7',
    ],
    [
      'one line a batch: the last one of the epoch counts',
      epochs(3, (e) => `Epoch: ${e}\nLoss: 5.${e}1\nLoss: 5.${e}2\nLoss: 5.${e}3\n`),
      'epoch 3/? | Loss=5.33@3',
    ],
    [
      'a print behind a bar',
      epochs(
        2,
        (e) =>
          `evaluating...: 100%|███| 13/13 [00:00<00:00, 16.18it/s]epoch: ${e}\ntrain_loss: 0.${e}1, train_acc: 0.6${e}\n`,
      ),
      'epoch 2/? | train_loss=0.21@2 | train_acc=0.62@2',
    ],
    [
      'the tables of YOLO',
      epochs(
        2,
        (e) =>
          `      Epoch    GPU_mem   box_loss   cls_loss   dfl_loss  Instances       Size\n        ${e}/2      2.1G      1.12${e}      2.456      1.234         12        640: 100%|██████████| 10/10 [00:03<00:00,  3.1it/s]\n                 Class     Images  Instances      Box(P          R      mAP50  mAP50-95): 100%|██████████| 4/4 [00:01<00:00]\n                   all        128        929      0.66${e}      0.517      0.56${e}      0.373\n`,
      ),
      'epoch 2/2 | mAP50=0.562@2 | mAP50-95=0.373@2 | box_loss=1.122@2 | cls_loss=2.456@2 | dfl_loss=1.234@2 | precision=0.662@2 | recall=0.517@2',
    ],
    [
      'fine-tuning that goes on at a later epoch',
      `${epochs(3, (e) => `Epoch ${e}/3\n9/9 - 1s - loss: 0.${9 - e}\n`)}Epoch 3/5\n9/9 - 1s - loss: 0.31\nEpoch 4/5\n9/9 - 1s - loss: 0.21\nEpoch 5/5\n9/9 - 1s - loss: 0.11\n`,
      'epoch 5/5 | loss=0.11@5',
    ],
    [
      'epochs in the plural',
      epochs(2, (e) => `Epochs: ${e} | epoch avg. loss: 0.4${e} | validation avg. loss: 0.1${e}\n`),
      'epoch 2/? | val_avg_loss=0.12@2 | avg_loss=0.42@2',
    ],
  ])('%s', (_, log, expected) => {
    expect(told(log)).toBe(expected);
  });
});

describe('what only looks like a measure is left out', () => {
  it.each([
    [
      'a metric that improved',
      'Epoch 3/9 val_dice: 0.5\nValid dice increased (0.4 ---> 0.5)\nValidation loss decreased (inf --> 0.07).  Saving model ...\n',
      'epoch 3/9 | val_dice=0.5@3',
    ],
    [
      'the best so far, in any phase',
      epochs(2, (e) => `Epoch ${e}/9 val_acc: 0.5${e}\nBest validate accuracy: 0.99\n`),
      'epoch 2/9 | val_acc=0.52@2',
    ],
    [
      'a loss "of the epoch" as the number of the epoch',
      'Training epoch: 1\nTraining loss epoch: 0.16\n',
      'epoch 1/? | train_loss_epoch=0.16@1',
    ],
    ['a line of source', 'Epoch 1/9 loss: 0.5\nW deprecation.py=323] The name\n', 'epoch 1/9 | loss=0.5@1'],
    ['coordinates', 'Step 3: x= 48.9, y= 449.9\n', 'nothing'],
    [
      'a label between the name and its number',
      'Epoch 1/9 loss: 0.5\nPrec@1  05 87.9 (88.1)\n',
      'epoch 1/9 | loss=0.5@1',
    ],
    [
      'counts under strange names',
      'step 1\nIter 100 time=0.37 loss=32316.67 active=58226\n',
      'step 100/? | loss=32316.67@100',
    ],
    [
      'a callback of a training that prints nothing',
      'Epoch 5/5\n9/9 - 1s - loss: 0.5\nEpoch 00928: ReduceLROnPlateau reducing learning rate to 1e-05.\n18/18 - 0s - loss: 696.1\n',
      'epoch 5/5 | loss=0.5@5',
    ],
    [
      'a test in the words of the training',
      `${epochs(3, (e) => `Epoch ${e}\nloss: 0.${e}1\n`)}Final evaluation\nloss: 0.99\n`,
      'epoch 3/? | loss=0.31@3',
    ],
    [
      'a row for each class under the total',
      'Epoch 1\naccuracy: 42.35%; precision: 0.13%; recall: 0.35%\n   disease: precision: 0.00%; recall: 0.01%\n   drug: precision: 0.02%; recall: 0.03%\n',
      'epoch 1/? | accuracy=42.35%@1',
    ],
    ['losses of which nobody says whose they are', 'Epoch 1/1\nloss: 0.4\nloss: 0.9\n', 'epoch 1/1'],
    [
      'rows of a classification report',
      'Epoch 2/2 val_acc: 0.9\n    accuracy                           0.85      2000\n   macro avg       0.85      0.85      0.85      2000\n',
      'epoch 2/2 | val_acc=0.9@2',
    ],
    [
      'what a number was before it changed',
      epochs(3, (e) => `Epoch ${e}/3 loss: 0.${e} val_loss: 0.9${e} -> 0.8${e}\nval_acc 91.${e}% --> 92%\n`),
      'epoch 3/3 | loss=0.3@3',
    ],
    [
      'a numbered class for all of them',
      epochs(2, (e) => `Epoch ${e}/2 loss: 0.${e}\nclass 0 iou: 0.1\nclass 1: iou: 0.9\nmean iou: 0.5${e}\n`),
      'epoch 2/2 | loss=0.2@2 | mean_iou=0.52@2',
    ],
    [
      'one of several things under one name',
      epochs(3, (e) => `Epoch ${e}/3 loss: 0.${e}\ncat iou: 0.1${e}\ndog iou: 0.9${e}\n`),
      'epoch 3/3 | loss=0.3@3',
    ],
    [
      'a test after the training that writes the name in other letters',
      `${epochs(3, (e) => `Epoch ${e}/3, Loss: 0.${e}\n`)}Inference: loss: 0.99\n`,
      'epoch 3/3 | Loss=0.3@3',
    ],
    [
      'an earlier epoch that is spoken of',
      `${epochs(3, (e) => `Epoch ${e}/3 val_loss: 0.${e}\n`)}Epoch 1 had the lowest val_loss: 0.1\nEpoch 1 to 3 took 7 min\n`,
      'epoch 3/3 | val_loss=0.3@3',
    ],
    [
      'what is glued to the end of a line for its words',
      'Epoch 1/2\nstyle loss 0.5\nstyle loss 0.4 (0.45)/usr/lib/x.py:1: UserWarning: old\nEpoch 2/2\nstyle loss 0.3\n',
      'epoch 2/2 | style_loss=0.3@2',
    ],
    ['prose about a step', 'In step 1. AGIs: 5 will come\n', 'nothing'],
  ])('%s', (_, log, expected) => {
    expect(told(log)).toBe(expected);
  });
});
