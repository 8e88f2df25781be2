/**
 * Making foreign text safe and short: titles, notes, file names, log lines, people's names. Whatever did not come from this
 * program goes through here before it stands in a message. Pure.
 */

export const NBSP = '\u00a0';
/** Zero-width space: parts back-ticks inside a code block. */
const ZWSP = '\u200b';
const ISOLATE = '\u2068';
const POP = '\u2069';

// ESC or C1 introducers: CSI (also cut off at the end), OSC up to BEL or ST, and the short two-character forms.
const ANSI = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?/g;
const SPACES = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
const CONTROL = /[\x00-\x1f\x7f-\x9f]/g;
// Bidi marks, embeddings, overrides and isolates.
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
// What takes no room or looks like nothing: joiners, soft hyphen, fillers, tags, supplementary variation selectors.
const INVISIBLE =
  /\u00ad|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u180e|[\u200b-\u200d]|[\u2060-\u2065]|[\u206a-\u206f]|\u2800|\u3164|\ufeff|\uffa0|[\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;
// Real scripts stack at most a few marks on one letter; more is made to spill over the lines around.
const STACKED_MARKS = /(\p{M}{4})\p{M}+/gu;

/** Removes control, bidi, zero-width and ANSI characters; line breaks and tabs become one space. Spaces stay as they are. */
export function clean(text: string): string {
  return text
    .toWellFormed()
    .replace(ANSI, '')
    .replace(SPACES, ' ')
    .replace(CONTROL, '')
    .replace(BIDI, '')
    .replace(INVISIBLE, '')
    .replace(STACKED_MARKS, '$1');
}

/**
 * Puts a backslash before everything Discord reads as formatting, a mention, a time stamp, a command or an address. `text`
 * is one cleaned line. What it gives shows as `text` did.
 */
export function escapeMarkdown(text: string): string {
  return (
    text
      .replace(/[\\*_~|`<>[\]:@]/g, '\\$&')
      // Headings, lists, quotes and small print begin a line, and only there.
      .replace(/^(\s*)([#+-])/, '$1\\$2')
      .replace(/^(\s*\d+)\./, '$1\\.')
      // An address without a scheme still unfolds as an invitation.
      .replace(/(\.\p{L}{2,})\//gu, '$1\\/')
  );
}

/** Cleaned, escaped, and isolated so that its direction of writing stays its own. Never empty. */
export function escapeText(text: string): string {
  const cleaned = clean(text).trim();
  return `${ISOLATE}${cleaned === '' ? '–' : escapeMarkdown(cleaned)}${POP}`;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Counts code points, as Discord does. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Splits lazily at the front only, so that a line of ten megabytes costs no more than what is shown of it. */
function* segments(text: string, most: number): Generator<string> {
  for (const { segment } of graphemes.segment(text.slice(0, most * 16))) yield segment;
}

/** At most `n` graphemes (and 2n code points), with `…` for what is missing. */
export function cutEnd(text: string, n: number): string {
  const kept: string[] = [];
  let points = 0;
  for (const segment of segments(text, n + 1)) {
    points += codePoints(segment);
    if (kept.length === n || points > 2 * n) {
      return `${kept
        .slice(0, n - 1)
        .join('')
        .trimEnd()}…`;
    }
    kept.push(segment);
  }
  return kept.join('');
}

// Unicode's East Asian Wide and Fullwidth, as far as letters, punctuation and emoji go.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

const widthOf = (segment: string): number => (WIDE.test(segment) ? 2 : /^\p{M}+$/u.test(segment) ? 0 : 1);

/** Columns in a fixed-width font: wide characters count two, marks none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOf(segment);
  return width;
}

/** At most `n` columns wide, with `…` for what is missing. */
export function cutColumns(text: string, n: number): string {
  let width = 0;
  let kept = '';
  let shorter = '';
  for (const segment of segments(text, 2 * n + 2)) {
    width += widthOf(segment);
    if (width > n || codePoints(kept) + codePoints(segment) > 2 * n) return `${shorter.trimEnd()}…`;
    kept += segment;
    if (width <= n - 1) shorter = kept;
  }
  return kept;
}

const EXTENSION = /\.[A-Za-z0-9]{1,12}(?:\.(?:gz|bz2|xz|zst))?$/;

/**
 * A file name in at most `n` graphemes: the folder and the extension stay, the middle is cut. A folder that would leave too
 * little room for the name is cut at its front.
 */
export function cutMiddle(name: string, n: number): string {
  if ([...segments(name, n + 1)].length <= n && codePoints(name) <= 2 * n) return name;
  const slash = name.lastIndexOf('/') + 1;
  const folder = [...graphemes.segment(name.slice(0, slash).slice(-16 * n))].map((one) => one.segment);
  const base = name.slice(slash);
  const extension = EXTENSION.exec(base)?.[0] ?? '';
  const stem = base.slice(0, base.length - extension.length);
  const roomForFolder = Math.max(0, n - extension.length - 16);
  const shownFolder =
    folder.length <= roomForFolder
      ? folder.join('')
      : roomForFolder < 3
        ? ''
        : `…${folder.slice(1 - roomForFolder).join('')}`;
  const room = n - [...graphemes.segment(shownFolder)].length - extension.length;
  const head = [...segments(stem, room)];
  const tail = [...graphemes.segment(stem.slice(-16 * room))].map((one) => one.segment);
  if (tail.length <= room && stem.length <= 16 * room) return bounded(shownFolder + stem + extension, n);
  // The beginning of a name tells more than its end.
  const left = Math.ceil(((room - 1) * 2) / 3);
  const right = room - 1 - left;
  const shown = `${head.slice(0, left).join('')}…${right > 0 ? tail.slice(-right).join('') : ''}`;
  return bounded(shownFolder + shown + extension, n);
}

/** Holds the bound in code points where graphemes are made of very many. */
const bounded = (text: string, n: number): string => (codePoints(text) <= 2 * n ? text : cutEnd(text, n));

/** Lines as a code block that nothing inside can end. Lines are cleaned; no lines give an empty text. */
export function codeBlock(lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const safe = lines.map((line) =>
    clean(line.replace(/\t/g, '    '))
      .replace(/`(?=`)/g, `\`${ZWSP}`)
      .trimEnd(),
  );
  // A block that only holds spaces would show its fences.
  return safe.every((line) => line === '') ? '' : `\`\`\`\n${safe.join('\n')}\n\`\`\``;
}

/** Foreign text in code style. */
export function inlineCode(text: string): string {
  const safe = clean(text).replaceAll('`', 'ˋ').trim();
  return safe === '' ? '–' : `\`${safe}\``;
}

/**
 * `[text](url)`; `text` is markdown of our own making. An address that is not http(s), or so long that it would crowd out
 * the message, gives the text alone: a link is never cut.
 */
export function link(text: string, url: string | null, longest = 512): string {
  if (url === null || url.length > longest || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return text;
  const safe = new URL(url).href.replace(/[()<>\s\\[\]*_~|`]/g, (sign) =>
    /[_~*]/.test(sign) ? sign : `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return safe.length > longest ? text : `[${text}](${safe})`;
}
