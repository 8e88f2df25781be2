import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Keyring, parseKey, SealError, Secret } from '../src/secret.ts';

const key = (fill: number): Buffer => Buffer.alloc(32, fill);

describe('a secret', () => {
  test('shows itself in no text, template, JSON or inspection', () => {
    const secret = new Secret('KGAT_canary');
    for (const shown of [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }, { depth: 9, showHidden: true }),
    ]) {
      expect(shown).not.toContain('canary');
    }
    expect(secret.reveal()).toBe('KGAT_canary');
  });
});

describe('sealing', () => {
  test('opens with the same key for the same owner only', () => {
    const ring = new Keyring([key(1)]);
    const sealed = ring.seal(new Secret('KGAT_canary'), 'v1|7|mara-k|accounts');
    expect(sealed).not.toContain('canary');
    expect(ring.open(sealed, 'v1|7|mara-k|accounts').reveal()).toBe('KGAT_canary');
    expect(() => ring.open(sealed, 'v1|8|mara-k|accounts')).toThrow(SealError);
    expect(() => new Keyring([key(2)]).open(sealed, 'v1|7|mara-k|accounts')).toThrow(SealError);
  });

  test('a changed value does not open', () => {
    const ring = new Keyring([key(1)]);
    const parts = ring.seal(new Secret('x'.repeat(40)), 'a').split('.');
    for (const part of [2, 3, 4]) {
      const changed = parts
        .map((text, index) => (index === part ? (text.startsWith('A') ? 'B' : 'A') + text.slice(1) : text))
        .join('.');
      expect(() => ring.open(changed, 'a')).toThrow(SealError);
    }
  });

  test('the same secret is never sealed to the same text', () => {
    const ring = new Keyring([key(1)]);
    expect(ring.seal(new Secret('x'), 'a')).not.toBe(ring.seal(new Secret('x'), 'a'));
  });

  test('while rotating the new key seals and both open', () => {
    const before = new Keyring([key(1)]).seal(new Secret('x'), 'a');
    const ring = new Keyring([key(2), key(1)]);
    expect(ring.open(before, 'a').reveal()).toBe('x');
    expect(ring.isOld(before)).toBe(true);
    expect(ring.isOld(ring.seal(new Secret('x'), 'a'))).toBe(false);
  });

  test('only 32 bytes are a key', () => {
    expect(parseKey(key(1).toString('base64'))).toEqual(key(1));
    expect(parseKey(`${key(1).toString('base64')}\n`)).toEqual(key(1));
    expect(parseKey(Buffer.alloc(31).toString('base64'))).toBeNull();
    expect(parseKey('not base64!')).toBeNull();
    expect(() => new Keyring([Buffer.alloc(31)])).toThrow('32 bytes');
    expect(() => new Keyring([])).toThrow('32 bytes');
  });
});
