import { ApplicationCommandType } from 'discord-api-types/v10';
import type { Command, CommandAsk } from '../src/discord/command.ts';
import { renderWatched } from '../src/discord/render/watched.ts';
import { UserError } from '../src/domain/user-error.ts';
import type { Needs } from '../src/steps/needs.ts';
import { NOTHING as NOTHING_COMMITTED } from '../src/steps/problems.ts';
import { NOTHING_WATCHED, watch as watchRun } from '../src/steps/watch.ts';
import { completed } from './complete.ts';
import { kernelChoices } from './complete-commit.ts';
import { everywhere, textOption } from './declare.ts';
import { acceptedFacts, followCard, mayLaunch } from './launch.ts';

export const watch: Command<Needs> = {
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'watch',
    description: 'Follow a run that was started on Kaggle’s site, and be told here how it ends',
    ...everywhere,
    options: [
      {
        ...textOption('kernel', 'Your notebook on Kaggle: owner/name, or its address', { maxLength: 300 }),
        required: true,
      },
      textOption('version', 'Which version: v4, or latest; the latest unless you say', {
        completes: false,
        maxLength: 40,
      }),
    ],
  },
  autocomplete: (ask, needs) =>
    completed(
      async () => (ask.focused.name === 'kernel' ? kernelChoices(ask.user.id, ask.focused.value, needs) : []),
      needs.log,
    ),
  execute: async (ask, needs) => {
    mayWatch(ask, needs);
    const { interactionId, user, place } = ask;
    const version = ask.options.get('version');
    const { run, ...how } = await watchRun(
      {
        interactionId,
        user,
        place,
        kernel: String(ask.options.get('kernel') ?? ''),
        ...(typeof version === 'string' ? { version } : {}),
      },
      needs,
    );
    const watched = { run, checkedMs: 0 };
    return {
      body: renderWatched({ ...acceptedFacts(watched, needs), run, ...how }),
      follow: followCard(watched, needs, (view) => renderWatched({ ...view, run, ...how })),
    };
  },
};

/** Who may commit here may watch here. */
function mayWatch(ask: CommandAsk, needs: Needs): void {
  try {
    mayLaunch(ask, needs);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.title, error.advice.replace(NOTHING_COMMITTED, NOTHING_WATCHED));
  }
}
