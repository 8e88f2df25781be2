import type { OutputFile, OutputKind } from './results.ts';
import { clean, NBSP } from './text.ts';

/** How numbers, times and sizes are written. Pure. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Stands between facts: it never begins a line. */
export const DOT = `${NBSP}· `;

/** Facts on one line; what is null or empty is left out. */
export const facts = (...parts: readonly (string | null | undefined | false)[]): string =>
  parts.filter((part): part is string => typeof part === 'string' && part !== '').join(DOT);

const unit = (n: number, name: string): string => `${n}${NBSP}${name}`;

const twoUnits = (large: number, largeName: string, small: number, smallName: string): string =>
  small === 0 ? unit(large, largeName) : `${unit(large, largeName)} ${unit(small, smallName)}`;

/** `42 s`, `6 min`, `6 h 58 min`, `2 d 3 h`; rounded down, as clocks do. */
export function duration(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < MINUTE) return unit(Math.floor(whole / SECOND), 's');
  if (whole < HOUR) return unit(Math.floor(whole / MINUTE), 'min');
  if (whole < DAY) return twoUnits(Math.floor(whole / HOUR), 'h', Math.floor((whole % HOUR) / MINUTE), 'min');
  return twoUnits(Math.floor(whole / DAY), 'd', Math.floor((whole % DAY) / HOUR), 'h');
}

