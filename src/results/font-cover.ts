/** Which characters a font can draw, read from its `cmap` (OpenType specification, "cmap — Character to Glyph Index Mapping Table"). */

/** First and last code point of each run, in order. */
export type Cover = readonly (readonly [number, number])[];

const COLLECTION = 'ttcf';
/** A font has some hundred runs; more than this is no font. */
const MOST_RUNS = 200_000;

/** @returns what the font covers; of a collection its first font; null when it cannot be read */
export function coverOf(font: Buffer): Cover | null {
  try {
    const start = font.toString('latin1', 0, 4) === COLLECTION ? font.readUInt32BE(12) : 0;
    const cmap = tableAt(font, start, 'cmap');
    return cmap === null ? null : readCmap(font, cmap);
  } catch (error) {
    // A reading beyond the end: the file is cut, or it is none.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function tableAt(font: Buffer, start: number, wanted: string): number | null {
  const tables = font.readUInt16BE(start + 4);
  for (let index = 0; index < tables; index += 1) {
    const record = start + 12 + index * 16;
    if (font.toString('latin1', record, record + 4) === wanted) return font.readUInt32BE(record + 8);
  }
  return null;
}

/** The tables for Unicode: those of the whole of it (format 12) come before those of its first plane (format 4). */
function readCmap(font: Buffer, cmap: number): Cover | null {
  const offsets: number[] = [];
  for (let index = 0; index < font.readUInt16BE(cmap + 2); index += 1) {
    const record = cmap + 4 + index * 8;
    const platform = font.readUInt16BE(record);
    if (platform === 0 || platform === 3) offsets.push(cmap + font.readUInt32BE(record + 4));
  }
  const withFormat = (format: number): number | undefined => offsets.find((at) => font.readUInt16BE(at) === format);
  const whole = withFormat(12);
  if (whole !== undefined) return readGroups(font, whole);
  const plane = withFormat(4);
  return plane === undefined ? null : readSegments(font, plane);
}

function readGroups(font: Buffer, at: number): Cover | null {
  const groups = font.readUInt32BE(at + 12);
  if (groups > MOST_RUNS) return null;
  return Array.from({ length: groups }, (_, index) => {
    const group = at + 16 + index * 12;
    return [font.readUInt32BE(group), font.readUInt32BE(group + 4)] as const;
  });
}

function readSegments(font: Buffer, at: number): Cover {
  const double = font.readUInt16BE(at + 6);
  const ends = at + 14;
  const starts = ends + double + 2;
  const runs: (readonly [number, number])[] = [];
  for (let index = 0; index < double; index += 2) {
    const [from, to] = [font.readUInt16BE(starts + index), font.readUInt16BE(ends + index)];
    // The last segment is the mark of the end.
    if (from !== 0xffff) runs.push([from, to]);
  }
  return runs;
}

/** Whether a cover has that code point. */
export function covers(cover: Cover, codePoint: number): boolean {
  let [low, high] = [0, cover.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [from, to] = cover[middle] ?? [0, -1];
    if (codePoint < from) high = middle - 1;
    else if (codePoint > to) low = middle + 1;
    else return true;
  }
  return false;
}
