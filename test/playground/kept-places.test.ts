import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { parseConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { openPlayground } from '../../src/open-playground.ts';
import { startDiscordEmulator } from '../../src/playground/discord/emulator.ts';
import { startKaggleEmulator } from '../../src/playground/kaggle/emulator.ts';
import { keepPorts, knownPorts, pageKey } from '../../src/playground/kept-places.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kept-places-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the key of the page is made once, and only its owner can read it', () => {
  const key = pageKey(folder);
  expect(key).toMatch(/^[\w-]{32}$/);
  expect(pageKey(folder)).toBe(key);
  if (process.platform !== 'win32') expect(statSync(join(folder, 'page.key')).mode & 0o777).toBe(0o600);
  writeFileSync(join(folder, 'page.key'), 'short\n');
  expect(pageKey(folder)).toMatch(/^[\w-]{32}$/);
});

test('ports are remembered; a file that holds none is as good as no file', () => {
  expect(knownPorts(folder)).toBeNull();
  keepPorts(folder, { kaggle: 40_001, discord: 40_002 });
  expect(knownPorts(folder)).toEqual({ kaggle: 40_001, discord: 40_002 });
  for (const wrong of ['', '{"kaggle":80}', '{"kaggle":"1","discord":2}', '{"kaggle":1,"discord":70000}']) {
    writeFileSync(join(folder, 'ports.json'), wrong);
    expect(knownPorts(folder)).toBeNull();
  }
});

test('an emulator whose port somebody else has takes a free one', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const kaggle = await startKaggleEmulator({ port });
  const discord = await startDiscordEmulator({ port });
  for (const one of [kaggle, discord]) {
    expect(one.port).not.toBe(port);
    expect(one.url).toBe(`http://127.0.0.1:${one.port}`);
  }
  await Promise.all([kaggle.close(), discord.close()]);
  await new Promise((resolve) => other.close(resolve));
});

test('a second start of the playground has the addresses and the key of the first, and a stop says what it ends', {
  timeout: 60_000,
}, async () => {
  const lines: string[] = [];
  const open = async () => {
    const { page, config, stop } = await openPlayground({
      config: parseConfig({ DATABASE_FILE: join(folder, 'nightshift.db') }),
      clock: systemClock,
      log: createLog('silent'),
      print: (line) => lines.push(line),
    });
    const { kaggleWebUrl, discordApiUrl, databaseFile } = config;
    await stop();
    return { page: page.address(1), kaggleWebUrl, discordApiUrl, databaseFile };
  };
  const first = await open();
  expect(first.databaseFile).toBe(join(folder, 'nightshift.db'));
  expect(lines).toEqual(['The playground is stopping. Notebooks that run in it end now, too.']);
  expect(await open()).toEqual(first);
});
