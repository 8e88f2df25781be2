import { ApplicationCommandType } from 'discord-api-types/v10';
import type { MessageBody } from '../src/discord/chat.ts';
import type { Command } from '../src/discord/command.ts';
import { renderHelp } from '../src/discord/render/help.ts';
import { ALIVE_PHASES } from '../src/domain/run.ts';
import { followedFor } from '../src/steps/following.ts';
import type { Needs } from '../src/steps/needs.ts';
import { everywhere } from './declare.ts';

/** What there is to say, in the order in which it is registered. */
export const COMMAND_NAMES = [
  'commit',
  'check',
  'status',
  'runs',
  'compare',
  'log',
  'outputs',
  'stop',
  'again',
  'watch',
  'quota',
  'link',
  'unlink',
  'settings',
  'help',
] as const;

type HelpNeeds = Pick<Needs, 'chat' | 'runs' | 'health' | 'settings' | 'meta' | 'clock'>;

export const help: Command<HelpNeeds> = {
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'help',
    description: 'What you can say, and whether all is well',
    ...everywhere,
  },
  execute: async (_, needs) => ({ body: helpBody(needs) }),
  presses: { help: { answers: 'reply', execute: async (_, needs) => ({ body: helpBody(needs) }) } },
};

export function helpBody(needs: HelpNeeds): MessageBody {
  const { chat, runs, health, settings } = needs;
  const byPhase = runs.countByPhase();
  return renderHelp({
    mention: (name) => chat.mention(name),
    commands: new Set(COMMAND_NAMES),
    version: settings.version,
    kaggleDownSince: health.downSince,
    alive: ALIVE_PHASES.reduce((sum, phase) => sum + (byPhase.get(phase) ?? 0), 0),
    followedMs: followedFor(needs),
  });
}
