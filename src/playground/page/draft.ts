import type { APIApplicationCommand, APIApplicationCommandOption } from 'discord-api-types/v10';
import type { Choice, GivenOption, Sample } from './wire.ts';

/** A command while it is being written: its options as chips. Pure. Option types by number (ApplicationCommandOptionType). */

export const OPTION = { string: 3, integer: 4, boolean: 5, number: 10, file: 11 } as const;

export type ChosenFile = {
  readonly name: string;
  readonly size: number;
  readonly cells: number | null;
  readonly from: { readonly file: File } | { readonly sample: string };
};

/** What stands in a chip. `choice`: the value behind the text, when it was taken from a list. */
export type Chip = {
  readonly name: string;
  readonly text: string;
  readonly choice: string | number | null;
  readonly file: ChosenFile | null;
};

export type Draft = { readonly command: APIApplicationCommand; readonly chips: readonly Chip[] };

const emptyChip = (name: string): Chip => ({ name, text: '', choice: null, file: null });

export const optionsOf = (command: APIApplicationCommand): readonly APIApplicationCommandOption[] =>
  (command.options ?? []).filter((option) => Object.values<number>(OPTION).includes(option.type));

export const optionOf = (draft: Draft, name: string): APIApplicationCommandOption | undefined =>
  optionsOf(draft.command).find((option) => option.name === name);

/** A fresh draft: a chip for each required option; a file that may come first is asked for too. */
export function startDraft(command: APIApplicationCommand): Draft {
  const options = optionsOf(command);
  const first = options[0];
  const shown = options.filter(
    (option) => option.required === true || (option === first && option.type === OPTION.file),
  );
  return { command, chips: shown.map((option) => emptyChip(option.name)) };
}

/** The options that are not chips yet, in the command's order. */
export const moreOptions = (draft: Draft): readonly APIApplicationCommandOption[] =>
  optionsOf(draft.command).filter((option) => !draft.chips.some((chip) => chip.name === option.name));

export const withChip = (draft: Draft, name: string): Draft =>
  draft.chips.some((chip) => chip.name === name) ? draft : { ...draft, chips: [...draft.chips, emptyChip(name)] };

export const withoutChip = (draft: Draft, name: string): Draft => ({
  ...draft,
  chips: draft.chips.filter((chip) => chip.name !== name),
});

export const changeChip = (draft: Draft, name: string, change: Partial<Chip>): Draft => ({
  ...withChip(draft, name),
  chips: withChip(draft, name).chips.map((chip) => (chip.name === name ? { ...chip, ...change } : chip)),
});

/** Puts a file into the first option that takes one; null when the command takes none. */
export function withFile(draft: Draft, file: ChosenFile): Draft | null {
  const option = optionsOf(draft.command).find((one) => one.type === OPTION.file);
  return option === undefined ? null : changeChip(draft, option.name, { file, text: file.name });
}

/** The whole command of a sample. Options this version of the command does not know are left out. */
export function draftOfSample(command: APIApplicationCommand, sample: Sample): Draft {
  const { name, fileName, size, cells } = sample;
  let draft =
    withFile(startDraft(command), { name: fileName, size, cells, from: { sample: name } }) ?? startDraft(command);
  for (const [option, value] of Object.entries(sample.options)) {
    if (optionOf(draft, option) === undefined) continue;
    const choice = fixedChoices(draft, option).find((one) => one.value === value);
    draft = changeChip(draft, option, {
      text: choice === undefined ? value : shortName(choice),
      choice: choice?.value ?? null,
    });
  }
  return draft;
}

/** The choices that stand in the command itself. */
export function fixedChoices(draft: Draft, name: string): readonly Choice[] {
  const option = optionOf(draft, name);
  if (option?.type === OPTION.boolean)
    return [
      { name: 'True', value: 'true' },
      { name: 'False', value: 'false' },
    ];
  return option !== undefined && 'choices' in option ? (option.choices ?? []) : [];
}

