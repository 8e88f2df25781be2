import { LINK_FIELDS } from '../src/discord/render/link.ts';
import { UserError } from '../src/domain/user-error.ts';
import type { Credential } from '../src/kaggle/kaggle.ts';
import { Secret } from '../src/secret.ts';

const NOTHING_STORED = 'Nothing was stored.';
const TOKEN = /^KGAT_/;
/** Goes into a header as it is: only what a bearer token may consist of (RFC 6750). */
const SENDABLE = /^[A-Za-z0-9._~+/=-]{8,1000}$/;
const USER = /^[A-Za-z0-9][A-Za-z0-9_-]{0,49}$/;

/**
 * Reads the form *Link a Kaggle account*: an API token, or a user name with an old key; exactly one of the two ways. A
 * KGAT_ token in a wrong field is taken for what it is (as a key Kaggle would refuse it), and so is a pasted kaggle.json.
 * @throws UserError that repeats nothing of what was entered
 */
export function readCredential(fields: ReadonlyMap<string, string>): Credential {
  const [token, user, key] = [LINK_FIELDS.token, LINK_FIELDS.user, LINK_FIELDS.key].map((name) =>
    (fields.get(name) ?? '').trim(),
  ) as [string, string, string];
  const pasted = fromFile(token) ?? fromFile(key);
  if (pasted !== null) return legacy(pasted.user, pasted.key);
  if (token === '' && TOKEN.test(key)) return bearer(key);
  if (token === '' && TOKEN.test(user)) return bearer(user);
  if (token === '' && user === '' && key === '')
    throw new UserError('The form was empty.', `Enter an API token. ${NOTHING_STORED}`);
  if (token !== '' && (user !== '' || key !== ''))
    throw new UserError(
      'Enter an API token, or username and key, not both.',
      `Leave the other fields empty. ${NOTHING_STORED}`,
    );
  if (token !== '') return bearer(token);
  if (user === '') throw new UserError('An old key needs its username.', `Both are in kaggle.json. ${NOTHING_STORED}`);
  if (key === '') throw new UserError('The username needs its key.', `Both are in kaggle.json. ${NOTHING_STORED}`);
  return legacy(user, key);
}

function bearer(token: string): Credential {
  if (!SENDABLE.test(token))
    throw new UserError(
      'This is not a Kaggle token.',
      `A token starts with KGAT_ and has no spaces. ${NOTHING_STORED}`,
    );
  return { kind: 'token', token: new Secret(token) };
}

function legacy(user: string, key: string): Credential {
  if (!USER.test(user))
    throw new UserError('This is not a Kaggle username.', `It is the one in kaggle.json. ${NOTHING_STORED}`);
  if (!SENDABLE.test(key))
    throw new UserError('This is not a Kaggle key.', `It has 32 letters and digits. ${NOTHING_STORED}`);
  return { kind: 'key', user, key: new Secret(key) };
}

function fromFile(text: string): { user: string; key: string } | null {
  if (!text.startsWith('{')) return null;
  try {
    const { username, key } = JSON.parse(text) as { username?: unknown; key?: unknown };
    return typeof username === 'string' && typeof key === 'string' ? { user: username, key } : null;
  } catch {
    return null;
  }
}
