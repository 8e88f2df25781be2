import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { ChatError, type ChatErrorKind } from '../../src/discord/chat.ts';
import { chatError, isDoubtful, isTokenOver } from '../../src/discord/errors.ts';

const SECRET_URL = 'https://discord.test/api/v10/webhooks/1/interaction-token-of-mara';

const refusal = (status: number, code: number): DiscordAPIError =>
  new DiscordAPIError({ code, message: 'No' }, code, status, 'POST', SECRET_URL, { files: undefined, body: undefined });

describe('what Discord’s refusals mean for a message we owe', () => {
  const table: [status: number, code: number, kind: ChatErrorKind][] = [
    [404, 10003, 'gone'],
    [404, 10004, 'gone'],
    [404, 10008, 'gone'],
    [404, 10013, 'gone'],
    [403, 50001, 'gone'],
    [403, 50013, 'forbidden'],
    [400, 160002, 'forbidden'],
    [400, 160005, 'forbidden'],
    [400, 50083, 'forbidden'],
    [400, 40058, 'forbidden'],
    [403, 50007, 'closed'],
    [403, 50278, 'closed'],
    [400, 50035, 'refused'],
    [400, 50006, 'refused'],
    [413, 40005, 'refused'],
    [400, 30015, 'refused'],
    [403, 50005, 'refused'],
    [400, 200000, 'refused'],
    [400, 240000, 'refused'],
    [429, 30046, 'limited'],
    [429, 40003, 'limited'],
    [429, 40062, 'limited'],
    [400, 20028, 'limited'],
    [403, 40333, 'unavailable'],
    // Codes that are new to us are judged by their status.
    [401, 0, 'unauthorized'],
    [401, 40001, 'unauthorized'],
    [403, 99999, 'forbidden'],
    [404, 99999, 'gone'],
    [429, 99999, 'limited'],
    [400, 99999, 'refused'],
  ];
  test.each(table)('%i / %i is %s', (status, code, kind) => {
    const known = chatError(refusal(status, code), 'post in channel 1');
    expect(known).toBeInstanceOf(ChatError);
    expect(known.kind).toBe(kind);
    expect(known.code).toBe(code === 0 ? null : code);
  });
});

test.each([500, 502, 503, 504])('a %i may have had its effect, so it is not final', (status) => {
  const error = new HTTPError(status, 'no', 'POST', SECRET_URL, { files: undefined, body: undefined });
  expect(chatError(error, 'post').kind).toBe('unavailable');
  expect(isDoubtful(error)).toBe(true);
});

test.each([
  Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
  Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }),
  new DOMException('This operation was aborted', 'AbortError'),
])('a lost connection is not final: %s', (error) => {
  expect(chatError(error, 'post').kind).toBe('unavailable');
});

test('without a token the library’s own complaint means that the token was refused before', () => {
  expect(chatError(new Error('Expected token to be set for this request, but none was present'), 'post').kind).toBe(
    'unauthorized',
  );
});

describe('limits', () => {
  const limit = (of: { method: string; timeToReset: number; sublimitTimeout: number; scope?: 'shared' | 'user' }) =>
    new RateLimitError({
      global: false,
      hash: 'h',
      limit: 5,
      majorParameter: '1',
      retryAfter: of.timeToReset,
      route: '/channels/:id/messages/:id',
      scope: 'user',
      url: SECRET_URL,
      ...of,
    });

  test('say how long to wait', () => {
    const known = chatError(limit({ method: 'POST', timeToReset: 4_200, sublimitTimeout: 0 }), 'post');
    expect(known).toMatchObject({ kind: 'limited', code: null, retryAfterMs: 4_200 });
  });

  test('never say less than a second, so that nobody asks again and again', () => {
    expect(chatError(limit({ method: 'POST', timeToReset: 0, sublimitTimeout: 0 }), 'post').retryAfterMs).toBe(1_000);
  });

  test('beside the bucket’s own on an edit are the one for old messages', () => {
    const known = chatError(limit({ method: 'PATCH', timeToReset: 0, sublimitTimeout: 6_000 }), 'edit');
    expect(known).toMatchObject({ kind: 'limited', code: 30046, retryAfterMs: 6_000 });
  });
});

test.each([
  [404, 10062],
  [401, 50027],
  [404, 10015],
])('%i / %i: the interaction’s token no longer serves', (status, code) => {
  expect(isTokenOver(refusal(status, code))).toBe(true);
});

test('a refusal of the content does not end the interaction', () => {
  expect(isTokenOver(refusal(400, 50035))).toBe(false);
  expect(isDoubtful(refusal(400, 50035))).toBe(false);
});

test('no error repeats the address, which holds an interaction’s token', () => {
  for (const error of [
    refusal(404, 10062),
    new HTTPError(500, 'no', 'POST', SECRET_URL, { files: undefined, body: {} }),
  ]) {
    const known = chatError(error, 'answer');
    expect(`${known.message} ${known.stack} ${JSON.stringify(known)}`).not.toContain('interaction-token-of-mara');
  }
});
