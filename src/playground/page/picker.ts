import type { APIApplicationCommand } from 'discord-api-types/v10';
import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { optionsOf } from './draft.ts';
import { closeIcon, moon } from './icons.ts';
import type { Choice } from './wire.ts';

/** The list above the composer. It is read through the field that has the focus, which points at the active row. */

type Row = {
  readonly key: string;
  readonly title: string;
  readonly hint: string;
  readonly note: string;
  readonly isCommand: boolean;
};

export const commandRow = (command: APIApplicationCommand): Row => {
  const names = optionsOf(command).map((option) => option.name);
  const note = names.length > 3 ? `${names.slice(0, 3).join(' · ')} · ${names.length - 3} more` : names.join(' · ');
  return { key: command.id, title: `/${command.name}`, hint: command.description, note, isCommand: true };
};

/** A choice's name may carry a hint and a note: `GPU T4 x2 · the usual one · limit 12 h`. */
export const choiceRow = (choice: Choice, isPlain: boolean): Row => {
  const [title = '', ...rest] = isPlain ? [choice.name] : choice.name.split(' · ');
  const note = rest.pop() ?? '';
  return { key: String(choice.value), title, hint: rest.join(' · '), note, isCommand: false };
};

type PickerFacts = {
  readonly id: string;
  readonly title: string;
  /** Beside the title while there is nothing to choose. */
  readonly facts: string;
  readonly rows: readonly Row[];
  readonly active: number;
  readonly onActive: (at: number) => void;
  readonly onTake: (at: number) => void;
  /** Gives the command up; null where there is none yet. */
  readonly onClose: (() => void) | null;
  readonly children?: ComponentChildren;
};

export function Picker({ id, title, facts, rows, active, onActive, onTake, onClose, children }: PickerFacts): VNode {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('.active')?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return html`<div class="picker">
    <div class="picker-head"><span>${title}</span>${rows.length > 0 ? html`<span class="picker-keys" aria-hidden="true">↑ ↓ choose · Enter take · Esc close</span>` : html`<span class="picker-facts">${facts}</span>`}${onClose !== null && html`<button type="button" class="picker-close" aria-label="Give up this command" title="Esc" onClick=${onClose}>${closeIcon(16)}</button>`}</div>
    <ul ref=${list} class="picker-list" role="listbox" id=${id} aria-label=${title}>
      ${rows.map(
        (
          row,
          at,
        ) => html`<li key=${row.key} id="${id}-${at}" role="option" aria-selected=${at === active} class="picker-row ${at === active ? 'active' : ''}" onPointerMove=${() => at !== active && onActive(at)} onPointerDown=${(event: Event) => event.preventDefault()} onClick=${() => onTake(at)}>
          ${row.isCommand && moon(24)}
          <span class="picker-texts"><span class="picker-title">${row.title}</span>${row.hint !== '' && html`<span class="picker-hint">${row.hint}</span>`}</span>
          ${row.note !== '' && html`<span class="picker-note">${row.note}</span>`}
        </li>`,
      )}
    </ul>
    ${children}
  </div>`;
}
