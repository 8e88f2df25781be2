import type { APIMessage } from 'discord-api-types/v10';
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Component } from './components-view.ts';
import { usePage } from './context.ts';
import { downIcon, tickIcon } from './icons.ts';

type Option = {
  readonly label: string;
  readonly value: string;
  readonly description?: string;
  readonly default?: boolean;
};

/** The height of a full list. */
const LIST_PX = 320;

/** A string select: a button that opens a list. With one value the choice is sent at once, with several when the list closes. */
export function SelectMenu({
  component,
  message,
}: {
  readonly component: Component;
  readonly message: APIMessage;
}): VNode {
  const { store, view } = usePage();
  const options = (component.options ?? []) as readonly Option[];
  const most = Math.min(Number(component.max_values ?? 1), options.length);
  const least = Number(component.min_values ?? 1);
  const defaults = options.filter((one) => one.default === true).map((one) => one.value);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const [chosen, setChosen] = useState<readonly string[]>(defaults);
  const [isAbove, setAbove] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const customId = String(component.custom_id);
  const busy = `${message.id} ${customId}`;
  const isBusy = view.busy.has(busy);
  // After an edit the message says which one is chosen.
  const given = defaults.join('\n');
  useEffect(() => setChosen(given === '' ? [] : given.split('\n')), [given, message.edited_timestamp]);

  const send = (values: readonly string[]): void => {
    setOpen(false);
    if (values.length < least || values.join('\n') === given) return;
    void store.ask(busy, () => store.wire.select(message.id, customId, values)).then(() => setChosen(defaults));
  };
  /** Opens to the side where there is room between the top bar and the composer. */
  const show = (): void => {
    const button = box.current?.getBoundingClientRect();
    const room = box.current?.closest('.scroller')?.getBoundingClientRect();
    if (button !== undefined && room !== undefined) {
      const below = room.bottom - button.bottom;
      setAbove(below < LIST_PX && button.top - room.top > below);
    }
    setOpen(true);
  };
  const close = (): void => (most > 1 ? send(chosen) : setOpen(false));
  const take = (value: string): void => {
    if (most <= 1) {
      setChosen([value]);
      send([value]);
    } else if (chosen.includes(value)) {
      setChosen(chosen.filter((one) => one !== value));
    } else if (chosen.length < most) {
      setChosen([...chosen, value]);
    }
  };
  useEffect(() => {
    if (!open) return;
    box.current?.querySelector('.option.active')?.scrollIntoView({ block: 'nearest' });
    const outside = (event: PointerEvent): void => {
      if (event.target instanceof Node && box.current?.contains(event.target) === false) close();
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  });

  const onKey = (event: KeyboardEvent): void => {
    const move = ({ ArrowDown: 1, ArrowUp: -1 } as Record<string, number>)[event.key];
    if (!open) {
      if (move === undefined) return;
      event.preventDefault();
      show();
    } else if (move !== undefined) {
      event.preventDefault();
      setActive((active + move + options.length) % options.length);
    } else if (event.key === 'Home' || event.key === 'End') {
      event.preventDefault();
      setActive(event.key === 'Home' ? 0 : options.length - 1);
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      const option = options[active];
      if (option !== undefined) take(option.value);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      setChosen(defaults);
      setOpen(false);
    } else if (event.key === 'Tab') {
      close();
    }
  };
  const names = options.filter((one) => chosen.includes(one.value)).map((one) => one.label);
  const placeholder = String(component.placeholder ?? 'Make a selection');
  const option = (
    one: Option,
    at: number,
  ): VNode => html`<li key=${one.value} id="${id}-${at}" role="option" aria-selected=${chosen.includes(one.value)} class="option ${at === active ? 'active' : ''}" onPointerMove=${() => at !== active && setActive(at)} onClick=${() => take(one.value)}>
    <span class="option-texts"><span>${one.label}</span>${one.description !== undefined && html`<span class="option-hint">${one.description}</span>`}</span>
    ${chosen.includes(one.value) && tickIcon()}
  </li>`;
  return html`<div class="select" ref=${box}>
    <button type="button" class="select-button" role="combobox" aria-haspopup="listbox" aria-expanded=${open} aria-controls="${id}-list" aria-activedescendant=${open ? `${id}-${active}` : undefined} aria-label="${placeholder}${names.length > 0 ? `: ${names.join(', ')}` : ''}" aria-busy=${isBusy} disabled=${component.disabled === true || isBusy || !view.state.online} onKeyDown=${onKey} onClick=${() => (open ? close() : show())}>
      <span class=${names.length > 0 ? 'select-value' : 'select-placeholder'}>${names.length > 0 ? names.join(', ') : placeholder}</span>${downIcon()}
    </button>
    ${
      open &&
      html`<div class="select-list ${isAbove ? 'above-button' : ''}"><ul role="listbox" id="${id}-list" aria-label=${placeholder} aria-multiselectable=${most > 1}>${options.map(option)}</ul>
      ${most > 1 && html`<div class="select-foot"><span>${chosen.length} of at most ${most}</span><button type="button" class="button primary" disabled=${chosen.length < least} onClick=${() => send(chosen)}>Done</button></div>`}</div>`
    }
  </div>`;
}
