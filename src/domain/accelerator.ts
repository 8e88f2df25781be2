/**
 * The machines a run can ask for, as Kaggle names them (`machineShape`) and as people say them.
 * Source: reference/kaggle-api.md 5.2 and kaggle-environment.md 6, as of 2026-11.
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
  },
  {
    id: 'NvidiaL4X1',
    kind: 'gpu',
    label: 'GPU L4 x1',
    short: 'L4 x1',
    hint: 'some competitions only',
    offered: false,
    spoken: ['l4x1'],
  },
  {
    id: 'NvidiaTeslaA100',
    kind: 'gpu',
    label: 'GPU A100',
    short: 'A100',
    hint: 'some competitions only',
    offered: false,
    spoken: ['a100'],
  },
  {
    id: 'NvidiaH100',
    kind: 'gpu',
    label: 'GPU H100',
    short: 'H100',
    hint: 'some competitions only',
    offered: false,
    spoken: ['h100'],
  },
  {
    id: 'NvidiaRtxPro6000',
    kind: 'gpu',
    label: 'GPU RTX Pro 6000',
    short: 'RTX Pro 6000',
    hint: 'some competitions only',
    offered: false,
    spoken: ['rtxpro6000', 'rtx6000'],
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

/** Taken off by Kaggle about 2026-09-14: a push with one of these is accepted and silently runs on something else. */
export const RETIRED: ReadonlyMap<string, string> = new Map([
  ['nvidiateslap100', 'GPU P100'],
  ['p100', 'GPU P100'],
  ['gpup100', 'GPU P100'],
  ['tpuv38', 'TPU v3-8'],
  ['tpu1vmv38', 'TPU v3-8'],
  ['v38', 'TPU v3-8'],
]);

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

export const retiredName = (text: string): string | null => RETIRED.get(plain(text)) ?? null;
