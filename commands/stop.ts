import { ApplicationCommandType } from 'discord-api-types/v10';
import { MINUTE } from '../src/clock.ts';
import type { MessageBody } from '../src/discord/chat.ts';
import type { Ask, Command, PressAsk, Reply } from '../src/discord/command.ts';

import {
  renderCancelled,
  renderGivenUp,
  renderGiveUp,
  renderLookingAgain,
  renderMuted,
  renderNoAlarms,
  renderStop,
  renderWithdrawn,
} from '../src/discord/render/stop.ts';
import { ALIVE_PHASES, type Run } from '../src/domain/run.ts';
import { UserError } from '../src/domain/user-error.ts';
import { escapeText } from '../src/domain/words.ts';
import { mute, muteAlarms } from '../src/steps/mute.ts';
import type { Needs } from '../src/steps/needs.ts';
import { withdraw } from '../src/steps/stop.ts';
import { ambiguous } from './ambiguous.ts';
import { everywhere } from './declare.ts';
import { mustMayEnd, pressedRun } from './press.ts';
import { completeRun, runMeant, runOption } from './run-option.ts';

export const stop: Command<Needs> = {
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'stop',
    description: 'Withdraw a run that waits, or hear how a running one is stopped on Kaggle',
    ...everywhere,
    options: [runOption('Which run; your newest one that is alive unless you say')],
  },
  autocomplete: completeRun,
  execute: async (ask, needs) => {
    const found = runMeant(ask.options.get('run'), ask, needs, [ALIVE_PHASES]);
    return 'run' in found ? stopped(found.run, ask, needs) : { body: ambiguous(found, 'stop', needs) };
  },
  presses: {
    stop: { answers: 'reply', execute: async (ask, needs) => stopped(pressedRun(ask, needs), ask, needs) },
    withdraw: { answers: 'reply', execute: async (ask, needs) => stopped(pressedRun(ask, needs), ask, needs) },
    lookAgain: {
      answers: 'reply',
      execute: async (ask, needs) => {
        const run = lostRun(ask, needs);
        const at = needs.clock.now();
        if (needs.runs.move(run, { type: 'lookAgain', at }, { dueAt: at }) === null) throw changedMeanwhile(run);
        return { body: renderLookingAgain(run) };
      },
    },
    giveUp: { answers: 'reply', execute: async (ask, needs) => ({ body: renderGiveUp(lostRun(ask, needs)) }) },
    giveUpGo: {
      answers: 'update',
      execute: async (ask, needs) => {
        const run = lostRun(ask, needs);
        const at = needs.clock.now();
        if (needs.runs.move(run, { type: 'givenUp', at }, { dueAt: null }) === null) throw changedMeanwhile(run);
        return { body: renderGivenUp(run) };
      },
    },
    mute: {
      answers: 'reply',
      execute: async (ask, needs) => {
        const run = pressedRun(ask, needs);
        if (run.launcher.id !== ask.user.id)
          throw new UserError(
            `Only ${escapeText(run.launcher.name)} is notified of #${run.number}.`,
            'Nothing was changed.',
          );
        mute(run, needs);
        return { body: renderMuted(run) };
      },
    },
    noAlarms: {
      answers: 'reply',
      execute: async (ask, needs) => {
        const run = pressedRun(ask, needs);
        mustMayEnd(ask, run);
        muteAlarms(run, needs);
        return { body: renderNoAlarms(run) };
      },
    },
    cancel: { answers: 'update', execute: async () => ({ body: renderCancelled() }) },
  },
};

/** Withdraws what is not pushed; of the rest it says honestly what Kaggle allows. */
async function stopped(run: Run, ask: Ask, needs: Needs): Promise<Reply> {
  mustMayEnd(ask, run);
  return { body: stopNow(run, ask, needs) };
}

function stopNow(run: Run, ask: Ask, needs: Needs): MessageBody {
  const { state, number } = run;
  switch (state.phase) {
    case 'accepted':
    case 'waiting': {
      const withdrawn = withdraw(run, ask.user.name, needs);
      if (withdrawn !== null) return renderWithdrawn(withdrawn);
      // The push step took it in this very moment.
      const now = needs.runs.byKey(run.key);
      if (now === null || now.revision === run.revision) throw changedMeanwhile(run);
      return stopNow(now, ask, needs);
    }
    case 'pushing':
      throw new UserError(`#${number} is being pushed to Kaggle at this moment.`, 'Please try again in some seconds.');
    case 'running':
      if (state.stopping)
        throw new UserError(`#${number} is stopping already.`, 'The session ends within some minutes.');
      return stopOnKaggle(run, state.startedAt + run.settings.limitMinutes * MINUTE, ask, needs);
    case 'queued':
    case 'lost':
      return stopOnKaggle(run, null, ask, needs);
    case 'finishing':
    case 'complete':
    case 'error':
    case 'cancelled':
      throw new UserError(`#${number} has already ended.`, 'The card shows how.');
  }
}

const stopOnKaggle = (run: Run, limitAt: number | null, ask: Ask, { settings, clock }: Needs): MessageBody =>
  renderStop({ run, web: settings.web, now: clock.now(), limitAt, mayMute: run.launcher.id === ask.user.id });

/** @throws UserError unless it is lost, not given up yet, and the person may decide about it */
function lostRun(ask: PressAsk, needs: Needs): Run {
  const run = pressedRun(ask, needs);
  mustMayEnd(ask, run);
  if (run.state.phase !== 'lost')
    throw new UserError(`#${run.number} is not lost from sight any more.`, 'The card shows how it stands.');
  if (run.state.givenUp) throw new UserError(`#${run.number} was given up.`, 'It is not looked for any more.');
  return run;
}

const changedMeanwhile = (run: Run): UserError =>
  new UserError(`#${run.number} changed at this very moment.`, 'Please look at its card and try again.');
