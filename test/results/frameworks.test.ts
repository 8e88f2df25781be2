import { describe, expect, it } from 'vitest';
import { LogReading } from '../../src/results/log.ts';

/** `unit at/of | name=last (points) best@x`; what was measured once says so. */
function told(lines: readonly string[]): string {
  const reading = new LogReading();
  reading.push({ stream: 'stdout', time: 0, text: `${lines.join('\n')}\n` });
  reading.end();
  const progress = reading.progress();
  if (progress === null) return 'nothing';
  const fold = progress.fold === undefined ? '' : `fold ${progress.fold.at}/${progress.fold.of ?? '?'}, `;
  const series = progress.series.map(({ name, lastText, points, best, isOnce }) => {
    const peak = best === null || isOnce === true ? '' : ` ${best.text}@${best.at}`;
    return `${isOnce === true ? 'once ' : ''}${name}=${lastText} (${points.length})${peak}`;
  });
  return [`${fold}${progress.unit} ${progress.at ?? '?'}/${progress.of ?? '?'}`, ...series].join(' | ');
}

describe('what frameworks print is read', () => {
  it.each([
    [
      'LightGBM: the best iteration stands where it was',
      [
        '[LightGBM] [Info] Start training from score 0.642620',
        "Training until validation scores don't improve for 100 rounds",
        "[50]\ttraining's auc: 0.738507\ttraining's binary_logloss: 0.559965\tvalid_1's auc: 0.693519\tvalid_1's binary_logloss: 0.670838",
        "[100]\ttraining's auc: 0.742643\ttraining's binary_logloss: 0.556552\tvalid_1's auc: 0.694313\tvalid_1's binary_logloss: 0.667549",
        "[150]\ttraining's auc: 0.74557\ttraining's binary_logloss: 0.554275\tvalid_1's auc: 0.693973\tvalid_1's binary_logloss: 0.667136",
        'Early stopping, best iteration is:',
        "[72]\ttraining's auc: 0.740665\ttraining's binary_logloss: 0.558153\tvalid_1's auc: 0.694409\tvalid_1's binary_logloss: 0.66871",
      ],
      'step 150/? | valid_1_auc=0.693973 (4) 0.694409@72 | valid_1_binary_logloss=0.667136 (4) 0.667136@150 | training_binary_logloss=0.554275 (4) 0.554275@150 | training_auc=0.74557 (4) 0.74557@150',
    ],
    [
      'XGBoost that stops early',
      [
        '[0]\ttrain-logloss:0.68123\ttrain-auc:0.81\teval-logloss:0.68211\teval-auc:0.79',
        '[50]\ttrain-logloss:0.30123\ttrain-auc:0.91\teval-logloss:0.35211\teval-auc:0.88',
        '[87]\ttrain-logloss:0.28123\ttrain-auc:0.93\teval-logloss:0.35111\teval-auc:0.89',
        'Stopping. Best iteration:',
        '[60]\ttrain-logloss:0.29\ttrain-auc:0.92\teval-logloss:0.34911\teval-auc:0.90',
      ],
      'step 87/? | eval-auc=0.89 (4) 0.90@60 | eval-logloss=0.35111 (4) 0.34911@60 | train-logloss=0.28123 (4) 0.28123@87 | train-auc=0.93 (4) 0.93@87',
    ],
    [
      'CatBoost: its best beside the present tells which way is better',
      [
        'Default metric period is 5 because AUC is/are not implemented for GPU',
        '0:\ttest: 0.8616198\tbest: 0.8616198 (0)\ttotal: 54.1ms\tremaining: 2m 42s',
        '1000:\ttest: 0.8860235\tbest: 0.8860244 (998)\ttotal: 25.3s\tremaining: 50.6s',
        '2000:\ttest: 0.8865267\tbest: 0.8865294 (1989)\ttotal: 48s\tremaining: 24s',
        '2999:\ttest: 0.8866575\tbest: 0.8866630 (2977)\ttotal: 1m 10s\tremaining: 0us',
        'bestTest = 0.8866629601',
        'bestIteration = 2977',
        'Shrink model to first 2978 iterations.',
      ],
      'step 2999/? | test=0.8866575 (5) 0.8866629601@2977',
    ],
    [
      'a trainer that prints its numbers as strings',
      [
        "{'loss': '0.5', 'grad_norm': '2.34', 'learning_rate': '5e-05', 'epoch': '1'}",
        "{'eval_loss': '0.38', 'eval_accuracy': '0.87', 'epoch': '1'}",
        "{'loss': '0.4', 'grad_norm': '2.34', 'learning_rate': '5e-05', 'epoch': '2'}",
        "{'eval_loss': '0.37', 'eval_accuracy': '0.88', 'epoch': '2'}",
      ],
      'epoch 2/? | eval_accuracy=0.88 (2) 0.88@2 | eval_loss=0.37 (2) 0.37@2 | loss=0.4 (2) 0.4@2',
    ],
    [
      'the table of a test in Lightning',
      [
        'Epoch 0: 100%|██████████| 27/27 [00:01<00:00, 20.72it/s, v_num=0, train_loss=0.5, val_loss=0.4, val_acc=0.81]',
        'Epoch 1: 100%|██████████| 27/27 [00:01<00:00, 20.72it/s, v_num=0, train_loss=0.3, val_loss=0.35, val_acc=0.84]',
        '`Trainer.fit` stopped: `max_epochs=2` reached.',
        'Testing DataLoader 0: 100%|██████████| 20/20 [00:00<00:00, 45.1it/s]',
        '┏━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━┓',
        '┃        Test metric        ┃       DataLoader 0        ┃',
        '┡━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━┩',
        '│         test_acc          │    0.8312000036239624     │',
        '│         test_loss         │    0.4012000036239624     │',
        '└───────────────────────────┴───────────────────────────┘',
      ],
      'epoch 1/? | val_acc=0.84 (2) 0.84@1 | val_loss=0.35 (2) 0.35@1 | train_loss=0.3 (2) 0.3@1 | once test_acc=0.8312000036239624 (1) | once test_loss=0.4012000036239624 (1)',
    ],
    [
      'Paddle: the evaluation is not the training',
      [
        'Epoch 1/2',
        'step  10/938 [..............................] - loss: 0.3254 - acc: 0.8125 - ETA: 12s - 13ms/step',
        'step 938/938 [==============================] - loss: 0.0432 - acc: 0.9512 - 12ms/step',
        'Eval begin...',
        'step 157/157 [==============================] - loss: 0.0012 - acc: 0.9711 - 8ms/step',
        'Eval samples: 10000',
        'Epoch 2/2',
        'step 938/938 [==============================] - loss: 0.0232 - acc: 0.9812 - 12ms/step',
        'Eval begin...',
        'step 157/157 [==============================] - loss: 0.0009 - acc: 0.9801 - 8ms/step',
        'Eval samples: 10000',
      ],
      'epoch 2/2 | eval_acc=0.9801 (2) 0.9801@2 | eval_loss=0.0009 (2) 0.0009@2 | loss=0.0232 (2) 0.0232@2 | acc=0.9812 (2) 0.9812@2',
    ],
    [
      'mmengine',
      [
        '07/03 13:04:17 - mmengine - INFO - Epoch(train)  [1][ 10/196]  lr: 3.3333e-04  eta: 0:13:14  time: 0.4073  data_time: 0.0335  memory: 970  loss: 6.1887',
        '07/03 13:04:17 - mmengine - INFO - Epoch(train)  [1][196/196]  lr: 3.3333e-04  eta: 0:13:14  time: 0.4073  data_time: 0.0335  memory: 970  loss: 2.1887',
        '07/03 13:04:17 - mmengine - INFO - Saving checkpoint at 1 epochs',
        '07/03 13:04:17 - mmengine - INFO - Epoch(val)  [1][ 10/10]    eta: 0:00:03  time: 0.40',
        '07/03 13:04:17 - mmengine - INFO - Epoch(val) [1][10/10]    accuracy: 20.2000  data_time: 0.0111  time: 0.0456',
        '07/03 13:04:17 - mmengine - INFO - Epoch(train)  [2][196/196]  lr: 3.3333e-04  eta: 0:13:14  time: 0.4073  data_time: 0.0335  memory: 970  loss: 1.5887',
        '07/03 13:04:17 - mmengine - INFO - Epoch(val) [2][10/10]    accuracy: 31.2000  data_time: 0.0111  time: 0.0456',
      ],
      'epoch 2/? | val_accuracy=31.2000 (2) 31.2000@2 | loss=1.5887 (2) 1.5887@2',
    ],
    [
      'mmdetection',
      [
        '06/11 16:23:24 - mmengine - INFO - Epoch(train)  [1][29/29]  lr: 1.2052e-05  eta: 0:13:48  time: 1.4383  data_time: 1.1632  memory: 2602  loss: 0.9337  loss_cls: 0.6800  loss_bbox: 0.2537',
        '06/11 16:23:24 - mmengine - INFO - bbox_mAP_copypaste: 0.201 0.409 0.181 0.0 0.1 0.2',
        '06/11 16:23:24 - mmengine - INFO - Epoch(val) [1][10/10]    coco/bbox_mAP: 0.2010  coco/bbox_mAP_50: 0.4090  coco/bbox_mAP_75: 0.1810  data_time: 0.0111  time: 0.0456',
        '06/11 16:23:24 - mmengine - INFO - Epoch(train)  [2][29/29]  lr: 1.2052e-05  eta: 0:13:48  time: 1.4383  data_time: 1.1632  memory: 2602  loss: 0.8337  loss_cls: 0.5800  loss_bbox: 0.2337',
        '06/11 16:23:24 - mmengine - INFO - Epoch(val) [2][10/10]    coco/bbox_mAP: 0.3010  coco/bbox_mAP_50: 0.5090  coco/bbox_mAP_75: 0.2810  data_time: 0.0111  time: 0.0456',
      ],
      'epoch 2/? | val_coco/bbox_mAP=0.3010 (2) 0.3010@2 | val_coco/bbox_mAP_50=0.5090 (2) 0.5090@2 | val_coco/bbox_mAP_75=0.2810 (2) 0.2810@2 | loss=0.8337 (2) 0.8337@2 | loss_cls=0.5800 (2) 0.5800@2 | loss_bbox=0.2337 (2) 0.2337@2 | bbox_mAP_copypaste=0.201 (1) 0.201@1',
    ],
    [
      'detectron2, and its line for a spreadsheet',
      [
        '[04/29 03:30:01 d2.utils.events]:  eta: 0:10:10  iter: 19  total_loss: 2.34  loss_cls: 1.2  loss_box_reg: 0.5  time: 0.3012  last_time: 0.3  data_time: 0.0101  lr: 0.00019981  max_mem: 2741M',
        '[04/29 03:30:41 d2.utils.events]:  eta: 0:09:10  iter: 39  total_loss: 1.84  loss_cls: 0.9  loss_box_reg: 0.4  time: 0.3012  last_time: 0.3  data_time: 0.0101  lr: 0.00039981  max_mem: 2741M',
        '[04/29 03:31:41 d2.utils.events]:  eta: 0:08:10  iter: 59  total_loss: 1.24  loss_cls: 0.6  loss_box_reg: 0.3  time: 0.3012  last_time: 0.3  data_time: 0.0101  lr: 0.00059981  max_mem: 2741M',
        '[04/12 17:28:11 d2.evaluation.testing]: copypaste: Task: bbox',
        '[04/12 17:28:11 d2.evaluation.testing]: copypaste: AP,AP50,AP75,APs,APm,APl',
        '[04/12 17:28:11 d2.evaluation.testing]: copypaste: 6.2236,17.1123,2.6713,1.9080,8.4628,10.0626',
      ],
      'step 59/? | total_loss=1.24 (3) 1.24@59 | loss_cls=0.6 (3) 0.6@59 | loss_box_reg=0.3 (3) 0.3@59 | once bbox_AP=6.2236 (1) | once bbox_AP50=17.1123 (1) | once bbox_AP75=2.6713 (1)',
    ],
    [
      'timm: the mean of the epoch, not its last batch',
      [
        'Train: 0 [   0/1251 (  0%)]  Loss: 6.94 (6.94)  Time: 2.1s,  121.2/s  (2.1s,  121.2/s)  LR: 1.000e-06  Data: 1.1 (1.1)',
        'Train: 0 [1250/1251 (100%)]  Loss: 5.94 (6.44)  Time: 2.1s,  121.2/s  (2.1s,  121.2/s)  LR: 1.000e-06  Data: 1.1 (1.1)',
        'Test: [   0/48]  Time: 2.1 (2.1)  Loss:   4.1 (4.1)  Acc@1:  18.2 (18.2)  Acc@5:  38.2 (38.2)',
        'Test: [  48/48]  Time: 2.1 (0.4)  Loss:   4.3 (4.2)  Acc@1:  19.2 (17.21)  Acc@5:  39.2 (37.21)',
        'Current checkpoints:',
        " ('./output/train/checkpoint-0.pth.tar', 17.21)",
        'Train: 1 [1250/1251 (100%)]  Loss: 4.94 (5.44)  Time: 2.1s,  121.2/s  (2.1s,  121.2/s)  LR: 1.000e-06  Data: 1.1 (1.1)',
        'Test: [  48/48]  Time: 2.1 (0.4)  Loss:   3.3 (3.2)  Acc@1:  29.2 (27.21)  Acc@5:  49.2 (47.21)',
      ],
      'epoch 1/? | test_acc@1=27.21 (2) 27.21@1 | test_acc@5=47.21 (2) 47.21@1 | test_loss=3.2 (2) 3.2@1 | train_loss=5.44 (2) 5.44@1',
    ],
    [
      'the boxes of an agent',
      [
        '----------------------------------------',
        '| rollout/                |            |',
        '|    ep_len_mean          | 58.2       |',
        '|    ep_rew_mean          | 0.42       |',
        '| time/                   |            |',
        '|    fps                  | 359        |',
        '|    iterations           | 4          |',
        '|    total_timesteps      | 8192      |',
        '| train/                  |            |',
        '|    approx_kl            | 0.09496141 |',
        '|    loss                 | -0.115     |',
        '|    value_loss           | 0.0103     |',
        '----------------------------------------',
        '----------------------------------------',
        '| rollout/                |            |',
        '|    ep_len_mean          | 60.2       |',
        '|    ep_rew_mean          | 0.52       |',
        '| time/                   |            |',
        '|    fps                  | 359        |',
        '|    iterations           | 5          |',
        '|    total_timesteps      | 10240      |',
        '| train/                  |            |',
        '|    approx_kl            | 0.08496141 |',
        '|    loss                 | -0.125     |',
        '|    value_loss           | 0.0093     |',
        '----------------------------------------',
      ],
      'step 10240/? | ep_rew_mean=0.52 (2) 0.52@10240 | loss=-0.125 (2) -0.125@10240 | value_loss=0.0093 (2) 0.0093@10240 | approx_kl=0.08496141 (2) 0.08496141@10240',
    ],
    [
      'a search by scikit-learn',
      [
        'Fitting 5 folds for each of 4 candidates, totalling 20 fits',
        '[CV 1/5] END ..........................grado=4;, score=-1.660 total time=   0.0s',
        '[CV 2/5] END ..........................grado=7;, score=-0.601 total time=   0.0s',
        '[CV] END ..................C=0.1, gamma=scale, kernel=linear; total time= 5.3min',
        "Best parameters: {'C': 10, 'gamma': 0.1}",
        'Best cross-validation score: 0.87',
        'Test set accuracy: 0.8812',
      ],
      'step ?/? | once Best cross-validation score=0.87 (1) | once Test set accuracy=0.8812 (1)',
    ],
    [
      'scikit-learn with a report for each class',
      [
        'Train shape: (1600, 10)',
        'Accuracy: 0.8275',
        '              precision    recall  f1-score   support',
        '',
        '           0       0.58      0.78      0.67         9',
        '           1       0.75      0.55      0.63        11',
        '',
        '    accuracy                           0.65        20',
        '   macro avg       0.67      0.66      0.65        20',
        'ROC AUC Score: 0.9012',
        'Mean CV accuracy: 0.8234 (+/- 0.0156)',
      ],
      'step ?/? | once Mean CV accuracy=0.8234 (1) | once Accuracy=0.8275 (1) | once ROC AUC Score=0.9012 (1)',
    ],
    [
      'trials of Optuna',
      [
        '[I 2025-05-25 17:01:20,297] A new study created in memory with name: no-name-1',
        "[I 2025-05-25 17:01:20,297] Trial 0 finished with value: 0.8896979833451872 and parameters: {'max_depth': 3, 'learning_rate': 0.0668350301015521, 'reg_lambda': 0.8287375091519293}. Best is trial 0 with value: 0.8896979833451872.",
        "[I 2025-05-25 17:02:20,297] Trial 1 finished with value: 0.9096979833451872 and parameters: {'max_depth': 4, 'learning_rate': 0.0568350301015521, 'reg_lambda': 0.7287375091519293}. Best is trial 1 with value: 0.9096979833451872.",
        "[I 2025-05-25 17:03:20,297] Trial 2 finished with value: 0.8996979833451872 and parameters: {'max_depth': 4, 'learning_rate': 0.0568350301015521, 'reg_lambda': 0.7287375091519293}. Best is trial 1 with value: 0.9096979833451872.",
      ],
      'step 2/? | value=0.8996979833451872 (3) 0.9096979833451872@1',
    ],
    [
      'AutoGluon',
      [
        'Fitting 13 L1 models ...',
        'Fitting model: KNeighborsUnif ...',
        '\t0.2232\t = Validation score   (accuracy)',
        '\t0.05s\t = Training   runtime',
        '\t0.01s\t = Validation runtime',
        'Fitting model: WeightedEnsemble_L2 ...',
        '\t0.956\t = Validation score   (accuracy)',
        '\t0.05s\t = Training   runtime',
        'AutoGluon training complete, total runtime = 60.1s ... Best model: "WeightedEnsemble_L2"',
      ],
      'step ?/? | once val_accuracy=0.956 (1)',
    ],
    [
      'a score for each fold',
      ['Fold 1 | score 0.8123', 'Fold 2 | score 0.8234', 'Fold 3 | score 0.8012', 'CV mean: 0.8123 +/- 0.0091'],
      'fold 3/? | once CV mean=0.8123 (1) | score=0.8012 (3)',
    ],
    [
      'folds with the iterations of each, and a number over all',
      [
        '    Fold 1: AUC=0.7385, iter=1439, time=1.2m [1/10]',
        '    Fold 2: AUC=0.7429, iter=1960, time=1.6m [2/10]',
        '    Fold 3: AUC=0.7407, iter=1961, time=1.6m [3/10]',
        '  OOF AUC: 0.7404',
      ],
      'fold 3/? | once OOF AUC=0.7404 (1) | AUC=0.7407 (3) 0.7429@2',
    ],
    [
      'two pairs of brackets',
      [
        '[1/5][0/1583]\tLoss_D: 1.7410\tLoss_G: 4.7761\tD(x): 0.5343\tD(G(z)): 0.5771 / 0.0136',
        '[5/5][1550/1583]\tLoss_D: 0.3410\tLoss_G: 2.7761\tD(x): 0.8343\tD(G(z)): 0.1271 / 0.0936',
      ],
      'epoch 5/5 | Loss_D=0.3410 (2) 0.3410@5 | Loss_G=2.7761 (2) 2.7761@5',
    ],
    [
      'episodes',
      ['Episode: 1, Total Reward: 21.0, Epsilon: 0.99', 'Episode: 2, Total Reward: 31.0, Epsilon: 0.98'],
      'step 2/? | total_reward=31.0 (2) 31.0@2',
    ],
    [
      'a summary of what is known already',
      [
        'Epoch 1: train_loss=0.9 val_loss=0.8',
        'Epoch 2: train_loss=0.6 val_loss=0.7',
        'wandb: Run summary:',
        'wandb:      epoch 2',
        'wandb: train_loss 0.58403',
        'wandb:   val_loss 0.68726',
      ],
      'epoch 2/? | val_loss=0.7 (2) 0.7@2 | train_loss=0.6 (2) 0.6@2',
    ],
    [
      'several models by name',
      ['Logistic Regression Accuracy: 0.8123', 'Random Forest Accuracy: 0.8523', 'SVM Accuracy: 0.8323'],
      'step ?/? | once Logistic Regression Accuracy=0.8123 (1) | once Random Forest Accuracy=0.8523 (1) | once SVM Accuracy=0.8323 (1)',
    ],
    [
      'several models without a name',
      ['=== Logistic ===', 'Accuracy: 0.8123', '=== Forest ===', 'Accuracy: 0.8523'],
      'nothing',
    ],
    [
      'a test behind the epochs',
      [
        'Epoch 1/2',
        '10/10 - 0s - loss: 0.9 - accuracy: 0.5 - val_loss: 0.8 - val_accuracy: 0.6',
        'Epoch 2/2',
        '10/10 - 0s - loss: 0.7 - accuracy: 0.6 - val_loss: 0.6 - val_accuracy: 0.7',
        '313/313 - 1s - loss: 0.5512 - accuracy: 0.7512',
        'Test loss: 0.5512',
        'Test accuracy: 0.7512',
      ],
      'epoch 2/2 | val_accuracy=0.7 (2) 0.7@2 | val_loss=0.6 (2) 0.6@2 | loss=0.7 (2) 0.7@2 | accuracy=0.6 (2) 0.6@2 | once Test accuracy=0.7512 (1) | once Test loss=0.5512 (1)',
    ],
    [
      'losses without a place',
      ['loss: 0.9', 'loss: 0.8', 'loss: 0.7', 'loss: 0.6', 'loss: 0.5', 'loss: 0.45', 'loss: 0.4'],
      'nothing',
    ],
    [
      'the first fastai, with the time in brackets',
      [
        'Total time: 06:59',
        'epoch  train_loss  valid_loss  error_rate',
        '1      0.548006    0.268912    0.076455    (00:57)',
        '2      0.365533    0.193667    0.064953    (00:51)',
      ],
      'epoch 2/? | valid_loss=0.193667 (2) 0.193667@2 | train_loss=0.365533 (2) 0.365533@2 | error_rate=0.064953 (2) 0.064953@2',
    ],
    [
      'skorch, with a column that is empty where nothing was saved',
      [
        '  epoch    train_loss    valid_acc    valid_loss    cp      lr     dur',
        '-------  ------------  -----------  ------------  ----  ------  ------',
        '      1        0.6488       0.9477        0.1860     +  0.0010  9.3038',
        '      2        0.4275       0.9412        0.1697        0.0010  3.0520',
        '      3        0.3300       0.9542        0.1639        0.0000  3.0743',
      ],
      'epoch 3/? | valid_acc=0.9542 (3) 0.9542@3 | valid_loss=0.1639 (3) 0.1639@3 | train_loss=0.3300 (3) 0.3300@3',
    ],
    [
      'trials between trainings',
      [
        'Epoch 1/1, train loss: 0.2602, valid acc: 0.8788',
        '[I 2025-05-25 17:01:20,297] Trial 0 finished with value: 0.7088 and parameters: {}. Best is trial 0 with value: 0.7088.',
        'Epoch 1/1, train loss: 0.2150, valid acc: 0.8864',
        '[I 2025-05-25 17:02:20,297] Trial 1 finished with value: 0.7089 and parameters: {}. Best is trial 1 with value: 0.7089.',
      ],
      'epoch 1/1 | val_acc=0.8864 (1) 0.8864@1 | train_loss=0.2150 (1) 0.2150@1',
    ],
    [
      'folds that name their number with a verb',
      [
        'FOLD 0 Mean averaging ROC-AUC is: 0.87379',
        'FOLD 1 Mean averaging ROC-AUC is: 0.91092',
        'CV Mean ROC-AUC is: 0.89235',
      ],
      'fold 1/? | once CV Mean ROC-AUC=0.89235 (1) | ROC-AUC=0.91092 (2) 0.91092@1',
    ],
  ])('%s', (_, lines, expected) => {
    expect(told(lines)).toBe(expected);
  });
});
