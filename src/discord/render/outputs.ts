import { outputPage } from '../../domain/links.ts';
import type { OutputFile } from '../../domain/results.ts';
import { kernelOf, type Run } from '../../domain/run.ts';
import {
  clean,
  codePoints,
  count,
  cutMiddle,
  escapeText,
  facts,
  link,
  listTitle,
  plural,
  size,
  titleOf,
  totalSize,
  versionSuffix,
} from '../../domain/words.ts';
import { sortOutputs } from '../../results/outputs.ts';
import type { MessageBody, OutFile } from '../chat.ts';
import { button, framed, gallery, linkButton, panel, row, select, separator, small, text } from './components.ts';
import { fileLine, fileOptions, KIND_HEADINGS, KIND_ORDER, shownName, type TableSizes } from './files.ts';
import { PANEL_MAX } from './fit.ts';

/** /outputs and the button of that name. */
export type OutputsView = {
  readonly run: Run;
  readonly web: string;
  /** All files of the run, in any order. */
  readonly files: readonly OutputFile[];
  /** From 1; beyond the last page the last one is shown. */
  readonly page: number;
  /** Only models and tables. */
  readonly onlyMain: boolean;
  readonly tables?: TableSizes;
  /** A link that lasts, for each file; none without PUBLIC_URL. */
  readonly fileLink?: (name: string) => string | null;
  /** Whether the person who asks may make the links of this run dead. */
  readonly mayRevoke?: boolean;
};

export const FILES_PER_PAGE = 8;

/** The argument of `outputsPage`: `2`, or `2.m` for only models and tables. */
export const outputsArgument = (page: number, onlyMain: boolean): string => (onlyMain ? `${page}.m` : `${page}`);

/** Reads `outputsArgument` back; anything else is the first page. */
export function parseOutputsArgument(argument: string | null): { page: number; onlyMain: boolean } {
  const match = /^(\d{1,6})(\.m)?$/.exec(argument ?? '');
  return { page: Math.max(1, Number(match?.[1] ?? 1)), onlyMain: match?.[2] !== undefined };
}

export function renderOutputs(view: OutputsView): MessageBody {
  const { run, web, onlyMain, tables } = view;
  const all = sortOutputs(view.files);
  const listed = onlyMain ? all.filter(({ kind }) => kind === 'model' || kind === 'table') : all;
  const pages = Math.max(1, Math.ceil(listed.length / FILES_PER_PAGE));
  const page = Math.min(Math.max(1, view.page), pages);
  const shown = listed.slice((page - 1) * FILES_PER_PAGE, page * FILES_PER_PAGE);
  const total = totalSize(all);
  const amount = `${plural(all.length, 'file')}${total === null ? '' : `, ${size(total)}`}`;
  const linked = (file: OutputFile): string => link(shownName(file.name), view.fileLink?.(file.name) ?? null);
  const groups = KIND_ORDER.flatMap((kind) => {
    const here = shown.filter((file) => file.kind === kind);
    if (here.length === 0) return [];
    const heading = `**${KIND_HEADINGS[kind]}** ${count(all.filter((file) => file.kind === kind).length)}`;
    return [heading, ...here.map((file) => fileLine(linked(file), file, tables))];
  });
  const nothing = all.length === 0 ? 'It saved no files.' : 'No models and no tables among them.';
  const id = (to: number, main: boolean) => ({
    verb: 'outputsPage',
    key: run.key,
    argument: outputsArgument(to, main),
  });
  const hasOthers = all.some(({ kind }) => kind === 'image' || kind === 'other');
  const hasMain = all.some(({ kind }) => kind === 'model' || kind === 'table');
  return framed(null, [
    text(
      `### Outputs of #${run.number}`,
      small(facts(`${titleOf(run)}${versionSuffix(run)}`, amount, `page ${page} of ${pages}`)),
    ),
    separator(),
    text(...(groups.length === 0 ? [nothing] : groups)),
    separator(),
    select('Get links, up to 3 files of this page', { verb: 'links', key: run.key }, fileOptions(shown), {
      most: 3,
    }),
    select(
      'Look into a table of this page',
      { verb: 'tableSummary', key: run.key },
      fileOptions(shown.filter(({ name }) => /\.(?:csv|tsv|parquet|pq)$/i.test(name))),
    ),
    row(
      pages > 1 ? button('Previous', id(page - 1, onlyMain), 'secondary', page === 1) : null,
      pages > 1 ? button('Next', id(page + 1, onlyMain), 'secondary', page === pages) : null,
      onlyMain
        ? button('All files', id(1, false))
        : hasOthers && hasMain
          ? button('Only models and tables', id(1, true))
          : null,
      all.some(({ kind }) => kind === 'image') ? button('Show images', { verb: 'outputsImages', key: run.key }) : null,
      linkButton('Output page', outputPage(web, kernelOf(run))),
    ),
    view.mayRevoke === true && all.length > 0
      ? row(button('Revoke links', { verb: 'linksRevoke', key: run.key }))
      : null,
  ]);
}

/** Said to whoever made the lasting links of a run dead. `mention` is the command that shows new ones. */
export const renderRevoked = (number: number, mention: string): MessageBody =>
  panel([
    text(
      `**All download links of #${number} made until now are dead.**`,
      `${mention} shows new ones. The addresses Kaggle gave for them in the last minutes still work until they expire.`,
    ),
  ]);

/** Direct links to files, for the asker alone: signed addresses that expire. */
export type LinksView = {
  readonly run: Run;
  readonly web: string;
  /** `url` null: Kaggle gave no address for it now. */
  readonly links: readonly { readonly name: string; readonly url: string | null; readonly size: number | null }[];
};

// Signed addresses pass 512 characters, so they are text links; three of this length still fit a message.
const LONGEST_SIGNED = 1_100;

export function renderLinks({ run, web, links }: LinksView): MessageBody {
  const lines = links.slice(0, 3).map(({ name, url, size: bytes }) => {
    const file = escapeText(cutMiddle(clean(name), 48));
    const linked = link(`Download ${file}`, url, LONGEST_SIGNED);
    const found = linked.startsWith('[');
    return `- ${facts(found ? linked : file, bytes !== null && size(bytes), !found && 'no direct link; the output page has it')}`;
  });
  const body = [
    `Direct links to files of #${run.number}, for you only:`,
    ...lines,
    small('Kaggle lets them expire within the hour. Anyone who has one can download the file: do not pass it on.'),
  ];
  const missing = lines.some((line) => !line.includes('](')) || codePoints(body.join('\n')) > PANEL_MAX;
  return panel([text(...body), missing ? row(linkButton('Output page', outputPage(web, kernelOf(run)))) : null]);
}

/** Pictures among the outputs, at most ten. */
export type ImagesView = {
  readonly run: Run;
  readonly web: string;
  readonly files: readonly OutFile[];
  /** How many pictures there are in all. */
  readonly total: number;
};

export function renderImages({ run, web, files, total }: ImagesView): MessageBody {
  const open = row(linkButton('Output page', outputPage(web, kernelOf(run))));
  if (files.length === 0)
    return panel([text(`**The images of #${run.number} cannot be shown here.** They are on the output page.`), open]);
  const shown = files.slice(0, 10);
  const head = `### Images of #${run.number}`;
  const line = small(
    facts(`${listTitle(run)}${versionSuffix(run)}`, `${shown.length} of ${count(Math.max(total, shown.length))}`),
  );
  return framed(null, [text(head, line), gallery(shown), open], shown);
}
