import { type Accelerator, acceleratorFacts } from './accelerator.ts';

/** One GPU as nvidia-smi names it; empty texts where only a framework spoke. */
export type GpuSeen = { readonly name: string; readonly memory: string; readonly driver: string };

/**
 * What the check cell of a run said of its machine.
 * `works`: a real operation passed on it (or nvidia-smi alone spoke, where the notebook imports no framework). `failed`: the
 * operation failed, but other code of the notebook may still use the GPU, so the run goes on. `dead`, `missing`: it ended the run.
 * `unsure`: something unforeseen, which is no reason to end anything.
 */
export type ReceiptRecord = {
  readonly verdict: 'works' | 'failed' | 'dead' | 'missing' | 'unsure';
  /** `torch`, `tensorflow`, `jax`, `nvidia-smi`; null when nothing was tried. */
  readonly by: string | null;
  readonly gpus: readonly GpuSeen[];
  readonly error: string | null;
};

/** `Tesla P100-PCIE-16GB` is called `Tesla P100`: the bus and the memory tell nobody anything here. */
const shortName = (name: string): string => name.replace(/-(?:PCIE|SXM\d?)(?:-\d+GB)?$/i, '');

/** `2 × Tesla T4`; several kinds with commas between. Empty without any. */
export function gotWords(gpus: readonly GpuSeen[]): string {
  const counts = new Map<string, number>();
  for (const { name } of gpus) counts.set(shortName(name), (counts.get(shortName(name)) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} × ${name}`).join(', ');
}

/** Whether these are the GPUs of the machine that was asked for, in kind and number. */
export function isAsAsked(accelerator: Accelerator, gpus: readonly GpuSeen[]): boolean {
  const { gpus: expected } = acceleratorFacts(accelerator);
  if (expected === undefined) return true;
  return gpus.length === expected.count && gpus.every(({ name }) => expected.named.test(name));
}

/** What has no memory is a stand-in of a GPU, not another one: it says nothing of what was asked for. */
export const isStandIn = (gpus: readonly GpuSeen[]): boolean => gpus.some(({ memory }) => /^0(?: |$)/.test(memory));

/** Whether somebody must hear of it: another GPU than asked for, or one on which the check failed. */
export const isAlarming = (accelerator: Accelerator, { verdict, gpus }: ReceiptRecord): boolean =>
  gpus.length > 0 &&
  (verdict === 'works' || verdict === 'failed' || verdict === 'unsure') &&
  !isStandIn(gpus) &&
  (verdict === 'failed' || !isAsAsked(accelerator, gpus));
