import type { APIMessageTopLevelComponent } from 'discord-api-types/v10';
import { type ComponentIds, checkButton, checkSelect, SELECT_TYPES, unionType } from './controls.ts';
import { checkLength, Form, type Json, type Path, type Problems, required } from './form.ts';

const MAX_TOTAL = 40;
const MAX_TEXT = 4000;

/** What a tree of components has used up so far. */
type Walk = {
  readonly problems: Problems;
  readonly ids: ComponentIds;
  /** Names `attachment://` may refer to; references to others are refused in Components V2. */
  readonly fileNames: ReadonlySet<string>;
  count: number;
  text: number;
};

/**
 * Checks the components of a message and gives each an id as the platform does.
 * Limits: developer documentation, "Component reference"; 40 in total and 4000 code points of text with Components V2.
 */
export function checkComponents(
  problems: Problems,
  list: readonly unknown[],
  kind: { v2: boolean; fileNames: ReadonlySet<string> },
): APIMessageTopLevelComponent[] {
  const path: Path = ['components'];
  const walk: Walk = {
    problems,
    ids: { custom: new Set(), numeric: new Set(), last: 0 },
    fileNames: kind.fileNames,
    count: 0,
    text: 0,
  };
  if (!kind.v2) checkLength(problems, path, list.length, 0, 5);
  const allowed = kind.v2 ? [1, 9, 10, 12, 13, 14, 17] : [1];
  const out = list.map((value, index) => checkOne(walk, [...path, index], value, allowed));
  if (kind.v2 && walk.count > MAX_TOTAL) {
    problems.add(
      path,
      'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
      `The maximum number of total components (${MAX_TOTAL}) was exceeded`,
    );
  }
  if (walk.text > MAX_TEXT) {
    problems.add(
      path,
      'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
      `The total size of displayable text exceeds the maximum of ${MAX_TEXT}`,
    );
  }
  return out as unknown as APIMessageTopLevelComponent[];
}

function checkOne(walk: Walk, path: Path, value: unknown, allowed: readonly number[]): Json {
  const form = Form.over(walk.problems, path, value);
  if (form === null) return {};
  const type = unionType(form, allowed);
  if (type === null) return {};
  walk.count += 1;
  const id = walk.ids;
  const base = { type, id: takeId(form, id) };
  if (type === 1) return { ...base, components: checkRow(walk, form) };
  if (type === 2) return { ...base, ...checkButton(form, id) };
  if (SELECT_TYPES.includes(type)) return { ...base, ...checkSelect(form, type, id, 'message') };
  if (type === 9) return { ...base, ...checkSection(walk, form) };
  if (type === 10) return { ...base, content: checkText(walk, form) };
  if (type === 11) {
    return {
      ...base,
      media: checkMedia(walk, form, 'media'),
      ...description(form),
      spoiler: form.boolean('spoiler') ?? false,
    };
  }
  if (type === 12) return { ...base, items: checkGallery(walk, form) };
  if (type === 13) return { ...base, file: checkFile(walk, form), spoiler: form.boolean('spoiler') ?? false };
  if (type === 14) {
    return { ...base, divider: form.boolean('divider') ?? true, spacing: form.oneOf('spacing', [1, 2]) ?? 1 };
  }
  return { ...base, ...checkContainer(walk, form) };
}

function takeId(form: Form, ids: ComponentIds): number {
  const given = form.integer('id', { min: 0, max: 0x7fff_ffff });
  if (given !== undefined && given !== 0) {
    if (ids.numeric.has(given)) form.add('id', 'COMPONENT_ID_DUPLICATED', 'Component id cannot be duplicated');
    ids.numeric.add(given);
    return given;
  }
  do ids.last += 1;
  while (ids.numeric.has(ids.last));
  ids.numeric.add(ids.last);
  return ids.last;
}

function checkRow(walk: Walk, form: Form): Json[] {
  const list = form.list('components', { required: true, min: 1, max: 5 }) ?? [];
  const out = list.map((value, index) =>
    checkOne(walk, [...form.at('components'), index], value, [2, ...SELECT_TYPES]),
  );
  const selects = out.filter((one) => typeof one.type === 'number' && SELECT_TYPES.includes(one.type));
  if (selects.length > 0 && out.length > 1) {
    form.add('components', 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', 'The specified component exceeds the maximum width');
  }
  return out;
}

function checkSection(walk: Walk, form: Form): Json {
  const list = form.list('components', { required: true, min: 1, max: 3 }) ?? [];
  const components = list.map((value, index) => checkOne(walk, [...form.at('components'), index], value, [10]));
  if (!form.has('accessory')) {
    required(walk.problems, form.at('accessory'));
    return { components };
  }
  return { components, accessory: checkOne(walk, form.at('accessory'), form.value.accessory, [2, 11]) };
}

function checkText(walk: Walk, form: Form): string {
  const content = form.string('content', { required: true, min: 1, max: MAX_TEXT }) ?? '';
  for (const _ of content.trim()) walk.text += 1;
  return content;
}

function checkGallery(walk: Walk, form: Form): Json[] {
  return form.forms('items', { required: true, min: 1, max: 10 }).map((item) => ({
    media: checkMedia(walk, item, 'media'),
    ...description(item),
    spoiler: item.boolean('spoiler') ?? false,
  }));
}

const description = (form: Form): Json => {
  const text = form.string('description', { max: 1024 });
  return text === undefined ? {} : { description: text };
};

function checkMedia(walk: Walk, form: Form, name: string): Json {
  const media = form.object(name, { required: true });
  const url = media?.url('url', { required: true, attachments: true });
  if (media === null || url === undefined) return {};
  checkReference(walk, media, url);
  return { url };
}

function checkFile(walk: Walk, form: Form): Json {
  const file = form.object('file', { required: true });
  const url = file?.string('url', { required: true, min: 1, max: 2048 });
  if (file === null || url === undefined) return {};
  if (!url.startsWith('attachment://')) {
    file.add(
      'url',
      'URL_TYPE_INVALID_SCHEME',
      `Scheme "${url.split(':')[0] ?? ''}" is not supported. Scheme must be one of ('attachment',).`,
    );
    return {};
  }
  checkReference(walk, file, url);
  return { url };
}

function checkReference(walk: Walk, form: Form, url: string): void {
  if (!url.startsWith('attachment://') || walk.fileNames.has(url.slice('attachment://'.length))) return;
  form.add('url', 'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND', 'The referenced attachment was not found');
}

function checkContainer(walk: Walk, form: Form): Json {
  const list = form.list('components', { required: true, min: 1 }) ?? [];
  const accent = form.integer('accent_color', { min: 0, max: 0xff_ffff });
  return {
    components: list.map((value, index) =>
      checkOne(walk, [...form.at('components'), index], value, [1, 9, 10, 12, 13, 14]),
    ),
    accent_color: accent ?? null,
    spoiler: form.boolean('spoiler') ?? false,
  };
}
