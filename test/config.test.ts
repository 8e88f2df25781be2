import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, parseConfig, VARIABLES } from '../src/config.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    parseConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^[A-Z_]+=/.test(line))
  .map((line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);

describe('.env.example', () => {
  test('names the variables the program reads, in their order, and no others', () => {
    expect(example.map(([name]) => name)).toEqual(Object.keys(VARIABLES));
  });

  test('shows the defaults: with it and without it the settings are the same', () => {
    const { httpPort, databaseFile, ...shown } = parseConfig(Object.fromEntries(example));
    const { httpPort: _, databaseFile: __, ...defaults } = parseConfig({});
    expect(shown).toEqual(defaults);
    expect([httpPort, databaseFile]).toEqual([8787, 'data/nightshift.db']);
  });
});

describe('settings', () => {
  test('nothing set is the playground', () => {
    expect(parseConfig({})).toMatchObject({
      discordToken: null,
      httpPort: null,
      sessionHours: { gpu: 12, tpu: 9, cpu: 12 },
      keys: [],
    });
  });

  test('an empty variable counts as not set', () => {
    expect(parseConfig({ DISCORD_TOKEN: '  ', GPU_SESSION_HOURS: '' })).toEqual(parseConfig({}));
  });

  test('all mistakes are named at once, and no secret is repeated', () => {
    const problems = problemsOf({
      DISCORD_TOKEN: 'a-token',
      SECRET_KEY: 'c2hvcnQtYnV0LXNlY3JldA==',
      DISCORD_API_URL: 'discord.com',
      DISCORD_CDN_URL: 'http://cdn.example.test',
      DISCORD_GUILD_ID: 'abc',
      POLL_CRON: '61 * * * *',
      HTTP_PORT: '99999',
      GPU_SESSION_HOURS: 'nine',
      LOG_LEVEL: 'loud',
    });
    for (const name of [
      'SECRET_KEY',
      'DISCORD_API_URL',
      'DISCORD_CDN_URL',
      'DISCORD_GUILD_ID',
      'POLL_CRON',
      'HTTP_PORT',
      'GPU_SESSION_HOURS',
      'LOG_LEVEL',
    ]) {
      expect(problems.filter((problem) => problem.startsWith(`${name} `))).toHaveLength(1);
    }
    expect(problems).toHaveLength(8);
    expect(problems.join()).not.toContain('c2hvcnQ');
  });

  test('the real bot needs a key', () => {
    expect(problemsOf({ DISCORD_TOKEN: 'a-token' })).toEqual([
      'SECRET_KEY is missing: it seals the Kaggle tokens. "npm run keygen" prints one',
    ]);
  });

  test('a key may stand in a file, and the old one opens while rotating', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'nightshift-')), 'key');
    writeFileSync(file, `${KEY}\n`);
    const old = Buffer.alloc(32, 9);
    expect(parseConfig({ SECRET_KEY_FILE: file, SECRET_KEY_OLD: old.toString('base64') }).keys).toEqual([
      Buffer.alloc(32, 7),
      old,
    ]);
    expect(problemsOf({ SECRET_KEY_FILE: `${file}.missing` })).toEqual([
      `SECRET_KEY_FILE names a file that cannot be read: ${file}.missing`,
    ]);
    expect(problemsOf({ SECRET_KEY: KEY, SECRET_KEY_FILE: file })).toHaveLength(1);
  });

  test('addresses lose the slash at their end', () => {
    expect(parseConfig({ KAGGLE_API_URL: 'http://127.0.0.1:9/v1/' }).kaggleApiUrl).toBe('http://127.0.0.1:9/v1');
  });
});
