import type { Keyring } from '../src/secret.ts';
import { Accounts } from './accounts.ts';
import { Backups } from './backup.ts';
import { Cards } from './cards.ts';
import { Drafts } from './drafts.ts';
import { Guilds } from './guilds.ts';
import { Links } from './links.ts';
import { Meta } from './meta.ts';
import { Notices } from './notices.ts';
import type { Db } from './open.ts';
import { Runs } from './runs.ts';
import { Storage } from './storage.ts';

/** Everything that is remembered, over one open database. */
export type Stores = {
  readonly runs: Runs;
  readonly notices: Notices;
  readonly cards: Cards;
  readonly accounts: Accounts;
  readonly drafts: Drafts;
  readonly guilds: Guilds;
  readonly links: Links;
  readonly meta: Meta;
  readonly backups: Backups;
  readonly storage: Storage;
};

export function openStores(db: Db, keys: Keyring): Stores {
  const notices = new Notices(db);
  const meta = new Meta(db);
  return {
    runs: new Runs(db, notices),
    notices,
    cards: new Cards(db),
    accounts: new Accounts(db, keys),
    drafts: new Drafts(db),
    guilds: new Guilds(db),
    links: new Links(db, keys),
    meta,
    backups: new Backups(db, meta),
    storage: new Storage(db),
  };
}
