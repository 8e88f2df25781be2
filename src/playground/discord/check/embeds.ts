import type { APIEmbed } from 'discord-api-types/v10';
import { Form, type Json, lengthOf, type Problems } from './form.ts';

const MAX_TOTAL = 6000;

/** Checks classic embeds; 10 of them, 6000 code points over all (developer documentation, "Embed limits"). */
export function checkEmbeds(problems: Problems, list: readonly unknown[]): APIEmbed[] {
  let total = 0;
  const count = (text: string | undefined): string | undefined => {
    total += lengthOf(text ?? '');
    return text;
  };
  const out = list.map((value, index) => {
    const form = Form.over(problems, ['embeds', index], value);
    return form === null ? {} : checkEmbed(form, count);
  });
  if (total > MAX_TOTAL) {
    problems.add(['embeds'], 'MAX_EMBED_SIZE_EXCEEDED', `Embed size exceeds maximum size of ${MAX_TOTAL}`);
  }
  return out as unknown as APIEmbed[];
}

function checkEmbed(form: Form, count: (text: string | undefined) => string | undefined): Json {
  const footer = form.object('footer');
  const author = form.object('author');
  const fields = form.forms('fields', { max: 25 }).map((field) => ({
    name: count(field.string('name', { required: true, min: 1, max: 256 })),
    value: count(field.string('value', { required: true, min: 1, max: 1024 })),
    inline: field.boolean('inline') ?? false,
  }));
  const picture = (name: string): Json => {
    const media = form.object(name);
    const url = media?.url('url', { required: true, attachments: true });
    return url === undefined ? {} : { [name]: { url } };
  };
  const out: Json = {
    title: count(form.string('title', { max: 256 })),
    description: count(form.string('description', { max: 4096 })),
    url: form.url('url'),
    color: form.integer('color', { min: 0, max: 0xff_ffff }),
    timestamp: checkTime(form),
    footer: footer === null ? undefined : { text: count(footer.string('text', { required: true, min: 1, max: 2048 })) },
    author:
      author === null
        ? undefined
        : { name: count(author.string('name', { required: true, min: 1, max: 256 })), url: author.url('url') },
    ...picture('image'),
    ...picture('thumbnail'),
  };
  const given = Object.fromEntries(Object.entries(out).filter(([, value]) => value !== undefined && value !== ''));
  if (fields.length === 0 && Object.keys(given).length === 0) {
    form.add('description', 'BASE_TYPE_REQUIRED', 'This field is required');
  }
  return { type: 'rich', ...given, fields };
}

function checkTime(form: Form): string | undefined {
  const text = form.string('timestamp');
  if (text === undefined) return undefined;
  if (Number.isNaN(Date.parse(text))) {
    form.add('timestamp', 'DATE_TIME_TYPE_PARSE', `Could not parse ${text}. Should be ISO8601.`);
    return undefined;
  }
  return new Date(text).toISOString();
}