/** How long one epoch or one check takes: `0.9 s`, `42 s`, `5 min 58 s`, `1 h 5 min`. */
export function pace(ms: number): string {
  const tenths = Math.round(Math.max(0, ms) / 100);
  if (tenths < 100) return `${(tenths / 10).toFixed(1)}${NBSP}s`;
  const seconds = Math.round(Math.max(0, ms) / SECOND);
  if (seconds < 60) return unit(seconds, 's');
  if (seconds < 3_600) return twoUnits(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

/** `6 h 40 min to 7 h 5 min`, `1 to 3 min`: the unit is said once where both have only that one. */
export function formatRange(fromMs: number, toMs: number): string {
  const [from, to] = [duration(fromMs), duration(toMs)];
  if (from === to) return from;
  const [amount, name, more] = from.split(NBSP);
  return more === undefined && to.split(NBSP).length === 2 && to.endsWith(`${NBSP}${name}`)
    ? `${amount} to ${to}`
    : `${from} to ${to}`;
}

/** A length of time that is a guess: below one hour to the minute, else to 5 min. "about" stands before it. */
export function aboutDuration(ms: number): string {
  if (ms < MINUTE) return duration(Math.max(SECOND, ms));
  const step = ms < HOUR ? MINUTE : 5 * MINUTE;
  return duration(Math.round(ms / step) * step);
}

/** A point in time that is a guess, rounded by its distance from `now` like aboutDuration. In ms. */
export function aboutTime(ms: number, now: number): number {
  const distance = Math.abs(ms - now);
  if (distance < MINUTE) return ms;
  const step = distance < HOUR ? MINUTE : 5 * MINUTE;
  return Math.round(ms / step) * step;
}

/** A point in time as every reader sees it in their own zone. `t` a clock time, `F` with the date, `R` the distance. */
export const at = (ms: number, style: 't' | 'F' | 'R'): string => `<t:${Math.floor(ms / SECOND)}:${style}>`;

/** The clock time, or with its date when it is a day away or more. */
export const when = (ms: number, now: number): string => at(ms, Math.abs(ms - now) < DAY ? 't' : 'F');

/** `<t:…:t>, <t:…:R>` */
export const whenAndDistance = (ms: number, now: number): string => `${when(ms, now)}, ${at(ms, 'R')}`;

/** `3:05:41`, the time stamps of a log. Of seconds since its start. */
export function logTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${Math.floor(whole / 3_600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

const thousands = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `18,634` */
export const count = (n: number): string => thousands.format(n);

/** `1 model`, `2 models` */
export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** `44%`, rounded down like the bar. `part` of `whole`; 0 when there is no whole. */
export const percent = (part: number, whole: number): string =>
  `${whole > 0 ? Math.min(100, Math.max(0, Math.floor((part / whole) * 100 + 1e-9))) : 0}%`;

/** `▰▰▰▰▱▱▱▱▱▱ 44%` */
export function bar(part: number, whole: number): string {
  const share = whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
  const full = Math.floor(share * 10 + 1e-9);
  return `${'▰'.repeat(full)}${'▱'.repeat(10 - full)} ${percent(part, whole)}`;
}

/** `7.0 kB`, `14 kB`, `97.8 MB`, `1.8 GB`, `213 MB`: decimal units; two digits at least, three at most. */
export function size(bytes: number): string {
  if (bytes < 1_000) return unit(Math.max(0, Math.round(bytes)), 'B');
  for (const [limit, name] of [
    [1e6, 'kB'],
    [1e9, 'MB'],
    [1e12, 'GB'],
  ] as const) {
    const value = bytes / (limit / 1_000);
    // What rounds to 1000 belongs to the next unit.
    if (value < 999.5) return `${digits(value)}${NBSP}${name}`;
  }
  return `${digits(bytes / 1e12)}${NBSP}TB`;
}

function digits(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  const text = value.toFixed(1);
  return text.length > 3 ? text.replace(/\.0$/, '') : text;
}

/** Hours of quota: `11.4 h`, `30.0 h`. */
export const hours = (n: number): string => `${n.toFixed(1)}${NBSP}h`;

/** The hours of a week, as Kaggle grants them: `30 h`, without an empty decimal. */
export const hoursGranted = (n: number): string => `${n.toFixed(1).replace(/\.0$/, '')}${NBSP}h`;

/** Hours a run used, always with its decimal: `7.0`. */
export const usedHours = (ms: number): string => (Math.max(0, ms) / HOUR).toFixed(1);

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,4}))?$/i;

function sized(sign: string, value: number, significant: number, decimals: number): string {
  if (value === 0) return `${sign}${value.toFixed(Math.min(4, decimals))}`;
  if (value < 0.001) return `${sign}${value.toExponential(Math.min(2, significant) - 1)}`;
  const rounded = value.toFixed(Math.min(4, decimals));
  if (Number(rounded) < 10) return `${sign}${rounded}`;
  if (value >= 1e9) return `${sign}${value.toExponential(Math.min(3, significant) - 1).replace('e+', 'e')}`;
  return `${sign}${value.toFixed(Math.min(2, decimals))}`;
}

/**
 * A metric as the log printed it, or rounded: four decimals below 10, two from there, two significant digits below 0.001,
 * and never more digits than were printed. Percentages stay percentages. What is no number is `–`: nothing foreign comes
 * through.
 */
export function metric(printed: string | number): string {
  const text = clean(String(printed)).trim();
  if (/^[+-]?nan$/i.test(text)) return 'NaN';
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? '-inf' : 'inf';
  const isPercentage = /\d\s*%$/.test(text);
  const match = NUMBER.exec(isPercentage ? text.slice(0, -1).trimEnd() : text);
  if (match === null || `${match[2] ?? ''}${match[3] ?? ''}` === '') return '–';
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const value = Number(`${whole === '' ? '0' : whole}.${fraction === '' ? '0' : fraction}e${exponent}`);
  if (!Number.isFinite(value)) return '–';
  const significant = Math.max(1, `${whole}${fraction}`.replace(/^0+/, '').length);
  const decimals = Math.max(0, fraction.length - Number(exponent));
  return `${sized(sign === '-' ? '-' : '', value, significant, decimals)}${isPercentage ? '%' : ''}`;
}

const KIND_WORDS: Record<OutputKind, readonly [string, string]> = {
  model: ['model', 'models'],
  table: ['table', 'tables'],
  image: ['image', 'images'],
  other: ['other file', 'other files'],
};

/** `2 models, 2 tables, 4 images`; only of `kinds`, in that order; empty when there is none. */
export function countKinds(
  files: readonly OutputFile[],
  kinds: readonly OutputKind[] = ['model', 'table', 'image', 'other'],
): string {
  return kinds
    .map((kind) => ({ kind, n: files.filter((file) => file.kind === kind).length }))
    .filter(({ n }) => n > 0)
    .map(({ kind, n }) => plural(n, ...KIND_WORDS[kind]))
    .join(', ');
}

/** The sum of all sizes in bytes; null when one of them is not known, for a sum of some would mislead. */
export function totalSize(files: readonly OutputFile[]): number | null {
  let sum = 0;
  for (const file of files) {
    if (file.size === null) return null;
    sum += file.size;
  }
  return sum;
}

/** `#40, #41 and #42` as a plain list with commas. */
export const numbers = (list: readonly number[]): string => list.map((n) => `#${n}`).join(', ');
