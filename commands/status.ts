import { ApplicationCommandType } from 'discord-api-types/v10';
import type { MessageBody } from '../src/discord/chat.ts';
import type { Ask, Command, PressAsk } from '../src/discord/command.ts';
import { renderCard } from '../src/discord/render/card.ts';
import { renderCurve, renderNoCurve } from '../src/discord/render/curve.ts';
import { renderStatus } from '../src/discord/render/status.ts';
import { ALIVE_PHASES, FINAL_PHASES, type Run } from '../src/domain/run.ts';
import { drawnCurve } from '../src/steps/curve.ts';
import { cardView } from '../src/steps/facts.ts';
import { lookNow } from '../src/steps/look.ts';
import type { Needs } from '../src/steps/needs.ts';
import { ambiguous, serverOf } from './ambiguous.ts';
import { everywhere } from './declare.ts';
import { pressedRun } from './press.ts';
import { completeRun, findRun, runOption } from './run-option.ts';

const MOST_ALIVE = 50;
const LAST_ENDED = 3;

export const status: Command<Needs> = {
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'status',
    description: 'How your runs stand, or one run in full',
    ...everywhere,
    options: [runOption('One run; all of yours that are alive unless you say')],
  },
  autocomplete: completeRun,
  execute: async (ask, needs) => {
    const said = ask.options.get('run');
    return { body: typeof said === 'string' && said.trim() !== '' ? oneSaid(said, ask, needs) : overview(ask, needs) };
  },
  presses: {
    /** *Details* of one run, or *Status* of all. */
    status: {
      answers: 'reply',
      execute: async (ask, needs) => ({
        body: ask.key === '-' ? overview(ask, needs) : details(pressedRun(ask, needs), ask, needs),
      }),
    },
    refresh: { answers: 'update', execute: async (ask, needs) => ({ body: await refreshed(ask, needs) }) },
    curve: { answers: 'reply', execute: async (ask, needs) => ({ body: curveOf(pressedRun(ask, needs), needs) }) },
  },
};

/** One run by its number or key. @throws UserError */
export function oneSaid(said: string, ask: Ask, needs: Needs): MessageBody {
  const found = findRun(said, ask, needs);
  return 'run' in found ? details(found.run, ask, needs) : ambiguous(found, 'status', needs);
}

/** The asker's runs that are alive, and the last ones that ended. */
export function overview(ask: Ask, needs: Needs): MessageBody {
  const { runs, chat, clock } = needs;
  const mine = (phases: readonly Run['state']['phase'][], limit: number): Run[] =>
    runs.list(ask.scope, { launcher: ask.user.id, phases }, limit);
  return renderStatus({
    alive: mine(ALIVE_PHASES, MOST_ALIVE).map((run) => cardView(run, needs)),
    ended: mine([...FINAL_PHASES, 'lost'], LAST_ENDED),
    guildName: (guildId) => chat.guildName(guildId),
    mention: (name) => chat.mention(name),
    now: clock.now(),
    direct: ask.place.kind === 'dm',
  });
}

/** The card with its curve; to the launcher the server's name stands where their own would. */
export function details(run: Run, ask: Ask, needs: Needs): MessageBody {
  const isLauncher = run.launcher.id === ask.user.id;
  return renderCard({
    ...cardView(run, needs),
    curve: drawnCurve(run, needs)?.file ?? null,
    server: isLauncher ? (serverOf(run, needs) ?? 'direct message') : null,
  });
}

/** The newest that is known, on the card or in an answer that looks like it. Everybody who sees the message may press. */
async function refreshed(ask: PressAsk, needs: Needs): Promise<MessageBody> {
  const run = await lookNow(pressedRun(ask, needs), needs);
  return run.card?.messageId === ask.messageId ? renderCard(cardView(run, needs)) : details(run, ask, needs);
}

function curveOf(run: Run, needs: Needs): MessageBody {
  const curve = drawnCurve(run, needs);
  return curve === null ? renderNoCurve(run) : renderCurve({ run, ...curve, now: curve.at });
}
