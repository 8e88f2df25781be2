import { checkLength, Form, type Json, lengthOf, type Path, Problems } from './form.ts';

/** Letters of any script, digits, `-`, `_`, `'`; lower case where there is one (developer documentation, "Application command naming"). */
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const MAX_SIZE = 8000;
const LOCALES =
  'id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko'.split(
    ' ',
  );

/** A command as it was checked, without the fields the platform adds. */
export type CheckedCommand = Json & { readonly name: string; readonly type: 1 | 2 | 3 };

/** Checks a whole list for one scope. @throws Refusal 50035. */
export function checkCommands(list: readonly unknown[], enabled: readonly number[]): CheckedCommand[] {
  const problems = new Problems();
  const out = list.map((value, index) => checkCommand(problems, [index], value, enabled));
  for (const [type, max] of [
    [1, 100],
    [2, 15],
    [3, 15],
  ] as const) {
    const same = out.filter((one) => one.type === type);
    if (same.length > max) {
      problems.add([], 'APPLICATION_COMMAND_TOO_MANY', `At most ${max} commands of type ${type} are allowed`);
    }
  }
  const seen = new Set<string>();
  out.forEach((command, index) => {
    const key = `${command.type} ${command.name}`;
    if (seen.has(key))
      problems.add([index, 'name'], 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique');
    seen.add(key);
  });
  problems.refuseIfAny();
  return out;
}

export function checkCommand(
  problems: Problems,
  path: Path,
  value: unknown,
  enabled: readonly number[],
): CheckedCommand {
  const form = Form.over(problems, path, value);
  if (form === null) return { name: '', type: 1 };
  const type = form.oneOf('type', [1, 2, 3] as const) ?? 1;
  const name = form.string('name', { required: true, min: 1, max: 32 }) ?? '';
  if (type === 1) checkName(form, name);
  const size = { total: 0 };
  const description = type === 1 ? form.string('description', { required: true, min: 1, max: 100 }) : undefined;
  if (type !== 1) {
    if (form.string('description'))
      form.add(
        'description',
        'APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED',
        'Context menu commands cannot have description',
      );
    if ((form.list('options') ?? []).length > 0)
      form.add('options', 'APPLICATION_COMMAND_OPTIONS_NOT_ALLOWED', 'Context menu commands cannot have options');
  }
  count(size, name, localized(form, 'name_localizations', 32));
  count(size, description ?? '', localized(form, 'description_localizations', 100));
  const options = type === 1 ? checkOptions(form, size, 1) : [];
  if (size.total > MAX_SIZE) {
    problems.add(path, 'APPLICATION_COMMAND_TOO_LARGE', `Command exceeds maximum size (${MAX_SIZE})`);
  }
  return {
    type,
    name,
    name_localizations: form.value.name_localizations ?? null,
    description: description ?? '',
    description_localizations: form.value.description_localizations ?? null,
    default_member_permissions: checkPermissions(form),
    dm_permission: form.boolean('dm_permission') ?? true,
    nsfw: form.boolean('nsfw') ?? false,
    contexts: checkNumbers(form, 'contexts', [0, 1, 2]),
    integration_types: checkNumbers(form, 'integration_types', enabled) ?? [enabled[0] ?? 0],
    ...(options.length === 0 ? {} : { options }),
  };
}

function checkName(form: Form, name: string): void {
  if (name !== '' && (!NAME.test(name) || name !== name.toLowerCase())) {
    form.add('name', 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
  }
}

/** @returns the length of the longest localisation: only that one counts. */
function localized(form: Form, name: string, max: number): number {
  const all = form.object(name);
  if (all === null) return 0;
  let longest = 0;
  for (const locale of Object.keys(all.value)) {
    if (!LOCALES.includes(locale)) all.add(locale, 'ENUM_TYPE_COERCE', `Value "${locale}" is not a valid enum value.`);
    longest = Math.max(longest, lengthOf(all.string(locale, { min: 1, max }) ?? ''));
  }
  return longest;
}

const count = (size: { total: number }, text: string, longest = 0): void => {
  size.total += Math.max(lengthOf(text), longest);
};

function checkPermissions(form: Form): string | null {
  const value = form.value.default_member_permissions;
  if (value === undefined || value === null) return null;
  if (/^\d+$/.test(String(value))) return String(value);
  form.add('default_member_permissions', 'NUMBER_TYPE_COERCE', `Value "${String(value)}" is not int.`);
  return null;
}

function checkNumbers(form: Form, name: string, allowed: readonly number[]): number[] | null {
  const list = form.list(name, { min: 1 });
  if (list === undefined) return null;
  list.forEach((value, index) => {
    if (!allowed.some((one) => one === value)) {
      form.problems.add(
        [...form.at(name), index],
        'BASE_TYPE_CHOICES',
        `Value must be one of {${allowed.join(', ')}}.`,
      );
    }
  });
  return list.filter((value) => typeof value === 'number');
}

function checkOptions(form: Form, size: { total: number }, depth: number): Json[] {
  const seen = new Set<string>();
  let optionalSeen = false;
  const forms = form.forms('options', { max: 25 });
  const nested = forms.filter((one) => one.value.type === 1 || one.value.type === 2).length;
  if (nested > 0 && nested < forms.length) {
    form.add(
      'options',
      'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
      'Sub-command and sub-command group option types are mutually exclusive to all other types',
    );
  }
  return forms.map((option) => {
    const out = checkOption(option, size, depth);
    const name = String(out.name);
    if (seen.has(name))
      option.add('name', 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS', `Option name "${name}" already exists`);
    seen.add(name);
    if (out.required !== true) optionalSeen = true;
    else if (optionalSeen) {
      option.problems.add(
        option.path,
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      );
    }
    return out;
  });
}

function checkOption(form: Form, size: { total: number }, depth: number): Json {
  const type = form.oneOf('type', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] as const, { required: true });
  const name = form.string('name', { required: true, min: 1, max: 32 }) ?? '';
  checkName(form, name);
  const description = form.string('description', { required: true, min: 1, max: 100 });
  count(size, name, localized(form, 'name_localizations', 32));
  count(size, description ?? '', localized(form, 'description_localizations', 100));
  const base: Json = { type, name, description };
  for (const key of ['name_localizations', 'description_localizations']) if (form.has(key)) base[key] = form.value[key];
  if (type === 1 || type === 2) {
    if (depth > 2 || (type === 2 && depth > 1)) {
      form.add('type', 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'Sub-commands cannot be nested deeper');
      return base;
    }
    return { ...base, options: checkOptions(form, size, depth + 1) };
  }
  if (form.boolean('required') === true) base.required = true;
  const autocomplete = form.boolean('autocomplete') === true;
  if (autocomplete) {
    base.autocomplete = true;
    if (type !== 3 && type !== 4 && type !== 10) {
      form.add(
        'autocomplete',
        'APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID',
        'Autocomplete is not available for this option type',
      );
    }
    if ((form.list('choices') ?? []).length > 0) {
      form.add(
        'choices',
        'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE',
        'Choices and autocomplete are mutually exclusive',
      );
    }
  }
  return { ...base, ...checkRange(form, type), ...checkChoices(form, type, size), ...checkFileTypes(form, type) };
}

function checkRange(form: Form, type: number | undefined): Json {
  if (type === 3) {
    const [min, max] = [
      form.integer('min_length', { min: 0, max: 6000 }),
      form.integer('max_length', { min: 1, max: 6000 }),
    ];
    if (min !== undefined && max !== undefined && min > max) {
      form.add(
        'min_length',
        'APPLICATION_COMMAND_OPTIONS_MIN_VALUE_INVALID',
        'The minimum is greater than the maximum',
      );
    }
    return { ...(min === undefined ? {} : { min_length: min }), ...(max === undefined ? {} : { max_length: max }) };
  }
  if (type === 4 || type === 10) {
    const read = (name: string) => (type === 4 ? form.integer(name) : form.number(name));
    const [min, max] = [read('min_value'), read('max_value')];
    if (min !== undefined && max !== undefined && min > max) {
      form.add('min_value', 'APPLICATION_COMMAND_OPTIONS_MIN_VALUE_INVALID', 'The minimum is greater than the maximum');
    }
    return { ...(min === undefined ? {} : { min_value: min }), ...(max === undefined ? {} : { max_value: max }) };
  }
  if (type === 7 && form.has('channel_types')) return { channel_types: form.list('channel_types') };
  return {};
}

function checkChoices(form: Form, type: number | undefined, size: { total: number }): Json {
  const forms = form.forms('choices', { max: 25 });
  if (forms.length === 0) return {};
  const names = new Set<string>();
  const choices = forms.map((choice) => {
    const name = choice.string('name', { required: true, min: 1, max: 100 }) ?? '';
    count(size, name, localized(choice, 'name_localizations', 100));
    if (names.has(name))
      choice.add('name', 'APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS', 'Option choice name already exists');
    names.add(name);
    const value =
      type === 3
        ? choice.string('value', { required: true, min: 1, max: 100 })
        : choice.number('value', { required: true });
    size.total += lengthOf(String(value ?? ''));
    return { name, value };
  });
  return { choices };
}

function checkFileTypes(form: Form, type: number | undefined): Json {
  const list = type === 11 ? form.list('file_types') : undefined;
  if (list === undefined) return {};
  checkLength(form.problems, form.at('file_types'), list.length, 1, 10);
  list.forEach((value, index) => {
    if (typeof value === 'string' && (/^(image|video|audio)$/.test(value) || /^\.[A-Za-z0-9.]+$/.test(value))) return;
    form.problems.add(
      [...form.at('file_types'), index],
      'BASE_TYPE_CHOICES',
      'Value must be a group of files or an extension with a dot.',
    );
  });
  return { file_types: list };
}
