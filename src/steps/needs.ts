import type { Stores } from '../../db/stores.ts';
import type { Clock } from '../clock.ts';
import type { Chat } from '../discord/chat.ts';
import type { Kaggle } from '../kaggle/kaggle.ts';
import type { Log } from '../log.ts';
import type { Follower } from './follow.ts';
import type { KaggleHealth } from './health.ts';

/** What a step or a command may ask for; each names the part it uses with `Pick`. */
export type Needs = Stores & {
  readonly kaggle: Kaggle;
  readonly chat: Chat;
  readonly clock: Clock;
  readonly log: Log;
  readonly follower: Follower;
  readonly health: KaggleHealth;
  readonly settings: Settings;
  /** Bytes of a file somebody attached; throws UserError when it cannot be had. Only from DISCORD_CDN_URL. */
  readonly fetchAttachment: (attachment: { name: string; size: number; url: string }) => Promise<Buffer>;
};

export type Settings = {
  /** KAGGLE_WEB_URL. */
  readonly web: string;
  readonly publicUrl: string | null;
  readonly sessionHours: { readonly gpu: number; readonly tpu: number; readonly cpu: number };
  readonly playground: boolean;
  /** Of Nightshift, from package.json. */
  readonly version: string;
};
