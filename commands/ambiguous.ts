import type { MessageBody } from '../src/discord/chat.ts';
import { renderAmbiguous } from '../src/discord/render/status.ts';
import type { Run } from '../src/domain/run.ts';
import type { Needs } from '../src/steps/needs.ts';
import type { Found } from './run-option.ts';

/** The name of the server a run belongs to; null for one that belongs to none. */
export const serverOf = (run: Run, { chat }: Pick<Needs, 'chat'>): string | null =>
  run.place.kind === 'guild' && run.place.guildId !== null ? (chat.guildName(run.place.guildId) ?? 'a server') : null;

/** In a direct message a number may stand for several runs: one button each, which does what was asked for. */
export const ambiguous = (
  { number, among }: Extract<Found, { among: unknown }>,
  verb: 'status' | 'log' | 'outputs' | 'stop' | 'again',
  needs: Pick<Needs, 'chat'>,
): MessageBody =>
  renderAmbiguous({ number, verb, choices: among.map((run) => ({ run, server: serverOf(run, needs) })) });
