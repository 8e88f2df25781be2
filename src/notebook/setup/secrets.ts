import type { Finding } from '../../domain/finding.ts';
import { inlineCode } from '../../domain/words.ts';
import type { Source } from '../read.ts';
import type { Command } from './commands.ts';
import { findingAt, type Program } from './program.ts';

/** Kinds of secrets by their published shapes. The first group is the secret itself; it is never shown or kept. */
const SECRETS: readonly (readonly [kind: string, shape: RegExp])[] = [
  ['A Kaggle token', /\b(KGAT_[A-Za-z0-9]{20,})\b/],
  ['A Kaggle key', /(?:KAGGLE_KEY|["']key\\?["'])[^A-Za-z0-9\n]{1,12}([0-9a-f]{32})\b/],
  ['A Hugging Face token', /\b(hf_[A-Za-z0-9]{30,})\b/],
  ['An Anthropic key', /\b(sk-ant-[\w-]{24,})/],
  ['An OpenAI key', /\b(sk-(?!ant-)(?:proj-|svcacct-)?[A-Za-z0-9_-]{24,})/],
  ['An AWS key', /\b((?:AKIA|ASIA)[0-9A-Z]{16})\b/],
  ['An AWS secret', /aws_secret_access_key["']?\s*[:=,]\s*["']([A-Za-z0-9/+]{40})["']/i],
  ['A GitHub token', /\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})/],
  ['A GitLab token', /\b(glpat-[\w-]{20,})/],
  ['A Google key', /\b(AIza[0-9A-Za-z_-]{35})/],
  ['A Slack token', /\b(xox[abeoprs]-[A-Za-z0-9-]{20,})/],
  ['A Slack address', /(hooks\.slack\.com\/services\/T\w{6,}\/B\w{6,}\/\w{16,})/],
  ['A Discord address', /(discord(?:app)?\.com\/api\/webhooks\/\d{15,}\/[\w-]{50,})/],
  ['A Discord bot token', /["'\s=]([MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40})\b/],
  ['A Telegram bot token', /\b(\d{8,10}:AA[\w-]{32,34})\b/],
  ['A Groq key', /\b(gsk_[A-Za-z0-9]{40,})/],
  ['A Stripe key', /\b([sr]k_live_[A-Za-z0-9]{20,})/],
  ['A Neptune token', /\b(eyJhcGlfYWRkcmVzcyI6[\w=+/-]{20,})/],
  ['A Weights & Biases key', /(?:wandb|WANDB)[^\n]{0,60}["'= ]([0-9a-f]{40})\b/],
  ['A private key', /(-----BEGIN (?:[A-Z]{2,12} )?PRIVATE KEY-----)/],
];

/** `hf_xxxxxxxx…` and `sk-your-key-here` are examples, not secrets. */
function isExample(secret: string): boolean {
  if (secret.startsWith('-----')) return false;
  const body = secret.replace(/^\w{2,5}[-_]/, '');
  return /(.)\1{5}|your|example|xxxx|placeholder|redacted|1234567890|abcdef/i.test(secret) || new Set(body).size < 8;
}

/** What every shape above has in it: most cells have none of these. */
const MAY_HOLD =
  /KGAT_|["']key\\?["']|KAGGLE_KEY|hf_|sk-|AKIA|ASIA|aws_secret|gh[pousr]_|github_pat_|glpat-|AIza|xox|hooks\.slack|webhooks|["'\s=][MNO][\w-]{23,27}\.|:AA|gsk_|k_live_|eyJhcGlf|wandb|PRIVATE KEY/i;

/** Longest line that is looked at; a picture in base64 is no place where one pastes a key. */
const LONGEST = 5_000;

/** A line of code as it may be quoted: what looks like a secret is left out. */
export function withoutSecrets(text: string): string {
  if (!MAY_HOLD.test(text)) return text;
  return SECRETS.reduce((shown, [, shape]) => {
    const secret = shape.exec(shown)?.[1];
    return secret === undefined || isExample(secret) ? shown : shown.replace(secret, '…');
  }, text);
}

/** Secrets that stand in the code. Says the kind and the place, never the secret. */
export function pastedSecrets(source: Source): Finding[] {
  const found: Finding[] = [];
  source.cellSources.forEach((cell, index) => {
    if (!MAY_HOLD.test(cell)) return;
    cell.split(/\r\n|\r|\n/).forEach((line, row) => {
      if (line.length > LONGEST || line.length < 16) return;
      for (const [kind, shape] of SECRETS) {
        const secret = shape.exec(line)?.[1];
        if (secret === undefined || isExample(secret)) continue;
        found.push({
          severity: 'warning',
          rule: 'secret',
          sentence: `${kind} stands in the code; whoever sees the notebook or its log can use it.`,
          at: { cell: source.kind === 'script' ? null : index + 1, line: row + 1 },
        });
        break;
      }
    });
  });
  return found.slice(0, 6);
}

/** Kaggle's tokens stand in the environment of a session, so a print of all of it puts them into the log (docker-python). */
export function printedEnvironment(program: Program, commands: readonly Command[]): Finding[] {
  const rule = 'prints-environment';
  const say = (shown: string): string => `${inlineCode(shown)} puts the session's tokens into the log.`;
  const shell = commands
    .filter(({ words }) => words.length === 1 && /^(?:env|printenv|export|set)$/.test(words[0] ?? ''))
    .flatMap(({ statement, offset, shown }) =>
      findingAt(program, statement, offset, { severity: 'warning', rule, sentence: say(shown) }),
    );
  const python = program.statements.flatMap((statement) => {
    const { kind, code } = statement;
    if (kind === 'magic' && /^\s*%env\s*$/.test(code)) {
      return findingAt(program, statement, 0, { severity: 'warning', rule, sentence: say('%env') });
    }
    if (kind !== 'python') return [];
    const match =
      /\b(?:print|pprint|display)\s*\(\s*(?:dict\s*\(\s*|list\s*\(\s*)?(?:os\.)?environ(?:\.items\(\))?\s*\)|^\s*(?:dict\s*\(\s*)?os\.environ\s*\)?\s*$/.exec(
        code,
      );
    return match === null
      ? []
      : findingAt(program, statement, match.index, { severity: 'warning', rule, sentence: say(match[0].trim()) });
  });
  return [...shell, ...python];
}

/** Secrets are attached on the web only, and a push is reported to drop them (kaggle-cli 582, 2024-05-21; reports of 2026). */
export function keptSecrets(program: Program): Finding[] {
  const asked = program.statements.find((one) =>
    one.calls.some((call) => /(?:^|\.)UserSecretsClient$/.test(call.name)),
  );
  // With the internet off the call itself fails; that is said by its own rule.
  if (asked === undefined || !program.internet) return [];
  const at = asked.calls.find((call) => /UserSecretsClient$/.test(call.name))?.from ?? 0;
  return findingAt(program, asked, at, {
    severity: 'hint',
    rule: 'secrets-client',
    sentence: `${inlineCode('UserSecretsClient')} sees only secrets that are attached on Kaggle's web site, and a push may drop them.`,
  });
}
