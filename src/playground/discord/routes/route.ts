import type { Discord } from '../discord.ts';
import type { Bucket } from '../rate-limits.ts';
import type { Body } from '../request-body.ts';
import type { RouteName } from './names.ts';

/** One request, as a route sees it. */
export type Call = {
  readonly discord: Discord;
  /** The variable parts of the path. Missing ones cannot be: the pattern matched. */
  readonly param: (name: string) => string;
  readonly query: URLSearchParams;
  readonly body: Body;
};

/** A status with a body, or without one for 204. */
export type Reply = { readonly status: number; readonly body?: unknown };

export type Route = {
  readonly name: RouteName;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v10`, with `:name` for variable parts. */
  readonly path: string;
  /** `bot`: needs the bot's token. `token`: the path carries one. */
  readonly auth: 'bot' | 'token';
  /** The bucket and the path part it is counted by; null: not limited by route. */
  readonly bucket: { readonly of: Bucket; readonly by: string } | null;
  readonly run: (call: Call) => Reply | Promise<Reply>;
};

export const ok = (body: unknown): Reply => ({ status: 200, body });
export const noContent: Reply = { status: 204 };
