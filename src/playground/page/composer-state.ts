import type { APIApplicationCommand } from 'discord-api-types/v10';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { usePage } from './context.ts';
import {
  type Chip,
  type ChosenFile,
  changeChip,
  check,
  completes,
  type Draft,
  fixedChoices,
  knownValues,
  matching,
  OPTION,
  optionOf,
  shortName,
} from './draft.ts';
import type { Channel, Choice, GivenOption } from './wire.ts';
import { WireError } from './wire.ts';

const AUTOCOMPLETE_MS = 150;
const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** Commands whose name begins with what stands after the slash, then those that have it anywhere. */
export function commandsMatching(
  commands: readonly APIApplicationCommand[],
  text: string,
): readonly APIApplicationCommand[] {
  if (!text.startsWith('/') || /\s/.test(text)) return [];
  const typed = text.slice(1).toLowerCase();
  const slash = commands.filter((one) => (one.type ?? 1) === 1);
  const begins = slash.filter((one) => one.name.startsWith(typed));
  return [...begins, ...slash.filter((one) => !begins.includes(one) && one.name.includes(typed))];
}

/** Reads a dropped file as far as its chip shows it. Cells only of a notebook that can be read. */
export async function chosenFile(file: File): Promise<ChosenFile> {
  let cells: number | null = null;
  if (file.name.endsWith('.ipynb') && file.size <= MAX_FILE_BYTES) {
    try {
      const notebook = JSON.parse(await file.text()) as { cells?: { cell_type?: string }[] };
      cells = notebook.cells?.filter((cell) => cell.cell_type === 'code').length ?? null;
    } catch {
      // The bot says what is wrong with it, in its own words.
    }
  }
  return { name: file.name, size: file.size, cells, from: { file } };
}

/** Why a file cannot even be uploaded; null when it can. */
export const fileProblem = (file: ChosenFile): string | null =>
  file.size > MAX_FILE_BYTES ? `${file.name} is larger than the 10 MB a message may carry.` : null;

/**
 * The list of a chip: its fixed choices, or what the bot completes, asked for a moment after the last key. `isNone`: the bot has
 * answered, and knows nothing for what is typed.
 */
export function useChoices(
  channel: Channel,
  draft: Draft | null,
  focused: string | null,
): { choices: readonly Choice[]; isNone: boolean } {
  const { store } = usePage();
  const [found, setFound] = useState<{ of: string; choices: readonly Choice[] }>({ of: '', choices: [] });
  const chip = draft?.chips.find((one) => one.name === focused);
  const isCompleted = draft !== null && chip !== undefined && completes(draft, chip.name);
  const asked = isCompleted ? JSON.stringify([draft.command.name, chip.name, knownValues(draft, chip.name)]) : '';
  useEffect(() => {
    if (asked === '') return;
    let isCurrent = true;
    const [command, name, values] = JSON.parse(asked) as [string, string, Record<string, string | number | boolean>];
    const timer = setTimeout(() => {
      store.wire.autocomplete(channel.id, command, values, name).then(
        (choices) => isCurrent && setFound({ of: asked, choices }),
        // A list that does not come is no reason to disturb: the text can be sent as it is.
        () => isCurrent && setFound({ of: asked, choices: [] }),
      );
    }, AUTOCOMPLETE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [asked, channel.id, store]);
  if (draft === null || chip === undefined) return { choices: [], isNone: false };
  if (isCompleted) {
    // A value taken from the list needs no list any more.
    const choices = chip.choice !== null ? [] : found.choices;
    const isAsked = chip.choice === null && chip.text.trim() !== '';
    return { choices, isNone: isAsked && found.of === asked && choices.length === 0 };
  }
  return { choices: matching(fixedChoices(draft, chip.name), chip), isNone: false };
}

export const takeChoice = (draft: Draft, name: string, choice: Choice): Draft =>
  changeChip(draft, name, {
    text: completes(draft, name) ? choice.name : shortName(choice),
    choice: choice.value,
  });

export type Sending = {
  readonly errors: ReadonlyMap<string, string>;
  readonly clearErrors: () => void;
  readonly isSending: boolean;
  /** @returns whether it went out. */
  readonly send: (draft: Draft) => Promise<boolean>;
};

/** Checks a draft, uploads its file and uses the command. */
export function useSending(channel: Channel): Sending {
  const { store } = usePage();
  const [errors, setErrors] = useState<ReadonlyMap<string, string>>(new Map());
  const [isSending, setSending] = useState(false);
  const running = useRef(false);
  const clearErrors = useCallback(() => setErrors(new Map()), []);
  const send = async (draft: Draft): Promise<boolean> => {
    const { values, problems } = check(draft);
    const found = new Map(problems);
    for (const [name, value] of Object.entries(values)) {
      const problem = typeof value === 'object' ? fileProblem(value) : null;
      if (problem !== null) found.set(name, problem);
    }
    setErrors(found);
    if (found.size > 0 || running.current) return false;
    running.current = true;
    setSending(true);
    try {
      const options: Record<string, GivenOption> = {};
      for (const [name, value] of Object.entries(values)) {
        options[name] = typeof value === 'object' ? await place(value, (file) => store.wire.upload(file)) : value;
      }
      const file = Object.values(values).find((value) => typeof value === 'object');
      // Acknowledged is enough: what the bot says to it comes as messages. What it refuses stays in the composer.
      const outcome = await store.ask('composer', () => store.wire.use(channel.id, draft.command.name, options));
      if (outcome === null) return false;
      setErrors(new Map(Object.entries(outcome.problems)));
      if (outcome.failed !== null) return false;
      if (file !== undefined) store.did('sample' in file.from ? 'sentSample' : 'sentOwn');
      return true;
    } catch (error) {
      const file = draft.chips.find((chip: Chip) => optionOf(draft, chip.name)?.type === OPTION.file);
      if (file !== undefined && error instanceof WireError) setErrors(new Map([[file.name, error.message]]));
      return false;
    } finally {
      running.current = false;
      setSending(false);
    }
  };
  return { errors, clearErrors, isSending, send };
}

const place = async (file: ChosenFile, upload: (file: File) => Promise<string>): Promise<GivenOption> =>
  'sample' in file.from ? { sample: file.from.sample } : { upload: await upload(file.from.file) };
