/** What an address on GitHub names: a file in a repository, or a gist. Pure. */
export type GithubAddress =
  | {
      readonly kind: 'file';
      readonly owner: string;
      readonly repo: string;
      /** The parts behind `blob`: a branch, tag or commit, which may have slashes in it, and then the path. */
      readonly rest: readonly string[];
    }
  | {
      readonly kind: 'gist';
      readonly id: string;
      readonly revision: string | null;
      /** As behind `#file-`: the name in lower case with dashes. */
      readonly file: string | null;
    }
  | { readonly kind: 'folder' };

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;
const OWNER = /^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/;
const GIST = /^[0-9a-f]{20,40}$/i;
const COMMIT = /^[0-9a-f]{40}$/i;
const MOST_PARTS = 30;

function partsOf(path: string): string[] | null {
  try {
    const parts = path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
    // What could lead elsewhere on the host is no path of a file.
    const isOdd = parts.some((part) => part === '.' || part === '..' || /[/\\\u0000-\u001f\u007f]/.test(part));
    return isOdd || parts.length > MOST_PARTS ? null : parts;
  } catch {
    return null;
  }
}

/** The named file, or a folder when there is nothing behind the branch. */
function inRepository(owner: string, repo: string, rest: readonly string[]): GithubAddress | null {
  if (!OWNER.test(owner) || !NAME.test(repo)) return null;
  return rest.length < 2 ? { kind: 'folder' } : { kind: 'file', owner, repo, rest };
}

/**
 * Reads an address as people paste it: `github.com/o/r/blob/main/a.ipynb`, `raw.githubusercontent.com/o/r/main/a.ipynb`,
 * `gist.github.com/u/id#file-a-ipynb`. Only these hosts, and only https.
 * @returns null for everything else.
 */
export function parseGithub(text: string): GithubAddress | null {
  if (text.length > 1_000 || !URL.canParse(text)) return null;
  const { protocol, hostname, port, username, password, pathname, hash } = new URL(text);
  if (protocol !== 'https:' || port !== '' || username !== '' || password !== '') return null;
  const parts = partsOf(pathname);
  if (parts === null) return null;
  const [first = '', second = '', third = '', ...more] = parts;
  switch (hostname.toLowerCase()) {
    case 'github.com':
    case 'www.github.com':
      if (!OWNER.test(first) || !NAME.test(second)) return null;
      return third === 'blob' || third === 'raw' ? inRepository(first, second, withoutHeads(more)) : { kind: 'folder' };
    case 'raw.githubusercontent.com':
      return inRepository(first, second, withoutHeads(third === '' ? [] : [third, ...more]));
    case 'gist.github.com': {
      const [id, revision] = GIST.test(first) ? [first, second] : [second, third];
      if (!GIST.test(id)) return null;
      const file = /^#file-([a-z0-9_-]{1,200})$/i.exec(hash)?.[1]?.toLowerCase() ?? null;
      return {
        kind: 'gist',
        id: id.toLowerCase(),
        revision: COMMIT.test(revision) ? revision.toLowerCase() : null,
        file,
      };
    }
    default:
      return null;
  }
}

/** `refs/heads/main` is what the button *Raw* gives. */
const withoutHeads = (rest: readonly string[]): readonly string[] =>
  rest[0] === 'refs' && (rest[1] === 'heads' || rest[1] === 'tags') ? rest.slice(2) : rest;

export const isCommit = (ref: string): boolean => COMMIT.test(ref);

/** As GitHub makes the mark behind `#file-` of a file's name. */
export const fileMark = (name: string): string => name.toLowerCase().replace(/[^a-z0-9_-]+/g, '-');

/** Whether a name is one of a notebook or a script that Kaggle runs. */
export const isRunnable = (name: string): boolean => /\.(?:ipynb|py|r|rmd)$/i.test(name);
