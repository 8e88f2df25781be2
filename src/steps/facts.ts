import { HOUR, MINUTE } from '../clock.ts';
import { isAtKaggle } from '../discord/render/failure-class.ts';
import type { CardView, EndView, Receipt } from '../discord/views.ts';
import { acceleratorFacts } from '../domain/accelerator.ts';
import { formatKernel } from '../domain/kernel.ts';
import { holdersOf, lineKindOf, lineOf } from '../domain/line.ts';
import { outputFilePage } from '../domain/links.ts';
import { gotWords, isAsAsked, isStandIn } from '../domain/receipt.ts';
import type { Report } from '../domain/results.ts';
import { endedAtOf, kernelOf, pushedOf, type Run, startedAtOf } from '../domain/run.ts';
import { numberedBy } from '../domain/scope.ts';
import { wholeOf } from '../domain/whole.ts';
import { failureClass } from '../domain/words.ts';
import { bestBefore } from './best-before.ts';
import { accountOf, kernelName } from './credential.ts';
import { lastingLink } from './lasting-links.ts';
import { earlierDurations } from './look.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';
import { ceilingOf } from './problems.ts';

export type FactNeeds = Pick<
  Needs,
  'runs' | 'notices' | 'accounts' | 'guilds' | 'links' | 'clock' | 'health' | 'settings'
> &
  Partial<Pick<Needs, 'follower'>>;

/** Everything the card says of a run, from what is stored and known. No call goes out. */
export function cardView(run: Run, needs: FactNeeds): CardView {
  const { runs, notices, accounts, clock, health, settings } = needs;
  const now = clock.now();
  const { state } = run;
  const isFollowed = state.phase === 'queued' || state.phase === 'running';
  const end = notices.message(run.key, 'end');
  const down = isFollowed ? health.downSince : null;
  return {
    run,
    web: settings.web,
    now,
    playground: settings.playground,
    outputs: runs.outputs(run.key),
    line: lineFacts(run, needs),
    hours: hoursFacts(run, needs),
    kaggleDown: down === null ? null : { since: down, nextLookAt: Math.max(run.dueAt ?? now, now) },
    tokenRefusedSince: isFollowed || state.phase === 'finishing' ? accounts.refusedSince(run.launcher.id) : null,
    endLink: end === null ? null : messageLink(run, end, needs),
    earlier: earlierFacts(run, needs),
    queueWaits: queueWaits(run, needs),
    progressAt: memoryOf(needs).reached.get(run.key)?.when ?? null,
    newerVersion: newerVersionOf(run, needs),
    receipt: receiptOf(run, now),
    logLines: needs.follower?.tail(run.key, 0)?.total ?? null,
  };
}

/** The check takes two minutes at most, and the log some time to arrive. */
const CHECKING_MS = 5 * MINUTE;

/** What is known of the machine a run got: by its check cell, and by nothing else. */
function receiptOf({ settings, state, receipt = null }: Run, now: number): Receipt {
  if (settings.receipt !== true) return { kind: 'notChecked' };
  if (receipt === null) {
    const isEarly = state.phase === 'running' && now - state.startedAt < CHECKING_MS;
    return { kind: state.phase === 'queued' || isEarly ? 'checking' : 'notChecked' };
  }
  const got = gotWords(receipt.gpus);
  if (got === '' || isStandIn(receipt.gpus)) return { kind: 'notChecked' };
  if (receipt.verdict === 'failed' || receipt.verdict === 'dead') return { kind: 'fails', got };
  if (!isAsAsked(settings.accelerator, receipt.gpus)) return { kind: 'otherThanAsked', got };
  return receipt.verdict === 'works' ? { kind: 'works', got } : { kind: 'notChecked' };
}

/** The address of one of our messages about that run. What went to the direct messages is under `@me`. */
export function messageLink(
  run: Run,
  message: { readonly channelId: string; readonly messageId: string },
  { guilds }: Pick<Needs, 'guilds'>,
): string {
  const { kind, guildId, channelId } = run.place;
  const channels = [channelId, guilds.settings(guildId).channelId];
  const inGuild = kind === 'guild' && guildId !== null && channels.includes(message.channelId);
  return `https://discord.com/channels/${inGuild ? guildId : '@me'}/${message.channelId}/${message.messageId}`;
}

function lineFacts(run: Run, { runs }: FactNeeds): CardView['line'] {
  const { state } = run;
  if (state.phase !== 'waiting' || state.reason.for !== 'slot') return null;
  const alive = runs.aliveOfAccount(accountOf(run));
  const place = lineOf(run, alive).findIndex(({ key }) => key === run.key) + 1;
  const holders = holdersOf(run, alive);
  // Numbers mean something only where they were given; runs of other places are told apart no further than Kaggle's own.
  const here = holders.filter((one) => sameBook(one, run));
  const slots = Number(/count of (\d+)/.exec(state.reason.said)?.[1] ?? holders.length);
  const next = here.map((one) => ({ number: one.number, ...expectedEnd(one, runs) })).sort((a, b) => a.at - b.at)[0];
  const kind = lineKindOf(run);
  return {
    place: Math.max(1, place),
    kind: kind === 'gpu' ? 'GPU' : kind === 'tpu' ? 'TPU' : 'CPU',
    holders: here.map(({ number }) => number),
    foreign: Math.max(0, slots - here.length),
    nextSlotAt: next?.at ?? null,
    nextSlotRun: next?.number ?? null,
    nextSlotBy: next?.by ?? 'forecast',
  };
}

