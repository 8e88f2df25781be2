import { acceleratorFacts } from '../../domain/accelerator.ts';
import type { Alarm } from '../../domain/alarms.ts';
import { formatLimit } from '../../domain/limit.ts';
import type { Run } from '../../domain/run.ts';
import {
  aboutDuration,
  clean,
  count,
  cutColumns,
  cutEnd,
  duration,
  escapeText,
  facts,
  GLYPHS,
  inlineCode,
  metric,
  NBSP,
  pace,
  when,
} from '../../domain/words.ts';
import type { MessageBody } from '../chat.ts';
import type { EndView } from '../views.ts';
import { button, row } from './components.ts';
import { lastLines } from './end-lines.ts';
import { type AlarmView, alarm } from './notices.ts';

/** What may be wrong with a run that goes on: its facts are those that were stored when it was noticed. */
export type RunAlarmView = AlarmView &
  Pick<EndView, 'now' | 'late' | 'cardLink'> & {
    readonly alarm: Alarm;
  };

type Words = { readonly firsts: readonly string[]; readonly rest: string };

const LINE_COLUMNS = 90;

export function renderAlarm(view: RunAlarmView): MessageBody {
  const { run } = view;
  const { firsts, rest } = wordsOf(view);
  return alarm(
    view,
    firsts,
    [rest, ...lastLines(view)].filter((line) => line !== null && line !== '').join('\n'),
    row(
      button('Log', { verb: 'log', key: run.key }),
      button('Stop…', { verb: 'stop', key: run.key, argument: view.alarm.kind }),
      button(`No more alarms for #${run.number}`, { verb: 'noAlarms', key: run.key }),
    ),
  );
}

function wordsOf(view: RunAlarmView): Words {
  switch (view.alarm.kind) {
    case 'notANumber':
      return noNumberWords(view.run, view.alarm);
    case 'silent':
      return silentWords(view.run, view.alarm, view.now);
    case 'overLimit':
      return limitWords(view.run, view.alarm, view.now);
  }
}

type Of<Kind extends Alarm['kind']> = Extract<Alarm, { kind: Kind }>;

const unitOf = (unit: string, at: number): string => `${unit}${NBSP}${count(at)}`;

function goesOn({ settings }: Run): string {
  const { kind } = acceleratorFacts(settings.accelerator);
  const uses = kind === 'cpu' ? 'goes on' : `goes on and uses ${kind.toUpperCase()} hours`;
  return `The run ${uses} until it ends or is stopped.`;
}

function noNumberWords(run: Run, { name, value, unit, since, last }: Of<'notANumber'>): Words {
  const named = (most: number): string => escapeText(cutEnd(clean(name), most));
  const before =
    last === null
      ? 'It has had no number so far.'
      : `The last number was ${metric(last.value)} at ${unitOf(unit, last.at)}.`;
  return {
    firsts: [40, 24, 12].map(
      (most) => `${GLYPHS.warning} **#${run.number}: ${named(most)} is ${value}** since ${unitOf(unit, since)}`,
    ),
    rest: `${before} ${goesOn(run)}`,
  };
}

function silentWords(run: Run, { since, usualMs, line }: Of<'silent'>, now: number): Words {
  const usual = `Before, a line came about every ${pace(usualMs)}.`;
  return {
    firsts: [`${GLYPHS.warning} **#${run.number} has been silent for ${duration(now - since)}**`],
    rest: line === null ? usual : `${usual} Last line: ${inlineCode(cutColumns(clean(line).trim(), LINE_COLUMNS))}`,
  };
}

function limitWords(run: Run, alarm: Of<'overLimit'>, now: number): Words {
  const { needsMs, limitMs, paceMs, unit, cutAt, cutIn, of } = alarm;
  const where = cutIn === null ? '' : `, in ${unitOf(unit, cutIn)}${of === null ? '' : ` of ${count(of)}`}`;
  return {
    firsts: [
      facts(
        `${GLYPHS.warning} **#${run.number} will miss its limit**`,
        `needs about ${aboutDuration(needsMs)}, has ${formatLimit(limitMs / 60_000)}`,
      ),
    ],
    rest: `At ${pace(paceMs)} per ${unit} it would be cut off at ${when(cutAt, now)}${where}. The limit cannot be changed while it runs.`,
  };
}
