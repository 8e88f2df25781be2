import { ApplicationCommandType } from 'discord-api-types/v10';
import type { MessageBody } from '../src/discord/chat.ts';
import type { Ask, Command } from '../src/discord/command.ts';
import { renderComparison } from '../src/discord/render/compare.ts';
import type { Run } from '../src/domain/run.ts';
import { UserError } from '../src/domain/user-error.ts';
import { compareRuns } from '../src/steps/compare.ts';
import type { Needs } from '../src/steps/needs.ts';
import { serverOf } from './ambiguous.ts';
import { everywhere, textOption } from './declare.ts';
import { pressedRun } from './press.ts';
import { completeRun, findRun } from './run-option.ts';

/** Six lines are told apart in one picture. */
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const DESCRIPTIONS = ['A run', 'A later run; the one before the first unless you say'];

export const compare: Command<Needs> = {
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'compare',
    description: 'Two to six runs side by side, with their curves in one picture',
    ...everywhere,
    options: NAMES.map((name, index) => textOption(name, DESCRIPTIONS[index] ?? 'One more run', { maxLength: 100 })),
  },
  autocomplete: (ask, needs) => completeRun({ ...ask, focused: { ...ask.focused, name: 'run' } }, needs),
  execute: async (ask, needs) => {
    const said = NAMES.flatMap((name) => {
      const value = ask.options.get(name);
      return typeof value === 'string' && value.trim() !== '' ? [value] : [];
    });
    const runs = said.map((one) => oneRun(one, ask, needs));
    const [only] = runs;
    const before = runs.length === 1 && only !== undefined ? runBefore(only, ask, needs) : null;
    return { body: compared(before === null ? runs : [before, ...runs], needs) };
  },
  presses: {
    /** *Compare with #m*: the button hangs on the later run. */
    compare: {
      answers: 'reply',
      execute: async (ask, needs) => {
        const now = pressedRun(ask, needs);
        return { body: compared([pressedRun({ ...ask, key: ask.argument ?? '' }, needs), now], needs) };
      },
    },
  },
};

/** @throws UserError, also for a number that several servers have: which one is meant is chosen from the list */
function oneRun(said: string, ask: Ask, needs: Needs): Run {
  const found = findRun(said, ask, needs);
  if ('run' in found) return found.run;
  throw new UserError(
    `#${found.number} exists on ${found.among.length} servers.`,
    'Please choose it from the list that appears while you type.',
  );
}

/** The run of the same notebook before that one, if the person may see it too. */
const runBefore = (run: Run, { scope }: Ask, { runs }: Needs): Run | null =>
  runs
    .earlierOfKernel(run, 10)
    .find(({ key, state }) => state.phase === 'complete' && runs.seen(scope, key) !== null) ?? null;

/** @throws UserError for fewer than two different runs */
function compared(runs: readonly Run[], needs: Needs): MessageBody {
  const different = [...new Map(runs.map((run) => [run.key, run])).values()];
  if (different.length < 2) throw new UserError('Name two different runs.', 'A run is always equal to itself.');
  const repeats = new Set(different.map(({ number }) => number)).size < different.length;
  const names = different.map((run) => {
    const server = repeats ? (serverOf(run, needs) ?? 'direct message') : null;
    return server === null ? `#${run.number}` : `#${run.number} ${server}`;
  });
  return renderComparison(compareRuns(different, names, needs));
}