const sameBook = (a: Run, b: Run): boolean => numberedBy(a.place, a.launcher.id) === numberedBy(b.place, b.launcher.id);

/** When a run should end: by its pace, by earlier runs, and at the latest by its limit. */
function expectedEnd(run: Run, runs: Needs['runs']): { at: number; by: 'forecast' | 'limit' } {
  const forecast = forecastOf(run, runs);
  const since = startedAtOf(run.state) ?? pushedOf(run.state)?.at ?? run.acceptedAt;
  const limit = since + run.settings.limitMinutes * MINUTE;
  return forecast === null || since + forecast >= limit
    ? { at: limit, by: 'limit' }
    : { at: since + forecast, by: 'forecast' };
}

/** How long a run should take, in ms; null when nothing speaks for any time. */
function forecastOf(run: Run, runs: Needs['runs']): number | null {
  const { progress } = run;
  const whole = progress === null ? null : wholeOf(progress);
  if (whole !== null && progress?.paceMs != null) return whole.of * progress.paceMs;
  return median(earlierDurations(run, runs));
}

function hoursFacts(run: Run, needs: FactNeeds): CardView['hours'] {
  const { state } = run;
  if (state.phase !== 'waiting' || state.reason.for !== 'hours') return null;
  const known = memoryOf(needs).hours.get(accountOf(run));
  const said = /quota of ([\d.]+) hours/.exec(state.reason.said)?.[1];
  return { total: known?.total ?? Number(said ?? 30), refillAt: known?.refillAt ?? null };
}

function earlierFacts(run: Run, { runs }: FactNeeds): CardView['earlier'] {
  const complete = runs.earlierOfKernel(run, 8).filter(({ state }) => state.phase === 'complete');
  const durations = complete.flatMap(({ state }) =>
    state.phase === 'complete' && state.startedAt !== null ? [state.endedAt - state.startedAt] : [],
  );
  const medianMs = median(durations);
  if (medianMs === null) return null;
  return { count: durations.length, minMs: Math.min(...durations), maxMs: Math.max(...durations), medianMs };
}

/** From so many of the person's own runs on a range is said. */
const WAITS_NEEDED = 3;
const WAITS_LOOKED_AT = 8;

/** How long this person's last runs on such a machine waited for it, while this one waits. */
function queueWaits(run: Run, { runs }: FactNeeds): { minMs: number; maxMs: number } | null {
  if (run.state.phase !== 'queued') return null;
  const { kind } = acceleratorFacts(run.settings.accelerator);
  const waits = runs
    .endedOfLauncher(run.launcher.id, WAITS_LOOKED_AT)
    .filter(({ settings }) => acceleratorFacts(settings.accelerator).kind === kind)
    .flatMap(({ state }) => {
      const [from, to] = [pushedOf(state)?.at, startedAtOf(state)];
      return from === undefined || to === null ? [] : [Math.max(0, to - from)];
    });
  return waits.length < WAITS_NEEDED ? null : { minMs: Math.min(...waits), maxMs: Math.max(...waits) };
}

function median(numbers: readonly number[]): number | null {
  const sorted = [...numbers].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2;
}

/** A version of the notebook above this run's, pushed by us or seen on the way. */
function newerVersionOf(run: Run, needs: FactNeeds): number | null {
  const pushed = pushedOf(run.state);
  if (pushed === null) return null;
  const seen = memoryOf(needs).versions.get(formatKernel(pushed.kernel))?.version ?? 0;
  const newest = Math.max(seen, needs.runs.newestVersion(kernelName(run)));
  return newest > pushed.version ? newest : null;
}

const NO_REPORT: Report = {
  logTail: [],
  logLines: 0,
  progress: null,
  failure: null,
  table: null,
  quota: null,
  gaps: [],
};

/** What depends on how and where the message about the end is sent. */
export type EndDelivery = Pick<
  EndView,
  'mention' | 'files' | 'privateOf' | 'cardLink' | 'late' | 'reduced' | 'silent' | 'moreBelow' | 'tables'
>;

const EPOCHS = /epoch/i;

const speaksOfEpochs = (run: Run, runs: Needs['runs']): boolean =>
  EPOCHS.test(runs.source(run.sourceHash) ?? '') || (run.report?.logTail.some((line) => EPOCHS.test(line)) ?? false);

/** How many other runs Kaggle failed in the hour before this one, of anybody: it is counted when Kaggle failed this one too. */
function alsoFailedAtKaggle(run: Run, { runs, clock }: FactNeeds): number {
  if (!isAtKaggle(failureClass(run))) return 0;
  const since = (endedAtOf(run.state) ?? clock.now()) - HOUR;
  return runs.failedSince(since, run).filter((one) => isAtKaggle(failureClass(one))).length;
}

/** Everything the message about the end of a run says. */
export function endView(run: Run, delivery: EndDelivery, needs: FactNeeds): EndView {
  const { runs, clock, settings } = needs;
  return {
    run,
    web: settings.web,
    now: clock.now(),
    playground: settings.playground,
    outputs: runs.outputs(run.key),
    report: run.report ?? NO_REPORT,
    fileLink: (name) => lastingLink(run, name, needs) ?? outputFilePage(settings.web, kernelOf(run), name),
    bestBefore: bestBefore(run, runs),
    newerVersion: newerVersionOf(run, needs),
    receipt: receiptOf(run, clock.now()),
    speaksOfEpochs: speaksOfEpochs(run, runs),
    ceilingMinutes: ceilingOf(run.settings.accelerator, settings.sessionHours),
    alsoFailed: alsoFailedAtKaggle(run, needs),
    ...delivery,
  };
}
