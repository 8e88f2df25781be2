import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Starts the program as `npm start` does, in an empty folder, and waits for its end. */
function start(env: Record<string, string>): Promise<{ code: number | null; out: string; err: string }> {
  const cwd = mkdtempSync(join(tmpdir(), 'nightshift-start-'));
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [join(root, 'src/start.js')],
      { cwd, env: { PATH: process.env.PATH ?? '', ...env }, timeout: 15_000 },
      (_, out, err) => done({ code: child.exitCode, out, err }),
    );
  });
}

describe('a start that cannot succeed says why in a sentence, and ends', () => {
  test('settings: all that are wrong at once, no stack', async () => {
    const { code, err } = await start({ DISCORD_TOKEN: 'x', POLL_CRON: 'often', PUBLIC_URL: 'here', HTTP_PORT: 'a' });
    expect(code).toBe(1);
    expect(err.split('\n').map((line) => line.trim().split(' ')[0])).toEqual([
      'The',
      'POLL_CRON',
      'HTTP_PORT',
      'PUBLIC_URL',
      'SECRET_KEY',
      '',
    ]);
  });

  test('a folder that cannot be made', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'nightshift-start-')), 'file');
    writeFileSync(file, '');
    const { code, err } = await start({ DATABASE_FILE: join(file, 'n.db'), HTTP_PORT: '0' });
    expect(code).toBe(1);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).toContain('DATABASE_FILE');
  });

  test('a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, err } = await start({ HTTP_PORT: String(port) });
    server.close();
    expect(code).toBe(1);
    expect(err).toContain(`The port ${port} on 127.0.0.1 is in use by another program. Set HTTP_PORT to another one.`);
  });
});
