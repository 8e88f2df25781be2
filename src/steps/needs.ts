import type { Stores } from '../../db/stores.ts';
import type { Clock } from '../clock.ts';
import type { Chat } from '../discord/chat.ts';
import type { Accelerator } from '../domain/accelerator.ts';
import type { Finding } from '../domain/finding.ts';
import type { InputRef } from '../domain/input.ts';
import type { Github } from '../github/github.ts';
import type { Kaggle } from '../kaggle/kaggle.ts';
import type { Pace } from '../kaggle/pace.ts';
import type { Log } from '../log.ts';
import type { Source } from '../notebook/read.ts';
import type { Fonts } from '../results/fonts.ts';
import type { Follower } from './follow.ts';
import type { KaggleHealth } from './health.ts';

/** What a step or a command may ask for; each names the part it uses with `Pick`. */
export type Needs = Stores & {
  readonly kaggle: Kaggle;
  readonly github: Github;
  readonly chat: Chat;
  readonly clock: Clock;
  readonly log: Log;
  readonly follower: Follower;
  readonly pace: Pace;
  readonly health: KaggleHealth;
  readonly settings: Settings;
  readonly checks: Checks;
  /** Bytes of a file somebody attached; throws UserError when it cannot be had. Only from DISCORD_CDN_URL. */
  readonly fetchAttachment: (attachment: { name: string; size: number; url: string }) => Promise<Buffer>;
};

/** What reads a source before it is sent; both give findings and never more than findings. */
export type Checks = {
  /** Whether the code can run at all: syntax, names. */
  code(source: Source): Promise<readonly Finding[]>;
  /** What it would meet on Kaggle with these settings. */
  setup(of: {
    readonly source: Source;
    readonly accelerator: Accelerator;
    readonly inputs: readonly InputRef[];
    readonly internet: boolean;
    /** Whether somebody chose this accelerator for this notebook; else it is what is usual. */
    readonly chosen: boolean;
  }): Promise<readonly Finding[]>;
};

export type Settings = {
  /** KAGGLE_WEB_URL. */
  readonly web: string;
  readonly publicUrl: string | null;
  readonly sessionHours: { readonly gpu: number; readonly tpu: number; readonly cpu: number };
  readonly playground: boolean;
  /** The operator's own, for the scripts of titles; none unless said. */
  readonly fonts?: Fonts;
  /** Of Nightshift, from package.json. */
  readonly version: string;
};
