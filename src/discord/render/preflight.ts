import { acceleratorFacts } from '../../domain/accelerator.ts';
import type { Finding } from '../../domain/finding.ts';
import {
  clean,
  codeBlock,
  codePoints,
  cutMiddle,
  escapeText,
  facts,
  pace as paceWords,
  plural,
} from '../../domain/words.ts';
import type { MessageBody } from '../chat.ts';
import { ACCENTS, button, framed, LABEL_MAX, type Part, panel, row, separator, small, text } from './components.ts';
import { PANEL_MAX } from './fit.ts';
import {
  blockerLines,
  type CheckedFinding,
  counted,
  countWords,
  fixLabel,
  hoursLine,
  isTooLong,
  type Preflight,
  placeOf,
  sentenceOf,
  WORDS,
} from './preflight-words.ts';

/** What preflight found, as the person who asked sees it. */

export type PreflightView = {
  readonly preflight: Preflight;
  /** Of the draft behind the buttons, and which state of it this is. */
  readonly key: string;
  readonly revision: number;
  /** What fixes have changed, in words: `internet on`. */
  readonly changes: readonly string[];
  /** `commit`: asks whether to go on. `check`: only tells. */
  readonly purpose: 'commit' | 'check';
  /** Why Kaggle was not asked; null when it was. */
  readonly unasked?: string | null;
  /** A line before the panel, markdown. */
  readonly above?: string | null;
};

const MOST_SHOWN = 6;
const MOST_FIXES = 4;

type Plan = { readonly shown: number; readonly excerpts: boolean };

function findingParts(finding: CheckedFinding, fixAt: number | null, view: PreflightView, plan: Plan): Part[] {
  const block = plan.excerpts && finding.severity === 'blocker' ? codeBlock(blockerLines(finding)) : '';
  const heading = facts(`**${WORDS[finding.severity]}**`, placeOf(finding));
  const fix = fixAt === null ? undefined : finding.fix;
  // What a press attaches is read in full before it.
  const attaches =
    fix?.kind === 'attach' && codePoints(fixLabel(fix)) > LABEL_MAX
      ? small(`Attaches ${escapeText(cutMiddle(clean(fix.input), 120))}`)
      : null;
  const parts: Part[] = [separator(), text(heading, sentenceOf(finding), block, attaches)];
  const fixes =
    fix === undefined
      ? null
      : row(
          button(fixLabel(fix), { verb: 'checkFix', key: view.key, argument: `${view.revision}.${fixAt}` }, 'success'),
        );
  return fixes === null ? parts : [...parts, fixes];
}

function headingOf({ preflight: { findings }, changes, purpose }: PreflightView): string {
  const [worst] = counted(findings);
  if (worst === undefined) return '### Nothing found';
  const words = countWords(findings);
  if (worst.severity === 'blocker') return `### Not committed yet: ${words}`;
  // Of what is only checked nothing waits to be committed.
  if (purpose === 'check' && worst.severity === 'hint') return `### Nothing blocks it, ${words}`;
  return `### Ready, ${words}${changes.length > 0 ? ' left' : ''}`;
}

const accentOf = ({ findings }: Preflight): number => {
  const worst = counted(findings)[0]?.severity;
  return worst === 'blocker' ? ACCENTS.red : worst === 'warning' ? ACCENTS.amber : ACCENTS.green;
};

const MOST_CHANGES = 4;

/** `leaf.ipynb · 38 cells · nothing was sent to Kaggle` */
function originOf({ preflight: { name, cells }, changes }: PreflightView): string {
  const done = changes.length === 0 ? ['nothing was sent to Kaggle'] : changes.slice(-MOST_CHANGES);
  return small(facts(escapeText(cutMiddle(clean(name), 48)), cells > 0 && plural(cells, 'cell'), ...done));
}

const paceLine = ({ pace, findings }: Preflight): string | null =>
  pace === null || !findings.some(({ rule }) => rule === 'time')
    ? null
    : small(
        facts(
          `epochs: ${pace.epochs}`,
          `past pace ${paceWords(pace.ms)} on ${acceleratorFacts(pace.accelerator).short}`,
        ),
      );

