import {
  aboutDuration,
  accountOf,
  at,
  bar,
  facts,
  hours,
  hoursGranted,
  numbers,
  whenAndDistance,
} from '../../domain/words.ts';
import type { MessageBody } from '../chat.ts';
import { framed, separator, small, text, textIfAny } from './components.ts';

/** Hours of the week, as Kaggle counts them. */
type HoursView = { readonly used: number; readonly reserved: number; readonly total: number };

/** /quota. */
export type QuotaView = {
  readonly account: string;
  readonly now: number;
  /** When Kaggle said so, in ms: now, or the last time it answered. */
  readonly readAt: number;
  /** Kaggle is not answering now: what is shown is the last that was known. */
  readonly stale: boolean;
  readonly gpu: HoursView | null;
  readonly tpu: HoursView | null;
  readonly refillAt: number | null;
  /** GPU sessions in use. `foreign`: those that no run of ours explains. Null when it is not known. */
  readonly sessions: {
    readonly used: number;
    readonly total: number;
    readonly numbers: readonly number[];
    readonly foreign: number;
  } | null;
  /** Numbers of the runs that wait in line, first to last. */
  readonly line: readonly number[];
  /** The last run to compare with: how many hours it takes, and whether they are there. */
  readonly like: { readonly number: number; readonly ms: number; readonly enough: boolean } | null;
};

function hoursLines(name: string, of: HoursView | null): string | null {
  if (of === null) return null;
  const left = Math.max(0, of.total - of.used - of.reserved);
  return [
    `**${name}** ${bar(of.used + of.reserved, of.total)}`,
    facts(
      of.used > 0 && `${hours(of.used)} used`,
      of.reserved > 0 && `${hours(of.reserved)} held by running sessions`,
      `${hours(left)} left of ${hoursGranted(of.total)}`,
    ),
  ].join('\n');
}

function sessionsLine(sessions: QuotaView['sessions']): string | null {
  if (sessions === null) return null;
  const { used, total, foreign } = sessions;
  const named = numbers(sessions.numbers);
  const others = foreign === 0 ? '' : foreign === 1 ? 'one not started here' : `${foreign} not started here`;
  const which = [named, others].filter((part) => part !== '').join(' and ');
  return `**GPU sessions** ${used} of ${total} in use${which === '' ? '' : `: ${which}`}`;
}

export function renderQuota(view: QuotaView): MessageBody {
  const { account, now, readAt, stale, gpu, tpu, refillAt, sessions, line, like } = view;
  const read = `read from Kaggle at ${at(readAt, now - readAt < 86_400_000 ? 't' : 'F')}`;
  const told = gpu === null && tpu === null ? 'Kaggle did not say how many hours are used.' : hoursLines('GPU', gpu);
  return framed(null, [
    text(`### Kaggle hours of ${accountOf(account)}`, small(stale ? facts(read, 'Kaggle is not answering now') : read)),
    separator(),
    textIfAny(told),
    textIfAny(hoursLines('TPU', tpu)),
    textIfAny(
      refillAt === null ? null : `**Refills** ${whenAndDistance(refillAt, now)}`,
      sessionsLine(sessions),
      line.length === 0 ? null : `**In line** ${numbers(line)}`,
      like === null
        ? null
        : like.enough
          ? `**Enough for** one more run like #${like.number}, about ${aboutDuration(like.ms)}`
          : `**Not enough for** a run like #${like.number}, about ${aboutDuration(like.ms)}`,
    ),
  ]);
}
