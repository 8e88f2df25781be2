import { createHash } from 'node:crypto';
import { DAY } from '../clock.ts';
import { ChatError } from '../discord/chat.ts';
import { renderWelcome } from '../discord/render/welcome.ts';
import type { Needs } from './needs.ts';

const NOT_AGAIN_WITHIN_MS = 30 * DAY;

/**
 * Greets a guild the bot was invited to, once; not again after a re-invitation within 30 days.
 * @param channelId Where; null when the bot may write nowhere, then nothing is said.
 */
export async function greet(
  guildId: string,
  channelId: string | null,
  { guilds, chat, clock, log }: Pick<Needs, 'guilds' | 'chat' | 'clock' | 'log'>,
): Promise<void> {
  const now = clock.now();
  const before = guilds.welcomedAt(guildId);
  if (channelId === null || (before !== null && now - before < NOT_AGAIN_WITHIN_MS)) return;
  guilds.welcomed(guildId, now);
  try {
    await chat.post({
      channelId,
      nonce: createHash('sha256').update(`welcome|${guildId}|${now}`).digest('base64url').slice(0, 25),
      body: renderWelcome({ mention: (command) => chat.mention(command), messageMenu: false }),
    });
  } catch (error) {
    // A greeting is not worth a second try.
    if (!(error instanceof ChatError)) throw error;
    log.info({ guild: guildId, kind: error.kind }, 'a new server was not greeted');
  }
}
