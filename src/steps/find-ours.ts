import { createHash } from 'node:crypto';
import { formatInput } from '../domain/input.ts';
import { type KernelRef, sameKernel } from '../domain/kernel.ts';
import type { Pushed, Run } from '../domain/run.ts';
import { type Credential, KaggleError, type KernelSeen } from '../kaggle/kaggle.ts';
import { markerOf } from '../notebook/marker.ts';
import type { Needs } from './needs.ts';
import { pullOrNull } from './order-source.ts';

type FindNeeds = Pick<Needs, 'kaggle' | 'runs' | 'clock'>;

/**
 * So many versions are looked through at either end: ours was among the first after the one before. After a restore the one
 * before is not known, and ours is among the newest.
 */
const MOST_VERSIONS = 20;
/** So many kernels with our title are looked at, when Kaggle may have given it another address than foreseen. */
const MOST_NAMESAKES = 3;

/** The kernel was there before our push: hidden now is not gone, so nothing was seen that could speak against our version. */
export class HiddenKernelError extends KaggleError {
  constructor() {
    super('forbidden', 'look for a version', { said: 'the notebook is not shown now' });
  }
}

/**
 * Our version at Kaggle, recognised by the marker in its source or by the very bytes; null when it is not there.
 * @param baseVersion Kaggle's newest version before the push in question; 0 when there was no such kernel.
 * @throws KaggleError; HiddenKernelError when Kaggle does not show a kernel that was there.
 */
export async function findOurs(
  run: Run,
  baseVersion: number,
  credential: Credential,
  needs: FindNeeds,
): Promise<Pushed | null> {
  const asked = run.settings.kernel;
  const seen = await pullOrNull(credential, asked, needs);
  if (seen !== null) return findIn(run, seen, baseVersion, credential, needs);
  if (baseVersion > 0) throw new HiddenKernelError();
  // A new kernel gets the address Kaggle makes of its title, and that may be another than the one we foresaw.
  const named = await needs.kaggle.kernels(credential, run.settings.title, 20);
  const namesakes = named.filter(({ ref, title }) => title === run.settings.title && !sameKernel(ref, asked));
  for (const { ref } of namesakes.slice(0, MOST_NAMESAKES)) {
    const other = await pullOrNull(credential, ref, needs);
    const pushed = other === null ? null : await findIn(run, other, 0, credential, needs);
    if (pushed !== null) return pushed;
  }
  return null;
}

async function findIn(
  run: Run,
  newest: KernelSeen,
  baseVersion: number,
  credential: Credential,
  { kaggle, clock }: FindNeeds,
): Promise<Pushed | null> {
  const { currentVersion, ref } = newest;
  // Without a number there is no saved version, whatever the source says: nothing could be followed.
  if (currentVersion > 0 && isOurs(run, newest.source)) return pushedAs(run, ref, currentVersion, newest, clock.now());
  for (let version = baseVersion + 1; version < currentVersion; version++) {
    if (version > baseVersion + MOST_VERSIONS && version < currentVersion - MOST_VERSIONS) continue;
    try {
      const seen = await kaggle.kernel(credential, ref, version);
      if (isOurs(run, seen.source)) return pushedAs(run, ref, version, null, clock.now());
    } catch (error) {
      // A version of which Kaggle keeps nothing was not made by a push that was just accepted.
      if (!(error instanceof KaggleError) || (error.kind !== 'notFound' && error.kind !== 'forbidden')) throw error;
    }
  }
  return null;
}

export const isOurs = (run: Run, source: string): boolean =>
  markerOf(source) === run.key || createHash('sha256').update(source).digest('hex') === run.sourceHash;

/**
 * What the lost answer would have said.
 * @param newest The kernel when the version is its newest: Kaggle tells the attached inputs of no other.
 */
export function pushedAs(run: Run, kernel: KernelRef, version: number, newest: KernelSeen | null, at: number): Pushed {
  const attached = newest?.inputs.map(formatInput) ?? null;
  const inputsDropped =
    attached === null ? [] : run.settings.inputs.map(formatInput).filter((input) => !attached.includes(input));
  return { kernel, version, page: null, at, inputsDropped };
}
