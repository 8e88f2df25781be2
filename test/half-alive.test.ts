import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const start = fileURLToPath(new URL('../src/start.js', import.meta.url));

/** Loaded before the program: it fails once the program says that it listens to such failures. */
const failing = (what: string): string =>
  `data:text/javascript,${encodeURIComponent(
    `const wait = setInterval(() => { if (process.listenerCount('unhandledRejection') === 0) return; clearInterval(wait); ${what} }, 20);`,
  )}`;

test.each([
  ['a rejection', "Promise.reject(new Error('in the dark'));", 'a promise was rejected and nobody listened'],
  ['an error', "throw new Error('in the dark');", 'an error nobody caught'],
])(
  '%s that nobody listens to ends the program with 1, and the log says what it was',
  async (_, what, sentence) => {
    const folder = mkdtempSync(join(tmpdir(), 'nightshift-'));
    const ended = await new Promise<{ code: unknown; err: string }>((done) => {
      const child = execFile(
        process.execPath,
        ['--import', failing(what), start],
        {
          cwd: folder,
          env: { PATH: process.env.PATH, DATABASE_FILE: join(folder, 'n.db'), HTTP_PORT: '0' },
          timeout: 50_000,
        },
        (_error, _out, err) => done({ code: child.exitCode, err }),
      );
    });
    rmSync(folder, { recursive: true, force: true });
    expect(ended.err).toContain(sentence);
    expect(ended.err).toContain('in the dark');
    expect(ended.code).toBe(1);
  },
  60_000,
);
