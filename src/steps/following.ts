import { MINUTE } from '../clock.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';

type FollowingNeeds = Pick<Needs, 'runs' | 'meta' | 'clock' | 'health'>;

/** Since when, and when that was last so (ms since the epoch). They outlive a restart that is quick enough. */
const SINCE = 'followed-since';
const AT = 'followed-at';
/** Runs that were not looked at for longer than this were not followed meanwhile. */
const GAP_MS = 2 * MINUTE;
const STORE_EACH_MS = MINUTE;

/** Takes in that the program beats: whether runs are followed without a gap is counted from beat to beat. Stored once a minute. */
export function noteFollowing({ runs, meta, clock, health }: FollowingNeeds): void {
  // While Kaggle answers nobody, nobody is followed: the gap shows when it answers again.
  if (health.downSince !== null) return;
  const memory = memoryOf({ runs });
  const now = clock.now();
  const lastAt = memory.followedAt ?? Number(meta.get(AT) ?? Number.NaN);
  const away = now - lastAt;
  // A wall clock that was set cannot tell how long it was.
  const isGap = !(away >= -GAP_MS && away <= GAP_MS) || meta.get(SINCE) === null;
  if (isGap) meta.set(SINCE, String(now));
  memory.followedAt = now;
  if (isGap || memory.followedStoredAt === null || Math.abs(now - memory.followedStoredAt) >= STORE_EACH_MS) {
    meta.set(AT, String(now));
    memory.followedStoredAt = now;
  }
}

/** How long runs have been followed without a gap, in ms; null for less than a minute or while they are not. */
export function followedFor({ runs, meta, clock, health }: FollowingNeeds): number | null {
  const { followedAt } = memoryOf({ runs });
  const since = Number(meta.get(SINCE) ?? Number.NaN);
  const now = clock.now();
  if (health.downSince !== null || followedAt === null || Math.abs(now - followedAt) > GAP_MS) return null;
  return now - since >= MINUTE ? now - since : null;
}
