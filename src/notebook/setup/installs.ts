import type { Command } from './commands.ts';
import { PACKAGES, plainPackage } from './facts.ts';

export type Install = {
  readonly command: Command;
  /** Distributions by name, as plainPackage gives them. */
  readonly packages: readonly string[];
  /** It installs something that has no name here: a folder, a wheel, a repository, a list, a variable. */
  readonly opaque: boolean;
  /** With the internet off it fails, because at least one of its packages has to be fetched. */
  readonly fetches: boolean;
};

const baseName = (word: string): string => word.replace(/^.*\//, '');

/** The words behind `pip install`, of pip, `python -m pip`, `uv pip`, conda and mamba; null for other commands. */
function installWords(words: readonly string[]): readonly string[] | null {
  let at = 0;
  const name = baseName(words[0] ?? '');
  if (/^(?:\{sys\.executable\}|\$?\{?sys\.executable\}?|python[\d.]*)$/.test(name)) {
    if (words[1] !== '-m' || !/^(?:pip|uv)$/.test(words[2] ?? '')) return null;
    at = words[2] === 'uv' ? 4 : 3;
  } else if (/^pip[\d.]*$/.test(name)) at = 1;
  else if (name === 'uv' && words[1] === 'pip') at = 2;
  else if (/^(?:conda|mamba)$/.test(name)) at = 1;
  else return null;
  const verb = words.findIndex((word, index) => index >= at && !word.startsWith('-'));
  return /^(?:install|download|wheel)$/.test(words[verb] ?? '') ? words.slice(verb + 1) : null;
}

/** Options of pip that take the next word. */
const TAKES_NEXT =
  /^(?:-f|--find-links|-r|--requirement|-c|--constraint|-t|--target|-i|--index-url|--extra-index-url|--prefix|--root|-d|--dest|--python|--progress-bar|--timeout|--default-timeout|--retries|--trusted-host|--cache-dir|--platform|--python-version|--implementation|--abi|--upgrade-strategy|-e|--editable|-n|--name|--channel|--global-option|--no-binary|--only-binary|--proxy|--src|-b|--build)$/;

const numbers = (version: string): number[] =>
  version
    .split(/[^0-9]+/)
    .filter((one) => one !== '')
    .map(Number);

function compare(left: string, right: string): number {
  const [a, b] = [numbers(left), numbers(right)];
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether the image already has what `timm==1.0.9`, `numpy<2` or `pandas` asks for. */
function isThere(name: string, wanted: string): boolean {
  const has = PACKAGES.get(name);
  if (has === undefined) return false;
  const pins = [...wanted.matchAll(/(===?|>=|<=|~=|!=|<|>)\s*([\w.*+!-]+)/g)];
  if (pins.length === 0) return true;
  // Of a package whose version is not public only an exact pin is surely another one.
  if (has === null) return !pins.some((pin) => pin[1]?.startsWith('=='));
  return pins.every(([, sign = '', version = '']) => {
    const order = compare(has.replace(/\+.*/, ''), version.replace(/\+.*|\.\*.*/, ''));
    if (version.endsWith('.*')) return sign === '!=' || has.startsWith(version.slice(0, -1));
    if (sign.startsWith('==')) return order === 0;
    if (sign === '>=' || sign === '~=') return order >= 0;
    if (sign === '<=') return order <= 0;
    if (sign === '!=') return order !== 0;
    return sign === '<' ? order < 0 : order > 0;
  });
}

const isLocal = (word: string): boolean =>
  /^(?:\.{0,2}\/|~\/|\.$|\.\.$|file:)/.test(word) ||
  (!/:\/\//.test(word) && /\.(?:whl|tar\.gz|zip)(?:\[|$)|\*|^\.\[/.test(word));

/**
 * Reads a command as an installation of Python packages. Null when it is none.
 * What pip does without a network: kaggle-environment 4 (five tries, then "No matching distribution"; the cell goes on).
 */
export function installOf(command: Command): Install | null {
  const words = installWords(command.words);
  if (words === null) return null;
  const offline = words.some((word) => word === '--no-index' || /^--dry-run$/.test(word));
  const upgrade = words.some((word) => /^(?:-[a-zA-Z]*U[a-zA-Z]*|--upgrade|--force-reinstall|--pre)$/.test(word));
  const packages: string[] = [];
  let opaque = false;
  let missing = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (/^(?:-r|--requirement|-e|--editable)$/.test(word)) {
      opaque = true;
      missing ||= /:\/\//.test(words[at + 1] ?? '');
    }
    if (TAKES_NEXT.test(word)) at += 1;
    else if (word.startsWith('-')) continue;
    else if (/^[>0-9]|^2>|^\/dev\/null/.test(word)) {
      // A redirection; `pip install x > log.txt` ends here.
      if (/>$/.test(word)) at += 1;
    } else if (/[{}$]/.test(word)) opaque = true;
    else if (/:\/\/|^git\+|@\s*git/.test(word)) {
      opaque = true;
      missing ||= !word.startsWith('file:');
    } else if (isLocal(word)) opaque = true;
    else {
      const name = plainPackage(/^[A-Za-z0-9][\w.-]*/.exec(word)?.[0] ?? '');
      if (name === '') continue;
      packages.push(name);
      missing ||= !isThere(name, word.replace(/^[A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?/, '')) || upgrade;
    }
  }
  return { command, packages, opaque, fetches: missing && !offline };
}
