import type { Form, Json } from './form.ts';

/** Ids used in one message or modal so far. */
export type ComponentIds = { readonly custom: Set<string>; readonly numeric: Set<number>; last: number };

/** String, user, role, mentionable and channel select. */
export const SELECT_TYPES: readonly number[] = [3, 5, 6, 7, 8];

/** The `type` of a component, when it is one of those that may stand here. */
export function unionType(form: Form, allowed: readonly number[]): number | null {
  const type = form.value.type;
  const found = allowed.find((one) => one === type);
  if (found !== undefined) return found;
  const list = allowed.length === 1 ? `${allowed[0]},` : allowed.join(', ');
  form.problems.add(form.path, 'UNION_TYPE_CHOICES', `Value of field "type" must be one of (${list}).`);
  return null;
}

/** A custom id of 1 to 100 characters that no other component here has. */
export function takeCustomId(form: Form, ids: ComponentIds): string | undefined {
  const id = form.string('custom_id', { required: true, min: 1, max: 100 });
  if (id === undefined) return undefined;
  if (ids.custom.has(id))
    form.add('custom_id', 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated');
  ids.custom.add(id);
  return id;
}

export function checkButton(form: Form, ids: ComponentIds): Json {
  const style = form.oneOf('style', [1, 2, 3, 4, 5, 6], { required: true });
  const label = form.string('label', { max: 80 });
  const emoji = checkEmoji(form);
  const out: Json = {
    style,
    ...(label ? { label } : {}),
    ...(emoji ?? {}),
    ...(form.boolean('disabled') ? { disabled: true } : {}),
  };
  if (style === 6) return { ...out, sku_id: form.snowflake('sku_id', { required: true }) };
  if (!label && emoji === null) {
    form.problems.add(form.path, 'BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED', 'A label or an emoji is required');
  }
  if (style === 5) {
    if (form.has('custom_id')) {
      form.add(
        'custom_id',
        'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
        'A custom id and url cannot both be specified',
      );
    }
    if (!form.has('url')) form.add('url', 'BUTTON_COMPONENT_URL_REQUIRED', 'A url is required');
    return { ...out, url: form.url('url', { max: 512 }) };
  }
  if (form.has('url')) {
    form.add(
      'url',
      'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
      'A custom id and url cannot both be specified',
    );
  }
  return { ...out, custom_id: takeCustomId(form, ids) };
}

function checkEmoji(form: Form): Json | null {
  const emoji = form.object('emoji');
  if (emoji === null) return null;
  const id = emoji.snowflake('id');
  const name = emoji.string('name', { max: 100 });
  if (id === undefined && !isUnicodeEmoji(name ?? '')) {
    form.add('emoji', 'COMPONENT_INVALID_EMOJI', 'Invalid emoji');
  }
  return { emoji: { id: id ?? null, name: name ?? null } };
}

export const isUnicodeEmoji = (text: string): boolean =>
  text.length <= 32 && /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}|[0-9#*]\uFE0F?\u20E3)/u.test(text);

/** The five selects, in a message or below a label of a modal. */
export function checkSelect(form: Form, type: number, ids: ComponentIds, place: 'message' | 'modal'): Json {
  const out: Json = { custom_id: takeCustomId(form, ids) };
  const placeholder = form.string('placeholder', { max: 150 });
  if (placeholder !== undefined) out.placeholder = placeholder;
  const min = form.integer('min_values', { min: 0, max: 25 }) ?? 1;
  const max = form.integer('max_values', { min: 1, max: 25 }) ?? 1;
  if (min > max)
    form.add(
      'min_values',
      'SELECT_COMPONENT_MIN_VALUES_TOO_LARGE',
      'The minimum is greater than the maximum of values',
    );
  out.min_values = min;
  out.max_values = max;
  if (place === 'modal') {
    if (form.boolean('disabled') === true)
      form.add('disabled', 'MODAL_COMPONENT_DISABLED', 'Components in modals cannot be disabled');
    const isRequired = form.boolean('required') ?? true;
    if (isRequired && min < 1)
      form.add('min_values', 'NUMBER_TYPE_MIN', 'int value should be greater than or equal to 1.');
    out.required = isRequired;
  } else if (form.boolean('disabled') === true) out.disabled = true;
  if (type === 3) out.options = checkOptions(form, max);
  if (type === 8 && form.has('channel_types')) out.channel_types = form.list('channel_types');
  if (type !== 3 && form.has('default_values')) out.default_values = form.list('default_values', { max });
  return out;
}

function checkOptions(form: Form, max: number): Json[] {
  const seen = new Set<string>();
  let chosen = 0;
  const options = form.forms('options', { required: true, min: 1, max: 25 }).map((option) => {
    const label = option.string('label', { required: true, min: 1, max: 100 });
    const value = option.string('value', { required: true, min: 1, max: 100 });
    const description = option.string('description', { max: 100 });
    if (value !== undefined && seen.has(value)) {
      option.add('value', 'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED', 'The specified option value is already used');
    }
    if (value !== undefined) seen.add(value);
    const isDefault = option.boolean('default') === true;
    if (isDefault) chosen += 1;
    return {
      label,
      value,
      ...(description ? { description } : {}),
      ...(checkEmoji(option) ?? {}),
      ...(isDefault ? { default: true } : {}),
    };
  });
  if (chosen > max) {
    form.add('options', 'SELECT_COMPONENT_TOO_MANY_DEFAULTS', `At most ${max} options may be chosen by default`);
  }
  return options;
}

/** Options of radio and checkbox groups in a modal. */
export function checkGroupOptions(form: Form, min: number): Json[] {
  const seen = new Set<string>();
  return form.forms('options', { required: true, min, max: 10 }).map((option) => {
    const label = option.string('label', { required: true, min: 1, max: 100 });
    const value = option.string('value', { required: true, min: 1, max: 100 });
    const description = option.string('description', { max: 100 });
    if (value !== undefined && seen.has(value)) {
      option.add('value', 'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED', 'The specified option value is already used');
    }
    if (value !== undefined) seen.add(value);
    return { label, value, ...(description ? { description } : {}), default: option.boolean('default') ?? false };
  });
}
