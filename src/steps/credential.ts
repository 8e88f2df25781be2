import { formatKernel } from '../domain/kernel.ts';
import { kernelOf, type Run } from '../domain/run.ts';
import type { Credential } from '../kaggle/kaggle.ts';
import type { Needs } from './needs.ts';

/**
 * What to show Kaggle when acting for a run, or for a person (their Discord id). Null when nothing is linked; for a run also
 * when its launcher has linked another Kaggle account since: that one may not speak for it.
 */
export function credentialOf(of: Run | string, { accounts }: Pick<Needs, 'accounts'>): Credential | null {
  if (typeof of === 'string') return accounts.of(of)?.credential ?? null;
  const account = accounts.of(of.launcher.id);
  return account !== null && account.kaggleUser === accountOf(of) ? account.credential : null;
}

/** The Kaggle account a run belongs to: its line, its sessions, its hours. */
export const accountOf = (run: Pick<Run, 'settings'>): string => run.settings.kernel.owner;

/** `owner/slug` as Kaggle named it, else as it was asked for. */
export const kernelName = (run: Run): string => formatKernel(kernelOf(run));
