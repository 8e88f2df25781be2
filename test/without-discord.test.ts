import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openDatabase } from '../db/open.ts';
import { openStores } from '../db/stores.ts';
import { systemClock } from '../src/clock.ts';
import { startKaggleEmulator } from '../src/playground/kaggle/emulator.ts';
import { Keyring, Secret } from '../src/secret.ts';
import { notebook } from './notebooks.ts';

const start = fileURLToPath(new URL('../src/start.js', import.meta.url));
const key = Buffer.alloc(32, 7);
const MARA = '200000000000000001';

test('while Discord cannot be reached at the start, runs are pushed and followed, and what is to be told waits', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nightshift-'));
  const file = join(folder, 'n.db');
  await using kaggle = await startKaggleEmulator({ clock: systemClock });
  kaggle.addAccount({ user: 'mara-k', token: 'KGAT_mara' });
  accept(file);
  const child = spawn(process.execPath, [start], {
    cwd: folder,
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      DISCORD_TOKEN: 'x.y.z',
      DISCORD_API_URL: 'http://127.0.0.1:9/api',
      KAGGLE_API_URL: kaggle.apiUrl,
      SECRET_KEY: key.toString('base64'),
      DATABASE_FILE: file,
      HTTP_PORT: '0',
    },
  });
  try {
    await expect
      .poll(() => kaggle.count('GetKernelSessionLogsStream'), { timeout: 40_000, interval: 50 })
      .toBeGreaterThan(0);
    expect(kaggle.pushes).toBe(1);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const db = openDatabase(file);
  const { notices, runs } = openStores(db, new Keyring([key]));
  expect(notices.countOwed()).toBe(1);
  expect([...runs.countByPhase().keys()]).toEqual([expect.stringMatching(/^(queued|running)$/)]);
  db.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** Leaves a database with one run that is still to be pushed. */
function accept(file: string): void {
  const db = openDatabase(file);
  const { runs, accounts } = openStores(db, new Keyring([key]));
  accounts.checkKeys();
  accounts.link(MARA, 'mara-k', { kind: 'token', token: new Secret('KGAT_mara') }, Date.now());
  runs.accept(
    {
      key: 'k'.repeat(22),
      interactionId: '1',
      place: { kind: 'guild', guildId: '300000000000000001', channelId: '400000000000000001' },
      launcher: { id: MARA, name: 'Mara' },
      settings: {
        kernel: { owner: 'mara-k', slug: 'leaf-disease' },
        title: 'Leaf disease',
        kind: 'notebook',
        language: 'python',
        accelerator: 'none',
        inputs: [],
        internet: false,
        isPublic: false,
        limitMinutes: 60,
        note: null,
        origin: { from: 'attachment', name: 'leaf-disease.ipynb', link: null },
        cells: 1,
      },
      sourceHash: 'h',
      acceptedAt: Date.now(),
    },
    notebook('print(1)').toString(),
  );
  db.close();
}
