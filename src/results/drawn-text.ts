import { clean } from '../domain/words.ts';

/** Text in a picture: what DejaVu Sans can draw, how wide it is, safe inside SVG. */

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
// Latin, Greek, Cyrillic, Armenian to Arabic, punctuation, arrows and mathematics; the font has no CJK and no emoji.
const DRAWABLE = /[^\u0020-\u06ff\u1e00-\u1fff\u2010-\u205e\u20a0-\u22ff]/gu;

const NARROW = /[ilj.,:;'|!()[\]tfrI ·]/;
const WIDE = /[mwMW@%—…]/;

/** The text without what cannot be drawn; perhaps empty. */
export const drawable = (text: string): string => clean(text).replace(DRAWABLE, '').replace(/\s+/g, ' ').trim();

export const escapeSvg = (text: string): string => text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? '');

/** Width in pixels, rather too much than too little. */
export function widthOf(text: string, size: number, bold = false): number {
  let ems = 0;
  for (const char of text) ems += NARROW.test(char) ? 0.4 : WIDE.test(char) ? 1 : 0.645;
  return ems * size * (bold ? 1.1 : 1);
}

/** At most `width` pixels wide, with `…` for what is missing. */
export function fitWidth(text: string, width: number, size: number, bold = false): string {
  if (widthOf(text, size, bold) <= width) return text;
  const chars = [...text];
  while (chars.length > 0 && widthOf(`${chars.join('')}…`, size, bold) > width) chars.pop();
  return `${chars.join('').trimEnd()}…`;
}
