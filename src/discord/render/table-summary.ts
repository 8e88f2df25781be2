import { outputPage } from '../../domain/links.ts';
import { kernelOf, type Run } from '../../domain/run.ts';
import {
  clean,
  codeBlock,
  count,
  cutColumns,
  displayWidth,
  facts,
  listTitle,
  plural,
  size,
  versionSuffix,
} from '../../domain/words.ts';
import type { ColumnSummary, TableSummary } from '../../results/table-words.ts';
import type { MessageBody } from '../chat.ts';
import { linkButton, panel, row, small, text } from './components.ts';
import { shownName } from './files.ts';
import { previewText } from './table-preview.ts';

/** What a table among the outputs holds, for the asker alone. */
export type SummaryView = {
  readonly run: Run;
  readonly web: string;
  readonly name: string;
  readonly size: number | null;
  /** Null: it cannot be read, or it is too large. */
  readonly summary: TableSummary | null;
  /** Whether the whole file was read. */
  readonly whole: boolean;
};

const MOST_LINES = 20;
const NAME = 16;
const CELL = 12;
const TYPES: Readonly<Record<ColumnSummary['type'], string>> = {
  whole: 'whole',
  number: 'number',
  date: 'date',
  truth: 'yes/no',
  text: 'text',
  empty: 'empty',
};

const pad = (cell: string, width: number): string => cell + ' '.repeat(Math.max(0, width - displayWidth(cell)));

/** `label  whole  0 – 9, 3 missing` */
function lineOf({ name, type, range, missing }: ColumnSummary, width: number): string {
  const ends = range?.map((end) => cutColumns(clean(end), CELL));
  const words = [
    ends === undefined ? null : ends[0] === ends[1] ? ends[0] : `${ends[0]} – ${ends[1]}`,
    missing === null || missing === 0 ? null : `${count(missing)} missing`,
  ].filter((part) => part != null);
  return `${pad(cutColumns(clean(name), NAME), width)}  ${pad(TYPES[type], 6)}  ${words.join(', ')}`.trimEnd();
}

export function renderSummary({ run, web, name, size: bytes, summary, whole }: SummaryView): MessageBody {
  const open = row(linkButton('Output page', outputPage(web, kernelOf(run))));
  if (summary === null)
    return panel([
      text(`**${shownName(name)} cannot be summed up here.** It is too large, or no table this bot reads.`),
      open,
    ]);
  const { preview, columns, rowsRead, ragged } = summary;
  const shown = columns.slice(0, MOST_LINES);
  const width = Math.max(1, ...shown.map((one) => displayWidth(cutColumns(clean(one.name), NAME))));
  const left = preview.columns.length - shown.length;
  const amount = `${plural(rowsRead, 'row')} × ${plural(preview.columns.length, 'column')}`;
  return panel([
    text(
      `### Summary of ${shownName(name)}`,
      small(
        facts(
          `#${run.number} ${listTitle(run)}${versionSuffix(run)}`,
          whole ? amount : `the first ${amount}`,
          bytes !== null && size(bytes),
        ),
      ),
      codeBlock([
        ...shown.map((one) => lineOf(one, width)),
        ...(left > 0 ? [`and ${plural(left, 'more column')}`] : []),
      ]),
      ...(ragged > 0 ? [`${plural(ragged, 'row')} with more or fewer cells than the heading.`] : []),
      previewText(preview, 4),
    ),
    open,
  ]);
}
