import type { Ask } from '../src/discord/command.ts';
import type { Run } from '../src/domain/run.ts';
import { UserError } from '../src/domain/user-error.ts';
import { escapeText } from '../src/domain/words.ts';
import type { Needs } from '../src/steps/needs.ts';

/**
 * The run behind a button, if the person may see it here and now: a message can have been forwarded, and a person's rights
 * change.
 * @throws UserError for one that is not there or belongs elsewhere; the two are the same
 */
export function pressedRun(ask: Ask & { readonly key: string }, { runs, chat }: Pick<Needs, 'runs' | 'chat'>): Run {
  const run = runs.seen(ask.scope, ask.key);
  if (run !== null) return run;
  throw new UserError('This button belongs to an older message.', `${chat.mention('status')} shows the run.`);
}

/** @throws UserError unless the person is the launcher: it is their Kaggle account */
export function mustBeLauncher(ask: Ask, run: Run, { chat }: Pick<Needs, 'chat'>): void {
  if (run.launcher.id === ask.user.id) return;
  const name = escapeText(run.launcher.name);
  throw new UserError(
    `#${run.number} runs on ${name}’s Kaggle account, so only ${name} can run it again.`,
    `You can start your own with ${chat.mention('commit')}.`,
  );
}

/** @throws UserError unless the person is the launcher or has Manage Server on the run's server */
export function mustMayEnd(ask: Ask, run: Run): void {
  const manages = ask.manages && run.place.kind === 'guild' && run.place.guildId === ask.place.guildId;
  if (run.launcher.id === ask.user.id || manages) return;
  throw new UserError(
    `Only ${escapeText(run.launcher.name)} and members with Manage Server can do this to #${run.number}.`,
    'Nothing was changed.',
  );
}
