import { readFile } from 'node:fs/promises';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import path from 'node:path';

/**
 * The static shell: our own modules with their types stripped, styles, and two small libraries from node_modules. No
 * bundler: the browser loads the same files that are in the repository.
 */

export type Asset = { readonly type: string; readonly body: Buffer };

const home = path.join(import.meta.dirname, 'page');
const require = createRequire(import.meta.url);

/** Import names that stand for a library, and the address each is served at. */
const vendors: Readonly<Record<string, string>> = {
  preact: '/vendor/preact.js',
  'preact/hooks': '/vendor/preact-hooks.js',
  htm: '/vendor/htm.js',
  'htm/preact': '/vendor/htm-preact.js',
};

const packageFile = (name: string, file: string): string =>
  path.join(path.dirname(require.resolve(`${name}/package.json`)), file);

/** Read at the first request only: the tests of other rooms load this module without any of these packages' files. */
const vendorFiles: Readonly<Record<string, () => string>> = {
  '/vendor/preact.js': () => packageFile('preact', 'dist/preact.mjs'),
  '/vendor/preact-hooks.js': () => packageFile('preact', 'hooks/dist/hooks.mjs'),
  '/vendor/htm.js': () => path.join(path.dirname(require.resolve('htm')), 'htm.module.js'),
  '/vendor/htm-preact.js': () => path.join(path.dirname(require.resolve('htm/preact')), 'index.module.js'),
};

/** A browser knows addresses, not package names. */
const withAddresses = (code: string): string =>
  code
    .replace(/(\bfrom\s*)(["'])([\w/-]+)\2/g, (whole, from: string, quote: string, name: string) => {
      const address = vendors[name];
      return address === undefined ? whole : `${from}${quote}${address}${quote}`;
    })
    .replace(/^\/\/# sourceMappingURL=.*$/gm, '');

/** The stripping itself is marked experimental in some releases of Node 24; that one warning is not for whoever starts the bot. */
function stripTypes(code: string): string {
  const emitWarning = process.emitWarning;
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (!String(warning).includes('stripTypeScriptTypes')) emitWarning.call(process, warning, ...rest);
  }) as typeof process.emitWarning;
  try {
    return stripTypeScriptTypes(code);
  } finally {
    process.emitWarning = emitWarning;
  }
}

const cache = new Map<string, Promise<Asset | null>>();

async function read(address: string): Promise<Asset | null> {
  const vendor = vendorFiles[address];
  if (vendor !== undefined) {
    return { type: 'text/javascript', body: Buffer.from(withAddresses(await readFile(vendor(), 'utf8'))) };
  }
  const name = address === '/' ? 'index.html' : /^\/page\/([a-z][a-z-]*\.(?:ts|css|svg))$/.exec(address)?.[1];
  if (name === undefined) return null;
  const bytes = await readFile(path.join(home, name)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (bytes === null) return null;
  if (name.endsWith('.ts')) {
    return { type: 'text/javascript', body: Buffer.from(withAddresses(stripTypes(bytes.toString('utf8')))) };
  }
  const type = name.endsWith('.css') ? 'text/css' : name.endsWith('.svg') ? 'image/svg+xml' : 'text/html';
  return { type, body: bytes };
}

/** The file behind an address of the shell, or null. Read and stripped once, then kept. */
export function readAsset(address: string): Promise<Asset | null> {
  const known = cache.get(address);
  if (known !== undefined) return known;
  const asset = read(address);
  if (vendorFiles[address] === undefined && !/^\/(page\/[a-z-]+\.[a-z]+)?$/.test(address)) return asset;
  cache.set(address, asset);
  asset.then(
    (found) => found === null && cache.delete(address),
    () => cache.delete(address),
  );
  return asset;
}
