import { describe, expect, it } from 'vitest';
import { redact } from '../../src/results/redact.ts';

const HEX = '0123456789abcdef0123456789abcdef';

describe('redact hides', () => {
  it.each([
    ['a Kaggle token', `using KGAT_${HEX} now`, 'using [hidden] now'],
    ['an old key beside its name', `{"username":"mara-k","key":"${HEX}"}`, '{"username":"mara-k","key":"[hidden]"}'],
    ['an old key in the environment', `KAGGLE_KEY=${HEX}`, 'KAGGLE_KEY=[hidden]'],
    ['an Authorization header', 'Authorization: Bearer abcdefgh12345678', 'Authorization: Bearer [hidden]'],
    ['basic authentication', "'authorization': 'Basic bWFyYTprZXk='", "'authorization': 'Basic [hidden]'"],
    [
      'a signed address',
      'GET https://s.example/f?X-Goog-Signature=ab12&x=1',
      'GET https://s.example/f?X-Goog-Signature=[hidden]&x=1',
    ],
    ['a Hub token', 'login hf_AbCdEfGhIjKlMnOpQrStUvWx', 'login [hidden]'],
    ['a printed environment', "'HF_TOKEN': 'abc123def456ghi789jkl012'", "'HF_TOKEN': '[hidden]'"],
    ['a JSON web token', 'jwt eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.abc_-1', 'jwt [hidden]'],
  ])('%s', (_, text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    'commit 0123456789abcdef0123456789abcdef',
    'pad_token: [PAD], eos_token=</s>',
    'max_new_tokens=256 token: 12',
    'Epoch 3/70 loss: 0.31',
    'monkey: 0123',
  ])('nothing in %j', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('costs little on hostile text', () => {
    const start = performance.now();
    for (const piece of [
      'KGAT_',
      'key = ',
      '"username"',
      'X-Goog-Signature',
      'authorization: ',
      'eyJ',
      'A_TOKEN=',
      'a',
    ])
      redact(piece.repeat(200_000 / piece.length));
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
