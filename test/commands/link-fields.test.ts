import { describe, expect, test } from 'vitest';
import { readCredential } from '../../commands/link-fields.ts';
import { LINK_FIELDS } from '../../src/discord/render/link.ts';
import { UserError } from '../../src/domain/user-error.ts';

const KEY = '0123456789abcdef0123456789abcdef';
const form = (token: string, user = '', key = '') =>
  new Map([
    [LINK_FIELDS.token, token],
    [LINK_FIELDS.user, user],
    [LINK_FIELDS.key, key],
  ]);
const revealed = (fields: ReadonlyMap<string, string>) => {
  const credential = readCredential(fields);
  return credential.kind === 'token'
    ? { token: credential.token.reveal() }
    : { user: credential.user, key: credential.key.reveal() };
};

describe('what the form is taken for', () => {
  test.each([
    ['a token', form('KGAT_abc123'), { token: 'KGAT_abc123' }],
    ['a token with white space around it', form('  KGAT_abc123\n'), { token: 'KGAT_abc123' }],
    ['a username with its key', form('', 'mara-k', KEY), { user: 'mara-k', key: KEY }],
    ['a token in the field of the key', form('', 'mara-k', 'KGAT_abc123'), { token: 'KGAT_abc123' }],
    ['a token in the field of the username', form('', 'KGAT_abc123', ''), { token: 'KGAT_abc123' }],
    ['a pasted kaggle.json', form(`{"username":"mara-k","key":"${KEY}"}`), { user: 'mara-k', key: KEY }],
  ])('%s', (_, fields, expected) => {
    expect(revealed(fields)).toEqual(expected);
  });
});

describe('what is refused, without repeating it', () => {
  test.each([
    ['an empty form', form('')],
    ['both ways at once', form('KGAT_abc123', 'mara-k', KEY)],
    ['a key without its username', form('', '', KEY)],
    ['a username without its key', form('', 'mara-k', '')],
    ['a token that would break a header', form('KGAT_abc\r\nX-Other: 1')],
    ['a username that is none', form('', 'mara k/../x', KEY)],
    ['broken JSON', form('{"username":"mara-k"')],
  ])('%s', (_, fields) => {
    let said: unknown;
    try {
      readCredential(fields);
    } catch (error) {
      said = error;
    }
    expect(said).toBeInstanceOf(UserError);
    for (const value of fields.values()) if (value !== '') expect(String(said)).not.toContain(value);
    expect(String(said)).toContain('Nothing was stored.');
  });
});
