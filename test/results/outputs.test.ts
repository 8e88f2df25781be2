import { describe, expect, it } from 'vitest';
import type { OutputFile } from '../../src/domain/results.ts';
import { outputKind, sortOutputs } from '../../src/results/outputs.ts';

const file = (name: string, size: number | null = null): OutputFile => ({ name, size, kind: outputKind(name, size) });

describe('an output file is', () => {
  it.each([
    [
      'model',
      'model.pt best.PTH net.keras weights.weights.h5 m.onnx m.onnx.data a/adapter_model.safetensors x.ckpt rf.joblib seventy_epochs.pkl cat.cbm lgb_fold0.txt xgb.json model.bin saved_model.pb out/variables/variables.data-00000-of-00001 checkpoint-5/model.safetensors',
    ],
    [
      'table',
      'submission.csv sub.csv.gz predictions.csv history.tsv oof.parquet results.xlsx preds.json train_features.pkl data.h5 rows.jsonl',
    ],
    ['image', 'curve.png fold_0/matrix.JPG a.svg plot.webp'],
    [
      'other',
      'notes.txt config.json tokenizer.json checkpoint-5/optimizer.pt training_args.bin wandb/run.json catboost_info/learn_error.tsv arrays.npy .cache/model.bin README noextension .hidden.csv events.out.tfevents.1',
    ],
  ])('a %s by its name', (kind, names) => {
    expect(names.split(' ').map((name) => [name, outputKind(name)])).toEqual(
      names.split(' ').map((name) => [name, kind]),
    );
  });

  it('no model when it is a small .bin of no known name', () => {
    expect(outputKind('x.bin', 4_000)).toBe('other');
    expect(outputKind('x.bin', 4_000_000)).toBe('model');
    expect(outputKind('pytorch_model.bin', 4_000)).toBe('model');
  });

  it('of some kind however it is named', () => {
    for (const name of [
      '',
      '/',
      '...',
      '../../etc/passwd',
      '\u202ecsv.exe',
      'a'.repeat(4_000),
      '.'.repeat(4_000),
      `${'train'.repeat(800)}.pkl`,
    ]) {
      expect(['model', 'table', 'image', 'other']).toContain(outputKind(name));
    }
  });
});

describe('output files are shown', () => {
  it('models by size, then tables with the submission first, then images, then the rest', () => {
    const files = ['z.png', 'history.csv', 'notes.txt', 'submission.csv', 'predictions.csv'].map((name) => file(name));
    const models = [file('small.pt', 10), file('unknown.pt'), file('large.pt', 99)];
    expect(sortOutputs([...files, ...models]).map(({ name }) => name)).toEqual([
      'large.pt',
      'small.pt',
      'unknown.pt',
      'submission.csv',
      'predictions.csv',
      'history.csv',
      'z.png',
      'notes.txt',
    ]);
  });

  it('without those Kaggle itself writes', () => {
    expect(
      sortOutputs([
        file('__notebook__.ipynb'),
        file('__results__.html'),
        file('__results___files/x.png'),
        file('a.csv'),
      ]).map(({ name }) => name),
    ).toEqual(['a.csv']);
  });
});
