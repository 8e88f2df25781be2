import { createHash, randomBytes } from 'node:crypto';
import { HOUR } from '../clock.ts';
import { formatKernel, type KernelRef, parseKernelRef, sameKernel } from '../domain/kernel.ts';
import { kernelPage } from '../domain/links.ts';
import { pushedOf, type Run, type RunSettings, type RunState } from '../domain/run.ts';
import { numberedBy, type Place } from '../domain/scope.ts';
import { UserError } from '../domain/user-error.ts';
import { clean, cutEnd, escapeText } from '../domain/words.ts';
import { type Credential, KaggleError, type KernelSeen, type SessionSeen } from '../kaggle/kaggle.ts';
import { readPulled } from '../notebook/read.ts';
import { explainKaggle } from './explain.ts';
import type { Needs } from './needs.ts';
import { pullOrNull } from './order-source.ts';
import { NotLinkedError } from './prepare.ts';
import { acceleratorOfKernel, ceilingOf } from './problems.ts';

export type WatchNeeds = Pick<Needs, 'runs' | 'accounts' | 'kaggle' | 'clock' | 'health' | 'settings' | 'log'>;

export type WatchOrder = {
  /** Makes watching idempotent: one interaction, one run. */
  readonly interactionId: string;
  readonly user: { readonly id: string; readonly name: string };
  readonly place: Place;
  /** As typed: `owner/slug` or an address. */
  readonly kernel: string;
  /** As typed; the newest when nothing is. */
  readonly version?: string;
};

export type Watched = {
  readonly run: Run;
  readonly isNew: boolean;
  /** It had ended before it was watched; `untimed`: and Kaggle does not tell when. */
  readonly over?: 'timed' | 'untimed';
};

export const NOTHING_WATCHED = 'Nothing is watched.';
/** No session at Kaggle lasts longer; what ran last before that is another one. */
const LONGEST_SESSION_MS = 13 * HOUR;
const LISTED = 20;

/**
 * Follows a version that was not pushed from here: it becomes a run of this place that begins where Kaggle is with it, and is
 * told like any other. One that has ended is told at once.
 * @returns `isNew` false: it is followed here already (whoever began it), or the same interaction came twice.
 * @throws UserError when there is no such version, it never ran, or it is not the person's; then nothing is stored.
 */
export async function watch(order: WatchOrder, needs: WatchNeeds): Promise<Watched> {
  const { runs, accounts, health, clock } = needs;
  const known = runs.ofInteraction(order.interactionId);
  if (known !== null) return { run: known, isNew: false };
  const account = accounts.of(order.user.id);
  if (account === null) throw new NotLinkedError();
  const kernel = parseKernelRef(order.kernel);
  if (kernel === null || kernel.owner !== account.kaggleUser) throw notTheirs(kernel, order.kernel, account.kaggleUser);
  const said = versionSaid(order.version);
  try {
    return await watchOwn(order, kernel, said, account.credential, needs);
  } catch (error) {
    if (!(error instanceof KaggleError)) throw error;
    if (error.kind === 'unavailable' || error.kind === 'unreadable') health.failed(clock.now(), account.kaggleUser);
    throw explainKaggle(error, { downSince: health.downSince, nothing: NOTHING_WATCHED });
  }
}

/** What was typed as a version: a number, or `latest` for the newest. @throws UserError */
export function versionSaid(said: string | undefined): number | 'latest' {
  const text = (said ?? '').trim().toLowerCase();
  if (text === '' || text === 'latest' || text === 'newest') return 'latest';
  const number = /^(?:version|v)?\s*(\d{1,6})$/.exec(text)?.[1];
  if (number !== undefined && Number(number) > 0) return Number(number);
  throw new UserError(
    `I cannot read the version “${escapeText(cutEnd(clean(text), 40))}”.`,
    `Write \`v4\` or \`latest\`. ${NOTHING_WATCHED}`,
  );
}

async function watchOwn(
  order: WatchOrder,
  kernel: KernelRef,
  said: number | 'latest',
  credential: Credential,
  needs: WatchNeeds,
): Promise<Watched> {
  const { runs, kaggle, health, clock, log } = needs;
  const newest = await pullOrNull(credential, kernel, needs);
  health.answered(clock.now(), kernel.owner);
  if (newest === null) throw notTheirs(kernel, order.kernel, kernel.owner);
  const version = said === 'latest' ? newest.currentVersion : said;
  const name = escapeText(kernel.slug);
  if (newest.currentVersion === 0) throw new UserError(`${name} has no saved version yet.`, NOTHING_WATCHED);
  if (version > newest.currentVersion)
    throw new UserError(
      `${name} has no version ${version}.`,
      `The newest is v${newest.currentVersion}. ${NOTHING_WATCHED}`,
    );
  const here = followedHere(order, kernel, version, needs);
  if (here !== null) return { run: here, isNew: false };
  const session = await absentAsNull(kaggle.session(credential, kernel, version));
  if (session === null)
    throw new UserError(
      `Kaggle shows no run of ${name} v${version}.`,
      `That version was deleted, or saved without running. ${NOTHING_WATCHED}`,
    );
  const seen =
    version === newest.currentVersion ? newest : await absentAsNull(kaggle.kernel(credential, kernel, version));
  // Kaggle tells when a notebook ran last, and of no other version than that.
  const ranAt = version === newest.currentVersion ? await lastRunAt(credential, kernel, needs) : null;
  // Asked for twice at once, the other one may have been quicker.
  const meanwhile = followedHere(order, kernel, version, needs);
  if (meanwhile !== null) return { run: meanwhile, isNew: false };
  const now = clock.now();
  const { settings, source } = watchedSettings(kernel, version, seen ?? newest, seen !== null, needs);
  const accepted = runs.accept(
    {
      key: randomBytes(16).toString('base64url'),
      interactionId: order.interactionId,
      place: order.place,
      launcher: order.user,
      settings,
      sourceHash: createHash('sha256').update(source).digest('hex'),
      acceptedAt: now,
    },
    source,
    stateOf(kernel, version, session, ranAt, now),
  );
  if (accepted.isNew) log.info({ run: accepted.run.key, kernel: formatKernel(kernel), version }, 'a run is watched');
  return session.kind === 'ended' ? { ...accepted, over: ranAt === null ? 'untimed' : 'timed' } : accepted;
}

