import { HOUR, MINUTE } from '../clock.ts';
import { formatKernel } from '../domain/kernel.ts';
import type { Run } from '../domain/run.ts';
import { KaggleError, type KernelListed } from '../kaggle/kaggle.ts';
import { errorFields } from '../log.ts';
import { markerOf } from '../notebook/marker.ts';
import { accountOf } from './credential.ts';
import { pushedAs } from './find-ours.ts';
import type { InHand } from './in-hand.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';
import { pullOrNull } from './order-source.ts';
import { adopt, type PushNeeds } from './push.ts';

export type ReconcileNeeds = PushNeeds & Pick<Needs, 'meta' | 'backups'>;

/** So many of a person's kernels are looked at, those that ran last. */
const MOST_KERNELS = 20;
/** A copy's time is of our clock, a kernel's of Kaggle's. */
const CLOCKS_DIFFER_MS = HOUR;
/** Nobody waits longer than this for accounts that Kaggle does not show. What is in doubt stays safe without: it is looked for. */
const GIVE_UP_MS = 5 * MINUTE;
const AGAIN_MS = 10_000;

const RESTORED = 'restored-at';
const UNKNOWN = 'unknown-versions';

/**
 * To be called at the start, before anybody can ask for anything. If a copy was put in the place of the database, every run
 * that it shows as not pushed yet may have been pushed since: each is taken for a push whose answer was lost, so that it is
 * looked for at Kaggle, twice and over the settle time, before it is pushed (recover.ts).
 */
export function takeRestored(needs: Pick<Needs, 'runs' | 'meta' | 'backups' | 'clock' | 'log'>): void {
  const { runs, meta, backups, clock, log } = needs;
  if (backups.restoredFrom === null) return;
  const at = clock.now();
  const waiting = runs.notPushed();
  for (const run of waiting) {
    const baseVersion = runs.newestVersion(formatKernel(run.settings.kernel));
    const pushing = runs.move(run, { type: 'pushStarted', at, baseVersion }, { dueAt: at });
    if (pushing !== null) runs.move(pushing, { type: 'pushDoubted', at }, { dueAt: at });
  }
  meta.set(RESTORED, String(at));
  log.warn({ madeAt: backups.restoredFrom, looked: waiting.length }, 'a backup was put in the place of the database');
}

/** Whether what is owed for this run may have been sent without the database knowing: a copy was restored after it began. */
export function mayHaveBeenSent(run: Run, { meta }: Pick<Needs, 'meta'>): boolean {
  const at = meta.get(RESTORED);
  return at !== null && run.acceptedAt <= Number(at);
}

/** How many versions Kaggle has shown that carry our mark and belong to no run that is known, e.g. after a restore. */
export const countUnknown = ({ meta }: Pick<Needs, 'meta'>): number => unknownIn(meta).length;

const unknownIn = (meta: Needs['meta']): string[] => JSON.parse(meta.get(UNKNOWN) ?? '[]') as string[];

/**
 * After a restore, one account: its newest kernels are compared with what the database knows. Until all accounts were seen
 * nothing is pushed and nothing is said (tick.ts).
 * @returns whether there was one.
 */
export async function reconcileNext(needs: ReconcileNeeds, _inHand: InHand = new Set()): Promise<boolean> {
  const { accounts, backups, clock, log } = needs;
  if (backups.restoredFrom === null) return false;
  const memory = memoryOf(needs);
  memory.reconciling ??= { since: clock.mono(), againAt: clock.mono(), done: new Set() };
  const { since, againAt, done } = memory.reconciling;
  if (clock.mono() < againAt) return false;
  const person = accounts.linked().find((one) => !done.has(one));
  if (person === undefined || clock.mono() - since >= GIVE_UP_MS) {
    if (person !== undefined) log.warn({}, 'not all accounts could be compared with Kaggle');
    memory.reconciling = null;
    backups.takenUp();
    log.info({ unknown: countUnknown(needs) }, 'the restored database was compared with Kaggle');
    return true;
  }
  try {
    await compare(person, backups.restoredFrom, needs);
    done.add(person);
  } catch (error) {
    if (error instanceof KaggleError && error.isOutage) memory.reconciling.againAt = clock.mono() + AGAIN_MS;
    else done.add(person);
    log.warn({ person, err: errorFields(error) }, 'an account could not be compared with Kaggle');
  }
  return true;
}

async function compare(person: string, madeAt: number, needs: ReconcileNeeds): Promise<void> {
  const { accounts, kaggle } = needs;
  const account = accounts.of(person);
  if (account === null) return;
  const listed = await kaggle.kernels(account.credential, '', MOST_KERNELS);
  const ranSince = ({ lastRunAt }: KernelListed) => lastRunAt === null || lastRunAt >= madeAt - CLOCKS_DIFFER_MS;
  for (const { ref } of listed.filter(ranSince)) {
    const seen = await pullOrNull(account.credential, ref, needs);
    const key = seen === null ? null : markerOf(seen.source);
    if (seen === null || key === null) continue;
    const run = needs.runs.byKey(key);
    if (run === null) noteUnknown(`${formatKernel(seen.ref)} ${seen.currentVersion}`, needs);
    // The mark is a text in a notebook that anybody may have written; it counts on the run's own account alone.
    else if (run.state.phase === 'pushing' && accountOf(run) === account.kaggleUser)
      adopt(run, pushedAs(run, seen.ref, seen.currentVersion, seen, needs.clock.now()), needs);
  }
}

/** Whose channel it was asked for in is not known, so nobody can be told; whoever runs the bot sees that there is one. */
function noteUnknown(version: string, { meta, log }: ReconcileNeeds): void {
  const known = unknownIn(meta);
  if (known.includes(version)) return;
  meta.set(UNKNOWN, JSON.stringify([...known, version]));
  log.warn({ version }, 'a version at Kaggle carries our mark and belongs to no run that is known');
}
