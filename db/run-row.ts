import type { ReceiptRecord } from '../src/domain/receipt.ts';
import type { Report } from '../src/domain/results.ts';
import type { Run, RunSettings, RunState } from '../src/domain/run.ts';
import type { Place } from '../src/domain/scope.ts';

export type Row<T> = T | undefined;

export type RunRow = {
  key: string;
  number: number;
  interaction_id: string;
  place: Place['kind'];
  guild_id: string | null;
  channel_id: string;
  launcher: string;
  launcher_name: string;
  settings: string;
  source_hash: string;
  state: string;
  revision: number;
  accepted_at: number;
  due_at: number | null;
  progress: string | null;
  report: string | null;
  receipt: string | null;
  card_channel: string | null;
  card_message: string | null;
};

/** Every reading of a run begins with this; `r` is the run, the card comes with it. */
export const SELECT_RUN = `select r.key, r.number, r.interaction_id, r.place, r.guild_id, r.channel_id, r.launcher, r.launcher_name,
  r.settings, r.source_hash, r.state, r.revision, r.accepted_at, r.due_at, r.progress, r.report, r.receipt,
  c.channel_id as card_channel, c.message_id as card_message
  from runs r left join cards c on c.run_key = r.key`;

export function runOf(row: RunRow): Run {
  return {
    key: row.key,
    number: row.number,
    interactionId: row.interaction_id,
    place: { kind: row.place, guildId: row.guild_id, channelId: row.channel_id },
    launcher: { id: row.launcher, name: row.launcher_name },
    settings: JSON.parse(row.settings) as RunSettings,
    sourceHash: row.source_hash,
    state: JSON.parse(row.state) as RunState,
    revision: row.revision,
    acceptedAt: row.accepted_at,
    dueAt: row.due_at,
    card:
      row.card_channel === null || row.card_message === null
        ? null
        : { channelId: row.card_channel, messageId: row.card_message },
    progress: row.progress === null ? null : (JSON.parse(row.progress) as Report['progress']),
    receipt: row.receipt === null ? null : (JSON.parse(row.receipt) as ReceiptRecord),
    report: row.report === null ? null : (JSON.parse(row.report) as Report),
  };
}
