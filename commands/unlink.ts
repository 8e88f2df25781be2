import { ApplicationCommandType } from 'discord-api-types/v10';
import type { Command } from '../src/discord/command.ts';
import { renderNotLinked, renderUnlinked } from '../src/discord/render/link.ts';
import type { Needs } from '../src/steps/needs.ts';
import { unlink as forget } from '../src/steps/unlink.ts';
import { everywhere } from './declare.ts';

export const unlink: Command<Needs> = {
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'unlink',
    description: 'Forget your Kaggle token at once',
    ...everywhere,
  },
  execute: async (ask, needs) => {
    const forgotten = forget(ask.user.id, needs);
    return {
      body:
        forgotten === null
          ? renderNotLinked((name) => needs.chat.mention(name))
          : renderUnlinked({ account: forgotten.kaggleUser, running: forgotten.left }),
    };
  },
};
