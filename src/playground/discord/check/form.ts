import { type ErrorTree, Refusal } from '../refusal.ts';
import { isSnowflake } from '../snowflake.ts';

export type Path = readonly (string | number)[];
export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The platform counts code points after trimming, not UTF-16 units. */
export const lengthOf = (text: string): number => {
  let length = 0;
  for (const _ of text.trim()) length++;
  return length;
};

/** Collects what is wrong with a body and where, for one refusal 50035 that names it all. */
export class Problems {
  #tree: ErrorTree = {};
  #any = false;

  add(path: Path, code: string, message: string): void {
    this.#any = true;
    let node = this.#tree;
    for (const step of path) {
      const next = node[step];
      if (next === undefined || Array.isArray(next)) node[step] = {};
      node = node[step] as ErrorTree;
    }
    const there = node._errors;
    node._errors = [...(Array.isArray(there) ? there : []), { code, message }];
  }

  get any(): boolean {
    return this.#any;
  }

  /** @throws Refusal 50035 when something was added. */
  refuseIfAny(): void {
    if (this.#any) throw new Refusal(400, 50035, 'Invalid Form Body', { errors: this.#tree });
  }
}

export const required = (problems: Problems, path: Path): void =>
  problems.add(path, 'BASE_TYPE_REQUIRED', 'This field is required');

/** Adds the platform's words for a length outside `min`..`max`. */
export function checkLength(problems: Problems, path: Path, length: number, min: number, max: number): boolean {
  if (length >= min && length <= max) return true;
  if (min > 0) problems.add(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
  else problems.add(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
  return false;
}

type Need = { readonly required?: boolean };

/** Reads the fields of one JSON object; a field that is absent, null or wrong reads as undefined, and wrong ones are noted. */
export class Form {
  readonly problems: Problems;
  readonly path: Path;
  readonly value: Json;

  private constructor(problems: Problems, path: Path, value: Json) {
    this.problems = problems;
    this.path = path;
    this.value = value;
  }

  static over(problems: Problems, path: Path, value: unknown): Form | null {
    if (isObject(value)) return new Form(problems, path, value);
    problems.add(path, 'MODEL_TYPE_CONVERT', 'Only dictionaries may be used in a ModelType');
    return null;
  }

  has(name: string): boolean {
    return this.value[name] !== undefined && this.value[name] !== null;
  }

  at(name: string | number): Path {
    return [...this.path, name];
  }

  add(name: string, code: string, message: string): void {
    this.problems.add(this.at(name), code, message);
  }

  #given(name: string, need: Need): unknown {
    const value = this.value[name];
    if (value !== undefined && value !== null) return value;
    if (need.required === true) required(this.problems, this.at(name));
    return undefined;
  }

  string(name: string, rule: Need & { min?: number; max?: number } = {}): string | undefined {
    const value = this.#given(name, rule);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') {
      this.add(name, 'STRING_TYPE_CONVERT', 'Could not interpret value as string.');
      return undefined;
    }
    const min = rule.min ?? 0;
    if (rule.required === true && min > 0 && value.trim() === '') {
      required(this.problems, this.at(name));
      return undefined;
    }
    return checkLength(this.problems, this.at(name), lengthOf(value), min, rule.max ?? Number.MAX_SAFE_INTEGER)
      ? value
      : undefined;
  }

  integer(name: string, rule: Need & { min?: number; max?: number } = {}): number | undefined {
    const value = this.#given(name, rule);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number)) {
      this.add(name, 'NUMBER_TYPE_COERCE', `Value "${String(value)}" is not int.`);
      return undefined;
    }
    return this.#inRange(name, number, rule);
  }

  number(name: string, rule: Need & { min?: number; max?: number } = {}): number | undefined {
    const value = this.#given(name, rule);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      this.add(name, 'FLOAT_TYPE_COERCE', `Value "${String(value)}" is not float.`);
      return undefined;
    }
    return this.#inRange(name, value, rule);
  }

  #inRange(name: string, value: number, rule: { min?: number; max?: number }): number | undefined {
    if (rule.min !== undefined && value < rule.min) {
      this.add(name, 'NUMBER_TYPE_MIN', `int value should be greater than or equal to ${rule.min}.`);
      return undefined;
    }
    if (rule.max !== undefined && value > rule.max) {
      this.add(name, 'NUMBER_TYPE_MAX', `int value should be less than or equal to ${rule.max}.`);
      return undefined;
    }
    return value;
  }

  boolean(name: string, rule: Need = {}): boolean | undefined {
    const value = this.#given(name, rule);
    if (value === undefined) return undefined;
    if (typeof value === 'boolean') return value;
    this.add(name, 'BOOLEAN_TYPE_CONVERT', 'Must be either true or false.');
    return undefined;
  }

  oneOf<T extends string | number>(name: string, choices: readonly T[], rule: Need = {}): T | undefined {
    const value = this.#given(name, rule);
    if (value === undefined) return undefined;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) {
      this.add(name, 'BASE_TYPE_CHOICES', `Value must be one of {${choices.join(', ')}}.`);
    }
    return found;
  }

  snowflake(name: string, rule: Need = {}): string | undefined {
    const value = this.#given(name, rule);
    if (value === undefined) return undefined;
    const text = String(value);
    if (isSnowflake(text)) return text;
    this.add(name, 'NUMBER_TYPE_COERCE', `Value "${text}" is not snowflake.`);
    return undefined;
  }

  object(name: string, rule: Need = {}): Form | null {
    const value = this.#given(name, rule);
    return value === undefined ? null : Form.over(this.problems, this.at(name), value);
  }

  list(name: string, rule: Need & { min?: number; max?: number } = {}): readonly unknown[] | undefined {
    const value = this.#given(name, rule);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) {
      this.add(name, 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
      return undefined;
    }
    checkLength(this.problems, this.at(name), value.length, rule.min ?? 0, rule.max ?? Number.MAX_SAFE_INTEGER);
    return value;
  }

  /** Every element of a list as a form of its own. */
  forms(name: string, rule: Need & { min?: number; max?: number } = {}): Form[] {
    const list = this.list(name, rule) ?? [];
    return list
      .map((value, index) => Form.over(this.problems, [...this.path, name, index], value))
      .filter((form) => form !== null);
  }

  /** A web address, `attachment://name` where `attachments` allows it. */
  url(name: string, rule: Need & { max?: number; attachments?: boolean } = {}): string | undefined {
    const value = this.string(name, { ...rule, min: 1, max: rule.max ?? 2048 });
    if (value === undefined) return undefined;
    if (rule.attachments === true && /^attachment:\/\/[^/]+$/.test(value)) return value;
    let url: URL;
    try {
      url = new URL(value);
    } catch {
      this.add(name, 'URL_TYPE_INVALID_URL', 'Not a well formed URL.');
      return undefined;
    }
    if (url.protocol === 'http:' || url.protocol === 'https:') return value;
    const schemes = rule.attachments === true ? "('http', 'https', 'attachment')" : "('http', 'https')";
    this.add(
      name,
      'URL_TYPE_INVALID_SCHEME',
      `Scheme "${url.protocol.slice(0, -1)}" is not supported. Scheme must be one of ${schemes}.`,
    );
    return undefined;
  }
}
