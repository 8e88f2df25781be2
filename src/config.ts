import { readFileSync } from 'node:fs';
import { validate as isCron } from 'node-cron';
import { z } from 'zod';
import { parseKey } from './secret.ts';

/** Everything that is set from outside. Hours are Kaggle's ceilings for one session. */
export type Config = {
  /** Null: the playground. */
  readonly discordToken: string | null;
  readonly discordApiUrl: string;
  readonly discordCdnUrl: string;
  readonly discordGuildId: string | null;
  readonly kaggleApiUrl: string;
  readonly kaggleWebUrl: string;
  /** Null: the default of the mode. */
  readonly databaseFile: string | null;
  /** The newest first; empty only in the playground, which makes its own. */
  readonly keys: readonly Buffer[];
  readonly pollCron: string;
  /** Null: 8787, or the next free port in the playground. */
  readonly httpPort: number | null;
  readonly httpHost: string;
  readonly publicUrl: string | null;
  readonly sessionHours: { readonly gpu: number; readonly tpu: number; readonly cpu: number };
  readonly logLevel: string;
};

/** One line per variable that is missing or wrong, all at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The settings are not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

const isAddress = z
  .string()
  .refine(
    (text) => /^https?:\/\/[^\s/]/.test(text) && URL.canParse(text),
    'must be an address that begins with http:// or https://',
  )
  .transform((text) => text.replace(/\/+$/, ''));

/** What people attach is fetched from there, so on a network it must be encrypted. */
const isSafeAddress = isAddress.refine(
  (text) => !URL.canParse(text) || /^https:/i.test(text) || isLoopback(new URL(text).hostname),
  'must begin with https:// (http:// only on this machine)',
);

const isLoopback = (host: string): boolean => /^(?:localhost|\[::1\]|127(?:\.\d{1,3}){3})$/.test(host);

const address = (fallback: string) => isAddress.default(fallback);

const hours = (fallback: number) =>
  z.coerce
    .number('must be a number of hours')
    .min(0.1, 'must be at least 0.1 hours')
    .max(48, 'must be at most 48 hours')
    .default(fallback);

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** The variables, in the order of `.env.example`; a test keeps the two equal. */
export const VARIABLES = {
  DISCORD_TOKEN: z.string().optional(),
  DISCORD_API_URL: address('https://discord.com/api'),
  DISCORD_CDN_URL: isSafeAddress.default('https://cdn.discordapp.com'),
  DISCORD_GUILD_ID: z
    .string()
    .regex(/^\d{17,20}$/, 'must be the id of a server: 17 to 20 digits')
    .optional(),
  KAGGLE_API_URL: address('https://api.kaggle.com/v1'),
  KAGGLE_WEB_URL: address('https://www.kaggle.com'),
  DATABASE_FILE: z.string().optional(),
  SECRET_KEY: z.string().optional(),
  SECRET_KEY_FILE: z.string().optional(),
  SECRET_KEY_OLD: z.string().optional(),
  POLL_CRON: z
    .string()
    .default('* * * * * *')
    .refine((text) => isCron(text), 'must be a cron expression, with seconds: "* * * * * *"'),
  HTTP_PORT: z.coerce
    .number('must be a port: 0 to 65535')
    .int('must be a port: 0 to 65535')
    .min(0, 'must be a port: 0 to 65535')
    .max(65_535, 'must be a port: 0 to 65535')
    .optional(),
  HTTP_HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: isAddress.optional(),
  GPU_SESSION_HOURS: hours(12),
  TPU_SESSION_HOURS: hours(9),
  CPU_SESSION_HOURS: hours(12),
  LOG_LEVEL: z.enum(LEVELS, `must be one of ${LEVELS.join(', ')}`).default('info'),
} as const;

const Environment = z.object(VARIABLES);

/**
 * Reads the settings.
 * @param env The environment; empty values count as not set.
 * @throws ConfigError naming every variable that is missing or wrong. No value of a secret is ever repeated.
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.keys(VARIABLES).flatMap((name) => (env[name]?.trim() ? [[name, env[name].trim()]] : [])),
  );
  const parsed = Environment.safeParse(given);
  const problems = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  const discordToken = given.DISCORD_TOKEN ?? null;
  const keys = readKeys(given, discordToken !== null, problems);
  if (!parsed.success || problems.length > 0) throw new ConfigError([...new Set(problems)]);
  const values = parsed.data;
  return {
    discordToken,
    discordApiUrl: values.DISCORD_API_URL,
    discordCdnUrl: values.DISCORD_CDN_URL,
    discordGuildId: values.DISCORD_GUILD_ID ?? null,
    kaggleApiUrl: values.KAGGLE_API_URL,
    kaggleWebUrl: values.KAGGLE_WEB_URL,
    databaseFile: values.DATABASE_FILE ?? null,
    keys,
    pollCron: values.POLL_CRON,
    httpPort: values.HTTP_PORT ?? null,
    httpHost: values.HTTP_HOST,
    publicUrl: values.PUBLIC_URL ?? null,
    sessionHours: { gpu: values.GPU_SESSION_HOURS, tpu: values.TPU_SESSION_HOURS, cpu: values.CPU_SESSION_HOURS },
    logLevel: values.LOG_LEVEL,
  };
}

function readKeys(given: Record<string, string | undefined>, required: boolean, problems: string[]): Buffer[] {
  const keys: Buffer[] = [];
  const take = (name: string, text: string): void => {
    const key = parseKey(text);
    if (key === null) problems.push(`${name} must be 32 bytes in base64, as "npm run keygen" prints them`);
    else keys.push(key);
  };
  if (given.SECRET_KEY !== undefined && given.SECRET_KEY_FILE !== undefined)
    problems.push('SECRET_KEY and SECRET_KEY_FILE exclude each other: set one of them');
  else if (given.SECRET_KEY !== undefined) take('SECRET_KEY', given.SECRET_KEY);
  else if (given.SECRET_KEY_FILE !== undefined) {
    try {
      take('SECRET_KEY_FILE', readFileSync(given.SECRET_KEY_FILE, 'utf8'));
    } catch {
      problems.push(`SECRET_KEY_FILE names a file that cannot be read: ${given.SECRET_KEY_FILE}`);
    }
  } else if (required) problems.push('SECRET_KEY is missing: it seals the Kaggle tokens. "npm run keygen" prints one');
  if (given.SECRET_KEY_OLD !== undefined) take('SECRET_KEY_OLD', given.SECRET_KEY_OLD);
  return keys;
}
