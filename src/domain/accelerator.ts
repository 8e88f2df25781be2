/**
 * The machines a run can ask for, as Kaggle names them (`machineShape`) and as people say them.
 * Source: Kaggle's own client and public run logs, as of 2026-11.
 */
export type Accelerator =
  | 'none'
  | 'NvidiaTeslaT4'
  | 'TpuV5E8'
  | 'NvidiaL4'
  | 'NvidiaL4X1'
  | 'NvidiaTeslaA100'
  | 'NvidiaH100'
  | 'NvidiaRtxPro6000'
  | 'TpuV6E8';

export type AcceleratorKind = 'cpu' | 'gpu' | 'tpu';

export type AcceleratorFacts = {
  readonly id: Accelerator;
  readonly kind: AcceleratorKind;
  /** As the card says it: `GPU T4 x2`. */
  readonly label: string;
  /** As the GPU line says it: `T4 x2`. */
  readonly short: string;
  /** One line for the list of choices. */
  readonly hint: string;
  /** Open to every account; the others exist in some competitions only. */
  readonly offered: boolean;
  readonly spoken: readonly string[];
  /** How many GPUs it has, and what each is called by nvidia-smi; of GPU machines only. */
  readonly gpus?: { readonly count: number; readonly named: RegExp };
};

export const ACCELERATORS: readonly AcceleratorFacts[] = [
  {
    id: 'NvidiaTeslaT4',
    kind: 'gpu',
    label: 'GPU T4 x2',
    short: 'T4 x2',
    hint: 'the usual one; Kaggle has no single T4',
    offered: true,
    spoken: ['gpu', 't4', 't4x2'],
    gpus: { count: 2, named: /\bT4\b/i },
  },
  {
    id: 'TpuV5E8',
    kind: 'tpu',
    label: 'TPU v5e-8',
    short: 'TPU v5e-8',
    hint: 'may get an image without TPU support',
    offered: true,
    spoken: ['tpu', 'v5e', 'v5e8', 'tpuv5e'],
  },
  {
    id: 'none',
    kind: 'cpu',
    label: 'CPU',
    short: 'CPU',
    hint: 'uses no GPU hours',
    offered: true,
    spoken: ['cpu', 'no', 'off'],
  },
  {
    id: 'NvidiaL4',
    kind: 'gpu',
    label: 'GPU L4 x4',
    short: 'L4 x4',
    hint: 'some competitions only',
    offered: false,
    spoken: ['l4', 'l4x4'],
    gpus: { count: 4, named: /\bL4\b/i },
  },
  {
    id: 'NvidiaL4X1',
    kind: 'gpu',
    label: 'GPU L4 x1',
    short: 'L4 x1',
    hint: 'some competitions only',
    offered: false,
    spoken: ['l4x1'],
    gpus: { count: 1, named: /\bL4\b/i },
  },
  {
    id: 'NvidiaTeslaA100',
    kind: 'gpu',
    label: 'GPU A100',
    short: 'A100',
    hint: 'some competitions only',
    offered: false,
    spoken: ['a100'],
    gpus: { count: 1, named: /\bA100\b/i },
  },
  {
    id: 'NvidiaH100',
    kind: 'gpu',
    label: 'GPU H100',
    short: 'H100',
    hint: 'some competitions only',
    offered: false,
    spoken: ['h100'],
    gpus: { count: 1, named: /\bH100\b/i },
  },
  {
    id: 'NvidiaRtxPro6000',
    kind: 'gpu',
    label: 'GPU RTX Pro 6000',
    short: 'RTX Pro 6000',
    hint: 'some competitions only',
    offered: false,
    spoken: ['rtxpro6000', 'rtx6000'],
    gpus: { count: 1, named: /\bRTX PRO 6000\b/i },
  },
  {
    id: 'TpuV6E8',
    kind: 'tpu',
    label: 'TPU v6e-8',
    short: 'TPU v6e-8',
    hint: 'some competitions only',
    offered: false,
    spoken: ['v6e', 'v6e8', 'tpuv6e'],
  },
];

/** A machine Kaggle no longer has. */
export type Retired = {
  readonly label: string;
  readonly spoken: readonly string[];
  /** About when it went, as `2026-09-14`; null where no date was reported. */
  readonly since: string | null;
  /** What a push that asks for it runs on today. Kaggle accepts such a push and says nothing. */
  readonly instead: Accelerator;
};

/**
 * The one table of machines that are gone. Sources: Kaggle's announcements and reports in its client's issues, as of 2026-11.
 * A single T4 never was one of them: Kaggle gives both or none, so `t4` is read as T4 x2.
 */
export const RETIRED: readonly Retired[] = [
  {
    label: 'GPU P100',
    spoken: ['nvidiateslap100', 'p100', 'gpup100', 'teslap100'],
    since: '2026-09-14',
    instead: 'NvidiaTeslaT4',
  },
  {
    label: 'TPU v3-8',
    spoken: ['tpuv38', 'tpu1vmv38', 'v38', 'tpuv3', 'v3'],
    since: null,
    instead: 'TpuV5E8',
  },
  { label: 'GPU K80', spoken: ['nvidiateslak80', 'k80', 'gpuk80'], since: null, instead: 'NvidiaTeslaT4' },
];

export const DEFAULT_ACCELERATOR: Accelerator = 'NvidiaTeslaT4';

const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

export function acceleratorFacts(id: Accelerator): AcceleratorFacts {
  const facts = ACCELERATORS.find((one) => one.id === id);
  if (facts === undefined) throw new Error(`no accelerator ${id}`);
  return facts;
}

/** Reads what people say: `GPU T4 x2`, `t4`, `NvidiaTeslaT4`, `cpu`. Null when it is none of ours (see RETIRED). */
export function parseAccelerator(text: string): Accelerator | null {
  const said = plain(text);
  const match = ACCELERATORS.find(
    (one) => plain(one.id) === said || plain(one.label) === said || one.spoken.includes(said),
  );
  return match?.id ?? null;
}

/** The machine people mean that is gone; null when it is none of those. */
export const retiredMachine = (text: string): Retired | null =>
  RETIRED.find(({ spoken }) => spoken.includes(plain(text))) ?? null;

export const retiredName = (text: string): string | null => retiredMachine(text)?.label ?? null;
