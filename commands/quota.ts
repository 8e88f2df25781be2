import { ApplicationCommandType } from 'discord-api-types/v10';
import { HOUR } from '../src/clock.ts';
import type { MessageBody } from '../src/discord/chat.ts';
import type { Ask, Command } from '../src/discord/command.ts';
import { renderNotLinked } from '../src/discord/render/link.ts';
import { type QuotaView, renderQuota } from '../src/discord/render/quota.ts';
import { acceleratorFacts } from '../src/domain/accelerator.ts';
import type { Run } from '../src/domain/run.ts';
import { UserError } from '../src/domain/user-error.ts';
import { ranMs } from '../src/domain/words.ts';
import type { Credential, Quota } from '../src/kaggle/kaggle.ts';
import { credentialOf } from '../src/steps/credential.ts';
import type { Needs } from '../src/steps/needs.ts';
import { askKaggle } from './ask-kaggle.ts';
import { everywhere } from './declare.ts';
import { recentOf } from './recent.ts';

/** Kaggle's own words, by public reports, when a third one is asked for. */
export const GPU_SESSIONS = 2;

export const quota: Command<Needs> = {
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'quota',
    description: 'Your GPU and TPU hours on Kaggle: used, held, left, and when they refill',
    ...everywhere,
  },
  execute: async (ask, needs) => ({ body: await quotaOf(ask, needs) }),
  presses: { quota: { answers: 'reply', execute: async (ask, needs) => ({ body: await quotaOf(ask, needs) }) } },
};

async function quotaOf({ user, scope }: Ask, needs: Needs): Promise<MessageBody> {
  const account = needs.accounts.kaggleUserOf(user.id);
  const credential = account === null ? null : credentialOf(user.id, needs);
  if (account === null || credential === null) return renderNotLinked(needs.chat.mention);
  const now = needs.clock.now();
  const { seen, at, stale } = await readQuota(account, credential, needs);
  const alive = needs.runs.aliveOfAccount(account);
  // Numbers mean something only to those who may see the run; the others are counted without one.
  const isHere = (run: Run): boolean => needs.runs.seen(scope, run.key) !== null;
  return renderQuota({
    account,
    now,
    readAt: at,
    stale,
    gpu: seen.gpu,
    tpu: seen.tpu,
    refillAt: seen.refillAt,
    sessions: gpuSessions(alive, isHere),
    line: alive.filter((run) => run.state.phase === 'waiting' && isHere(run)).map(({ number }) => number),
    like: lastLike(user.id, seen, needs),
  });
}

/** What Kaggle says now; while it does not answer, the last it said. @throws UserError when there is nothing to show */
async function readQuota(
  account: string,
  credential: Credential,
  needs: Needs,
): Promise<{ seen: Quota; at: number; stale: boolean }> {
  const { quotas } = recentOf(needs);
  try {
    const seen = await askKaggle((kaggle) => kaggle.quota(credential), needs);
    const at = needs.clock.now();
    quotas.set(account, { seen, at });
    return { seen, at, stale: false };
  } catch (error) {
    const last = quotas.get(account);
    if (error instanceof UserError && last !== undefined && needs.health.downSince !== null)
      return { ...last, stale: true };
    throw error;
  }
}

/** Sessions our own runs hold. Kaggle does not say how many others there are. */
export function gpuSessions(
  alive: readonly Run[],
  isHere: (run: Run) => boolean = () => true,
): NonNullable<QuotaView['sessions']> {
  const holders = alive.filter(
    ({ state, settings }) =>
      (state.phase === 'queued' || state.phase === 'running') && acceleratorFacts(settings.accelerator).kind === 'gpu',
  );
  return {
    used: Math.min(holders.length, GPU_SESSIONS),
    total: GPU_SESSIONS,
    numbers: holders.filter(isHere).map(({ number }) => number),
    foreign: holders.filter((run) => !isHere(run)).length,
  };
}

/** The person's last complete GPU run, and whether the hours are there for another one. */
function lastLike(userId: string, { gpu }: Quota, { runs }: Needs): QuotaView['like'] {
  if (gpu === null) return null;
  const left = Math.max(0, gpu.total - gpu.used - gpu.reserved) * HOUR;
  for (const run of runs.list({ guildId: null, userId }, { phases: ['complete'] }, 10)) {
    const ms = ranMs(run.state);
    if (ms !== null && ms > 0 && acceleratorFacts(run.settings.accelerator).kind === 'gpu')
      return { number: run.number, ms, enough: left >= ms };
  }
  return null;
}
