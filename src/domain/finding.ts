import type { Accelerator } from './accelerator.ts';

/**
 * What preflight found in a notebook before anything is sent to Kaggle.
 * `blocker`: it will stop there. `warning`: it very likely fails or wastes hours, but code may know better. `hint`: worth knowing.
 */
export type Severity = 'blocker' | 'warning' | 'hint';

/** What a person can do about a finding with one press; everything else is said in words. */
export type Fix =
  | { readonly kind: 'attach'; readonly input: string }
  | { readonly kind: 'internet'; readonly on: boolean }
  | { readonly kind: 'accelerator'; readonly to: Accelerator }
  | { readonly kind: 'limit'; readonly minutes: number };

export type Finding = {
  readonly severity: Severity;
  /** Stable name of the rule, for tests, metrics and for telling two findings apart: `undefined-name`, `input-path`. */
  readonly rule: string;
  /** One sentence with a full stop, in Discord's markdown; whatever comes from the notebook stands escaped in code style. */
  readonly sentence: string;
  /**
   * The n-th code cell as Kaggle runs and numbers them (1-based; null: the whole file, or a script) and the line in it
   * (1-based; null: the whole cell). Null when it has no place, like the time a run needs.
   */
  readonly at: { readonly cell: number | null; readonly line: number | null } | null;
  readonly fix?: Fix;
  /** The slug of an input that is read although nobody attached it, when the source does not tell its owner. */
  readonly missing?: string;
};

const RANK: Readonly<Record<Severity, number>> = { blocker: 0, warning: 1, hint: 2 };

/** Worst first, then in the order in which the notebook runs; what has no place comes last of its severity. */
export const worstFirst = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort(
    (a, b) =>
      RANK[a.severity] - RANK[b.severity] ||
      (a.at?.cell ?? Number.MAX_SAFE_INTEGER) - (b.at?.cell ?? Number.MAX_SAFE_INTEGER) ||
      (a.at?.line ?? 0) - (b.at?.line ?? 0),
  );

/** Rules that tell less of a place than another one: each with the one that says it all. */
const ECHOES: Readonly<Record<string, string>> = { exits: 'early-exit', 'input-path': 'save-into-input' };

/** Without what another finding says already, and better, of the same line. */
export function withoutEchoes(findings: readonly Finding[]): Finding[] {
  const place = (rule: string, { at }: Finding): string => `${rule} ${at?.cell} ${at?.line}`;
  const told = new Set(findings.map((one) => place(one.rule, one)));
  return findings.filter((one) => {
    const better = ECHOES[one.rule];
    return better === undefined || !told.has(place(better, one));
  });
}