/** Where Kaggle is with it. What has ended begins as queued too: the first look finds the end and what it left. */
function stateOf(
  kernel: KernelRef,
  version: number,
  session: SessionSeen,
  ranAt: number | null,
  now: number,
): Extract<RunState, { phase: 'queued' | 'running' }> {
  const startedAt = ranAt !== null && ranAt <= now ? ranAt : null;
  const pushed = { kernel, version, page: null, at: startedAt ?? now, inputsDropped: [] };
  const isOn = session.kind === 'running' && startedAt !== null && now - startedAt < LONGEST_SESSION_MS;
  return isOn ? { phase: 'running', pushed, startedAt, stopping: session.stopping } : { phase: 'queued', pushed };
}

/** The run of this place that has this version, whoever began it and however it stands. */
function followedHere(order: WatchOrder, kernel: KernelRef, version: number, { runs }: WatchNeeds): Run | null {
  const scope = { guildId: order.place.kind === 'guild' ? order.place.guildId : null, userId: order.user.id };
  const by = numberedBy(order.place, order.user.id);
  const found = runs.ofVersion(formatKernel(kernel), version, by);
  return found === null ? null : runs.seen(scope, found.key);
}

async function absentAsNull<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof KaggleError && (error.kind === 'forbidden' || error.kind === 'notFound')) return null;
    throw error;
  }
}

/** A courtesy: without it the run is followed all the same. */
async function lastRunAt(credential: Credential, kernel: KernelRef, { kaggle }: WatchNeeds): Promise<number | null> {
  try {
    const listed = await kaggle.kernels(credential, kernel.slug.replaceAll('-', ' '), LISTED);
    return listed.find(({ ref }) => sameKernel(ref, kernel))?.lastRunAt ?? null;
  } catch (error) {
    if (error instanceof KaggleError) return null;
    throw error;
  }
}

/** As far as Kaggle tells: of its settings it gives those of the newest version, and no limit. */
function watchedSettings(
  kernel: KernelRef,
  version: number,
  seen: KernelSeen,
  hasSource: boolean,
  { settings: { web, sessionHours } }: WatchNeeds,
): { settings: RunSettings; source: string } {
  const accelerator = acceleratorOfKernel(seen);
  const source = hasSource ? seen.source : '';
  return {
    source,
    settings: {
      kernel,
      title: seen.title === '' ? kernel.slug : seen.title,
      ...readable(seen, source),
      accelerator,
      inputs: seen.inputs,
      internet: seen.internet,
      isPublic: !seen.isPrivate,
      limitMinutes: ceilingOf(accelerator, sessionHours),
      note: null,
      origin: { from: 'watch', name: `${formatKernel(kernel)} v${version}`, link: kernelPage(web, kernel) },
    },
  };
}

/** What cannot be read as a notebook ran all the same. */
function readable(seen: KernelSeen, source: string): Pick<RunSettings, 'kind' | 'language' | 'cells'> {
  try {
    const { kind, language, cells } = readPulled(seen.kind, seen.language, source, formatKernel(seen.ref));
    return { kind, language, cells };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { kind: seen.kind, language: 'python', cells: 0 };
  }
}

const notTheirs = (kernel: KernelRef | null, said: string, account: string): UserError =>
  new UserError(
    `${escapeText(kernel === null ? cutEnd(clean(said), 80) : formatKernel(kernel))} is not a notebook of ${escapeText(account)}.`,
    NOTHING_WATCHED,
  );

/** A watched version that had ended before anybody here looked: when it ran is reckoned from what Kaggle tells. */
export const wasOverBefore = (run: Run): boolean =>
  run.settings.origin.from === 'watch' && run.state.phase === 'finishing' && run.state.startedAt === null;

/**
 * When a watched run went on, from its log, which is timed from the session's start. Null: nothing better is known than what
 * was seen.
 * @param seconds The time of the log's last line.
 */
export function watchedTimes(run: Run, seconds: number): { startedAt: number; endedAt: number } | null {
  if (run.settings.origin.from !== 'watch' || run.state.phase !== 'finishing') return null;
  const ranAt = pushedOf(run.state)?.at ?? run.acceptedAt;
  const ms = Math.round(seconds * 1_000);
  const { endedAt } = run.state;
  if (!wasOverBefore(run)) return ms === 0 ? null : { startedAt: endedAt - ms, endedAt };
  const end = ranAt < run.acceptedAt ? Math.min(endedAt, ranAt + ms) : endedAt;
  return { startedAt: end - ms, endedAt: end };
}
