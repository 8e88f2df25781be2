import { createHash } from 'node:crypto';
import { MINUTE, SECOND } from '../clock.ts';
import type { CheckedFinding, Preflight } from '../discord/render/preflight-words.ts';
import { acceleratorFacts } from '../domain/accelerator.ts';
import { type Finding, type Severity, withoutEchoes, worstFirst } from '../domain/finding.ts';
import { formatKernel } from '../domain/kernel.ts';
import type { Run } from '../domain/run.ts';
import type { Quota } from '../kaggle/kaggle.ts';
import { errorFields } from '../log.ts';
import { statedEpochs } from '../notebook/epochs.ts';
import { readPulled, readSource, type Source } from '../notebook/read.ts';
import { withAttachable } from './attachable.ts';
import { type BudgetFacts, budgetOf, type Earlier } from './budget.ts';
import { quotaOf } from './hours-left.ts';
import { type InTime, inTime } from './in-time.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';
import type { CommitOrder } from './order.ts';
import type { Prepared } from './prepare.ts';
import { ceilingOf } from './problems.ts';

export type PreflightNeeds = Pick<Needs, 'checks' | 'kaggle' | 'runs' | 'clock' | 'log' | 'settings'>;

/** How long each part may keep a person waiting, in ms; what takes longer is left out. */
export type Patience = { readonly code: number; readonly kaggle: number };
const PATIENCE: Patience = { code: 5 * SECOND, kaggle: 2 * SECOND };

const CODE_KEPT_MS = 10 * MINUTE;
const MOST_CODES = 50;
const EARLIER_RUNS = 5;
/** The one hint of a check that could not be made. */
const NOT_CHECKED = 'not-checked';

/**
 * What the notebook of an order would meet on Kaggle: its code, its settings, its inputs, its time. Never throws: a part that
 * fails or hangs is left out with a hint, because a fault of ours must not keep anybody from committing.
 */
export async function preflight(
  order: CommitOrder,
  prepared: Prepared,
  needs: PreflightNeeds,
  patience = PATIENCE,
): Promise<Preflight> {
  const { settings, source, asked } = prepared;
  const read = readPulled(settings.kind, settings.language, source.text, source.name);
  const [code, setup, quota] = await Promise.all([
    inTime(() => codeFindings(read, needs), patience.code),
    setupFindings(order, prepared, read, needs, patience),
    asked === null || acceleratorFacts(settings.accelerator).kind === 'cpu'
      ? null
      : inTime(() => quotaOf(asked, needs), patience.kaggle),
  ]);
  const known = quota?.came ? quota.value : null;
  const reckoned = await inTime(() => budgetOf(budgetFacts(order, prepared, read, known, needs)), patience.code);
  if (!reckoned.came) log(needs, 'budget', reckoned);
  const budget = reckoned.came ? reckoned.value : { findings: [], needsMs: null, pace: null };
  const found = [...partOf('code', code, needs), ...setup, ...(asksAboutTime(order, needs) ? budget.findings : [])];
  return {
    findings: worstFirst(withoutEchoes(found)).map((finding) => withExcerpt(finding, read)),
    name: source.name,
    cells: settings.kind === 'notebook' ? settings.cells : 0,
    needsMs: budget.needsMs,
    pace: budget.pace,
    machine: acceleratorFacts(settings.accelerator).kind,
    limitMinutes: settings.limitMinutes,
    hoursLeft: hoursLeftOf(prepared, known),
    sourceHash: hashOf(source.text),
  };
}

