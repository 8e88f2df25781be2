import { DAY, SECOND } from '../src/clock.ts';
import type { Reply } from '../src/discord/command.ts';
import { type PreflightView, renderPreflight } from '../src/discord/render/preflight.ts';
import { countWords, type Preflight } from '../src/discord/render/preflight-words.ts';
import { formatInput } from '../src/domain/input.ts';
import { UserError } from '../src/domain/user-error.ts';
import { errorFields } from '../src/log.ts';
import type { Needs } from '../src/steps/needs.ts';
import type { CommitOrder } from '../src/steps/order.ts';
import { checkAhead, countOf, mustAsk, preflight } from '../src/steps/preflight.ts';
import type { Prepared } from '../src/steps/prepare.ts';
import { acceptedReply, type Launched, launch } from './launch.ts';
import type { Rate } from './launch-rate.ts';
import { newPanelKey } from './panel-key.ts';
import { recentOf } from './recent.ts';

/** How long the buttons under a check work. */
const KEPT_MS = DAY;
const PREFLIGHT = 'preflight';
/** Each holds a source of up to a megabyte. */
const MOST_KEPT = 20;
/** A check costs some calls to Kaggle, and a moment of the one program that reads code for everybody. */
const CHECKS_PER_PERSON: Rate = { perMinute: 30, burst: 15 };

/** What stands behind the buttons of a check, as plain JSON in the drafts. */
export type KeptCheck = {
  readonly purpose: PreflightView['purpose'];
  /** Null when nothing can be committed from it: it was committed, or it only holds hints. */
  readonly order: CommitOrder | null;
  /** The settled inputs, so that one more can be added to those a kernel or a run brings. */
  readonly inputs: readonly string[];
  readonly preflight: Preflight;
  readonly changes: readonly string[];
  /** Goes up with every change, so that a button of an earlier state does nothing else than it said. */
  readonly revision: number;
  /** The run that came of it. */
  readonly run: { readonly key: string; readonly number: number; readonly found: Launched['found'] } | null;
};

/** Where a check stands among those that fixes made of the first one. */
export type Thread = Pick<PreflightView, 'key' | 'revision' | 'changes'>;
export const newThread = (): Thread => ({ key: newPanelKey(), revision: 0, changes: [] });

/** @throws UserError when the person checks faster than anybody reads */
export function mayCheck({ user }: CommitOrder, needs: Needs): void {
  const counts = [{ name: `u:${user.id}`, rate: CHECKS_PER_PERSON }];
  const { waitMs } = recentOf(needs).checks.take(counts, needs.clock.mono());
  if (waitMs > 0)
    throw new UserError(`You can check again in ${Math.ceil(waitMs / SECOND)} s.`, 'Nothing was committed.');
}

/** Keeps what the buttons need; the person's alone. */
export function keepCheck(key: string, user: string, kept: KeptCheck, { drafts, clock }: Needs): void {
  const now = clock.now();
  const expiresAt = now + KEPT_MS;
  drafts.keep({ key, discordUser: user, kind: PREFLIGHT, value: kept, expiresAt, most: MOST_KEPT }, now);
}

/** Null when it is older than a day, or somebody else's. */
export const keptCheck = (key: string, user: string, { drafts, clock }: Needs): KeptCheck | null =>
  drafts.find(key, user, PREFLIGHT, clock.now()) as KeptCheck | null;

/**
 * Commits when nothing that was found asks for a decision; else says what to ask. The one way to a run for everything people
 * say or press.
 * @param thread of an earlier check that a fix has changed
 * @param knowing the source (its hash) whose findings the person has seen and commits in spite of
 * @throws UserError
 */
export async function launchChecked(
  order: CommitOrder,
  needs: Needs,
  thread = newThread(),
  knowing: KeptCheck | null = null,
): Promise<Launched | { readonly asks: PreflightView }> {
  mayCheck(order, needs);
  checkAhead(order, needs);
  let found: Preflight | null = null;
  const launched = await launch(order, needs, async (prepared) => {
    found = await preflight(order, prepared, needs);
    const newer = overtaken(thread, order.user.id, needs);
    if (newer !== null) return newer;
    const isKnown = knowing !== null && isNoWorse(found, knowing.preflight);
    return mustAsk(found) && !isKnown ? asking(order, prepared, found, thread, needs) : null;
  });
  if ('instead' in launched) return { asks: launched.instead };
  return { ...launched, ...withFound(order, launched, found, thread, knowing, needs) };
}

/** How a kept check is shown. */
export const viewOf = (key: string, { purpose, preflight: found, changes, revision }: KeptCheck): PreflightView => ({
  purpose,
  preflight: found,
  key,
  revision,
  changes,
});

/**
 * What another press has made of a check in the meantime; null when nothing has, or the run is there already. What the person
 * sees last is then what is kept.
 * @throws UserError when it was cancelled
 */
export function overtaken({ key, revision }: Thread, user: string, needs: Needs): PreflightView | null {
  if (revision === 0) return null;
  const now = keptCheck(key, user, needs);
  if (now === null) throw new UserError('This check was cancelled.', 'Nothing was committed.');
  return now.run !== null || now.revision === revision - 1 ? null : viewOf(key, now);
}

/** Whether a person who has decided about one check has decided about the other too. */
function isNoWorse(now: Preflight, seen: Preflight): boolean {
  if (now.sourceHash !== seen.sourceHash) return false;
  const known = new Set(seen.findings.map(({ rule, at }) => JSON.stringify([rule, at])));
  return now.findings.every(
    ({ severity, rule, at }) => severity !== 'blocker' || known.has(JSON.stringify([rule, at])),
  );
}

/** The same as a reply: the accepted run, or the panel that asks. @throws UserError */
export async function commitChecked(
  order: CommitOrder,
  needs: Needs,
  thread = newThread(),
  knowing: KeptCheck | null = null,
): Promise<Reply> {
  const launched = await launchChecked(order, needs, thread, knowing);
  return 'asks' in launched ? { body: renderPreflight(launched.asks) } : acceptedReply(launched, needs);
}

function asking(
  order: CommitOrder,
  { settings }: Prepared,
  found: Preflight,
  thread: Thread,
  needs: Needs,
): PreflightView {
  const { key, ...where } = thread;
  const inputs = settings.inputs.map(formatInput);
  keepCheck(key, order.user.id, { purpose: 'commit', order, inputs, preflight: found, ...where, run: null }, needs);
  return { purpose: 'commit', preflight: found, ...thread };
}

/** What the reply says of the findings that were let pass; kept where a button shows them. */
function withFound(
  order: CommitOrder,
  { run }: Launched,
  found: Preflight | null,
  { key, changes, revision }: Thread,
  knowing: KeptCheck | null,
  needs: Needs,
): Pick<Launched, 'found'> {
  if (found === null) return {};
  const hints = countOf(found.findings, 'hint');
  const passed = found.findings.filter(({ severity }) => severity !== 'hint');
  const said = { hints, key: hints > 0 ? key : null, spite: passed.length > 0 ? countWords(passed) : null };
  // A second press of a button that was pressed must find what came of the first one.
  if (hints === 0 && knowing === null && revision === 0) return { found: said };
  const { key: runKey, number } = run;
  const kept = { order: null, inputs: [], preflight: found, changes, revision };
  try {
    keepCheck(key, order.user.id, { purpose: 'commit', ...kept, run: { key: runKey, number, found: said } }, needs);
    return { found: said };
  } catch (error) {
    // The run is accepted; a full disk costs the button only.
    needs.log.warn(errorFields(error), 'The hints of a run could not be kept');
    return { found: { ...said, key: null } };
  }
}
