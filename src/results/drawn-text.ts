import { clean } from '../domain/words.ts';
import { type Fonts, isDrawable, NO_FONTS } from './fonts.ts';

/** Text in a picture: what the fonts at hand can draw, how wide it is, safe inside SVG. */

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const NARROW = /[ilj.,:;'|!()[\]tfrI ·]/;
const WIDE = /[mwMW@%—…]/;
/** Chinese, Japanese, Korean and their full-width signs fill a square. */
const SQUARE = /[\u1100-\u115f\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uff60\u{1f000}-\u{3ffff}]/u;

/** Stands for characters that no font at hand can draw; DejaVu Sans has it. */
const MISSING = '□';

/** The text with one sign in place of each run of what cannot be drawn. */
export function drawable(text: string, fonts: Fonts = NO_FONTS): string {
  let drawn = '';
  for (const char of clean(text).replace(/\s+/g, ' ').trim()) {
    if (isDrawable(char.codePointAt(0) ?? 0, fonts)) drawn += char;
    // What belongs to the sign before it, as a skin tone does, needs none of its own.
    else if (!drawn.endsWith(MISSING) && !/^\p{M}|\p{Variation_Selector}|\p{Emoji_Modifier}$/u.test(char))
      drawn += MISSING;
  }
  return drawn;
}

/** Whether a drawable text says anything: it has a letter or a digit. */
export const isTelling = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);

export const escapeSvg = (text: string): string => text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? '');

/** Width in pixels, rather too much than too little. */
export function widthOf(text: string, size: number, bold = false): number {
  let ems = 0;
  for (const char of text) ems += NARROW.test(char) ? 0.4 : WIDE.test(char) || SQUARE.test(char) ? 1.02 : 0.645;
  return ems * size * (bold ? 1.1 : 1);
}

/** At most `width` pixels wide, with `…` for what is missing. */
export function fitWidth(text: string, width: number, size: number, bold = false): string {
  if (widthOf(text, size, bold) <= width) return text;
  const chars = [...text];
  while (chars.length > 0 && widthOf(`${chars.join('')}…`, size, bold) > width) chars.pop();
  return `${chars.join('').trimEnd()}…`;
}
