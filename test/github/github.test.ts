import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../src/domain/user-error.ts';
import { parseGithub } from '../../src/github/address.ts';
import { createGithub } from '../../src/github/github.ts';
import { isPublicAddress, lookupPublic } from '../../src/github/public-only.ts';
import { type GithubStandIn, NOTEBOOK, SHA, startGithub } from './stand-in.ts';

let github: GithubStandIn;
beforeEach(async () => {
  github = await startGithub();
});
afterEach(() => github[Symbol.asyncDispose]());

const read = (url: string) => createGithub('Nightshift/test', github.hosts).fetch(url);
async function refusal(url: string): Promise<string> {
  const error = await read(url).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UserError)) throw new Error(`no UserError: ${String(error)}`);
  return `${error.title} ${error.advice}`.replace(/[\u2068\u2069\\]/g, '');
}

const commit = (ref: string) => `api /repos/mara/leaf/commits/${ref}`;
const raw = (path: string) => `raw /mara/leaf/${SHA}/${path}`;

describe('a file in a repository', () => {
  test('is pinned to the commit its branch stands at', async () => {
    github.answers.set(commit('main'), { body: SHA }).set(raw('nb/train.ipynb'), { body: NOTEBOOK });
    const file = await read('https://github.com/mara/leaf/blob/main/nb/train.ipynb?token=SECRET#L3');
    expect([file.name, file.bytes.toString()]).toEqual(['train.ipynb', NOTEBOOK]);
    expect(file.origin).toEqual({
      name: 'github.com/mara/leaf nb/train.ipynb at 0123456',
      link: `https://github.com/mara/leaf/blob/${SHA}/nb/train.ipynb`,
    });
    expect(github.asked.join()).not.toContain('SECRET');
  });

  test('of a branch with slashes in its name is found', async () => {
    github.answers.set(commit('fix'), { status: 422 }).set(commit('fix%2Flr'), { body: SHA });
    github.answers.set(raw('a.py'), { body: 'print(1)' });
    expect((await read('https://github.com/mara/leaf/blob/fix/lr/a.py')).origin.name).toContain('a.py at 0123456');
  });

  test('given with its commit asks nobody which that is; the raw address does as well', async () => {
    github.answers.set(raw('a%20b.ipynb'), { body: NOTEBOOK }).set(commit('main'), { body: SHA });
    await read(`https://raw.githubusercontent.com/mara/leaf/${SHA}/a%20b.ipynb`);
    expect(github.asked).toEqual([raw('a%20b.ipynb')]);
    await read('https://raw.githubusercontent.com/mara/leaf/refs/heads/main/a%20b.ipynb');
  });

  test('what is not there, private, moved, limited or away is said, each in its own words', async () => {
    const url = 'https://github.com/mara/leaf/blob/main/a.ipynb';
    expect(await refusal(url)).toContain('GitHub shows no mara/leaf/main/a.ipynb. It does not exist or is private');
    github.answers.set(commit('main'), { status: 403, headers: { 'x-ratelimit-remaining': '0' } });
    expect(await refusal(url)).toContain('GitHub asks for a pause');
    github.answers.set(commit('main'), { status: 301, headers: { location: 'http://169.254.169.254/' } });
    expect(await refusal(url)).toContain('has moved');
    github.answers.set(commit('main'), { status: 502 });
    expect(await refusal(url)).toContain('could not be read');
    github.answers.set(commit('main'), { body: '<html>not a commit</html>' });
    expect(await refusal(url)).toContain('could not be read');
    expect(github.asked.every((one) => one.startsWith('api '))).toBe(true);
  });

  test('follows no redirect, wherever it leads', async () => {
    github.answers.set(commit('main'), { body: SHA });
    github.answers.set(raw('a.ipynb'), { status: 302, headers: { location: `${github.hosts.raw}/elsewhere` } });
    expect(await refusal('https://github.com/mara/leaf/blob/main/a.ipynb')).toContain('has moved');
    expect(github.asked).not.toContain('raw /elsewhere');
  });

  test('above 10 MB is not read to its end', async () => {
    github.answers.set(commit('main'), { body: SHA }).set(raw('a.ipynb'), { body: Buffer.alloc(10_500_000) });
    expect(await refusal('https://github.com/mara/leaf/blob/main/a.ipynb')).toContain('a.ipynb is above 10');
  });

  test('that is no notebook, or a folder, is refused before anybody is asked', async () => {
    expect(await refusal('https://github.com/mara/leaf/blob/main/model.bin')).toContain('model.bin is not a notebook');
    for (const url of ['https://github.com/mara/leaf', 'https://github.com/mara/leaf/tree/main/nb'])
      expect(await refusal(url)).toContain('is not one of a file');
    expect(github.asked).toEqual([]);
  });
});

