import type { MessageBody } from '../../src/discord/chat.ts';
import { componentsOf } from './render-world.ts';

/**
 * What Discord refuses, and what this bot holds itself to, read off a message without a word of the renderers' own measuring
 * (source: Discord's documentation). Gives the list of what is wrong.
 */
export function wrongWith(body: MessageBody, mayMention: readonly string[] = []): string[] {
  const wrong: string[] = [];
  const check = (holds: boolean, what: string): void => {
    if (!holds) wrong.push(what);
  };
  const all = componentsOf(body.components ?? []);
  const of = (...types: number[]) => all.filter((one) => types.includes(Number(one.type)));
  const length = (text: unknown): number => [...String(text)].length;
  const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  const within = (text: unknown, most: number): boolean =>
    typeof text === 'string' && text.trim() !== '' && length(text) <= most;

  const files = body.files ?? [];
  check(files.length <= 10, 'more than ten files');
  if (body.kind === 'notice') {
    check(within(body.content, 2_000), `content of ${length(body.content)}`);
    check(length(body.content.split('\n')[0]) <= 140, 'first line too long');
    check(listOf(body.components).length <= 5, 'more than five rows');
    check(
      all.every((one) => [1, 2, 3].includes(Number(one.type))),
      'a notice has action rows only',
    );
    check(
      (body.mentions ?? []).every((id) => mayMention.includes(id)),
      'notifies somebody else',
    );
  } else {
    check(body.components.length > 0, 'empty');
    check(all.length <= 40, `${all.length} components`);
    const total = of(10).reduce((sum, one) => sum + length(one.content), 0);
    check(total <= 4_000, `${total} characters of text`);
  }
  for (const one of of(10)) check(within(one.content, 4_000), 'an empty text');
  for (const one of of(17)) check(listOf(one.components).length > 0, 'an empty container');
  for (const one of of(9)) {
    check(listOf(one.components).length >= 1 && listOf(one.components).length <= 3, 'texts of a section');
    check(one.accessory !== undefined, 'a section without its button');
  }
  for (const one of of(1)) {
    const children = componentsOf(one.components);
    const selects = children.filter(({ type }) => type === 3).length;
    check(
      selects === 0 ? children.length >= 1 && children.length <= 5 : selects === 1 && children.length === 1,
      'a row',
    );
  }
  const ids = of(2, 3).flatMap((one) => (one.custom_id === undefined ? [] : [String(one.custom_id)]));
  check(new Set(ids).size === ids.length, `custom ids twice: ${ids.join(' ')}`);
  check(
    ids.every((id) => within(id, 100)),
    'a custom id',
  );
  for (const one of of(2)) {
    check(within(one.label, 34), `label ${String(one.label)}`);
    if (one.style === 5) check(within(one.url, 512) && /^https?:\/\//.test(String(one.url)), `url ${String(one.url)}`);
    else check(one.custom_id !== undefined && one.url === undefined, 'a button without its id');
  }
  check(of(2).filter((one) => one.style === 1).length <= 1, 'two primary buttons');
  for (const one of of(3)) {
    const options = listOf(one.options).filter(
      (option): option is Record<string, unknown> => typeof option === 'object',
    );
    check(options.length >= 1 && options.length <= 25, `${options.length} options`);
    check(new Set(options.map(({ value }) => value)).size === options.length, 'an option twice');
    for (const option of options) {
      check(within(option.label, 100) && within(option.value, 100), 'an option');
      check(option.description === undefined || within(option.description, 100), 'a description');
    }
    check(one.placeholder === undefined || within(one.placeholder, 150), 'a placeholder');
    check(
      Number(one.min_values ?? 1) <= Number(one.max_values ?? 1) && Number(one.max_values ?? 1) <= options.length,
      'values',
    );
  }
  const shownFiles = [...of(12).flatMap((one) => listOf(one.items)), ...of(13).map((one) => ({ media: one.file }))].map(
    (item) => JSON.stringify(item).match(/attachment:\/\/([^"]+)/)?.[1],
  );
  check(
    shownFiles.every((name) => files.some((file) => file.name === name)),
    'a picture that is not attached',
  );
  for (const one of of(12))
    check(listOf(one.items).length >= 1 && listOf(one.items).length <= 10, 'pictures of a gallery');

  for (const markdown of body.kind === 'notice' ? [body.content] : of(10).map((one) => String(one.content)))
    wrong.push(...wrongInMarkdown(markdown, mayMention));
  return wrong;
}

/** Whether foreign text broke out: of a code block, a link, a line, or into a mention. */
function wrongInMarkdown(markdown: string, mayMention: readonly string[]): string[] {
  const wrong: string[] = [];
  if ((markdown.match(/```/g)?.length ?? 0) % 2 !== 0) wrong.push('an open code block');
  const prose = markdown
    .replace(/```[\s\S]*?```/g, '')
    .replace(/\\[^0-9A-Za-z\s]/g, '\ue000')
    .replace(/`[^`\n]+`/g, '\ue000');
  for (const [, id] of prose.matchAll(/<@[!&]?(\d+)>/g))
    if (!mayMention.includes(id ?? '')) wrong.push(`mentions ${id}`);
  if (/@everyone|@here|<#|<@(?!\d)/.test(prose)) wrong.push('a mention');
  const steering = /[\u202a-\u202e\u200b-\u200f\ufeff\x00-\x09\x0b-\x1f]/.exec(prose);
  if (steering !== null)
    wrong.push(
      `a steering character at ${JSON.stringify(prose.slice(Math.max(0, steering.index - 30), steering.index + 10))} ${steering[0].codePointAt(0)}`,
    );
  // A link is whole, and its text is one line.
  for (const [, rest] of prose.matchAll(/\]\(([^\n]*)/g))
    if (!/^https?:\/\/[^\s()<>[\]]+\)/.test(rest ?? '')) wrong.push(`a broken link ${rest}`);
  if (/(?<!\]\()https?:\/\/evil/.test(prose)) wrong.push('a smuggled address');
  const opened = prose.match(/\u2068/g)?.length ?? 0;
  const closed = prose.match(/\u2069/g)?.length ?? 0;
  if (opened !== closed) wrong.push('an open isolate');
  const heads = prose.split('\n').filter((line) => /^(#{1,3} |> |>>> |\d+\. |\* )/.test(line));
  if (heads.length > (prose.startsWith('### ') ? 1 : 0)) wrong.push(`a line of its own: ${heads.join(' / ')}`);
  return wrong;
}