export const completes = (draft: Draft, name: string): boolean => {
  const option = optionOf(draft, name);
  return option !== undefined && 'autocomplete' in option && option.autocomplete === true;
};

/** A choice's name up to its first ` · `; what follows is shown as hints beside it. */
export const shortName = (choice: Choice): string => choice.name.split(' · ')[0] ?? choice.name;

/** The choices that go with what is typed; all of them while nothing is, or while one is already chosen. */
export function matching(choices: readonly Choice[], chip: Chip): readonly Choice[] {
  const typed = chip.text.trim().toLowerCase();
  if (typed === '' || chip.choice !== null) return choices;
  return choices.filter((choice) => choice.name.toLowerCase().includes(typed));
}

/** What is sent, and what stands in the way of sending, by option. A file still has to be uploaded. */
export type Checked = {
  readonly values: Readonly<Record<string, string | number | boolean | ChosenFile>>;
  readonly problems: ReadonlyMap<string, string>;
};

export function check(draft: Draft): Checked {
  const values: Record<string, string | number | boolean | ChosenFile> = {};
  const problems = new Map<string, string>();
  for (const chip of draft.chips) {
    const option = optionOf(draft, chip.name);
    if (option === undefined) continue;
    const read = readChip(draft, chip, option);
    if ('problem' in read) problems.set(chip.name, read.problem);
    else if (read.value !== null) values[chip.name] = read.value;
  }
  return { values, problems };
}

type Read = { readonly problem: string } | { readonly value: string | number | boolean | ChosenFile | null };

function readChip(draft: Draft, chip: Chip, option: APIApplicationCommandOption): Read {
  if (option.type === OPTION.file) {
    if (chip.file !== null) return { value: chip.file };
    return option.required === true ? { problem: 'Choose a file.' } : { value: null };
  }
  const text = chip.text.trim();
  if (text === '') return option.required === true ? { problem: 'This is needed.' } : { value: null };
  if (chip.choice !== null) return { value: option.type === OPTION.boolean ? chip.choice === 'true' : chip.choice };
  const choices = fixedChoices(draft, chip.name);
  if (choices.length > 0) {
    const same = choices.find((one) => shortName(one).toLowerCase() === text.toLowerCase());
    if (same === undefined) return { problem: 'Take one from the list.' };
    return { value: option.type === OPTION.boolean ? same.value === 'true' : same.value };
  }
  if (option.type === OPTION.integer || option.type === OPTION.number) return readNumber(text, option);
  const { min_length: least = 0, max_length: most = 6_000 } = option as { min_length?: number; max_length?: number };
  if (text.length < least) return { problem: `At least ${least} characters; these are ${text.length}.` };
  if (text.length > most) return { problem: `At most ${most} characters; these are ${text.length}.` };
  return { value: text };
}

function readNumber(text: string, option: APIApplicationCommandOption): Read {
  const value = Number(text.replace(/^#/, ''));
  const { min_value: least, max_value: most } = option as { min_value?: number; max_value?: number };
  if (Number.isNaN(value) || (option.type === OPTION.integer && !Number.isInteger(value))) {
    return { problem: option.type === OPTION.integer ? 'A whole number.' : 'A number.' };
  }
  if (least !== undefined && value < least) return { problem: `At least ${least}.` };
  if (most !== undefined && value > most) return { problem: `At most ${most}.` };
  return { value };
}

/** What goes with an autocomplete request: the other options, as far as they have a value. */
export function knownValues(draft: Draft, focused: string): Record<string, string | number | boolean> {
  const known: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(check(draft).values)) {
    if (typeof value !== 'object') known[name] = value;
  }
  known[focused] = draft.chips.find((chip) => chip.name === focused)?.text ?? '';
  return known;
}

/** What `use` takes, with files as the ids the server knows them by. */
export type Options = Readonly<Record<string, GivenOption>>;
