import { MINUTE } from '../clock.ts';
import { isAlarming, type ReceiptRecord } from '../domain/receipt.ts';
import { type Run, startedAtOf } from '../domain/run.ts';
import type { Needs } from './needs.ts';

/** No alarm comes in the first minutes of a run. */
const QUIET_MS = 5 * MINUTE;

/**
 * Stores what the check cell of a running run said of the machine, with the alarm it may call for. Once; later words count for
 * nothing.
 */
export function prove(run: Run, receipt: ReceiptRecord, { runs, clock }: Pick<Needs, 'runs' | 'clock'>): void {
  const now = clock.now();
  const startedAt = startedAtOf(runs.byKey(run.key)?.state ?? run.state) ?? now;
  const alarmAt = isAlarming(run.settings.accelerator, receipt) ? Math.max(now, startedAt + QUIET_MS) : null;
  runs.setReceipt(run.key, receipt, now, alarmAt);
}
