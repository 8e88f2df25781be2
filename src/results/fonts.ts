import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Cover, coverOf, covers } from './font-cover.ts';

/** Fonts the operator has laid down for scripts that DejaVu Sans does not have, e.g. Chinese or Japanese. */
export type Fonts = { readonly files: readonly string[]; readonly cover: readonly Cover[] };

export const NO_FONTS: Fonts = { files: [], cover: [] };

/** resvg reads these; with a font it cannot read it draws no text and says nothing. */
const FONT = /\.(?:ttf|otf|ttc)$/i;
const MOST_FONTS = 16;
const LARGEST_BYTES = 64_000_000;

const { resolve } = createRequire(import.meta.url);
/** Those of the pictures themselves. */
export const OWN_FONTS = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) =>
  resolve(`dejavu-fonts-ttf/ttf/${name}`),
);

const readCover = (file: string): Cover | null =>
  statSync(file).size > LARGEST_BYTES ? null : coverOf(readFileSync(file));

let own: Cover | null = null;

/** Whether one of the fonts at hand has the character. */
export function isDrawable(codePoint: number, { cover }: Fonts): boolean {
  own ??= readCover(OWN_FONTS[0] ?? '') ?? [];
  return covers(own, codePoint) || cover.some((one) => covers(one, codePoint));
}

/**
 * The fonts in a folder, by name.
 * @returns what was found, and the names of files that are no fonts; nothing when there is no such folder
 */
export function findFonts(folder: string): { readonly fonts: Fonts; readonly unread: readonly string[] } {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return { fonts: NO_FONTS, unread: [] };
  }
  const files: string[] = [];
  const cover: Cover[] = [];
  const unread: string[] = [];
  for (const name of names.filter((one) => FONT.test(one)).sort()) {
    const read = files.length < MOST_FONTS ? readOrNull(join(folder, name)) : null;
    if (read === null) unread.push(name);
    else {
      files.push(join(folder, name));
      cover.push(read);
    }
  }
  return { fonts: { files, cover }, unread };
}

function readOrNull(file: string): Cover | null {
  try {
    return readCover(file);
  } catch {
    // Not readable by this user, or a folder of that name.
    return null;
  }
}
