import type { TimeStyle } from './markdown.ts';

/** Points in time as people read them. Pure; `zone` only for tests. */

const SECOND = 1;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const steps: readonly {
  readonly upTo: number;
  readonly unit: Intl.RelativeTimeFormatUnit;
  readonly seconds: number;
}[] = [
  { upTo: MINUTE, unit: 'second', seconds: SECOND },
  { upTo: HOUR, unit: 'minute', seconds: MINUTE },
  { upTo: DAY, unit: 'hour', seconds: HOUR },
  { upTo: 30 * DAY, unit: 'day', seconds: DAY },
  { upTo: 365 * DAY, unit: 'month', seconds: 30 * DAY },
  { upTo: Number.POSITIVE_INFINITY, unit: 'year', seconds: 365 * DAY },
];

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

/** `in 4 hours`, `1 minute ago`. Both in seconds since the epoch. */
export function distance(seconds: number, now: number): string {
  const away = seconds - now;
  const step = steps.find((one) => Math.round(Math.abs(away) / one.seconds) * one.seconds < one.upTo);
  if (step === undefined) return '';
  return relative.format(Math.round(away / step.seconds), step.unit);
}

const formats: Readonly<Record<Exclude<TimeStyle, 'R'>, Intl.DateTimeFormatOptions>> = {
  t: { hour: '2-digit', minute: '2-digit' },
  T: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  d: { day: '2-digit', month: '2-digit', year: 'numeric' },
  D: { day: 'numeric', month: 'long', year: 'numeric' },
  f: { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  F: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' },
};

/** A Discord timestamp as text. Both times in seconds since the epoch. */
export function timeText(seconds: number, style: TimeStyle, now: number, zone?: string): string {
  if (Math.abs(seconds) > 8.64e12) return 'Invalid date';
  if (style === 'R') return distance(seconds, now);
  const options = { ...formats[style], hour12: false, ...(zone === undefined ? {} : { timeZone: zone }) };
  return new Intl.DateTimeFormat('en-GB', options).format(seconds * 1_000);
}

/** Beside an author's name: `Today at 20:58`, `Yesterday at 20:58`, `23/11/2026 20:58`. Times in ms. */
export function messageTime(at: number, now: number, zone?: string): string {
  const day = (ms: number): string => timeText(ms / 1_000, 'd', 0, zone);
  const clock = timeText(at / 1_000, 't', 0, zone);
  if (day(at) === day(now)) return `Today at ${clock}`;
  if (day(at) === day(now - DAY * 1_000)) return `Yesterday at ${clock}`;
  return `${day(at)} ${clock}`;
}

/** `6.1 kB`, `213 MB`: decimal, as the bot's own messages have it. */
export function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1_000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${Number(value.toFixed(value < 99.95 ? 1 : 0))} ${units[unit]}`;
}
