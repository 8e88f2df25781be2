import { ApplicationCommandType } from 'discord-api-types/v10';
import type { MessageBody } from '../src/discord/chat.ts';
import type { Ask, Command, PressAsk, Reply } from '../src/discord/command.ts';
import { parseAgain, renderAgain } from '../src/discord/render/again.ts';
import { type Accelerator, acceleratorFacts, parseAccelerator } from '../src/domain/accelerator.ts';
import { formatInput } from '../src/domain/input.ts';
import type { Run } from '../src/domain/run.ts';
import { UserError } from '../src/domain/user-error.ts';
import { ranMs } from '../src/domain/words.ts';
import { credentialOf } from '../src/steps/credential.ts';
import type { Needs } from '../src/steps/needs.ts';
import { ambiguous } from './ambiguous.ts';
import { completed, within } from './complete.ts';
import { acceleratorChoices } from './complete-commit.ts';
import { everywhere, textOption } from './declare.ts';
import { mayLaunch } from './launch.ts';
import { commitChecked } from './launch-checked.ts';
import { mustBeLauncher, pressedRun } from './press.ts';
import { recentOf } from './recent.ts';
import { completeRun, runMeant, runOption } from './run-option.ts';

const QUOTA_WAIT_MS = 1_500;
const QUOTA_KEPT_MS = 30_000;

export const again: Command<Needs> = {
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'again',
    description: 'Run the same source with the same settings once more',
    ...everywhere,
    options: [
      runOption('Which run; your newest one unless you say'),
      textOption('accelerator', 'The machine; the same one unless you say', { maxLength: 50 }),
    ],
  },
  autocomplete: (ask, needs) =>
    ask.focused.name === 'accelerator'
      ? completed(async () => acceleratorChoices(ask.focused.value), needs.log)
      : completeRun(ask, needs),
  execute: async (ask, needs) => {
    const found = runMeant(ask.options.get('run'), ask, needs, [null]);
    if (!('run' in found)) return { body: ambiguous(found, 'again', needs) };
    const accelerator = ask.options.get('accelerator');
    if (typeof accelerator === 'string') return runAgain(found.run, ask, needs, { accelerator });
    return { body: await askWhether(found.run, found.run.settings.accelerator, ask, needs) };
  },
  presses: {
    again: {
      answers: 'reply',
      execute: async (ask, needs) => {
        const run = pressedRun(ask, needs);
        // A button may propose another machine: `Run on CPU…`.
        const proposed = parseAgain(ask.argument ?? '')?.accelerator ?? run.settings.accelerator;
        return { body: await askWhether(run, proposed, ask, needs) };
      },
    },
    againAccelerator: {
      answers: 'update',
      execute: async (ask, needs) => {
        const run = pressedRun(ask, needs);
        const chosen = parseAccelerator(ask.values[0] ?? '') ?? run.settings.accelerator;
        return { body: await askWhether(run, chosen, ask, needs) };
      },
    },
    /** In the panel that asked, which only the asker sees: it becomes the answer. */
    againChosen: { answers: 'update', execute: (ask, needs) => runAgainAs(ask, needs) },
    /** On a message everybody sees, which must stay as it is. */
    againGo: { answers: 'reply', execute: (ask, needs) => runAgainAs(ask, needs) },
  },
};

async function askWhether(run: Run, accelerator: Accelerator, ask: Ask, needs: Needs): Promise<MessageBody> {
  mustBeLauncher(ask, run, needs);
  return renderAgain({
    run,
    accelerator,
    needsMs: usualMs(run, needs),
    hoursLeft: await hoursLeft(run, accelerator, needs),
  });
}

async function runAgainAs(ask: PressAsk, needs: Needs): Promise<Reply> {
  const run = pressedRun(ask, needs);
  const as = parseAgain(ask.argument ?? run.settings.accelerator);
  if (as === null)
    throw new UserError('This button belongs to an older message.', `${needs.chat.mention('again')} asks anew.`);
  return runAgain(run, ask, needs, {
    accelerator: as.accelerator,
    ...(as.withMissing ? { inputs: inputsWith(run, needs) } : {}),
    ...(as.internet === null ? {} : { internet: as.internet }),
    ...(as.limitMinutes === null ? {} : { limit: `${as.limitMinutes}m` }),
  });
}

/** The run's inputs and the one its failure misses. @throws UserError when that is not known (any more) */
function inputsWith({ number, report, settings }: Run, { chat }: Needs): string {
  const missing = report?.failure?.attach;
  if (missing === undefined)
    throw new UserError(
      `It is not known which input #${number} misses.`,
      `${chat.mention('commit')} takes it by name.`,
    );
  return [...settings.inputs.map(formatInput), missing].join(' ');
}

async function runAgain(
  run: Run,
  ask: Ask,
  needs: Needs,
  changes: { accelerator: string; internet?: boolean; limit?: string; inputs?: string },
): Promise<Reply> {
  mustBeLauncher(ask, run, needs);
  mayLaunch(ask, needs);
  const { interactionId, user, place } = ask;
  return commitChecked({ interactionId, user, place, from: { kind: 'run', key: run.key }, ...changes }, needs);
}

/** How long it took, or its kernel's earlier complete runs did; null when none is known. */
function usualMs(run: Run, { runs }: Needs): number | null {
  if (run.state.phase === 'complete') return ranMs(run.state);
  const earlier = runs
    .earlierOfKernel(run, 8)
    .filter(({ state }) => state.phase === 'complete')
    .flatMap(({ state }) => ranMs(state) ?? [])
    .sort((a, b) => a - b);
  return earlier[Math.floor(earlier.length / 2)] ?? null;
}

/** A kindness: the panel does not wait long for it. */
async function hoursLeft(run: Run, accelerator: Accelerator, needs: Needs): Promise<number | null> {
  const { kind } = acceleratorFacts(accelerator);
  const credential = credentialOf(run, needs);
  if (kind === 'cpu' || credential === null) return null;
  const seen = recentOf(needs).keep(`quota ${run.settings.kernel.owner}`, QUOTA_KEPT_MS, () =>
    needs.kaggle.quota(credential),
  );
  const of = (await within(seen, needs.log, QUOTA_WAIT_MS, null))?.[kind] ?? null;
  return of === null ? null : Math.max(0, of.total - of.used - of.reserved);
}
