import { DAY, MINUTE } from '../clock.ts';
import { fileId } from '../discord/render/files.ts';
import { pushedOf, type Run } from '../domain/run.ts';
import { KaggleError } from '../kaggle/kaggle.ts';
import { credentialOf } from './credential.ts';
import { addressesOfSome } from './leftovers.ts';
import type { Needs } from './needs.ts';

/** How long a link lasts where nobody set another time. */
export const LINK_DAYS = 30;

/** A run and a file of it are named by opaque keys, the last day by its number since 1970, then how often links were revoked. */
const TOKEN = /^([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{22})\.([0-9]{1,7})\.([0-9]{1,6})\.([A-Za-z0-9_-]{22})$/;

type LinkNeeds = Pick<Needs, 'links' | 'guilds' | 'clock' | 'settings'>;

/**
 * A link to one file of one run that does not go stale while Kaggle's signed addresses do: signed by us, good until the end of
 * a day that the guild's setting tells. The same link all day long, so that a message that is made again stays the same.
 * @returns null without PUBLIC_URL
 */
export function lastingLink(run: Run, name: string, { links, guilds, clock, settings }: LinkNeeds): string | null {
  if (settings.publicUrl === null) return null;
  const days = guilds.settings(run.place.guildId).linkDays ?? LINK_DAYS;
  const lastDay = Math.floor(clock.now() / DAY) + days;
  const signed = `${run.key}.${fileId(name)}.${lastDay}.${links.timesRevoked(run.key)}`;
  return `${settings.publicUrl}/d/${signed}.${links.sign(signed)}`;
}

/** Where a link leads. `gone` for good, `later` for now; both with a sentence for the person who followed it. */
export type Led =
  | { readonly to: string }
  | { readonly gone: string }
  | { readonly later: string; readonly afterSeconds: number };

export type FollowNeeds = LinkNeeds & Pick<Needs, 'runs' | 'accounts' | 'kaggle' | 'log'>;

const UNKNOWN = 'There is no such download.';
/** Kaggle's signed addresses work for minutes at least (source: public reports); one that was just asked for serves all who come. */
const GOOD_MS = MINUTE;
const MOST_KEPT = 500;
/** New addresses for the links of one run, and for all of them, in a minute: what is beyond would use up the person's rate at Kaggle. */
const MOST_OF_RUN = 20;
const MOST_OF_ALL = 120;

/**
 * Follows download links: from a token to the address Kaggle signs now, asked with the launcher's credential. Nothing is asked
 * of Kaggle or the database before the signature is proven.
 */
export class LinkFollower {
  readonly #needs: FollowNeeds;
  readonly #addresses = new Map<string, { readonly led: Promise<Led>; readonly at: number }>();
  #counts = { since: Number.NEGATIVE_INFINITY, all: 0, ofRun: new Map<string, number>() };

  constructor(needs: FollowNeeds) {
    this.#needs = needs;
  }

  /** What is wrong with a token without asking Kaggle; else the run and the file it names. */
  read(token: string): { readonly run: Run; readonly name: string } | { readonly gone: string } {
    const { links, runs, clock } = this.#needs;
    const [, key = '', file, lastDay, times, signature = ''] = TOKEN.exec(token) ?? [];
    if (!links.isSigned(`${key}.${file}.${lastDay}.${times}`, signature)) return { gone: UNKNOWN };
    if (clock.now() >= (Number(lastDay) + 1) * DAY) return { gone: 'This download link has expired.' };
    if (Number(times) !== links.timesRevoked(key)) return { gone: 'This download link was revoked.' };
    const run = runs.byKey(key);
    const found = run === null ? undefined : runs.outputs(key).find(({ name }) => fileId(name) === file);
    return run === null || found === undefined
      ? { gone: 'This file is not known any more.' }
      : { run, name: found.name };
  }

  async follow(token: string): Promise<Led> {
    const read = this.read(token);
    if ('gone' in read) return read;
    const now = this.#needs.clock.mono();
    const known = this.#addresses.get(token);
    if (known !== undefined && now - known.at < GOOD_MS) return known.led;
    if (!this.#mayAsk(read.run.key, now)) return { later: 'Too many downloads at once.', afterSeconds: 60 };
    const led = this.#ask(read.run, read.name);
    this.#addresses.delete(token);
    this.#addresses.set(token, { led, at: now });
    for (const oldest of this.#addresses.keys()) if (this.#addresses.size > MOST_KEPT) this.#addresses.delete(oldest);
    // What did not work is asked again next time.
    if (!('to' in (await led))) this.#addresses.delete(token);
    return led;
  }

  #mayAsk(runKey: string, now: number): boolean {
    if (now - this.#counts.since >= MINUTE) this.#counts = { since: now, all: 0, ofRun: new Map() };
    const ofRun = this.#counts.ofRun.get(runKey) ?? 0;
    if (ofRun >= MOST_OF_RUN || this.#counts.all >= MOST_OF_ALL) return false;
    this.#counts.ofRun.set(runKey, ofRun + 1);
    this.#counts.all += 1;
    return true;
  }

  async #ask(run: Run, name: string): Promise<Led> {
    const { kaggle, log } = this.#needs;
    const pushed = pushedOf(run.state);
    const credential = credentialOf(run, this.#needs);
    if (pushed === null || credential === null)
      return { gone: 'The person who ran this has unlinked their Kaggle account, so the file cannot be fetched.' };
    try {
      const to = (await addressesOfSome(kaggle, credential, pushed, new Set([name]))).get(name);
      return to !== undefined && isWebAddress(to) ? { to } : { gone: 'Kaggle does not have this file any more.' };
    } catch (error) {
      if (!(error instanceof KaggleError)) throw error;
      log.info({ run: run.key, what: error.message }, 'a download link could not be followed');
      if (error.isOutage || error.kind === 'limited')
        return { later: 'Kaggle is not answering now. Please try again in some minutes.', afterSeconds: 120 };
      return error.kind === 'unauthorized'
        ? { gone: 'Kaggle does not accept the token of the person who ran this, so the file cannot be fetched.' }
        : { gone: 'Kaggle does not show this file any more.' };
    }
  }
}

const isWebAddress = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
