import { randomBytes } from 'node:crypto';
import { Accounts } from '../../db/accounts.ts';
import { Notices } from '../../db/notices.ts';
import { Runs } from '../../db/runs.ts';
import { RestChat } from '../../src/discord/rest-chat.ts';

/** What the bot looks like with one of its guards taken away: the checks must find out each of them. */
export const SABOTAGES = {
  /** Every message has a nonce of its own, so Discord cannot tell that it has it already. */
  noNonce: () => {
    const { post } = RestChat.prototype;
    RestChat.prototype.post = function sabotaged(message) {
      return post.call(this, { ...message, nonce: randomBytes(12).toString('base64url') });
    };
  },
  /** A push in doubt is made again without looking whether Kaggle has it. */
  noLook: () => {
    const { due } = Runs.prototype;
    Runs.prototype.due = function sabotaged(phases, now, besides) {
      const run = due.call(this, phases, now, besides);
      if (run === null || run.state.phase !== 'pushing') return run;
      this.move(run, { type: 'pushAbsent', at: now }, { dueAt: now });
      return null;
    };
  },
  /** A message is taken as sent before it is. */
  markFirst: () => {
    const { trying } = Notices.prototype;
    Notices.prototype.trying = function sabotaged(notice, channelId, at) {
      const tried = trying.call(this, notice, channelId, at);
      if (notice.kind === 'end') this.sent(notice, channelId, '0', at);
      return tried;
    };
  },
  /** Somebody has left a line in that was for finding a mistake. */
  tokenInLog: () => {
    const { of } = Accounts.prototype;
    Accounts.prototype.of = function sabotaged(discordUser) {
      const account = of.call(this, discordUser);
      if (account?.credential.kind === 'token') console.error(`using ${account.credential.token.reveal()}`);
      return account;
    };
  },
} as const satisfies Record<string, () => void>;

export type Sabotage = keyof typeof SABOTAGES;