function lastRow({ preflight, key, revision, purpose }: PreflightView): ReturnType<typeof row> {
  if (purpose === 'check') return null;
  const id = (verb: string) => ({ verb, key, argument: String(revision) });
  const blocks = preflight.findings.some(({ severity }) => severity === 'blocker');
  return row(
    blocks ? button('Commit anyway…', id('checkAnyway'), 'danger') : button('Commit anyway', id('checkGo'), 'primary'),
    button('Cancel', { verb: 'checkCancel', key }),
  );
}

function render(view: PreflightView, plan: Plan): MessageBody {
  const { preflight, key, unasked = null, above = null } = view;
  const { findings } = preflight;
  const shown = findings.slice(0, plan.shown);
  const fixes = firstFixes(findings, plan.shown);
  const hidden = findings.length - shown.length;
  const body: (Part | null)[] = [
    text(headingOf(view), originOf(view), paceLine(preflight), unasked === null ? null : small(unasked)),
    ...shown.flatMap((finding, index) => findingParts(finding, fixes.has(index) ? index : null, view, plan)),
    ...(hidden > 0 ? [separator(), text(`and ${plural(hidden, 'more', 'more')}`)] : []),
    hidden > 0 || shown.some(isTooLong) ? row(button('Show all', { verb: 'checkAll', key })) : null,
    separator(),
    text(hoursLine(preflight)),
    lastRow(view),
  ];
  const made = framed(accentOf(preflight), body);
  return above === null || made.kind !== 'panel' ? made : { ...made, components: [text(above), ...made.components] };
}

/** Which findings get their button: the first of each fix, for two that ask for the same are mended by one press. */
function firstFixes(findings: readonly Finding[], most: number): ReadonlySet<number> {
  const labels = new Set<string>();
  const first = new Set<number>();
  for (const [index, { fix }] of findings.slice(0, most).entries()) {
    if (fix === undefined || first.size === MOST_FIXES || labels.has(JSON.stringify(fix))) continue;
    labels.add(JSON.stringify(fix));
    first.add(index);
  }
  return first;
}

/** What is too long loses its excerpts, then its last findings; *Show all* has them. */
export function renderPreflight(view: PreflightView): MessageBody {
  const plans: readonly Plan[] = [
    { shown: MOST_SHOWN, excerpts: true },
    ...[MOST_SHOWN, 5, 4, 3, 2, 1].map((shown) => ({ shown, excerpts: false })),
  ];
  let last: MessageBody | null = null;
  for (const plan of plans) {
    last = render(view, plan);
    if (lengthOf(last) <= PANEL_MAX) return last;
  }
  return last ?? render(view, { shown: 0, excerpts: false });
}

type Node = { readonly content?: unknown; readonly components?: readonly unknown[] };

const lengthOf = ({ components = [] }: MessageBody): number => {
  const of = (nodes: readonly unknown[]): number =>
    (nodes as readonly Node[]).reduce(
      (sum, { content, components: inner = [] }) =>
        sum + (typeof content === 'string' ? codePoints(content) : 0) + of(inner),
      0,
    );
  return of(components);
};

/** Before a commit in spite of a blocker: the second of two presses. */
export function renderSure({ preflight, key, revision, changes }: PreflightView): MessageBody {
  const blockers = preflight.findings.filter(({ severity }) => severity === 'blocker');
  const words = plural(blockers.length, 'blocker');
  const cell = blockers.find(({ at }) => at?.cell != null)?.at?.cell ?? null;
  const line = blockers[0]?.at?.line ?? null;
  const where = cell !== null ? ` in cell\u00a0${cell}` : line !== null ? ` at line\u00a0${line}` : '';
  const { machine } = preflight;
  const spent =
    machine === 'cpu' ? 'the time until then is lost' : `the ${machine.toUpperCase()} hours until then are spent`;
  const id = (verb: string) => ({ verb, key, argument: String(revision) });
  return framed(ACCENTS.red, [
    text(
      `### Commit with ${words}?`,
      originOf({ preflight, key, revision, changes, purpose: 'commit' }),
      `It will most likely stop${where}, and ${spent}.`,
    ),
    row(button(`Commit with ${words}`, id('checkSure'), 'danger'), button('Back', id('checkBack'))),
  ]);
}

export const renderNotCommitted = (): MessageBody => panel([text('**Nothing was committed.**')]);
