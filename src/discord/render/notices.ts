import { acceleratorFacts } from '../../domain/accelerator.ts';
import { formatLimit } from '../../domain/limit.ts';
import { pushedOf, type Run, startedAtOf } from '../../domain/run.ts';
import { at, clean, cutEnd, duration, escapeText, facts, when } from '../../domain/words.ts';
import type { MessageBody } from '../chat.ts';
import { lastSeenWords, pageOf } from './card-lines.ts';
import { button, linkButton, type Row, row } from './components.ts';
import { FIRST_LINE_MAX, firstFitting } from './fit.ts';

/** The alarms: each once per run, plain text, one person notified. */
export type AlarmView = {
  readonly run: Run;
  readonly web: string;
  /** Null in a direct message: it notifies by itself. */
  readonly mention: string | null;
  /** 0 full, 1 without files (there are none), 2 without buttons. */
  readonly reduced: number;
};

/** A plain message with its mention as the last fact of its first line. `firsts`: that line, ever shorter. */
export function alarm(view: AlarmView, firsts: readonly string[], rest: string, buttons: Row | null): MessageBody {
  const { mention } = view;
  const first = firstFitting(
    FIRST_LINE_MAX,
    firsts.map((line) => facts(line, mention === null ? null : `<@${mention}>`)),
  );
  return {
    kind: 'notice',
    content: `${first}\n${rest}`,
    ...(buttons === null || view.reduced >= 2 ? {} : { components: [buttons] }),
    ...(mention === null ? {} : { mentions: [mention] }),
  };
}

export type InputDroppedView = AlarmView & {
  /** As Kaggle names them; at least one. */
  readonly inputs: readonly string[];
};

/** Kaggle runs it, but without an input it was given. */
export function renderInputDropped(view: InputDroppedView): MessageBody {
  const { run, inputs } = view;
  const named = (most: number): string => escapeText(cutEnd(clean(inputs[0] ?? ''), most));
  const more = inputs.length > 1 ? ` and ${inputs.length - 1} more` : '';
  const what = inputs.length > 1 ? 'these inputs' : 'this input';
  const why =
    inputs.length > 1 ? 'they do not exist or you may not read them' : 'it does not exist or you may not read it';
  return alarm(
    view,
    [48, 24, 12].map((most) =>
      facts(
        `⚠️ **#${run.number} runs without ${inputs.length > 1 ? 'some inputs' : 'an input'}**`,
        `${named(most)}${more}`,
      ),
    ),
    `Kaggle started the run but did not attach ${what}: ${why}.`,
    row(
      button('Stop…', { verb: 'stop', key: run.key, argument: 'inputDropped' }),
      linkButton('Open on Kaggle', pageOf(run, view.web)),
    ),
  );
}

export type OtherGpuView = AlarmView & {
  /** `2 × Tesla T4` */
  readonly got: string;
  /** Whether it is one of the machine that was asked for: then it is told because it does not work. */
  readonly isAsAsked: boolean;
  /** Whether the operation on it passed; null when none was tried. */
  readonly works: boolean | null;
};

/** The check cell saw another GPU than was asked for, or one on which it failed. */
export function renderOtherGpu(view: OtherGpuView): MessageBody {
  const { run, works } = view;
  const { short, kind } = acceleratorFacts(run.settings.accelerator);
  const got = (most: number): string => escapeText(cutEnd(clean(view.got), most));
  const head = view.isAsAsked
    ? `⚠️ **#${run.number}: the ${kind.toUpperCase()} does not work**`
    : `⚠️ **#${run.number} got another ${kind.toUpperCase()}**`;
  const second =
    works === null
      ? 'Nothing was tried on it.'
      : works
        ? 'The check on it passed.'
        : 'The check on it failed; stop the run on Kaggle.';
  return alarm(
    view,
    [60, 32].map((most) => facts(head, `asked ${short}, got ${got(most)}`)),
    second,
    row(
      button('Stop…', { verb: 'stop', key: run.key, argument: 'otherGpu' }),
      linkButton('Open on Kaggle', pageOf(run, view.web)),
    ),
  );
}

export type LostView = AlarmView & { readonly since: number };

/** It can no longer be followed. */
export function renderLost(view: LostView): MessageBody {
  const { run } = view;
  return alarm(
    view,
    [`⚠️ **#${run.number} is lost from sight** since ${at(view.since, 't')}`],
    whyLost(run),
    row(
      button('Look again', { verb: 'lookAgain', key: run.key }),
      button('Give up on it…', { verb: 'giveUp', key: run.key }),
      linkButton('Open on Kaggle', pageOf(run, view.web)),
    ),
  );
}

export type OverdueView = AlarmView & {
  readonly now: number;
  /** When Kaggle last said that it goes on. */
  readonly seenAt: number;
};

/** Long past its limit Kaggle still reports no end. */
export function renderOverdue(view: OverdueView): MessageBody {
  const { run, now, seenAt } = view;
  const started = startedAtOf(run.state);
  const since = started ?? pushedOf(run.state)?.at ?? now;
  const doing = started === null ? 'queued' : 'running';
  const seen = lastSeenWords(run);
  return alarm(
    view,
    [
      facts(
        `⚠️ **#${run.number} is still ${doing}**`,
        started === null
          ? `for ${duration(now - since)}`
          : `for ${duration(now - since)}, its limit is ${formatLimit(run.settings.limitMinutes)}`,
      ),
    ],
    `Last seen at Kaggle ${when(seenAt, now)}${seen === null ? '' : `: ${seen}`}. It is followed on, and this is said once a day.`,
    row(
      button('Log', { verb: 'log', key: run.key }),
      button('Stop…', { verb: 'stop', key: run.key, argument: 'overdue' }),
      linkButton('Open on Kaggle', pageOf(run, view.web)),
    ),
  );
}

export type TokenRefusedView = AlarmView & {
  readonly since: number;
  /** How many runs of this person are not followed because of it. */
  readonly runs: number;
};

/** Kaggle refuses the person's token: for them alone, and once. */
export function renderTokenRefused(view: TokenRefusedView): MessageBody {
  const { runs } = view;
  const which = runs === 1 ? 'One of your runs is' : `${runs} of your runs are`;
  const go = runs === 1 ? 'it goes' : 'they go';
  return alarm(
    view,
    [`⚠️ **Kaggle refuses your token**, since ${at(view.since, 't')}`],
    `${which} not followed until you link a new one; ${go} on at Kaggle.`,
    // With the run's key, by which it is found again.
    row(button('Link Kaggle…', { verb: 'link', key: view.run.key })),
  );
}

/** One sentence, for the alarm; the card adds what may have happened. */
export function whyLost(run: Pick<Run, 'state'>): string {
  const why = run.state.phase === 'lost' ? run.state.why : 'gone';
  if (why === 'unlinked') return 'Its Kaggle account is no longer linked here. The run itself goes on at Kaggle.';
  if (why === 'unreadable') return 'Kaggle’s answers about this notebook cannot be read.';
  if (why === 'superseded') return 'Kaggle shows a newer version of this notebook and no longer this one.';
  return 'Kaggle answers that this notebook does not exist or is not yours.';
}
