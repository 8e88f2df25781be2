import type { Command } from '../src/discord/command.ts';
import type { Needs } from '../src/steps/needs.ts';
import { checkReply } from './check-only.ts';
import { orderOf } from './commit.ts';
import { commitData } from './commit-options.ts';
import { completeCommit } from './complete-commit.ts';

/** The buttons of what it shows belong to /commit, which shows the same. */
export const check: Command<Needs> = {
  data: {
    ...commitData,
    name: 'check',
    description: 'Look through a notebook as /commit would, without running it',
  },
  autocomplete: completeCommit,
  execute: async (ask, needs) => checkReply(await orderOf(ask, needs, 'check'), needs),
};
