import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/** The stairs, read from the import lines. A room may import itself and what stands below it here. */
const root = resolve(fileURLToPath(new URL('..', import.meta.url)));

const LOWEST = ['src/clock.ts', 'src/log.ts', 'src/secret.ts'];
const STAIRS: Readonly<Record<string, readonly string[]>> = {
  'src/domain': [],
  'src/notebook': ['src/domain'],
  'src/results': ['src/domain'],
  'src/kaggle': ['src/domain'],
  'src/github': ['src/domain'],
  'src/discord': ['src/domain', 'src/results', 'src/notebook'],
  db: ['src/domain'],
  'src/steps': ['src/domain', 'src/notebook', 'src/results', 'src/kaggle', 'src/github', 'src/discord', 'db'],
  commands: ['src/domain', 'src/notebook', 'src/results', 'src/kaggle', 'src/github', 'src/discord', 'db', 'src/steps'],
  // The other side of the wire: it must not know the bot.
  'src/playground': ['src/domain'],
};

/** Libraries that have one door each. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  axios: ['src/kaggle/', 'src/github/', 'src/discord/attachment.ts'],
  'better-sqlite3': ['db/'],
  'discord.js': ['src/discord/'],
  'node-cron': ['src/config.ts', 'src/heartbeat.ts'],
};

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|js)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

const files = ['src', 'commands', 'db'].flatMap(filesBelow).filter((file) => !file.startsWith('src/playground/page/'));

const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    (match) => match[1] ?? '',
  );

const roomOf = (file: string): string | undefined =>
  Object.keys(STAIRS)
    .sort((a, b) => b.length - a.length)
    .find((room) => file.startsWith(`${room}/`));

describe('imports go down the stairs', () => {
  test.each(files.filter((file) => roomOf(file) !== undefined))('%s', (file) => {
    const room = roomOf(file) ?? '';
    const allowed = [room, ...(STAIRS[room] ?? [])];
    for (const path of importsOf(file).filter((one) => one.startsWith('.'))) {
      const target = relative(root, resolve(root, dirname(file), path));
      const isBelow = LOWEST.includes(target) || allowed.some((one) => target.startsWith(`${one}/`));
      expect(isBelow, `${file} imports ${target}`).toBe(true);
    }
  });
});

describe('each of these libraries has one door', () => {
  test.each(Object.entries(DOORS))('%s', (library, doors) => {
    const users = files.filter((file) =>
      importsOf(file).some((path) => path === library || path.startsWith(`${library}/`)),
    );
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter((file) => !doors.some((door) => file.startsWith(door)))).toEqual([]);
  });
});

test('only main reads the environment', () => {
  // A program that is started for another purpose has its own environment: the executor passes a minimal one on.
  const readers = files.filter((file) => /process\.env\b/.test(readFileSync(join(root, file), 'utf8')));
  expect(
    readers.filter((file) => file !== 'src/main.ts' && !file.startsWith('src/playground/kaggle/execute/')),
  ).toEqual([]);
});

test('no file is longer than one can hold in mind', () => {
  const long = files.filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 330);
  expect(long).toEqual([]);
});

test('a comment names no page that is not here', () => {
  const pages = new Set(
    ['.', 'docs'].flatMap((folder) => readdirSync(join(root, folder)).filter((name) => name.endsWith('.md'))),
  );
  const cited = ['src', 'commands', 'db', 'bench', 'test'].flatMap(filesBelow).flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .filter((line) => /^\s*(?:\/\*\*|\*|\/\/)/.test(line))
      .flatMap((line) => line.match(/[\w-]+\.md\b/g) ?? [])
      .filter((page) => !pages.has(page))
      .map((page) => `${file}: ${page}`),
  );
  expect(cited).toEqual([]);
});