describe('a gist', () => {
  const ID = 'aabbccddeeff00112233aabbccddeeff';
  const gist = (files: object) => JSON.stringify({ owner: { login: 'jun' }, history: [{ version: SHA }], files });
  const file = (filename: string, more: object = {}) => ({ filename, size: 100, content: NOTEBOOK, ...more });

  test('with one notebook is that one, pinned', async () => {
    github.answers.set(`api /gists/${ID}`, { body: gist({ 'a.md': file('a.md'), 'x.ipynb': file('x.ipynb') }) });
    const { name, origin } = await read(`https://gist.github.com/jun/${ID}`);
    expect([name, origin.name]).toEqual(['x.ipynb', 'gist.github.com/jun x.ipynb at 0123456']);
    expect(origin.link).toBe(`https://gist.github.com/jun/${ID}/${SHA}#file-x-ipynb`);
  });

  test('of one revision is pinned to that one, though a newer one stands first in its list', async () => {
    const old = 'fedcba9876543210fedcba9876543210fedcba98';
    github.answers.set(`api /gists/${ID}/${old}`, { body: gist({ x: file('x.ipynb') }) });
    const { origin } = await read(`https://gist.github.com/jun/${ID}/${old}`);
    expect(origin.link).toBe(`https://gist.github.com/jun/${ID}/${old}#file-x-ipynb`);
    expect(origin.name).toContain('at fedcba9');
  });

  test('with several names them, and takes the one behind #file-', async () => {
    github.answers.set(`api /gists/${ID}`, {
      body: gist({ a: file('A b.ipynb'), b: file('b.py', { content: 'b()' }) }),
    });
    expect(await refusal(`https://gist.github.com/jun/${ID}`)).toContain('2 notebooks and scripts: A b.ipynb, b.py');
    expect((await read(`https://gist.github.com/jun/${ID}#file-a-b-ipynb`)).name).toBe('A b.ipynb');
  });

  test('whose file is cut off in the list is read whole', async () => {
    const cut = file('x.ipynb', { truncated: true, content: '{', raw_url: 'http://169.254.169.254/latest' });
    github.answers.set(`api /gists/${ID}`, { body: gist({ x: cut }) });
    github.answers.set(`gist /jun/${ID}/raw/${SHA}/x.ipynb`, { body: NOTEBOOK });
    expect((await read(`https://gist.github.com/jun/${ID}`)).bytes.toString()).toBe(NOTEBOOK);
  });

  test('that is strange is refused in a sentence', async () => {
    for (const body of ['', '[]', '{"files":{}}', gist({ x: null })]) {
      github.answers.set(`api /gists/${ID}`, { body });
      expect(await refusal(`https://gist.github.com/jun/${ID}`)).toMatch(/could not be read|is not a notebook/);
    }
  });
});

test.each([
  'http://github.com/mara/leaf/blob/main/a.ipynb',
  'https://github.com:8443/mara/leaf/blob/main/a.ipynb',
  'https://me:pw@github.com/mara/leaf/blob/main/a.ipynb',
  'https://github.com.evil.org/mara/leaf/blob/main/a.ipynb',
  'https://evil.org/github.com/mara/leaf/blob/main/a.ipynb',
  'https://raw.githubusercontent.com@evil.org/a/b/c/d.ipynb',
  'https://github.com/mara/leaf/blob/main/..%2f..%2fa.ipynb',
  'https://github.com/mara/leaf/blob/main/%00a.ipynb',
  'https://github.com/mara/leaf/blob/main/%zz.ipynb',
  'https://github.com/-x/leaf/blob/main/a.ipynb',
  'https://127.0.0.1/mara/leaf/blob/main/a.ipynb',
  'file:///etc/passwd',
  `https://github.com/mara/leaf/blob/main/${'a/'.repeat(600)}a.ipynb`,
])('%s is no address on GitHub', (url) => expect(parseGithub(url)).toBeNull());

test('addresses inside private networks are refused', () => {
  for (const address of [
    '10.1.2.3',
    '127.0.0.1',
    '169.254.169.254',
    '192.168.0.1',
    '172.31.0.1',
    '100.64.1.1',
    '0.0.0.0',
  ])
    expect([address, isPublicAddress(address)]).toEqual([address, false]);
  for (const address of ['::1', '::', 'fe80::1', 'fd00::1', '::ffff:10.0.0.1', '64:ff9b::a00:1', 'ff02::1'])
    expect([address, isPublicAddress(address)]).toEqual([address, false]);
  for (const address of ['140.82.112.3', '185.199.108.133', '2606:50c0:8000::153'])
    expect([address, isPublicAddress(address)]).toEqual([address, true]);
});

test('a name that leads into this machine is not connected to', async () => {
  const error = await new Promise((resolve) => lookupPublic('localhost', {}, (failed) => resolve(failed)));
  expect(error).toMatchObject({ code: 'ENOTPUBLIC' });
});
