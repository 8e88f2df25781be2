import type { APIModalInteractionResponseCallbackData } from 'discord-api-types/v10';
import { isObject, type Json, lengthOf } from './check/form.ts';
import { fitsTypes, isUpload, type Resolved } from './given-options.ts';
import type { GivenField } from './types.ts';

/** Every field of a form that can be filled in, with the label it stands under. */
function fieldsOf(modal: APIModalInteractionResponseCallbackData): Json[] {
  return (modal.components as unknown as Json[]).flatMap((top) => {
    if (top.type === 18 && isObject(top.component)) return [top.component];
    if (top.type === 1 && Array.isArray(top.components)) return top.components.filter(isObject);
    return [];
  });
}

const list = (value: GivenField | undefined): readonly unknown[] =>
  value === undefined || value === null || value === '' ? [] : Array.isArray(value) ? value : [value];

/** What the client shows in red under a field. Empty: the form can be sent. */
export function fieldProblems(
  modal: APIModalInteractionResponseCallbackData,
  given: Readonly<Record<string, GivenField>>,
): Record<string, string> {
  const problems: Record<string, string> = {};
  const fields = fieldsOf(modal);
  for (const id of Object.keys(given)) {
    if (!fields.some((field) => field.custom_id === id)) problems[id] = 'This form has no such field.';
  }
  for (const field of fields) {
    const id = String(field.custom_id);
    const problem = problemOf(field, given[id]);
    if (problem !== null) problems[id] = problem;
  }
  return problems;
}

function problemOf(field: Json, value: GivenField | undefined): string | null {
  const isRequired = field.required !== false;
  if (field.type === 23) return value === undefined || typeof value === 'boolean' ? null : 'Please tick or untick.';
  if (field.type === 4) {
    const text = value ?? field.value ?? '';
    if (typeof text !== 'string') return 'Please enter text.';
    if (text.trim() === '') return isRequired ? 'This field is required.' : null;
    const length = lengthOf(text);
    if (typeof field.min_length === 'number' && length < field.min_length)
      return `Must be at least ${field.min_length} characters.`;
    const max = typeof field.max_length === 'number' ? field.max_length : 4000;
    return length > max ? `Must be at most ${max} characters.` : null;
  }
  const values = list(value);
  if (values.length === 0) return isRequired ? 'This field is required.' : null;
  const min = typeof field.min_values === 'number' ? field.min_values : 1;
  const max = typeof field.max_values === 'number' ? field.max_values : 1;
  if (values.length < min || values.length > max) return `Choose ${min === max ? min : `${min} to ${max}`}.`;
  if (field.type === 19) {
    const types = Array.isArray(field.file_types) ? field.file_types.map(String) : undefined;
    return values.every((one) => isUpload(one) && fitsTypes(one.name, types))
      ? null
      : 'This file type is not accepted here.';
  }
  const options = Array.isArray(field.options) ? field.options.filter(isObject).map((one) => one.value) : null;
  return options === null || values.every((one) => options.includes(one)) ? null : 'Please choose from the list.';
}

/** The filled form as it goes over the wire. */
export function wireFields(
  modal: APIModalInteractionResponseCallbackData,
  given: Readonly<Record<string, GivenField>>,
  resolved: Resolved,
): object[] {
  const fill = (field: Json): object => {
    const { type, id, custom_id } = field;
    const value = given[String(custom_id)];
    const base = { type, id, custom_id };
    if (type === 4) return { ...base, value: value ?? field.value ?? '' };
    if (type === 21) return { ...base, value: list(value)[0] ?? null };
    if (type === 23) return { ...base, value: value ?? field.default ?? false };
    const values = list(value).map((one) => (isUpload(one) ? resolved.attach(one) : String(one)));
    if (type === 5 || type === 7) for (const one of values) resolved.user(one);
    if (type === 8) for (const one of values) resolved.channel(one, '');
    return { ...base, values };
  };
  return (modal.components as unknown as Json[]).map((top) => {
    const base = { type: top.type, id: top.id };
    if (top.type === 18 && isObject(top.component)) return { ...base, component: fill(top.component) };
    if (top.type === 1 && Array.isArray(top.components))
      return { ...base, components: top.components.filter(isObject).map(fill) };
    return base;
  });
}
