import type { Run } from '../../domain/run.ts';
import {
  at,
  clean,
  cutEnd,
  escapeText,
  facts,
  glyph,
  headlineValue,
  listTitle,
  metric,
  metricName,
  progressOf,
  titleOf,
  versionSuffix,
} from '../../domain/words.ts';
import type { MessageBody } from '../chat.ts';
import type { CardView } from '../views.ts';
import { ACCENTS, button, framed, type Part, panel, row, section, separator, small, text } from './components.ts';
import { forecast } from './forecast.ts';
import { endedWord, howFar, standing } from './result-words.ts';

/** /status and the words of a direct message. */

/** A run that is alive, with what its card says. */
export type StatusLine = CardView;

export type StatusView = {
  /** Newest first. */
  readonly alive: readonly StatusLine[];
  /** The last ones that ended, newest first; three are shown. */
  readonly ended: readonly Run[];
  readonly guildName: (guildId: string) => string | null;
  readonly mention: (command: string) => string;
  readonly now: number;
  /** Whether it is said in a direct message, where plain words are understood. */
  readonly direct: boolean;
};

const SHOWN = 6;

/** The server a run belongs to, as markdown. */
function serverOf(run: Run, guildName: StatusView['guildName']): string {
  if (run.place.kind !== 'guild' || run.place.guildId === null) return 'direct message';
  const name = clean(guildName(run.place.guildId) ?? '').trim();
  return name === '' ? 'a server' : escapeText(cutEnd(name, 32));
}

function firstLine(line: StatusLine): string {
  const { run } = line;
  const { state } = run;
  const head = (word: string): string => `${glyph(state)} **#${run.number} ${word}**`;
  if (line.tokenRefusedSince !== null) return `⚠️ **#${run.number} not followed** · Kaggle refuses the token`;
  switch (state.phase) {
    case 'accepted':
    case 'waiting':
      if (state.phase === 'waiting' && state.reason.for === 'hours') return head('waiting for GPU hours');
      if (state.phase === 'waiting' && state.reason.for === 'run') return head(`waiting for #${state.reason.number}`);
      return facts(head('waiting in line'), line.line !== null && `place ${line.line.place}`);
    case 'pushing':
      return head('pushing to Kaggle');
    case 'queued':
      return head('queued at Kaggle');
    case 'running':
      if (line.kaggleDown !== null) return facts(head('running'), 'Kaggle is not answering');
      return state.stopping ? head('stopping') : facts(head('running'), howFar(run));
    default:
      return facts(head('running'), 'collecting its files');
  }
}

function lastLine(line: StatusLine): string | null {
  const { run } = line;
  const { state } = run;
  if (state.phase === 'running' || state.phase === 'finishing') {
    const main = run.progress?.series[0];
    const end = forecast(line);
    const number = main === undefined ? null : `${metricName(main)} ${metric(main.lastText)}`;
    const ends = end === null ? null : `ends about ${at(end.at, 't')}`;
    const started = state.startedAt === null ? null : `started ${at(state.startedAt, 'R')}`;
    return facts(number, ends ?? (number === null ? started : null)) || null;
  }
  if (state.phase === 'queued') return `since ${at(state.pushed.at, 'R')}`;
  if (state.phase === 'pushing') return `since ${at(state.since, 'R')}`;
  const next = line.line?.nextSlotAt ?? null;
  if (next !== null)
    return `next slot ${line.line?.nextSlotBy === 'limit' ? 'at the latest' : 'about'} ${at(next, 't')}`;
  const refill = line.hours?.refillAt ?? null;
  if (state.phase === 'waiting' && state.reason.for === 'hours' && refill !== null)
    return `next hours ${at(refill, 'R')}`;
  return `accepted ${at(run.acceptedAt, 'R')}`;
}

/** `2 running, 1 waiting`. Queued at Kaggle counts as waiting: it does not run yet. */
function heading(alive: readonly StatusLine[]): string {
  const running = alive.filter(({ run }) => run.state.phase === 'running' || run.state.phase === 'finishing').length;
  const waiting = alive.length - running;
  return [running > 0 && `${running} running`, waiting > 0 && `${waiting} waiting`].filter(Boolean).join(', ');
}

function endedLine(run: Run): string {
  const main = progressOf(run, run.report)?.series[0];
  const number =
    run.state.phase === 'complete' && main !== undefined ? `${metricName(main, 16)} ${headlineValue(main)}` : null;
  const endedAt = 'endedAt' in run.state ? run.state.endedAt : run.state.phase === 'lost' ? run.state.since : null;
  return facts(
    `${glyph(run.state)} #${run.number} ${endedWord(run)}`,
    `${listTitle(run)}${versionSuffix(run)}`,
    number,
    endedAt !== null && at(endedAt, 'R'),
  );
}

const endedText = (ended: readonly Run[]) => text('**Last ended**', ...ended.slice(0, 3).map(endedLine));

export function renderStatus(view: StatusView): MessageBody {
  const { alive, ended, guildName, mention, direct } = view;
  if (alive.length === 0) {
    const words = '`status 42`, `log 42` or `help`';
    const where = direct ? 'here' : 'in a direct message';
    const nothing = [
      text(
        'Nothing of yours is running or waiting.',
        small(`Start with ${mention('commit')}. You can also write ${words} ${where}.`),
      ),
    ];
    return ended.length === 0 ? panel(nothing) : framed(null, [...nothing, separator(), endedText(ended)]);
  }
  const parts: (Part | null)[] = [text(`### ${heading(alive)}`)];
  for (const line of alive.slice(0, SHOWN)) {
    const { run } = line;
    const second = facts(`${titleOf(run)}${versionSuffix(run)}`, serverOf(run, guildName));
    const lines = [firstLine(line), second, lastLine(line)].filter((one) => one !== null);
    parts.push(separator(), section(lines, button('Details', { verb: 'status', key: run.key })));
  }
  if (alive.length > SHOWN) parts.push(text(`and ${alive.length - SHOWN} more in ${mention('runs')}`));
  if (ended.length > 0) parts.push(separator(), endedText(ended));
  return framed(ACCENTS.blue, parts);
}

/** A number that several servers have. */
export type AmbiguousView = {
  readonly number: number;
  /** At most five are offered. `server` null: it belongs to no server. */
  readonly choices: readonly { readonly run: Run; readonly server: string | null }[];
  /** What the buttons do; the details unless another verb is asked for. */
  readonly verb?: string;
};

const WORDS: Record<number, string> = { 2: 'two', 3: 'three', 4: 'four', 5: 'five' };

export function renderAmbiguous({ number, choices, verb = 'status' }: AmbiguousView): MessageBody {
  const shown = choices.slice(0, 5);
  const howMany = WORDS[choices.length] ?? String(choices.length);
  return panel([
    text(`#${number} exists on ${howMany} servers:`),
    row(
      ...shown.map(({ run, server }) => button(cutEnd(clean(server ?? 'direct message'), 24), { verb, key: run.key })),
    ),
  ]);
}

/** The answer to any other text in a direct message. `newest`: the person's newest run that is alive. */
export const renderNotUnderstood = ({ newest }: { readonly newest: Run | null }): MessageBody =>
  panel([
    text(
      'I understand `status`, `status 42`, `log 42` and `help`, and all the slash commands.',
      newest === null ? null : `Your newest run: **#${newest.number}** ${titleOf(newest)}, ${standing(newest)}.`,
    ),
    row(button('Status', { verb: 'status', key: '-' }), button('Help', { verb: 'help', key: '-' })),
  ]);
