import { Agent } from 'node:https';
import axios from 'axios';
import { z } from 'zod';
import { UserError } from '../domain/user-error.ts';
import { cutMiddle, escapeText, size } from '../domain/words.ts';
import { fileMark, type GithubAddress, isCommit, isRunnable, parseGithub } from './address.ts';
import { lookupPublic } from './public-only.ts';

/** A file on GitHub, pinned to the commit it was read at. */
export type GithubFile = {
  readonly name: string;
  readonly bytes: Buffer;
  /** `github.com/owner/repo path at 0123abc`, and the address of exactly that. */
  readonly origin: { readonly name: string; readonly link: string };
};

/** The door to GitHub: reads one public file. */
export type Github = {
  /** Whether the address is one on GitHub at all, also if nothing can be read there. */
  isOne(url: string): boolean;
  /** @throws UserError with what is wrong, in words for people; nothing else. */
  fetch(url: string): Promise<GithubFile>;
};

/** Where GitHub's own servers are; other ones only on this machine, for tests and the playground. */
export type GithubHosts = { readonly api: string; readonly raw: string; readonly gistRaw: string };
export const GITHUB: GithubHosts = {
  api: 'https://api.github.com',
  raw: 'https://raw.githubusercontent.com',
  gistRaw: 'https://gist.githubusercontent.com',
};

/** As much as of a file that is attached in Discord. */
const MAX_BYTES = 10_000_000;
const TIME_OUT_MS = 10_000;
/** A branch may have slashes in its name, so where it ends is found by asking. */
const LONGEST_BRANCH = 4;
const NOTHING = 'Nothing was committed.';

const Gist = z.object({
  owner: z.object({ login: z.string() }).nullish(),
  history: z.array(z.object({ version: z.string().regex(/^[0-9a-f]{40}$/) })).min(1),
  files: z.record(
    z.string(),
    z
      .object({
        filename: z.string(),
        truncated: z.boolean().optional(),
        content: z.string().optional(),
        size: z.number(),
      })
      .nullable(),
  ),
});

type Answer = { readonly status: number; readonly body: Buffer; readonly isLimited: boolean };

const shown = (text: string): string => escapeText(cutMiddle(text, 60));

