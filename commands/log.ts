import { ApplicationCommandType } from 'discord-api-types/v10';
import type { MessageBody } from '../src/discord/chat.ts';
import type { Ask, Command, Reply } from '../src/discord/command.ts';
import { renderLog, renderWholeLog } from '../src/discord/render/log.ts';
import type { Run } from '../src/domain/run.ts';
import { ALIVE_PHASES } from '../src/domain/run.ts';
import type { Needs } from '../src/steps/needs.ts';
import { ambiguous } from './ambiguous.ts';
import { everywhere } from './declare.ts';
import { followLog, isFollowed } from './follow-log.ts';
import { pressedRun } from './press.ts';
import { readLog, readTail } from './read-log.ts';
import { completeRun, runMeant, runOption } from './run-option.ts';

const LOG_FILE_MAX = 8_000_000;

export const log: Command<Needs> = {
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'log',
    description: 'The last lines of a run’s log; live while it runs',
    ...everywhere,
    options: [runOption('Which run; your newest one that is alive unless you say')],
  },
  autocomplete: completeRun,
  execute: async (ask, needs) => {
    const found = runMeant(ask.options.get('run'), ask, needs, [ALIVE_PHASES, null]);
    return 'run' in found ? logReply(found.run, needs) : { body: ambiguous(found, 'log', needs) };
  },
  presses: {
    log: { answers: 'reply', execute: async (ask, needs) => logReply(pressedRun(ask, needs), needs) },
    logMore: { answers: 'update', execute: async (ask, needs) => logReply(pressedRun(ask, needs), needs) },
    logWhole: {
      answers: 'reply',
      execute: async (ask, needs) => ({ body: await wholeLog(pressedRun(ask, needs), ask, needs) }),
    },
  },
};

/** The log's end, edited on while the run goes on. @throws UserError */
async function logReply(run: Run, needs: Needs): Promise<Reply> {
  if (isFollowed(run)) needs.follower.follow(run);
  const shown = await readTail(run, needs);
  const following = isFollowed(run);
  const body = renderLog({ run, web: needs.settings.web, ...shown, following, paused: null });
  return following ? { body, follow: (edit, signal) => followLog(run, shown, needs, edit, signal) } : { body };
}

/** The log's end once, as a direct message shows it. @throws UserError */
export async function logOnce(run: Run, needs: Needs): Promise<MessageBody> {
  const tail = await readTail(run, needs);
  return renderLog({
    run,
    web: needs.settings.web,
    ...tail,
    following: false,
    paused: null,
    mayFollow: isFollowed(run),
  });
}

async function wholeLog(run: Run, ask: Ask, needs: Needs): Promise<MessageBody> {
  const reading = await readLog(run, needs);
  const most = Math.min(LOG_FILE_MAX, ask.uploadLimit - 1_000);
  const text = reading.text(LOG_FILE_MAX);
  const whole = Buffer.byteLength(text) <= most;
  const bytes = Buffer.from(whole ? text : reading.text(most));
  const name = whole ? `run-${run.number}.log` : `run-${run.number}-end.log`;
  return renderWholeLog({ run, file: { name, bytes: bytes.length === 0 ? Buffer.from('\n') : bytes }, whole });
}