/** Begins to look through the code of a file while Kaggle is asked about the rest: `preflight` then finds it done. */
export function checkAhead({ from }: CommitOrder, needs: Pick<Needs, 'checks' | 'runs' | 'clock'>): void {
  if (from.kind !== 'file') return;
  // Whoever waits for it meets the failure too, and says so.
  codeFindings(readSource(from.name, Buffer.from(from.text, 'utf8')), needs).catch(() => undefined);
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** How many there are of each severity. */
export const countOf = (findings: readonly Finding[], severity: Severity): number =>
  findings.filter((one) => one.severity === severity).length;

/** Whether the person has to be asked: hints alone do not. */
export const mustAsk = ({ findings }: Preflight): boolean => findings.some(({ severity }) => severity !== 'hint');

/**
 * What is found in the code of a source. It does not change with the settings, so what was found is used again for some
 * minutes, and those who ask meanwhile wait for one check.
 */
export function codeFindings(
  source: Source,
  needs: Pick<Needs, 'checks' | 'runs' | 'clock'>,
): Promise<readonly Finding[]> {
  const { codes } = memoryOf(needs);
  const now = needs.clock.mono();
  const name = `${source.kind} ${source.language} ${hashOf(source.text)}`;
  const known = codes.get(name);
  if (known !== undefined && now - known.at < CODE_KEPT_MS) return known.found;
  const found = needs.checks.code(source);
  codes.delete(name);
  codes.set(name, { found, at: now });
  if (codes.size > MOST_CODES)
    for (const [oldest] of [...codes].slice(0, codes.size - MOST_CODES)) codes.delete(oldest);
  const forget = (): void => {
    if (codes.get(name)?.found === found) codes.delete(name);
  };
  // What could not be checked this time may be the next.
  found.then((findings) => (findings.some(({ rule }) => rule === NOT_CHECKED) ? forget() : undefined), forget);
  return found;
}

/**
 * What the settings bring. Of a run that is run again only what is new with the settings that were changed counts: the rest
 * it has met already, and its launcher knows how it ended.
 */
async function setupFindings(
  { from, accelerator: said }: CommitOrder,
  { settings, asked, source }: Prepared,
  read: Source,
  needs: PreflightNeeds,
  patience: Patience,
): Promise<readonly Finding[]> {
  const { accelerator, inputs, internet } = settings;
  const before = from.kind === 'run' ? source.own : null;
  const outcome = await inTime(async () => {
    const chosen = said !== undefined || source.own !== null;
    const now = needs.checks.setup({ source: read, accelerator, inputs, internet, chosen });
    const known = new Set(
      (before === null ? [] : await needs.checks.setup({ source: read, ...before, chosen })).map(same),
    );
    return (await now).filter((one) => !known.has(same(one)));
  }, patience.code);
  if (!outcome.came) return partOf('setup', outcome, needs);
  const found = outcome.value;
  if (asked === null || !found.some(({ fix, missing }) => fix?.kind === 'attach' || missing !== undefined))
    return found.map(withoutOffer);
  const offered = await inTime(() => withAttachable(found, inputs, asked, needs), patience.kaggle);
  if (offered.came) return offered.value;
  log(needs, 'inputs', offered);
  return found.map(withoutOffer);
}

const same = ({ rule, severity, sentence, at }: Finding): string => JSON.stringify([rule, severity, sentence, at]);

/** An input nobody has looked up is not offered. */
function withoutOffer(finding: Finding): Finding {
  if (finding.fix?.kind !== 'attach') return finding;
  const { fix: _, ...rest } = finding;
  return rest;
}

/** A run that came to its end in time is not asked about its time again. */
function asksAboutTime({ from }: CommitOrder, { runs }: PreflightNeeds): boolean {
  return from.kind !== 'run' || runs.byKey(from.key)?.state.phase !== 'complete';
}

function partOf(
  part: 'code' | 'setup',
  outcome: InTime<readonly Finding[]>,
  needs: PreflightNeeds,
): readonly Finding[] {
  if (outcome.came) return outcome.value;
  log(needs, part, outcome);
  const what = part === 'code' ? 'The code' : 'What it would meet on Kaggle';
  return [
    {
      severity: 'hint',
      rule: NOT_CHECKED,
      sentence: `${what} could not be checked this time; the fault is here, not in your notebook.`,
      at: null,
    },
  ];
}

function log(needs: PreflightNeeds, part: string, { error }: { readonly error: unknown }): void {
  needs.log.warn(
    { part, ...(error === null ? {} : errorFields(error)) },
    error === null ? 'A part of preflight took too long' : 'A part of preflight failed',
  );
}

function budgetFacts(
  order: CommitOrder,
  { settings }: Prepared,
  read: Source,
  quota: Quota | null,
  { runs, settings: { sessionHours } }: PreflightNeeds,
): BudgetFacts {
  const { accelerator, limitMinutes, kernel } = settings;
  return {
    accelerator,
    limitMinutes,
    ceilingMinutes: ceilingOf(accelerator, sessionHours),
    epochs: statedEpochs(read),
    earlier: runs.endedOfKernel(formatKernel(kernel), order.user.id, EARLIER_RUNS).map((run) => earlierOf(run, runs)),
    hoursLeft: hoursLeftOf({ settings }, quota),
    refillAt: quota?.refillAt ?? null,
  };
}

function earlierOf(run: Run, runs: Needs['runs']): Earlier {
  // Only a run that is complete, or whose log told its pace, can be judged by.
  const tells = run.state.phase === 'complete' || run.report?.progress?.paceMs != null;
  const text = tells ? runs.source(run.sourceHash) : null;
  if (text === null) return { run, epochs: null };
  const { kind, language } = run.settings;
  return { run, epochs: statedEpochs(readPulled(kind, language, text, '')) };
}

function hoursLeftOf({ settings }: Pick<Prepared, 'settings'>, quota: Quota | null): number | null {
  const { kind } = acceleratorFacts(settings.accelerator);
  const of = kind === 'cpu' ? null : (quota?.[kind] ?? null);
  return of === null ? null : Math.max(0, of.total - of.used - of.reserved);
}

const LONGEST_LINE = 1_000;

/** Blockers show the line they are about, and the one before it. */
function withExcerpt(finding: Finding, { cellSources, kind }: Source): CheckedFinding {
  const { severity, at } = finding;
  if (severity !== 'blocker' || at === null || at.line === null) return finding;
  const cell = cellSources[kind === 'script' ? 0 : (at.cell ?? 0) - 1];
  const lines = cell?.split('\n') ?? [];
  if (at.line < 1 || at.line > lines.length) return finding;
  const from = Math.max(1, at.line - 1);
  return {
    ...finding,
    excerpt: { from, lines: lines.slice(from - 1, at.line).map((line) => line.slice(0, LONGEST_LINE)) },
  };
}
