import { createHash, randomBytes } from 'node:crypto';
import { acceleratorFacts } from '../domain/accelerator.ts';
import { formatKernel } from '../domain/kernel.ts';
import type { Run, RunSettings } from '../domain/run.ts';
import { UserError } from '../domain/user-error.ts';
import { withMarker } from '../notebook/marker.ts';
import { MAX_SOURCE_BYTES } from '../notebook/read.ts';
import { withReceipt } from '../notebook/receipt.ts';
import type { Needs } from './needs.ts';
import type { CommitOrder } from './order.ts';
import { type Prepared, type PrepareNeeds, prepare } from './prepare.ts';
import { NOTHING } from './problems.ts';

export type SubmitNeeds = PrepareNeeds & Pick<Needs, 'log' | 'storage'>;

/** What room there is belongs to the runs that are under way. */
class StorageFullError extends UserError {
  constructor() {
    super(
      'The storage of this bot is full.',
      `${NOTHING} Whoever runs it has to free some space; runs under way are followed.`,
    );
  }
}

/**
 * Accepts an order as a run, after everything that can be checked beforehand was checked. The same interaction twice gives
 * the same run (`isNew` false then).
 * @param preflight looks at what was prepared before anything is stored; what it gives instead of null is the result then
 * @returns the run and how long the checks took, in ms.
 * @throws UserError that names every problem (NotLinkedError when no account is linked); then nothing is stored.
 */
export async function submit(order: CommitOrder, needs: SubmitNeeds): Promise<Submitted>;
export async function submit<Instead>(
  order: CommitOrder,
  needs: SubmitNeeds,
  preflight: (prepared: Prepared) => Promise<Instead | null>,
): Promise<Submitted | { readonly instead: Instead }>;
export async function submit<Instead>(
  order: CommitOrder,
  needs: SubmitNeeds,
  preflight?: (prepared: Prepared) => Promise<Instead | null>,
): Promise<Submitted | { readonly instead: Instead }> {
  const { runs, clock, storage } = needs;
  const begun = clock.mono();
  const known = runs.ofInteraction(order.interactionId);
  if (known !== null) return { run: known, isNew: false, checkedMs: 0 };
  if (storage.isFull) throw new StorageFullError();
  const prepared = await prepare(order, needs);
  const instead = (await preflight?.(prepared)) ?? null;
  if (instead !== null) return { instead };
  try {
    return { ...accept(order, prepared, needs), checkedMs: Math.max(0, clock.mono() - begun) };
  } catch (error) {
    throw storage.tells(error) ? new StorageFullError() : error;
  }
}

export type Submitted = { readonly run: Run; readonly isNew: boolean; readonly checkedMs: number };

function accept(
  order: CommitOrder,
  { source, settings: chosen }: Prepared,
  { runs, guilds, clock, log }: SubmitNeeds,
): { run: Run; isNew: boolean } {
  const key = randomBytes(16).toString('base64url');
  const { kind, language } = chosen;
  const guild = guilds.settings(order.place.kind === 'guild' ? order.place.guildId : null);
  const isProved = (guild.receipt ?? true) && acceleratorFacts(chosen.accelerator).kind === 'gpu';
  const mark = (text: string): string => withMarker({ kind, language, text }, key);
  const proved = isProved ? withReceipt({ kind, language, text: source.text }) : null;
  // What just fits is not refused for the sake of the check.
  const receipt = proved !== null && Buffer.byteLength(mark(proved)) <= MAX_SOURCE_BYTES;
  const text = mark(receipt ? proved : source.text);
  const settings: RunSettings = { ...chosen, receipt };
  const accepted = runs.accept(
    {
      key,
      interactionId: order.interactionId,
      place: order.place,
      launcher: order.user,
      settings,
      sourceHash: createHash('sha256').update(text).digest('hex'),
      acceptedAt: clock.now(),
    },
    text,
  );
  if (accepted.isNew) log.info({ run: key, kernel: formatKernel(settings.kernel) }, 'a run is accepted');
  return accepted;
}
