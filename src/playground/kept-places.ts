import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * What makes the addresses of one start good for the next: the ports of both stand-ins and the page's key. Messages that are
 * kept name them, and so does a page that is still open.
 */

const port = z.int().min(1).max(65_535);
const Ports = z.object({ kaggle: port, discord: port });
export type Ports = z.infer<typeof Ports>;

const PORTS_FILE = 'ports.json';
const KEY_FILE = 'page.key';
const KEY_BYTES = 24;

/** The ports of the last start; null at the first one, or when the file cannot be read. */
export function knownPorts(folder: string): Ports | null {
  const file = join(folder, PORTS_FILE);
  if (!existsSync(file)) return null;
  try {
    return Ports.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

export function keepPorts(folder: string, ports: Ports): void {
  writeFileSync(join(folder, PORTS_FILE), `${JSON.stringify(ports)}\n`);
}

/** The page's key, made at the first start. Only the owner of the file can read it. */
export function pageKey(folder: string): string {
  const file = join(folder, KEY_FILE);
  const known = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (/^[\w-]{32}$/.test(known)) return known;
  const made = randomBytes(KEY_BYTES).toString('base64url');
  writeFileSync(file, `${made}\n`, { mode: 0o600 });
  return made;
}
