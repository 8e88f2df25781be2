import axios from 'axios';
import { UserError } from '../domain/user-error.ts';
import { cutMiddle, escapeText, size } from '../domain/words.ts';

/** Discord lets people upload more; a notebook of more than this is not read, whatever is in it. */
export const MAX_ATTACHMENT_BYTES = 10_000_000;
const TIME_OUT_MS = 10_000;

const DISCORD_CDN = 'https://cdn.discordapp.com';
/** Serves the same files as the CDN. */
const DISCORD_MEDIA = 'https://media.discordapp.net';

/**
 * @param cdnUrl DISCORD_CDN_URL: https, or http on this machine.
 * @returns A function that fetches what a person attached: only from there, without credentials, redirects or proxies, so
 *   that nobody can use the bot to reach another address. It throws UserError.
 * @throws Error when `cdnUrl` is neither.
 */
export function createAttachmentFetcher(
  cdnUrl: string,
): (attachment: { name: string; size: number; url: string }) => Promise<Buffer> {
  const cdn = new URL(cdnUrl);
  if (cdn.protocol !== 'https:' && !(cdn.protocol === 'http:' && isLoopback(cdn.hostname)))
    throw new Error('DISCORD_CDN_URL must begin with https://');
  const origins = new Set([cdn.origin, ...(cdn.origin === DISCORD_CDN ? [DISCORD_MEDIA] : [])]);

  return async ({ name, size: told, url }) => {
    const shown = escapeText(cutMiddle(name, 48));
    if (!isFrom(url, origins))
      throw new UserError('Only files uploaded in Discord are accepted.', 'Attach the notebook to the command itself.');
    if (told > MAX_ATTACHMENT_BYTES) throw tooLarge(shown, told);
    try {
      const answer = await axios.get<ArrayBuffer>(url, {
        responseType: 'arraybuffer',
        maxRedirects: 0,
        maxContentLength: MAX_ATTACHMENT_BYTES,
        // A small answer could otherwise unfold into a large one.
        decompress: false,
        headers: { 'Accept-Encoding': 'identity', 'User-Agent': 'Nightshift' },
        proxy: false,
        timeout: TIME_OUT_MS,
        signal: AbortSignal.timeout(TIME_OUT_MS),
        validateStatus: (status) => status === 200,
      });
      return Buffer.from(answer.data);
    } catch (error) {
      if (isTooLarge(error)) throw tooLarge(shown, null);
      if (axios.isAxiosError(error) && (error.response?.status === 404 || error.response?.status === 403))
        throw new UserError(
          `${shown} is no longer available from Discord.`,
          'Nothing was committed. Please attach it again.',
        );
      // The address is signed, so neither it nor the library's error goes any further.
      throw new UserError(`${shown} could not be read from Discord.`, 'Nothing was committed. Please try again.');
    }
  };
}

function isFrom(url: string, origins: ReadonlySet<string>): boolean {
  if (!URL.canParse(url)) return false;
  const { origin, username, password } = new URL(url);
  return origins.has(origin) && username === '' && password === '';
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

const isTooLarge = (error: unknown): boolean =>
  axios.isAxiosError(error) && error.message.startsWith('maxContentLength size');

const tooLarge = (shown: string, bytes: number | null): UserError =>
  new UserError(
    `${shown} is ${bytes === null ? `above ${size(MAX_ATTACHMENT_BYTES)}` : size(bytes)}; files up to ${size(MAX_ATTACHMENT_BYTES)} are read.`,
    'Clear its outputs and attach it again. Nothing was committed.',
  );
