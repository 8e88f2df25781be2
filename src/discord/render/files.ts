import { createHash } from 'node:crypto';
import type { OutputFile, OutputKind } from '../../domain/results.ts';
import { clean, count, cutMiddle, escapeText, facts, plural, size } from '../../domain/words.ts';
import type { Option } from './components.ts';

/** How output files stand in lines and selects. File names are untrusted: never shown as they are. */

/** Rows × columns of tables by file name, as far as they are known. */
export type TableSizes = ReadonlyMap<string, { readonly rows: number | null; readonly columns: number }>;

export const KIND_ORDER: readonly OutputKind[] = ['model', 'table', 'image', 'other'];
export const KIND_HEADINGS: Record<OutputKind, string> = {
  model: 'Models',
  table: 'Tables',
  image: 'Images',
  other: 'Other',
};

/** Stands for a file in select values: names may be longer than the 100 characters Discord takes. Find the file again by comparing. */
export const fileId = (name: string): string => createHash('sha256').update(name).digest('base64url').slice(0, 22);

/** In at most 48 graphemes, the middle cut; plain text. */
export const plainName = (name: string): string => {
  const shown = cutMiddle(clean(name).trim(), 48);
  return shown === '' ? 'file' : shown;
};

/** The same as markdown. */
export const shownName = (name: string): string => escapeText(plainName(name));

/** `1.2 MB, 18,634 rows × 3`; empty when nothing is known. */
export function sizeWords(file: OutputFile, tables?: TableSizes): string {
  const table = tables?.get(file.name);
  const rows =
    table === undefined || table.rows === null ? null : `${plural(table.rows, 'row')} × ${count(table.columns)}`;
  return [file.size === null ? null : size(file.size), rows].filter((part) => part !== null).join(', ');
}

/** `- leaf.pt · 97.8 MB`; `name` is markdown: the file's name, maybe as a link. */
export const fileLine = (name: string, file: OutputFile, tables?: TableSizes): string =>
  `- ${facts(name, sizeWords(file, tables))}`;

/** Choices of a select: at most `most` files, in the order given. */
export const fileOptions = (files: readonly OutputFile[], most = 25): Option[] => {
  const seen = new Set<string>();
  return files
    .filter(({ name }) => !seen.has(name) && seen.add(name))
    .slice(0, most)
    .map((file) => ({
      value: fileId(file.name),
      label: plainName(file.name),
      description: facts(file.kind === 'other' ? 'file' : file.kind, file.size !== null && size(file.size)),
    }));
};
