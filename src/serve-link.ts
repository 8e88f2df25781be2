import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LinkFollower } from './steps/lasting-links.ts';

const PREFIX = '/d/';
/** Programs that look at every address in a chat to show what is behind it: they get a page, and cost Kaggle nothing. */
const LOOKS_ONLY =
  /bot\b|crawl|spider|preview|unfurl|facebookexternalhit|whatsapp|skypeuripreview|embedly|slack-imgproxy|mastodon/i;

const HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow',
  'content-security-policy': "default-src 'none'",
} as const;

/**
 * Serves download links, `/d/{token}`: a redirect to the address Kaggle signs now, or a page of one sentence.
 * @returns whether the request was one of these
 */
export async function serveLink(
  request: IncomingMessage,
  response: ServerResponse,
  follower: Pick<LinkFollower, 'read' | 'follow'>,
): Promise<boolean> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  if (!path.startsWith(PREFIX) || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
  const say = (status: number, sentence: string, more: Readonly<Record<string, string>> = {}): void => {
    response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8', ...more });
    response.end(request.method === 'HEAD' ? undefined : `${sentence}\n`);
  };
  const token = path.slice(PREFIX.length);
  const looksOnly = request.method === 'HEAD' || LOOKS_ONLY.test((request.headers['user-agent'] ?? '').slice(0, 400));
  if (looksOnly) {
    const read = follower.read(token);
    if ('gone' in read) say(404, read.gone);
    else say(200, 'A file that a run on Kaggle saved. Open this address to download it.');
    return true;
  }
  const led = await follower.follow(token);
  if ('to' in led) {
    response.writeHead(302, { ...HEADERS, location: led.to });
    response.end();
  } else if ('gone' in led) say(404, led.gone);
  else say(503, led.later, { 'retry-after': String(led.afterSeconds) });
  return true;
}
