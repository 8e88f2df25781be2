import { describe, expect, it } from 'vitest';
import { finalNumbers } from '../../src/results/final-line.ts';

const told = (line: string): string[] => finalNumbers(line).map(({ name, text }) => `${name} ${text}`);

describe('a line that tells how good a model is', () => {
  it.each([
    'Test accuracy: 0.91',
    'OOF AUC = 0.83',
    'CV: 0.81 ± 0.01',
    'Mean R2: 0.83',
    'RMSE: 0.12',
    'accuracy_score 0.93',
    'Best score: 0.91',
    'Test set accuracy: 93.2%',
    'Mean CV accuracy: 0.8234 (+/- 0.0156)',
    'Accuracy of the network on the 10000 test images: 55 %',
    'R² Score: 0.83',
    'Test R² Score: 0.3598',
    'ROC-AUC: 0.912',
    'AUC-ROC on test data: 0.7576',
    'Test Loss: 0.43, Test Accuracy: 0.91, Test F1-score: 0.88',
    'Random Forest Accuracy: 0.8523',
    '> Accuracy: 82.1 (+- 1.2)',
    'Test Accuracy: 0.6772 (67.72%)',
    '✅ Best CV Score: 0.8234 (±0.0156)',
    '📊 Test Accuracy: 0.8275',
    '5-fold CV accuracy: 0.82',
    'Seed 42 OOF AUC: 0.7404',
    'HistGB OOF AUC: 0.61818',
    'accuracy score: 0.9996',
    'The accuracy is 0.93',
    'Model accuracy: 93.21%',
    "{'test_acc': 0.8312, 'test_loss': 0.41}",
    'Mean Squared Error: 0.123',
    'Mean absolute error (MAE): 12.3',
    'Overall CV: 0.8812',
    'MAE = 1.2160',
    'Quadratic Weighted Kappa: 0.812',
    'F1 Score (macro): 0.81',
    'Log Loss: 0.32',
    'best cross-validation score: 0.87',
    '2026-01-01 10:00:00,123 - INFO - Test accuracy: 0.9',
    'Accuracy on test set is 0.93',
    'Macro F1: 0.812',
    'CV score: 0.88443',
    'Test error: 0.08',
    'Validation accuracy 0.912',
    'OOF: 0.83',
  ])('is read: %s', (line) => {
    expect(finalNumbers(line).length).toBeGreaterThan(0);
  });

  it('keeps the whole name and the number as it is printed', () => {
    expect(told('Test Loss: 0.43, Test Accuracy: 91.20% | Test F1-score: 0.88')).toEqual([
      'Test Loss 0.43',
      'Test Accuracy 91.20%',
      'Test F1-score 0.88',
    ]);
    expect(told('Mean CV accuracy: 0.8234 (+/- 0.0156)')).toEqual(['Mean CV accuracy 0.8234']);
    expect(told("{'test_acc': 0.8312, 'test_runtime': 1.5}")).toEqual(['test_acc 0.8312']);
  });

  it('costs no more than its length, whatever it is', () => {
    const begun = performance.now();
    for (const piece of ['a ', 'acc ', 'acc: ', 'acc=0.1 ', '± 0.1 ', '( ', "' ", 'accuracy of the '])
      for (let length = 1; length < 200; length += 1) finalNumbers(piece.repeat(length));
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});

describe('a line that only looks like it', () => {
  it.each([
    '    accuracy                           0.65        20',
    '   macro avg       0.67      0.66      0.65        20',
    'learning_rate: 0.01',
    'Accuracy may be bad: 3',
    'depth=5, accuracy=0.9',
    'threshold 0.5: f1 0.9',
    'Class 0 precision: 0.93',
    'Error: 404',
    'Epsilon: 0.1',
    'total loss weight: 0.5',
    'Best score so far: 0.8',
    'time: 3.2s',
    '[CV 1/5] END grado=4;, score=-1.660 total time=   0.0s',
    'Baseline accuracy: 0.5',
    'accuracy: 5',
    'Version: 1.0',
    'cross_val_score: [0.8 0.9]',
    'Scores: [0.81, 0.82]',
    'loss weights: 0.5',
    'label_smoothing: 0.1',
    'dice_weight=0.5',
    'Public score: 0.81',
    'Requirement f1: 0.2.3',
    'scores 12.3',
    'size: 0.3, iou: 0.5',
    'iou_threshold: 0.5',
    'IoU threshold = 0.45',
    'conf 0.25 iou 0.45',
    'Credit score: 0.5',
    'loss_fn: 0.3',
    'precision: 16',
    'precision=0.5 dtype',
    'Max score: 0.9',
    'AUC of feature age: 0.61',
    'Target accuracy: 0.95',
    'mAP@0.5:0.95',
    'Score threshold: 0.5',
    'F1 at threshold 0.3: 0.7',
    'Confidence score: 0.98',
    'Similarity score: 0.98',
    'score: 12.3',
    'Kaggle score: 0.7',
    '2026-11-23: accuracy',
    'acc 3/10',
    'cv=5',
    'n_splits cv: 5',
    'cv: 5.0',
    'Test Accuracy of airplane: 84%',
    'Accuracy of plane : 57 %',
    '49999 loss: 0.00073',
    'F1 for cat: 0.81',
  ])('is left out: %s', (line) => {
    expect(finalNumbers(line)).toEqual([]);
  });
});
