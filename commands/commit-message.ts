import { ApplicationCommandType } from 'discord-api-types/v10';
import { MINUTE } from '../src/clock.ts';
import type { Ask, Command, MessageSeen, Reply } from '../src/discord/command.ts';
import { renderCandidates } from '../src/discord/render/candidates.ts';
import { UserError } from '../src/domain/user-error.ts';
import { isRunnable } from '../src/github/address.ts';
import type { Needs } from '../src/steps/needs.ts';
import { commitOrdered, orderedFrom } from './commit.ts';
import { type SourceSaid, sourceAt } from './commit-options.ts';
import { everywhere } from './declare.ts';
import { mayLaunch } from './launch.ts';
import { newPanelKey } from './panel-key.ts';

const DRAFT = 'message';
const KEPT_MS = 15 * MINUTE;
/** As many as a select holds. */
const MOST = 25;
/** Questions that one person may leave open. */
const MOST_OPEN = 20;
const NOTHING = 'Nothing was committed.';

type Candidate = { readonly name: string; readonly source: SourceSaid };

/** The menu of a message: commits the notebook attached to it or linked in it, whoever wrote it. */
export const commitMessage: Command<Needs> = {
  data: { type: ApplicationCommandType.Message, name: 'Commit to Kaggle', ...everywhere },
  execute: async (ask, needs) => {
    mayLaunch(ask, needs);
    const candidates = ask.message === undefined ? [] : candidatesIn(ask.message);
    const [first, ...others] = candidates;
    if (first === undefined)
      throw new UserError(
        'That message has no notebook.',
        `Choose one with an \`.ipynb\` or \`.py\` file, or with a link to one on Kaggle or GitHub. ${NOTHING}`,
      );
    if (others.length === 0) return commitFrom(first.source, ask, needs);
    const key = newPanelKey();
    const now = needs.clock.now();
    const expiresAt = now + KEPT_MS;
    const kept = { key, discordUser: ask.user.id, kind: DRAFT, value: candidates, expiresAt, most: MOST_OPEN };
    needs.drafts.keep(kept, now);
    return {
      body: renderCandidates(
        key,
        candidates.map(({ name }) => name),
      ),
    };
  },
  presses: {
    commitThis: {
      answers: 'update',
      execute: async (ask, needs) => {
        const kept = needs.drafts.find(ask.key, ask.user.id, DRAFT, needs.clock.now()) as Candidate[] | null;
        const chosen = kept?.[Number(ask.values[0])];
        if (chosen === undefined)
          throw new UserError('That choice is no longer there.', `Open the menu of the message again. ${NOTHING}`);
        mayLaunch(ask, needs);
        const reply = await commitFrom(chosen.source, ask, needs);
        needs.drafts.forget(ask.key, ask.user.id);
        return reply;
      },
    },
  },
};

async function commitFrom(source: SourceSaid, ask: Ask, needs: Needs): Promise<Reply> {
  const { interactionId, user, place } = ask;
  return commitOrdered({ interactionId, user, place, from: await orderedFrom(source, needs) }, needs);
}

/** What of a message can be committed, each once: files first, then links in their order. */
export function candidatesIn({ content, attachments }: Pick<MessageSeen, 'content' | 'attachments'>): Candidate[] {
  const files = attachments
    .filter(({ name }) => isRunnable(name))
    .map((attachment): Candidate => ({ name: attachment.name, source: { from: 'file', attachment } }));
  const links = new Map<string, Candidate>();
  for (const [found] of content.slice(0, 8_000).matchAll(/https:\/\/[^\s<>()[\]"'`|\\]{4,900}/g)) {
    const url = found.replace(/[.,;:!?*_~]+$/, '');
    const source = sourceAt(url);
    if (source !== null) links.set(url, { name: url.replace(/^https:\/\/(?:www\.)?/, ''), source });
  }
  return [...files, ...links.values()].slice(0, MOST);
}
