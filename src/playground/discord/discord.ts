import type { Clock } from '../../clock.ts';
import type { Faults } from './faults.ts';
import type { Gateway } from './gateway.ts';
import type { Interactions } from './interactions.ts';
import type { Media } from './media.ts';
import type { RateLimits } from './rate-limits.ts';
import type { Sightings } from './sightings.ts';
import type { Snowflakes } from './snowflake.ts';
import type { World } from './world.ts';

/** The application as the developer portal knows it. */
export type Application = {
  readonly id: string;
  readonly botUserId: string;
  readonly name: string;
  readonly token: string;
  /** Privileged intents that are switched on in the portal. */
  readonly privilegedIntents: number;
  /** 0 guild, 1 user. */
  readonly integrationTypes: readonly number[];
};

/** All parts of the emulated platform, as its rooms hand it to each other. */
export type Discord = {
  readonly clock: Clock;
  readonly application: Application;
  readonly ids: Snowflakes;
  readonly world: World;
  readonly media: Media;
  readonly sightings: Sightings;
  readonly gateway: Gateway;
  readonly interactions: Interactions;
  readonly limits: RateLimits;
  readonly faults: Faults;
  /** Minutes after which the same nonce makes a second message. The documentation says "a few". */
  readonly nonceWindowMs: number;
};
