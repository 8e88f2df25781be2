import type { Finding } from '../../domain/finding.ts';
import { cutEnd, inlineCode } from '../../domain/words.ts';
import type { Command } from './commands.ts';
import type { Install } from './installs.ts';
import { findingAt, type Program } from './program.ts';
import { withoutSecrets } from './secrets.ts';
import type { Statement } from './statement.ts';
import { webCall } from './web-calls.ts';

/** As many as one screen shows; the rest says the same. */
const MOST = 12;

const isUrl = (word: string): boolean =>
  /^['"]?(?:https?|ftp|git|ssh):\/\/(?!localhost|127\.|0\.0\.0\.0)/.test(word) || /^git@/.test(word);

/** Whether a command other than an installation has to reach the network. */
function fetches({ words }: Command): boolean {
  const name = (words[0] ?? '').replace(/^.*\//, '');
  const rest = words.slice(1).filter((word) => !word.startsWith('-'));
  if (/^(?:wget|aria2c|axel)$/.test(name)) return rest.some(isUrl) || /^[\w-]+(?:\.[\w-]+)+\//.test(rest[0] ?? '');
  if (name === 'curl') return rest.some((word) => isUrl(word) || /^[\w-]+(?:\.[\w-]+)+(?:\/|$)/.test(word));
  if (name === 'git')
    return /^(?:clone|pull|fetch|push|submodule)$/.test(rest[0] ?? '') && (rest[0] !== 'clone' || rest.some(isUrl));
  if (/^(?:apt|apt-get|aptitude)$/.test(name)) {
    // A .deb file from an input installs without a network.
    return (
      /^(?:install|update|upgrade)$/.test(rest[0] ?? '') &&
      !rest.slice(1).some((word) => /\.deb$|^\.{0,2}\//.test(word))
    );
  }
  if (name === 'add-apt-repository' || name === 'gdown' || name === 'yt-dlp' || name === 'youtube-dl') return true;
  if (name === 'kaggle') return /^(?:competitions|datasets|kernels|models|c|d|k|m)$/.test(rest[0] ?? '');
  if (/^(?:huggingface-cli|hf)$/.test(name)) return /^(?:download|login|upload|auth)$/.test(rest[0] ?? '');
  if (/^(?:aws|gsutil|gcloud|azcopy|npm|ollama)$/.test(name)) return rest.length > 0;
  if (name === 'wandb') return rest[0] === 'login';
  if (/^python[\d.]*$|sys\.executable/.test(name) && words[1] === '-m') {
    return (
      (words[2] === 'spacy' && words[3] === 'download' && words[4] !== 'en_core_web_sm') ||
      words[2] === 'nltk.downloader'
    );
  }
  return name === 'spacy' && rest[0] === 'download' && rest[1] !== 'en_core_web_sm';
}

/**
 * What has to reach the internet while it is off: installations, downloads, look-ups in hubs. Each says so at its place;
 * the first one carries the fix.
 */
export function needsInternet(program: Program, commands: readonly Command[], installs: readonly Install[]): Finding[] {
  if (program.internet) return [];
  const found: Finding[] = [];
  const seen = new Set<string>();
  const add = (statement: Statement, offset: number, shown: string): void => {
    const sentence = `${inlineCode(cutEnd(withoutSecrets(shown), 60))} needs the internet; it is off.`;
    const [finding] = findingAt(program, statement, offset, { severity: 'warning', rule: 'needs-internet', sentence });
    if (finding === undefined) return;
    const key = `${finding.at?.cell} ${finding.at?.line}`;
    if (seen.has(key)) return;
    seen.add(key);
    found.push(finding);
  };
  const installOf = new Map(installs.map((one) => [one.command, one] as const));
  for (const command of commands) {
    const install = installOf.get(command);
    if (install === undefined ? fetches(command) : install.fetches)
      add(command.statement, command.offset, command.shown);
  }
  for (const statement of program.statements) {
    for (const call of statement.calls) {
      const shown = webCall(program, statement, call);
      if (shown !== null) add(statement, call.from, shown);
    }
  }
  found.sort((a, b) => (a.at?.cell ?? 0) - (b.at?.cell ?? 0) || (a.at?.line ?? 0) - (b.at?.line ?? 0));
  const carrier = found.find((one) => one.severity !== 'hint') ?? found[0];
  return found
    .slice(0, MOST)
    .map((one) => (one === carrier ? { ...one, fix: { kind: 'internet', on: true } as const } : one));
}
