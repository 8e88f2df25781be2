import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * Who may talk to the page. It can run code, so three things are asked of every request:
 *
 * - it arrived on a loopback address, and its Host names that address: a name that a stranger's DNS points at 127.0.0.1 is
 *   refused (DNS rebinding);
 * - its Origin, when there is one, is the page itself, and every request that changes something has one;
 * - everything but the static shell shows the key from the printed address.
 *
 * The key stands in the address's fragment, so it never travels in a request line, and the page sends it as a header. A cookie
 * would be sent by the browser on its own, also to every other port of 127.0.0.1; a header is not, so neither a strange page nor
 * another program on this computer can use or collect it. Images cannot send headers: the address of each file carries a
 * signature for that one file instead.
 */

export type Refusal = { readonly status: number; readonly sentence: string };

const isLoopback = (address: string | undefined): boolean => {
  if (address === undefined || isIP(address) === 0) return false;
  return address === '::1' || /^(::ffff:)?127\./.test(address);
};

/** Hosts under which the page answers on this port. */
const hostsOf = (port: number): readonly string[] => [`127.0.0.1:${port}`, `localhost:${port}`];

/** Null when the request may go on; else the status and the sentence to answer with. */
export function refuse(request: IncomingMessage): Refusal | null {
  const { localAddress, localPort } = request.socket;
  if (!isLoopback(localAddress) || localPort === undefined) {
    return { status: 403, sentence: 'The playground answers on 127.0.0.1 only.' };
  }
  const host = request.headers.host ?? '';
  if (!hostsOf(localPort).includes(host)) {
    return { status: 421, sentence: 'The playground answers only under the address it printed.' };
  }
  const origin = request.headers.origin;
  const changes = request.method !== 'GET' && request.method !== 'HEAD';
  if (origin === undefined ? changes : origin !== `http://${host}`) {
    return { status: 403, sentence: 'This request does not come from the playground page.' };
  }
  return null;
}

/** A request from another site's page, as the browser itself declares it. Absent in older browsers and in plain clients. */
export function isFromElsewhere(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares in constant time, whatever the lengths. `key` is never empty. */
export function isKey(given: string | undefined, key: string): boolean {
  return timingSafeEqual(digest(given ?? ''), digest(key));
}

/** The key of a request: `Authorization: Bearer {key}`. */
export function keyOf(request: IncomingMessage): string | undefined {
  return /^Bearer ([\w-]{1,200})$/.exec(request.headers.authorization ?? '')?.[1];
}

/** The signature that lets one file, and only that one, be fetched without the header. */
export const signFile = (address: string, key: string): string =>
  createHmac('sha256', key).update(`file\n${address}`).digest('base64url');
