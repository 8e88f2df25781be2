import { formatLimit } from '../domain/limit.ts';
import type { FailureKind } from './failure-signs.ts';

/** What the words about a failure are made from. Advice is plain text that stands behind **Try**. */
export type AdviceFacts = {
  readonly internet: boolean;
  readonly limitMinutes: number;
  /** The most Kaggle allows, in minutes. */
  readonly ceilingMinutes: number;
  /** Whole epochs that were done within the limit, if the log states it. */
  readonly epochsDone: number | null;
  /** The module that could not be imported. */
  readonly module: string | null;
  /** The data source a missing path points to, `owner/slug` or a slug. */
  readonly missing: string | null;
  /** The attached inputs, if they are known. */
  readonly inputs: readonly string[] | null;
};

export type Advised = { readonly named: string; readonly advice: string };

const CODE = 'error in your code';
const READ = 'reading the lines above.';

const said = (named: string, advice: string): Advised => ({ named, advice });

function timeLimit({ limitMinutes, ceilingMinutes, epochsDone }: AdviceFacts): Advised {
  const fit = epochsDone === null ? '' : ` (${epochsDone} fit)`;
  const higher = limitMinutes < ceilingMinutes ? `, a limit of ${formatLimit(ceilingMinutes)},` : '';
  const named = `time limit of ${formatLimit(limitMinutes)} reached`;
  return said(named, `fewer epochs${fit}${higher} or going on from a checkpoint.`);
}

function moduleMissing({ internet, module }: AdviceFacts): Advised {
  const what = module ?? 'it';
  const first = internet ? `installing ${what} in the first cell` : 'turning internet on (it was off)';
  return said('module missing', `${first}, or attaching ${what} as a dataset with wheels.`);
}

/** A download that failed although internet was on is not what the class says. */
const internet = (facts: AdviceFacts): Advised =>
  facts.internet
    ? said(CODE, 'running it again; something it downloads did not answer, or has another name or version.')
    : said('internet is off', 'turning internet on, or attaching what it loads as an input.');

/** What is said of an input that is not there. `missing` is how people name it; null when the path does not tell. */
export function inputAdvice(missing: string | null, inputs: readonly string[] | null): string {
  const slug = missing?.slice(missing.lastIndexOf('/') + 1).toLowerCase() ?? null;
  const attached = inputs?.find((one) =>
    one
      .toLowerCase()
      .split('/')
      .includes(slug ?? ''),
  );
  // Kaggle mounts a dataset at two places, and code may look at the one where it is not.
  if (slug !== null && attached !== undefined)
    return `comparing the path with what is mounted: ${attached} is attached, so another folder or file name is meant.`;
  const attach = missing === null ? 'attaching what it reads.' : `attaching ${missing}.`;
  if (inputs === null) return attach;
  return `${attach} ${inputs.length === 0 ? 'No input was attached.' : `The attached inputs were: ${inputs.join(', ')}.`}`;
}

const input = ({ missing, inputs }: AdviceFacts): Advised => said('input missing', inputAdvice(missing, inputs));

const FIXED: Readonly<Partial<Record<FailureKind, Advised>>> = {
  gpuMemory: said('GPU out of memory', 'a smaller batch, mixed precision, or gradient accumulation.'),
  memory: said('out of memory', 'loading data in parts, smaller types, or fewer workers.'),
  killed: said('killed without a trace', 'less memory first: a run that uses too much often ends this way.'),
  name: said('name not defined', 'defining it in an earlier cell.'),
  syntax: said('syntax error', 'the line above.'),
  shapes: said('shapes or types do not fit', 'the shapes named in the error, just before the line above.'),
  device: said(CODE, 'moving the model and its data to one device: the error names both.'),
  cuda: said('CUDA error', 'running once more; then with CUDA_LAUNCH_BLOCKING=1 to find the line.'),
  noGpu: said('CUDA error', 'asking for GPU T4 x2: the run had no GPU that its libraries can use.'),
  noTpu: said(CODE, 'asking for TPU v5e-8: the run had no TPU that its libraries can use.'),
  disk: said('disk full', 'saving fewer checkpoints. Kaggle keeps about 20 GB.'),
  hours: said('GPU hours used up', 'waiting for the refill, or a CPU run.'),
  denied: said(CODE, 'verifying the phone number of the account: Kaggle did not allow it internet or a GPU.'),
  playground: said('the playground was stopped', 'running it again.'),
  // What has no class of its own keeps the general class; only the advice is nearer to the cause.
  format: said(CODE, 'opening the notebook in Jupyter and saving it once.'),
  asks: said(CODE, 'a constant in place of input(): a run has nobody to answer it.'),
  access: said(CODE, 'accepting the terms of what it loads, or attaching a copy from Kaggle.'),
  secret: said(CODE, 'attaching the secret again on Kaggle, or a private dataset: a push does not carry secrets.'),
  wandb: said(CODE, 'WANDB_MODE=offline, or attaching the key as a secret on Kaggle.'),
  readOnly: said(CODE, 'writing to /kaggle/working: /kaggle/input can only be read.'),
  file: said(CODE, 'making the file or its folder first: /kaggle/working is empty when a run starts.'),
  version: said(CODE, 'saving and loading with the same library version.'),
  damaged: said(CODE, 'uploading the file again: it is damaged or only a pointer to another.'),
  library: said(CODE, 'installing with --no-deps: the packages no longer fit together.'),
  systemLibrary: said(CODE, 'a run with a GPU, or the packages of the image: a system library is missing.'),
  importName: said(CODE, 'the version the code was written for: the installed one has no such name.'),
  stopped: said(CODE, 'looking whether somebody stopped it: the code was interrupted from outside.'),
  exit: said(CODE, 'reading the lines above: the code itself ended the run.'),
  command: said(CODE, 'reading what the command printed above its error.'),
  cellLimit: said(CODE, 'splitting the cell: it ran longer than the runner allows.'),
};

/** The class and the advice of a failure, in words for people. */
export function adviceOn(kind: FailureKind, facts: AdviceFacts): Advised {
  if (kind === 'timeLimit') return timeLimit(facts);
  if (kind === 'module') return moduleMissing(facts);
  if (kind === 'internet') return internet(facts);
  if (kind === 'input') return input(facts);
  return FIXED[kind] ?? said(CODE, READ);
}
