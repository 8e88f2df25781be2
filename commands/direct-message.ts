import { SECOND } from '../src/clock.ts';
import type { MessageBody } from '../src/discord/chat.ts';
import type { Ask, DirectMessage } from '../src/discord/command.ts';
import { renderNotUnderstood } from '../src/discord/render/status.ts';
import { ALIVE_PHASES } from '../src/domain/run.ts';
import type { Needs } from '../src/steps/needs.ts';
import { ambiguous } from './ambiguous.ts';
import { helpBody } from './help.ts';
import { logOnce } from './log.ts';
import { recentOf } from './recent.ts';
import { runMeant } from './run-option.ts';
import { oneSaid, overview } from './status.ts';

/** The words that are understood; a slash before them, and a full stop behind, are forgiven. */
export type Said =
  | { readonly word: 'status'; readonly run: string | null }
  | { readonly word: 'log'; readonly run: string | null }
  | { readonly word: 'help' }
  | { readonly word: 'other' };

const ANOTHER_SENTENCE_AFTER_MS = 10 * SECOND;

export function readWords(text: string): Said {
  const match = /^[/!]?(status|log|help)(?:\s+(?:of\s+)?(?:run\s+)?([#＃]?\s*\d{1,9}))?\s*[.!?]*$/i.exec(text.trim());
  const word = match?.[1]?.toLowerCase();
  if (word === 'status' || word === 'log') return { word, run: match?.[2] ?? null };
  return word === 'help' && match?.[2] === undefined ? { word } : { word: 'other' };
}

/**
 * Answers what somebody writes to the bot. Whoever writes can be reached, so what could not be delivered gets another chance.
 * @throws UserError for a run that is not there
 */
export const directMessage: DirectMessage<Needs> = async (ask, needs) => {
  needs.notices.unpark(ask.user.id, needs.clock.now());
  const said = readWords(ask.text);
  switch (said.word) {
    case 'status':
      return said.run === null ? overview(ask, needs) : oneSaid(said.run, ask, needs);
    case 'log':
      return logSaid(said.run, ask, needs);
    case 'help':
      return helpBody(needs);
    case 'other':
      return notUnderstood(ask, needs);
  }
};

async function logSaid(run: string | null, ask: Ask, needs: Needs): Promise<MessageBody> {
  const found = runMeant(run ?? undefined, ask, needs, [ALIVE_PHASES, null]);
  return 'run' in found ? logOnce(found.run, needs) : ambiguous(found, 'log', needs);
}

/** Said at most once in ten seconds: a person who chats, or another program, is not answered line by line. */
function notUnderstood(ask: Ask, needs: Needs): MessageBody | null {
  if (!recentOf(needs).once(`not understood ${ask.user.id}`, ANOTHER_SENTENCE_AFTER_MS)) return null;
  const [newest] = needs.runs.list(ask.scope, { launcher: ask.user.id, phases: ALIVE_PHASES }, 1);
  return renderNotUnderstood({ newest: newest ?? null });
}
