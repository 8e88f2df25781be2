import { comparedValue, difference, sharedNames } from '../../domain/compare.ts';
import type { Run } from '../../domain/run.ts';
import {
  clean,
  codeBlock,
  cutColumns,
  cutEnd,
  displayWidth,
  duration,
  escapeText,
  facts,
  numbers,
  plural,
  progressOf,
  ranMs,
  stateWord,
  titleOf,
  versionSuffix,
} from '../../domain/words.ts';
import type { MessageBody, OutFile } from '../chat.ts';
import { framed, gallery, small, text, textIfAny } from './components.ts';
import { fitted } from './fit.ts';

/** Several runs side by side (*Compare with #m*). */
export type CompareView = {
  /** Two to six, the later one last. */
  readonly runs: readonly Run[];
  /** How each of them is called: numbers repeat between servers, so in a direct message more than the number is said. */
  readonly names: readonly string[];
  /** Settings that differ, each with the value of every run. */
  readonly differing: readonly { readonly what: string; readonly values: readonly string[] }[];
  /** Cells of each run that the first one does not have; null for the first and where a source is not known. */
  readonly cells: readonly (CellsChanged | null)[];
  /** The curves, and the metric that is drawn; null when no two runs have a line of one metric. */
  readonly curve: { readonly file: OutFile; readonly metric: string; readonly without: readonly number[] } | null;
};

export type CellsChanged = {
  readonly count: number;
  readonly at: readonly number[];
  readonly kind: 'notebook' | 'script';
};

const METRICS = 6;
const NAME = 12;
const GAP = '  ';

export function renderComparison(view: CompareView): MessageBody {
  const { runs, curve } = view;
  const files = curve === null ? [] : [curve.file];
  return framed(
    null,
    [
      text(`### ${headingOf(view)}`, small(titlesOf(runs))),
      text(codeBlock(runs.length === 2 ? pairTable(view) : listTable(view)), small(WHICH)),
      textIfAny(fitted(DIFFERENCES_MAX, FULL, DROPS, (plan) => differences(view, plan).join('\n'))),
      curve === null ? text(small('No two of them have a curve of the same metric.')) : gallery(files),
      curve !== null && curve.without.length > 0
        ? text(small(`${numbers(curve.without)} ${curve.without.length === 1 ? 'has' : 'have'} no such curve.`))
        : null,
    ],
    files,
  );
}

const WHICH = 'The best number of each run, or its last where it is not known which way is better.';

/** A number is ours; what stands behind it is the name of a server. */
const shortName = (name: string | undefined, most = FULL.name): string =>
  name === undefined || /^#\d+$/.test(name) ? (name ?? '') : escapeText(cutEnd(clean(name), most));

const headingOf = ({ names }: CompareView): string =>
  names.length === 2 ? `${shortName(names[0])} and ${shortName(names[1])}` : `${names.length} runs compared`;

/** One title for all, when they have the same, with their versions; else each its own. */
function titlesOf(runs: readonly Run[]): string {
  const shown = [...new Set(runs.map((run) => titleOf(run, 28)))];
  const versions = runs.map((run) => versionSuffix(run).trim()).filter((version) => version !== '');
  return shown.length === 1 ? facts(shown[0], versions.join(', ')) : facts(...shown);
}

const timeOf = (run: Run): string => {
  const ran = ranMs(run.state);
  return ran === null ? stateWord(run.state) : duration(ran);
};

function laid(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => displayWidth(cells[column] ?? ''))),
  );
  return rows.map((cells) =>
    cells
      .map((cell, column) => {
        const room = ' '.repeat(Math.max(0, (widths[column] ?? 0) - displayWidth(cell)));
        return column === 0 ? cell + room : room + cell;
      })
      .join(GAP)
      .trimEnd(),
  );
}

const columnName = (name: string): string => cutColumns(clean(name), NAME);

/** metric / #m / #n / difference */
function pairTable({ runs, names }: CompareView): string[] {
  const all = runs.map((run) => progressOf(run, run.report));
  const rows = sharedNames(all, METRICS).map((name) => {
    const [before = '–', now = '–'] = all.map((progress) => comparedValue(progress, name));
    return [columnName(name), before, now, difference(before, now) ?? ''];
  });
  const times = runs.map(timeOf);
  return laid([['', ...names.map(columnName), rows.length === 0 ? '' : 'difference'], ...rows, ['time', ...times, '']]);
}

/** One line a run, with the two numbers most of them have: more columns do not fit a phone. */
function listTable({ runs, names }: CompareView): string[] {
  const all = runs.map((run) => progressOf(run, run.report));
  const shared = sharedNames(all, 2);
  return laid([
    ['', ...shared.map(columnName), 'time'],
    ...runs.map((run, index) => [
      columnName(names[index] ?? ''),
      ...shared.map((name) => comparedValue(all[index] ?? null, name)),
      timeOf(run),
    ]),
  ]);
}

type Plan = { readonly name: number; readonly value: number; readonly settings: number };

const FULL: Plan = { name: 28, value: 60, settings: 10 };

/** Six runs of servers and notebooks with long names: names grow short first, then the last settings go. */
const DROPS: readonly ((plan: Plan) => Plan)[] = [
  (plan) => ({ ...plan, value: 24 }),
  (plan) => ({ ...plan, name: 12 }),
  ...[5, 4, 3, 2, 1].map((settings) => (plan: Plan) => ({ ...plan, settings })),
];

/** As many code points as heading, titles, table and small print leave of a panel. */
const DIFFERENCES_MAX = 2_400;

function differences({ runs, names, differing, cells }: CompareView, plan: Plan): string[] {
  const called = (name: string | undefined): string => shortName(name, plan.name);
  const settings = differing.slice(0, plan.settings).map(({ what, values }) => {
    const groups = [...new Set(values)].map((value) => {
      const who = names
        .filter((_, index) => values[index] === value)
        .map(called)
        .join(', ');
      return `${who} ${escapeText(cutEnd(clean(value), plan.value))}`;
    });
    return `**${what}** ${facts(...groups)}`;
  });
  const changed = runs.flatMap((_, index) => {
    const one = cells[index] ?? null;
    return one === null || one.count === 0 ? [] : [`${called(names[index])} ${cellWords(one)}`];
  });
  const against = changed.length === 0 ? '' : ` against ${called(names[0])}`;
  const all = [...settings, ...(changed.length === 0 ? [] : [`**Source** ${facts(...changed)}${against}`])];
  if (all.length > 0) return all;
  return cells.slice(1).every((one) => one !== null)
    ? ['**Same** settings and the same notebook']
    : ['**Same** settings; a source of them is not kept any more'];
}

function cellWords({ count, at, kind }: CellsChanged): string {
  if (kind === 'script') return 'the script changed';
  const where = at.length === 0 || at.length > 8 ? '' : ` (${at.join(', ')})`;
  return `${plural(count, 'cell')} changed${where}`;
}
