import type { Mentions } from '../world.ts';
import { checkLength, type Form } from './form.ts';

export type AllowedMentions = {
  readonly parse: readonly ('users' | 'roles' | 'everyone')[];
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly repliedUser: boolean;
};

/** Without `allowed_mentions`: everything in a message of its own, users only in an answer to an interaction. */
export const DEFAULT_MENTIONS: AllowedMentions = {
  parse: ['users', 'roles', 'everyone'],
  users: [],
  roles: [],
  repliedUser: true,
};
export const DEFAULT_ANSWER_MENTIONS: AllowedMentions = { ...DEFAULT_MENTIONS, parse: ['users'] };

const KINDS = ['users', 'roles', 'everyone'] as const;

export function checkAllowedMentions(body: Form): AllowedMentions | null {
  const form = body.object('allowed_mentions');
  if (form === null) return null;
  const ids = (name: 'users' | 'roles'): string[] => {
    const list = (form.list(name) ?? []).map(String);
    checkLength(form.problems, form.at(name), list.length, 0, 100);
    return list;
  };
  const parse = (form.list('parse') ?? []).map((value, index) => {
    const kind = KINDS.find((one) => one === value);
    if (kind === undefined) {
      form.problems.add(
        [...form.at('parse'), index],
        'BASE_TYPE_CHOICES',
        `Value must be one of {${KINDS.join(', ')}}.`,
      );
    }
    return kind;
  });
  const out = {
    parse: parse.filter((kind) => kind !== undefined),
    users: ids('users'),
    roles: ids('roles'),
    repliedUser: form.boolean('replied_user') ?? false,
  };
  for (const kind of ['users', 'roles'] as const) {
    if (out.parse.includes(kind) && out[kind].length > 0) {
      form.add(
        'parse',
        'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
        `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
      );
    }
  }
  return out;
}

/**
 * Who is really mentioned: the mention stands in the text *and* is allowed. Embeds never mention.
 * @param texts content, or every Text Display.
 * @param repliedTo the author of the message this replies to.
 */
export function mentionsIn(
  texts: readonly string[],
  allowed: AllowedMentions,
  repliedTo: string | null,
  mayMentionEveryone: boolean,
): Mentions {
  // What stands in code is shown as it is and mentions nobody.
  const text = texts.join('\n').replace(/```[\s\S]*?```|`[^`\n]*`/g, ' ');
  const ids = (pattern: RegExp): string[] => [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))];
  const permitted = (kind: 'users' | 'roles', id: string): boolean =>
    allowed.parse.includes(kind) || allowed[kind].includes(id);
  const users = ids(/<@!?(\d{17,20})>/g).filter((id) => permitted('users', id));
  if (repliedTo !== null && allowed.repliedUser && !users.includes(repliedTo)) users.push(repliedTo);
  return {
    users,
    roles: ids(/<@&(\d{17,20})>/g).filter((id) => permitted('roles', id)),
    everyone: mayMentionEveryone && allowed.parse.includes('everyone') && /@(?:everyone|here)\b/.test(text),
  };
}
