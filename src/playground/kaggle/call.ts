import { ApiError } from './answer.ts';
import type { Account, Site } from './site.ts';
import type { Storage } from './storage.ts';

/** What a method of the API is given. */
export type Call = {
  readonly site: Site;
  readonly storage: Storage;
  readonly webUrl: string;
  readonly account: Account | null;
  readonly body: Readonly<Record<string, unknown>>;
  /** When it takes effect. */
  readonly at: number;
};

/** @throws ApiError 401 without a valid credential. */
export function signedIn(call: Call): Account {
  if (call.account === null) throw new ApiError(401, 'UNAUTHENTICATED', 'Unauthenticated');
  return call.account;
}
