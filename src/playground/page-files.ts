import { isKey, signFile } from './page-guard.ts';

/**
 * Files of messages, fetched from the emulator and handed on, so that the page needs one origin only. What a notebook wrote is a
 * stranger's: only plain pictures are shown, everything else is a download, and nothing of it may run as a page.
 */

const PICTURES: readonly string[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const FETCH_MS = 20_000;

export type FileAnswer = { readonly headers: Record<string, string>; readonly body: Buffer };

/** The address on the page's own origin for a file of the CDN; other addresses stay as they are. */
export function ownAddress(url: string, cdnUrl: string, key: string): string {
  // As the browser will ask for it: percent-encoded.
  const asked = URL.parse(url)?.href ?? url;
  if (!asked.startsWith(`${cdnUrl}/`)) return url;
  const rest = asked.slice(cdnUrl.length + 1);
  return `/files/${signFile(rest, key)}/${rest}`;
}

/** The same JSON with every file's address on the page's own origin. */
export function withOwnAddresses(value: unknown, cdnUrl: string, key: string): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, inner: unknown) =>
      (name === 'url' || name === 'proxy_url') && typeof inner === 'string' ? ownAddress(inner, cdnUrl, key) : inner,
    ),
  );
}

/** @returns null when the signature is not of this file, or the file is not there. */
export async function readFileOf(address: string, cdnUrl: string, key: string): Promise<FileAnswer | null> {
  const match = /^\/files\/([\w-]{43})\/(.+)$/.exec(address);
  const [, signature = '', rest = ''] = match ?? [];
  if (match === null || !isKey(signature, signFile(rest, key))) return null;
  const response = await fetch(`${cdnUrl}/${rest}`, { redirect: 'error', signal: AbortSignal.timeout(FETCH_MS) }).catch(
    () => null,
  );
  if (response === null || !response.ok) return null;
  const given = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const isPicture = PICTURES.includes(given);
  const name = rest.split('?')[0]?.split('/').at(-1) ?? 'file';
  return {
    headers: {
      'content-type': isPicture ? given : 'application/octet-stream',
      // The name is taken as the address has it: percent-encoded, so it cannot end the header or the quotes.
      'content-disposition': `${isPicture ? 'inline' : 'attachment'}; filename*=UTF-8''${name.replace(/[^\w.%-]/g, '_')}`,
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, max-age=3600',
    },
    body: Buffer.from(await response.arrayBuffer()),
  };
}
