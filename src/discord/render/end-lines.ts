import { acceleratorFacts } from '../../domain/accelerator.ts';
import type { OutputFile } from '../../domain/results.ts';
import { kernelOf, pushedOf, startedAtOf } from '../../domain/run.ts';
import {
  accountOf,
  at,
  clean,
  codePoints,
  cutEnd,
  escapeText,
  facts,
  hours,
  link,
  NBSP,
  plural,
  ranMs,
  usedHours,
} from '../../domain/words.ts';
import type { MessageBody } from '../chat.ts';
import type { EndView } from '../views.ts';
import { type Row, small } from './components.ts';
import { shownName, type TableSizes } from './files.ts';
import { FIRST_LINE_MAX, firstFitting, NOTICE_MAX } from './fit.ts';

/** What the completion and the failure have in common. */

/** Who is notified; null in a direct message and for a silent notice. */
export const mentionOf = ({ mention, silent }: EndView): string | null => (silent === true ? null : mention);

/**
 * The first line, which alone tells the story on a lock screen: at most 140 code points, the mention last. `candidates` are
 * ever shorter lists of facts.
 */
export function firstLine(view: EndView, candidates: readonly (readonly (string | null)[])[]): string {
  const mention = mentionOf(view);
  const more = view.moreBelow ?? 0;
  const end = [more > 0 ? `and ${more} more below` : null, mention === null ? null : `<@${mention}>`];
  return firstFitting(
    FIRST_LINE_MAX,
    candidates.map((parts) => facts(...parts, ...end)),
  );
}

/** A name as a link to the file, or the name alone where the address is too long. */
export const fileName = (view: EndView, file: OutputFile): string =>
  link(shownName(file.name), view.fileLink(file.name), LONGEST_FILE_LINK);

// Six of them and the rest of the text stay within a notice; names in other scripts triple in an address.
const LONGEST_FILE_LINK = 220;

/** What is known of the tables' sizes: the preview's and whatever the view adds. */
export function tableSizes({ report, tables }: EndView): TableSizes {
  const known = new Map(tables ?? []);
  if (report.table !== null && !known.has(report.table.name))
    known.set(report.table.name, { rows: report.table.rowCount, columns: report.table.columns.length });
  return known;
}

/** How long a run took that nobody saw begin, in ms; null when its log does not tell. */
const ranByLog = ({ quota }: EndView['report']): number | null =>
  quota === null || quota.used <= 0 ? null : quota.used * 3_600_000;

/**
 * `Used 7.0 GPU hours · 11.4 h left, refill …`; null on a CPU. Of a run that nobody saw begin the log says how long it took.
 */
export function hoursLine({ run, report }: EndView): string | null {
  const { kind } = acceleratorFacts(run.settings.accelerator);
  if (kind === 'cpu') return null;
  const { quota } = report;
  const ran = startedAtOf(run.state) === null ? ranByLog(report) : ranMs(run.state);
  const used = ran === null ? null : `Used ${usedHours(ran)}\u00a0${kind.toUpperCase()} hours`;
  const refill = quota === null || quota.refillAt === null ? '' : `, refill ${at(quota.refillAt, 'R')}`;
  const line = facts(used, quota === null ? null : `${hours(quota.left)} left${refill}`);
  return line === '' ? null : small(line);
}

/** What could not be read of the run, and why: what is missing above is not missing at Kaggle. */
export function gapsLine({ report }: Pick<EndView, 'report'>): string | null {
  if (report.gaps.length === 0) return null;
  const said = report.gaps.map((gap) => gap.charAt(0).toUpperCase() + gap.slice(1)).join(`${NBSP}· `);
  return small(escapeText(cutEnd(clean(said), 300)));
}

/** Lines that follow everything else and are never dropped: why it comes late, and where the card is. */
export function lastLines({
  run,
  late,
  cardLink,
  now,
}: Pick<EndView, 'run' | 'late' | 'cardLink' | 'now'>): (string | null)[] {
  const away =
    late === null
      ? null
      : small(
          `Told late: ${late.what === 'discord' ? 'Discord was not reachable' : 'this bot was not running'} until ${at(late.until, Math.abs(now - late.until) < 86_400_000 ? 't' : 'F')}`,
        );
  const twin = pushedOf(run.state)?.twin;
  const twice =
    twin === undefined
      ? null
      : small(
          `Kaggle ran this twice: version ${twin} is the same run, whose first push arrived late. Both used hours.`,
        );
  const card = cardLink === null ? null : link('card', cardLink);
  return [twice, away, card === 'card' ? null : card];
}

/** What Kaggle left out of the run although it was asked for; part of what a result means, so it is never dropped. */
export function inputMissingLine({ run }: Pick<EndView, 'run'>): string | null {
  const [first, ...others] = pushedOf(run.state)?.inputsDropped ?? [];
  if (first === undefined) return null;
  const more = others.length === 0 ? '' : ` and ${plural(others.length, 'more', 'more')}`;
  return `**Input missing** ${escapeText(cutEnd(clean(first), 80))}${more}: Kaggle dropped ${others.length === 0 ? 'it' : 'them'}`;
}

/** Once per guild: who can open the links to Kaggle. */
export const privateLine = ({ run, privateOf }: EndView): string | null =>
  privateOf == null
    ? null
    : small(
        `The notebook is private: only ${accountOf(privateOf === '' ? kernelOf(run).owner : privateOf)} and collaborators can open the Kaggle links. Outputs gives links to everybody here.`,
      );

/** Blocks with an empty line between them; lines and blocks that are null or empty are left out. */
export const joined = (blocks: readonly (readonly (string | null)[])[]): string =>
  blocks
    .map((lines) => lines.filter((line) => line !== null && line !== '').join('\n'))
    .filter((block) => block !== '')
    .join('\n\n');

/** The notice, without its files or its buttons when it was refused with them. */
export function notice(view: EndView, content: string, rows: readonly (Row | null)[]): MessageBody {
  const mention = mentionOf(view);
  const components = rows.filter((one) => one !== null);
  return {
    kind: 'notice',
    // Every part has its bound; this line only says what must hold.
    content: codePoints(content) <= NOTICE_MAX ? content : (content.split('\n')[0] ?? ''),
    ...(view.reduced >= 2 || components.length === 0 ? {} : { components }),
    ...(view.reduced >= 1 || view.files.length === 0 ? {} : { files: view.files.slice(0, 10) }),
    ...(mention === null ? {} : { mentions: [mention] }),
    ...(view.silent === true ? { silent: true } : {}),
  };
}
