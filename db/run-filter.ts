import type { Phase } from '../src/domain/run.ts';
import type { Scope } from '../src/domain/scope.ts';

export type RunFilter = {
  readonly launcher?: string;
  readonly phases?: readonly Phase[];
  readonly kernel?: string;
  /** Only runs accepted before this time: the cursor of a list. */
  readonly before?: number;
  readonly after?: number;
};

/** A condition on runs `r` with its named values. */
export type Condition = { readonly sql: string; readonly values: Readonly<Record<string, string | number>> };

/** What a person may see: the guild's runs in a guild, their own elsewhere. No look-up for people goes without it. */
export const visible = (scope: Scope): Condition =>
  scope.guildId === null
    ? { sql: 'r.launcher = @scopeUser', values: { scopeUser: scope.userId } }
    : { sql: 'r.guild_id = @scopeGuild', values: { scopeGuild: scope.guildId } };

/** Those of them that pass the filter. */
export function filtered(scope: Scope, { phases, ...filter }: RunFilter): Condition {
  const { sql, values } = visible(scope);
  const parts = [sql];
  if (filter.launcher !== undefined) parts.push('r.launcher = @launcher');
  if (filter.kernel !== undefined) parts.push('r.kernel = @kernel');
  if (filter.before !== undefined) parts.push('r.accepted_at < @before');
  if (filter.after !== undefined) parts.push('r.accepted_at > @after');
  if (phases !== undefined) parts.push(`r.phase in (${phasesSql(phases)})`);
  return { sql: parts.join(' and '), values: { ...values, ...filter } };
}

/** The phases are words of our own, never of a person's. */
export const phasesSql = (phases: readonly Phase[]): string => phases.map((phase) => `'${phase}'`).join(', ');
