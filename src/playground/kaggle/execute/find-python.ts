import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

export type Python = {
  readonly path: string;
  readonly hasJupyter: boolean;
  /** Where `pip install --user` puts packages: the child has another home. */
  readonly userBase: string;
};

const PROBE = [
  'import json, sys, site',
  'from importlib.util import find_spec',
  'has = all(find_spec(name) is not None for name in ("nbclient", "nbformat", "ipykernel"))',
  'print(json.dumps([sys.executable, has, site.getuserbase(), sys.version_info >= (3, 8)]))',
].join('\n');

const PROBE_MS = 15_000;

/** Where Python often is though PATH does not say so. */
const USUAL = process.platform === 'win32' ? [] : ['/usr/local/bin', '/usr/bin', '/opt/homebrew/bin'];
const NAMES = process.platform === 'win32' ? ['python.exe', 'python3.exe', 'py.exe'] : ['python3', 'python'];

/** The search path of this program, for finding Python and for what notebooks call in shell lines. */
export const searchPath = (): string => process.env.PATH ?? process.env.Path ?? USUAL.join(delimiter);

/**
 * Looks through the search path for a Python 3.8 or newer: one with Jupyter (nbclient, ipykernel) is preferred, else the first.
 * @returns null when there is none.
 */
export async function findPython(path = searchPath()): Promise<Python | null> {
  const places = [...path.split(delimiter), ...(path === searchPath() ? USUAL : [])].filter((one) => one !== '');
  const seen = new Set<string>();
  let plain: Python | null = null;
  for (const candidate of new Set(places.flatMap((place) => NAMES.map((name) => join(place, name))))) {
    if (!existsSync(candidate)) continue;
    const python = await probe(candidate, path);
    if (python === null || seen.has(python.path)) continue;
    seen.add(python.path);
    if (python.hasJupyter) return python;
    plain ??= python;
  }
  return plain;
}

async function probe(candidate: string, path: string): Promise<Python | null> {
  try {
    const { stdout } = await promisify(execFile)(candidate, ['-c', PROBE], {
      timeout: PROBE_MS,
      windowsHide: true,
      env: systemEnvironment(path, homedir()),
    });
    const [executable, hasJupyter, userBase, isNew] = JSON.parse(stdout) as [string, boolean, string, boolean];
    return isNew ? { path: executable || candidate, hasJupyter, userBase } : null;
  } catch {
    // A name that is no working Python, such as the store's placeholder on Windows.
    return null;
  }
}

/** The little of this program's environment that a child needs to run at all. Nothing secret is in it. */
export const systemEnvironment = (path: string, home: string): Record<string, string> => ({
  PATH: path,
  HOME: home,
  LANG: 'C.UTF-8',
  ...(process.platform === 'win32'
    ? { SystemRoot: process.env.SystemRoot ?? 'C:\\Windows', USERPROFILE: home, PATHEXT: process.env.PATHEXT ?? '.EXE' }
    : {}),
});
