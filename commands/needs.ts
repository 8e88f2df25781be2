import type { Needs } from '../src/steps/needs.ts';
import { Recent } from './recent.ts';

/** What a command may ask for; each names the part it uses with `Pick`. */
export type CommandNeeds = Needs & { readonly recent: Recent };

/** Adds what only commands remember. To be called once for each running bot. */
export const needsOfCommands = (needs: Needs): CommandNeeds => ({ ...needs, recent: new Recent(needs.clock) });
