import type { OutputFile, OutputKind } from '../domain/results.ts';

/**
 * What a finished run left behind, classed by name alone. Sources: the libraries' own documentation of what they save, as of
 * 2026-11.
 */

/** Kaggle's own files, written at the end of every run: nobody looks for them. */
const SYSTEM =
  /(?:^|\/)(?:__notebook__\.ipynb|__results__\.html|__output__\.json|custom\.css|__script__\.py)$|^__results___files\//;

/** Names that say more than their ending does; the first that fits decides. */
const NAMES: readonly (readonly [RegExp, OutputKind])[] = [
  [
    /(?:^|\/)(?:\.|__pycache__\/|\.ipynb_checkpoints\/|\.cache\/|\.virtual_documents\/|wandb\/|catboost_info\/|mlruns\/)|lightning_logs\/[^/]+\/(?:hparams\.yaml|events)/,
    'other',
  ],
  [
    /(?:^|\/)(?:submission|sub|sample_submission|preds?|predictions?|oof)[^/]*\.(?:csv|parquet|jsonl?|tsv)(?:\.gz|\.zip)?$/,
    'table',
  ],
  // The state of the training, not the model.
  [
    /(?:^|\/)(?:optimizer\.(?:pt|bin)|scheduler\.(?:pt|bin)|rng_state[^/]*\.pth|scaler\.pt|training_args\.bin|random_states_\d+\.pkl)$/,
    'other',
  ],
  // Companions of a model.
  [
    /(?:^|\/)(?:vocab|merges|tokenizer[^/]*|special_tokens_map|added_tokens|config|generation_config|preprocessor_config|adapter_config|trainer_state|model\.safetensors\.index|pytorch_model\.bin\.index)\.(?:json|txt)$/,
    'other',
  ],
  [
    /(?:^|\/)(?:saved_model\.pb|variables\/variables\.(?:index|data-[^/]*)|checkpoint|[^/]+\.data-\d{5}-of-\d{5}|_checkpoint_metadata|manifest\.ocdbt|checkpoint_\d+)$/,
    'model',
  ],
  [/(?:lgb|lgbm|lightgbm|gbdt|booster)[^/]*\.txt$/, 'model'],
  [/(?:xgb|xgboost|booster)[^/]*\.json$/, 'model'],
  [/(?:^|\/)[^/]*(?:train|test|valid|val|df|data|features?|folds?|oof)[^/]*\.(?:pkl|pickle|h5|hdf5)$/, 'table'],
];

const ENDINGS: Readonly<Record<Exclude<OutputKind, 'other'>, readonly string[]>> = {
  model: (
    'keras h5 hdf5 pb tflite pt pth pt2 ts torchscript ckpt safetensors bin gguf ggml onnx onnx.data engine mlmodel mlpackage ' +
    'pmml cbm ubj model lgb joblib pkl pickle sav skops dill msgpack flax distcp pdparams params caffemodel index'
  ).split(' '),
  table:
    'csv tsv parquet pq feather ftr arrow ipc xlsx xls jsonl ndjson csv.gz tsv.gz orc avro db sqlite duckdb dta'.split(
      ' ',
    ),
  image: 'png jpg jpeg gif svg webp bmp tif tiff'.split(' '),
};

const KIND_OF_ENDING = new Map<string, OutputKind>(
  (['model', 'table', 'image'] as const).flatMap((kind) => ENDINGS[kind].map((ending) => [ending, kind] as const)),
);

/** Below this a `.bin` is hardly weights. */
const SMALL_BIN = 100_000;

/** Whether Kaggle itself wrote the file. */
export const isSystemFile = (name: string): boolean => SYSTEM.test(name);

/**
 * Model, table, image or other, by the file's name.
 * @param name as Kaggle gives it, with its folders
 * @param size in bytes if it is known: a small `.bin` is no model
 */
export function outputKind(name: string, size: number | null = null): OutputKind {
  const plain = name.toLowerCase();
  for (const [pattern, kind] of NAMES) if (pattern.test(plain)) return kind;
  const base = plain.slice(plain.lastIndexOf('/') + 1);
  const parts = base.split('.');
  const kind = KIND_OF_ENDING.get(parts.slice(-2).join('.')) ?? KIND_OF_ENDING.get(parts.at(-1) ?? '');
  if (kind === undefined || parts.length < 2) return 'other';
  const isDoubtful = base.endsWith('.bin') && !/^(?:pytorch_model|adapter_model|model)/.test(base);
  return isDoubtful && size !== null && size < SMALL_BIN ? 'other' : kind;
}

const KIND_RANK: Readonly<Record<OutputKind, number>> = { model: 0, table: 1, image: 2, other: 3 };

function tableRank(name: string): number {
  const base = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  if (base.startsWith('submission')) return 0;
  return /^(?:sub|preds?|predictions?|oof)[^a-z]/.test(base) ? 1 : 2;
}

/**
 * The files a person looks for, in the order they are shown: models by size, then tables with `submission*.csv` first, then
 * images, then the rest by name. Kaggle's own files are left out.
 */
export function sortOutputs(files: readonly OutputFile[]): OutputFile[] {
  const byName = (a: OutputFile, b: OutputFile): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  return files
    .filter((file) => !isSystemFile(file.name))
    .sort((a, b) => {
      if (a.kind !== b.kind) return KIND_RANK[a.kind] - KIND_RANK[b.kind];
      if (a.kind === 'model') return (b.size ?? -1) - (a.size ?? -1) || byName(a, b);
      if (a.kind === 'table') return tableRank(a.name) - tableRank(b.name) || byName(a, b);
      return byName(a, b);
    });
}
