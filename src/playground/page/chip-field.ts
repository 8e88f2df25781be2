import type { APIApplicationCommandOption } from 'discord-api-types/v10';
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useId } from 'preact/hooks';
import { type Chip, OPTION } from './draft.ts';
import { closeIcon } from './icons.ts';
import { sizeText } from './time.ts';

type ChipFacts = {
  readonly chip: Chip;
  readonly option: APIApplicationCommandOption | undefined;
  readonly error: string | null;
  readonly listId: string;
  readonly activeId: string | undefined;
  readonly hasList: boolean;
  readonly onText: (text: string) => void;
  readonly onFocus: () => void;
  readonly onBlur: () => void;
  readonly onChoose: () => void;
  readonly onRemove: () => void;
};

/** One option of a command: its name, and a field or a file. What is wrong with it stands under it. */
export function ChipField(facts: ChipFacts): VNode {
  const { chip, option, error } = facts;
  const id = useId();
  const isFile = option?.type === OPTION.file;
  const described = error === null ? undefined : `${id}-error`;
  const length = Math.max(6, Math.min(40, [...chip.text].length + 1));
  const field = isFile
    ? html`<button type="button" class="chip-value chip-file ${chip.file === null ? 'empty' : ''}" data-option=${chip.name} aria-describedby=${described} aria-label="${chip.name}: ${chip.file === null ? 'choose a file' : `${chip.file.name}, ${sizeText(chip.file.size)}. Choose another`}" onFocus=${facts.onFocus} onBlur=${facts.onBlur} onClick=${facts.onChoose}>${chip.file === null ? 'choose a file, or drop it' : html`<span class="chip-file-name">${chip.file.name}</span><span class="chip-file-size"> · ${sizeText(chip.file.size)}</span>`}</button>`
    : html`<input id=${id} class="chip-value" type="text" size=${length} autocomplete="off" spellcheck=${false} data-option=${chip.name} role="combobox" aria-expanded=${facts.hasList} aria-controls=${facts.listId} aria-autocomplete="list" aria-activedescendant=${facts.activeId} aria-invalid=${error !== null} aria-describedby=${described} aria-label="${chip.name}: ${option?.description ?? ''}" value=${chip.text} onFocus=${facts.onFocus} onBlur=${facts.onBlur} onInput=${(event: Event) => facts.onText((event.currentTarget as HTMLInputElement).value)} />`;
  return html`<div class="chip-place">
    <div class="chip ${error === null ? '' : 'wrong'}">
      ${isFile ? html`<span class="chip-name" aria-hidden="true">${chip.name}</span>` : html`<label class="chip-name" for=${id}>${chip.name}</label>`}
      ${field}
      ${(isFile ? chip.file !== null : option?.required !== true) && html`<button type="button" class="chip-remove" aria-label="Remove ${chip.name}" onClick=${facts.onRemove}>${closeIcon(14)}</button>`}
    </div>
    ${error !== null && html`<span class="chip-error" id="${id}-error" role="alert">${error}</span>`}
  </div>`;
}