/** @param hosts https, or http on this machine. */
export function createGithub(userAgent: string, hosts: GithubHosts = GITHUB): Github {
  const agent = new Agent({ lookup: lookupPublic as never });
  for (const host of Object.values(hosts))
    if (!/^https:\/\/|^http:\/\/127\.0\.0\.1[:/]/.test(host)) throw new Error('GitHub is reached by https only');

  /** One request, without credentials, redirects or proxies, of bounded size and time. */
  async function get(url: string, accept: string, what: string): Promise<Answer> {
    try {
      const answer = await axios.get<ArrayBuffer>(url, {
        responseType: 'arraybuffer',
        maxRedirects: 0,
        maxContentLength: MAX_BYTES,
        // A small answer could otherwise unfold into a large one.
        decompress: false,
        headers: { Accept: accept, 'Accept-Encoding': 'identity', 'User-Agent': userAgent },
        httpsAgent: agent,
        proxy: false,
        timeout: TIME_OUT_MS,
        signal: AbortSignal.timeout(TIME_OUT_MS),
        validateStatus: () => true,
      });
      const { status, headers } = answer;
      const isLimited = status === 429 || (status === 403 && String(headers['x-ratelimit-remaining']) === '0');
      return { status, body: Buffer.from(answer.data), isLimited };
    } catch (error) {
      if (axios.isAxiosError(error) && error.message.startsWith('maxContentLength size')) throw tooLarge(what);
      throw away();
    }
  }

  function judged(answer: Answer, what: string): Buffer {
    if (answer.isLimited)
      throw new UserError(
        'GitHub asks for a pause:',
        `too many requests from here. Attach the file instead. ${NOTHING}`,
      );
    if ([301, 302, 307, 308].includes(answer.status))
      throw new UserError(`${shown(what)} has moved on GitHub.`, `Give its new address. ${NOTHING}`);
    if ([401, 403, 404, 409, 410, 422, 451].includes(answer.status))
      throw new UserError(
        `GitHub shows no ${shown(what)}.`,
        `It does not exist or is private; only public files can be read. Attach it instead. ${NOTHING}`,
      );
    if (answer.status !== 200) throw away();
    return answer.body;
  }

  async function commitOf(repo: string, rest: readonly string[]): Promise<{ sha: string; path: readonly string[] }> {
    const [first = ''] = rest;
    if (isCommit(first)) return { sha: first.toLowerCase(), path: rest.slice(1) };
    const what = `${repo}/${rest.join('/')}`;
    let last: Answer | null = null;
    for (let length = 1; length <= Math.min(LONGEST_BRANCH, rest.length - 1); length += 1) {
      const ref = rest.slice(0, length).map(encodeURIComponent).join('%2F');
      last = await get(`${hosts.api}/repos/${repo}/commits/${ref}`, 'application/vnd.github.sha', what);
      const sha = last.status === 200 ? last.body.toString('latin1').trim() : '';
      if (isCommit(sha)) return { sha: sha.toLowerCase(), path: rest.slice(length) };
      // 422: no such commit. Everything else says the same of a longer name too.
      if (last.status !== 422) break;
    }
    if (last === null) throw away();
    judged(last, what);
    throw away();
  }

  async function fileAt({ owner, repo, rest }: Extract<GithubAddress, { kind: 'file' }>): Promise<GithubFile> {
    const name = rest.at(-1) ?? '';
    if (!isRunnable(name)) throw notOne(name);
    const { sha, path } = await commitOf(`${owner}/${repo}`, rest);
    const pinned = `${owner}/${repo}/${sha}/${path.map(encodeURIComponent).join('/')}`;
    const file = `${owner}/${repo}/${path.join('/')}`;
    const bytes = judged(await get(`${hosts.raw}/${pinned}`, '*/*', file), file);
    const link = `https://github.com/${owner}/${repo}/blob/${sha}/${path.map(encodeURIComponent).join('/')}`;
    return {
      name,
      bytes,
      origin: { name: `github.com/${owner}/${repo} ${path.join('/')} at ${sha.slice(0, 7)}`, link },
    };
  }

  async function fileOfGist({ id, revision, file }: Extract<GithubAddress, { kind: 'gist' }>): Promise<GithubFile> {
    const what = `gist ${id}`;
    const at = revision === null ? id : `${id}/${revision}`;
    const gist = gistOf(judged(await get(`${hosts.api}/gists/${at}`, 'application/vnd.github+json', what), what));
    const files = Object.values(gist.files).flatMap((one) => one ?? []);
    const fitting = files.filter(({ filename }) =>
      file === null ? isRunnable(filename) : fileMark(filename) === file,
    );
    const [one] = fitting;
    if (one === undefined || !isRunnable(one.filename)) throw notOne(one?.filename ?? (file === null ? what : file));
    if (fitting.length > 1) {
      const names = fitting.slice(0, 5).map(({ filename }) => shown(filename));
      throw new UserError(
        `That gist has ${fitting.length} notebooks and scripts:`,
        `${names.join(', ')}. Give the address of one, with \`#file-\` at its end. ${NOTHING}`,
      );
    }
    if (one.size > MAX_BYTES) throw tooLarge(one.filename);
    const owner = gist.owner?.login ?? 'anonymous';
    // A revision that was asked for is what was read, whatever else the list begins with.
    const sha = revision ?? gist.history[0]?.version ?? '';
    const isWhole = one.truncated !== true && one.content !== undefined;
    const raw = `${hosts.gistRaw}/${encodeURIComponent(owner)}/${id}/raw/${sha}/${encodeURIComponent(one.filename)}`;
    const bytes = isWhole ? Buffer.from(one.content ?? '') : judged(await get(raw, '*/*', one.filename), one.filename);
    const link = `https://gist.github.com/${encodeURIComponent(owner)}/${id}/${sha}#file-${fileMark(one.filename)}`;
    const name = `gist.github.com/${owner} ${one.filename} at ${sha.slice(0, 7)}`;
    return { name: one.filename, bytes, origin: { name, link } };
  }

  return {
    isOne: (url) => parseGithub(url) !== null,
    fetch: async (url) => {
      const address = parseGithub(url);
      if (address === null || address.kind === 'folder')
        throw new UserError(
          'That address on GitHub is not one of a file.',
          `Open the notebook there and give the address of its page. ${NOTHING}`,
        );
      return address.kind === 'gist' ? fileOfGist(address) : fileAt(address);
    },
  };
}

function gistOf(body: Buffer): z.infer<typeof Gist> {
  try {
    return Gist.parse(JSON.parse(body.toString('utf8')));
  } catch {
    throw away();
  }
}

const away = (): UserError =>
  new UserError('GitHub could not be read.', `Please try again, or attach the file. ${NOTHING}`);

const notOne = (name: string): UserError =>
  new UserError(`${shown(name)} is not a notebook.`, `Give the address of an \`.ipynb\` or \`.py\` file. ${NOTHING}`);

const tooLarge = (name: string): UserError =>
  new UserError(`${shown(name)} is above ${size(MAX_BYTES)};`, `files up to that are read. ${NOTHING}`);
