import type { APIModalInteractionResponseCallbackData } from 'discord-api-types/v10';
import {
  type ComponentIds,
  checkGroupOptions,
  checkSelect,
  SELECT_TYPES,
  takeCustomId,
  unionType,
} from './controls.ts';
import { Form, type Json, Problems } from './form.ts';

/** Checks the form an application wants to open. @throws Refusal 50035. Limits: "Component reference", "Interactions". */
export function checkModal(data: unknown): APIModalInteractionResponseCallbackData {
  const problems = new Problems();
  const form = Form.over(problems, ['data'], data);
  if (form === null) problems.refuseIfAny();
  const ids: ComponentIds = { custom: new Set(), numeric: new Set(), last: 0 };
  const out = {
    custom_id: form?.string('custom_id', { required: true, min: 1, max: 100 }),
    title: form?.string('title', { required: true, min: 1, max: 45 }),
    components: (form?.forms('components', { required: true, min: 1, max: 5 }) ?? []).map((one) => checkTop(one, ids)),
  };
  problems.refuseIfAny();
  return out as unknown as APIModalInteractionResponseCallbackData;
}

function checkTop(form: Form, ids: ComponentIds): Json {
  const type = unionType(form, [1, 10, 18]);
  const base = { type, id: nextId(form, ids) };
  if (type === 10) return { ...base, content: form.string('content', { required: true, min: 1, max: 4000 }) };
  if (type === 1) {
    const inputs = form.forms('components', { required: true, min: 1, max: 1 });
    return { ...base, components: inputs.map((one) => checkChild(one, ids, [4], 'row')) };
  }
  if (type !== 18) return base;
  const description = form.string('description', { max: 100 });
  const label = form.string('label', { required: true, min: 1, max: 45 });
  const child = form.object('component', { required: true });
  return {
    ...base,
    label,
    ...(description ? { description } : {}),
    component: child === null ? {} : checkChild(child, ids, [3, 4, 5, 6, 7, 8, 19, 21, 22, 23], 'label'),
  };
}

function checkChild(form: Form, ids: ComponentIds, allowed: readonly number[], place: 'row' | 'label'): Json {
  const type = unionType(form, allowed);
  if (type === null) return {};
  const base = { type, id: nextId(form, ids) };
  if (type === 4) return { ...base, ...checkTextInput(form, ids, place) };
  if (SELECT_TYPES.includes(type)) return { ...base, ...checkSelect(form, type, ids, 'modal') };
  const custom_id = takeCustomId(form, ids);
  if (form.boolean('disabled') === true)
    form.add('disabled', 'MODAL_COMPONENT_DISABLED', 'Components in modals cannot be disabled');
  if (type === 23) return { ...base, custom_id, default: form.boolean('default') ?? false };
  const isRequired = form.boolean('required') ?? true;
  if (type === 19) {
    const types = form.list('file_types', { max: 10 });
    return {
      ...base,
      custom_id,
      required: isRequired,
      min_values: form.integer('min_values', { min: isRequired ? 1 : 0, max: 10 }) ?? (isRequired ? 1 : 0),
      max_values: form.integer('max_values', { min: 1, max: 10 }) ?? 1,
      ...(types === undefined ? {} : { file_types: types }),
    };
  }
  const options = checkGroupOptions(form, type === 21 ? 2 : 1);
  if (type === 21) return { ...base, custom_id, required: isRequired, options };
  return {
    ...base,
    custom_id,
    required: isRequired,
    options,
    min_values: form.integer('min_values', { min: isRequired ? 1 : 0, max: 10 }) ?? (isRequired ? 1 : 0),
    max_values: form.integer('max_values', { min: 1, max: 10 }) ?? options.length,
  };
}

function checkTextInput(form: Form, ids: ComponentIds, place: 'row' | 'label'): Json {
  const custom_id = takeCustomId(form, ids);
  const style = form.oneOf('style', [1, 2], { required: true });
  if (place === 'label' && form.has('label')) {
    form.add('label', 'TEXT_INPUT_LABEL_NOT_ALLOWED', 'A text input inside a label cannot have a label of its own');
  }
  const label = place === 'row' ? form.string('label', { required: true, min: 1, max: 45 }) : undefined;
  const min = form.integer('min_length', { min: 0, max: 4000 });
  const max = form.integer('max_length', { min: 1, max: 4000 });
  if (min !== undefined && max !== undefined && min > max) {
    form.add('min_length', 'TEXT_INPUT_MIN_LENGTH_TOO_LARGE', 'The minimum length is greater than the maximum length');
  }
  const placeholder = form.string('placeholder', { max: 100 });
  const value = form.string('value', { max: max ?? 4000 });
  return {
    custom_id,
    style,
    ...(label === undefined ? {} : { label }),
    ...(min === undefined ? {} : { min_length: min }),
    ...(max === undefined ? {} : { max_length: max }),
    required: form.boolean('required') ?? true,
    ...(placeholder ? { placeholder } : {}),
    ...(value ? { value } : {}),
  };
}

function nextId(form: Form, ids: ComponentIds): number {
  const given = form.integer('id', { min: 0, max: 0x7fff_ffff });
  if (given) {
    if (ids.numeric.has(given)) form.add('id', 'COMPONENT_ID_DUPLICATED', 'Component id cannot be duplicated');
    ids.numeric.add(given);
    return given;
  }
  do ids.last += 1;
  while (ids.numeric.has(ids.last));
  ids.numeric.add(ids.last);
  return ids.last;
}
