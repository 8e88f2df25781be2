import { type Accelerator, type AcceleratorKind, acceleratorFacts } from '../../domain/accelerator.ts';
import type { Finding, Fix, Severity } from '../../domain/finding.ts';
import { formatLimit } from '../../domain/limit.ts';
import { aboutDuration, clean, codePoints, cutMiddle, escapeText, hours, plural } from '../../domain/words.ts';
import { redact } from '../../results/redact.ts';
import { excerptLines } from './excerpt.ts';

/** `excerpt`: the line a blocker is about and the one before it, numbered from `from`. */
export type CheckedFinding = Finding & {
  readonly excerpt?: { readonly from: number; readonly lines: readonly string[] };
};

/** Plain JSON: it is kept with the draft behind the buttons. */
export type Preflight = {
  /** Worst first. */
  readonly findings: readonly CheckedFinding[];
  /** What is to be pushed, as people call it. */
  readonly name: string;
  /** 0 for a script. */
  readonly cells: number;
  /** How long it should take, in ms; null when nothing says so. */
  readonly needsMs: number | null;
  readonly pace: { readonly epochs: number; readonly ms: number; readonly accelerator: Accelerator } | null;
  readonly machine: AcceleratorKind;
  readonly limitMinutes: number;
  /** Of the week, for the kind of machine it asks for; null when it uses none or Kaggle did not say. */
  readonly hoursLeft: number | null;
  /** SHA-256 (hex) of the source that was checked. */
  readonly sourceHash: string;
};

const SENTENCE_MAX = 500;

export const WORDS: Readonly<Record<Severity, string>> = { blocker: 'Blocker', warning: 'Warning', hint: 'Hint' };

export const counted = (findings: readonly Finding[]): { severity: Severity; n: number }[] =>
  (['blocker', 'warning', 'hint'] as const)
    .map((severity) => ({ severity, n: findings.filter((one) => one.severity === severity).length }))
    .filter(({ n }) => n > 0);

/** `1 blocker, 2 warnings, 1 hint`; empty when there is none. */
export const countWords = (findings: readonly Finding[]): string =>
  counted(findings)
    .map(({ severity, n }) => plural(n, severity))
    .join(', ');

/** What is not a place in the notebook has a name. */
const ABOUT: Readonly<Record<string, string>> = { time: 'time', hours: 'hours' };

export function placeOf({ at, rule }: Finding): string | null {
  if (at === null) return ABOUT[rule] ?? null;
  const parts = [at.cell === null ? null : `cell\u00a0${at.cell}`, at.line === null ? null : `line\u00a0${at.line}`];
  const place = parts.filter((part) => part !== null).join(', ');
  return place === '' ? null : place;
}

/** The words on the button of a fix. */
export function fixLabel(fix: Fix): string {
  switch (fix.kind) {
    case 'attach':
      return `Attach ${fix.input}`;
    case 'internet':
      return `Turn internet ${fix.on ? 'on' : 'off'}`;
    case 'accelerator':
      return fix.to === 'none' ? 'Run on CPU' : `Use ${acceleratorFacts(fix.to).label}`;
    case 'limit':
      return `Raise the limit to ${formatLimit(fix.minutes)}`;
  }
}

/** What a fix has changed, once it is done. */
export function fixDone(fix: Fix): string {
  switch (fix.kind) {
    case 'attach':
      return `${escapeText(cutMiddle(clean(fix.input), 60))} attached`;
    case 'internet':
      return `internet ${fix.on ? 'on' : 'off'}`;
    case 'accelerator':
      return acceleratorFacts(fix.to).label;
    case 'limit':
      return `limit ${formatLimit(fix.minutes)}`;
  }
}

export const isTooLong = ({ sentence }: Finding): boolean => codePoints(sentence) > SENTENCE_MAX;

/** The finding's own sentence; one that is too long to be one sentence says only where to look. */
export const sentenceOf = (finding: Finding): string =>
  isTooLong(finding) ? 'Something is wrong here that is too long to show; *Show all* has it.' : finding.sentence;

/** `**Hours** needs about 7 h, limit 9 h, 18.4 h left this week` */
export function hoursLine({ needsMs, limitMinutes, hoursLeft }: Preflight): string {
  const parts = [
    needsMs === null ? null : `needs about ${aboutDuration(needsMs)}`,
    `limit ${formatLimit(limitMinutes)}`,
    hoursLeft === null ? null : `${hours(hoursLeft)} left this week`,
  ];
  return `**Hours** ${parts.filter((part) => part !== null).join(', ')}`;
}

/** The lines a blocker shows, numbered; none when it has no place. Nothing that looks like a credential is among them. */
export function blockerLines({ excerpt, at }: CheckedFinding): string[] {
  if (excerpt === undefined || at === null || at.line === null) return [];
  return excerptLines({ excerpt: excerpt.lines.map(redact), excerptFrom: excerpt.from, line: at.line });
}
