import type { Command } from '../src/discord/command.ts';
import type { Needs } from '../src/steps/needs.ts';
import { again } from './again.ts';
import { check } from './check.ts';
import { commit } from './commit.ts';
import { commitMessage } from './commit-message.ts';
import { compare } from './compare.ts';
import { help } from './help.ts';
import { link } from './link.ts';
import { log } from './log.ts';
import { outputs } from './outputs.ts';
import { quota } from './quota.ts';
import { runs } from './runs.ts';
import { settings } from './settings.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { unlink } from './unlink.ts';
import { watch } from './watch.ts';

export { directMessage } from './direct-message.ts';

/** All that people can say, in the order in which it is registered. */
export const commands: readonly Command<Needs>[] = [
  commit,
  commitMessage,
  check,
  status,
  runs,
  compare,
  log,
  outputs,
  stop,
  again,
  watch,
  quota,
  link,
  unlink,
  settings,
  help,
];
