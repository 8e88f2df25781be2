import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { ChipField } from './chip-field.ts';
import { chosenFile, commandsMatching, takeChoice, useChoices, useSending } from './composer-state.ts';
import { useNarrow, usePage } from './context.ts';
import {
  changeChip,
  completes,
  type Draft,
  moreOptions,
  optionOf,
  startDraft,
  withChip,
  withFile,
  withoutChip,
} from './draft.ts';
import { plusIcon } from './icons.ts';
import { choiceRow, commandRow, Picker } from './picker.ts';
import { sizeText } from './time.ts';
import type { Channel } from './wire.ts';

/** What the page may do to the composer from outside: a sample, a drop, a command mention. */
export type Filling = { readonly draft: Draft; readonly focus: 'send' | 'first'; readonly at: number };

type ComposerFacts = {
  readonly channel: Channel;
  readonly filling: Filling | null;
  readonly onFile: (file: File) => void;
};

const placeOf = (channel: Channel, isPhone: boolean): string => {
  if (channel.kind === 'dm') return `Message ${channel.name}`;
  return isPhone ? 'Message, or / for commands' : `Message #${channel.name}, or / for commands`;
};

/** Writing: plain text, or a command with its options as chips. */
export function Composer({ channel, filling, onFile }: ComposerFacts): VNode {
  const { store, view } = usePage();
  const [text, setText] = useState('');
  const [draft, setDraft] = useState<Draft | null>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const [isClosed, setClosed] = useState(false);
  const last = useRef<Draft | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const picked = useRef<HTMLInputElement>(null);
  const wanted = useRef<string | null>(null);
  const sending = useSending(channel);
  const isPhone = useNarrow();
  const isOff = !view.connected || !view.state.online;

  /** The focus moves after the next drawing, when its target is there. */
  const focusOn = (selector: string): void => {
    wanted.current = selector;
  };
  useLayoutEffect(() => {
    if (wanted.current === null) return;
    const target = box.current?.querySelector<HTMLElement>(wanted.current);
    wanted.current = null;
    target?.focus();
    if (target instanceof HTMLInputElement) target.select();
  });
  const write = (next: Draft | null, focus?: string): void => {
    setDraft(next);
    setActive(0);
    setClosed(false);
    sending.clearErrors();
    if (focus !== undefined) focusOn(focus);
    if (next === null) setText('');
  };
  const chipSelector = (name: string): string => `[data-option="${name}"]`;
  const begin = (next: Draft): void => {
    const empty = next.chips.find((chip) => chip.text === '');
    write(next, empty === undefined ? '.send' : chipSelector(empty.name));
  };
  useEffect(() => {
    if (filling === null) return;
    if (filling.focus === 'send') write(filling.draft, '.send');
    else begin(filling.draft);
  }, [filling]);

  const commands = draft === null && !isClosed ? commandsMatching(channel.commands, text) : [];
  const { choices, isNone } = useChoices(channel, draft, focused);
  const shownChoices = isClosed || focused === null ? [] : choices;
  // A completed option also takes what is typed: the first row is taken only when somebody goes there.
  const isFree = draft !== null && focused !== null && completes(draft, focused);
  const row = isFree ? active - 1 : active;

  const takeCommand = (at: number): void => {
    const command = commands[at];
    if (command === undefined) return;
    setText('');
    begin(startDraft(command));
  };
  const take = (at: number): void => {
    const choice = shownChoices[at];
    if (draft === null || focused === null || choice === undefined) return;
    const next = takeChoice(draft, focused, choice);
    const empty = next.chips.find((chip) => chip.text === '');
    write(next, empty === undefined ? '.send' : chipSelector(empty.name));
  };
  const send = async (): Promise<void> => {
    if (isOff) return;
    if (draft !== null) {
      if (!(await sending.send(draft))) return;
      last.current = draft;
      write(null, '.composer-text');
    } else if (text.trim() !== '' && !text.startsWith('/')) {
      const said = text;
      setText('');
      await store.wire.type(channel.id, said).catch((error: Error) => {
        setText(said);
        store.toast(error.message);
      });
    }
  };

  const move = (by: number, count: number): void => {
    const all = isFree ? count + 1 : count;
    if (all > 0) setActive((active + by + all) % all);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const count = draft === null ? commands.length : shownChoices.length;
    const isList = count > 0;
    const isField = event.target instanceof HTMLInputElement;
    if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && isList) {
      event.preventDefault();
      move(event.key === 'ArrowDown' ? 1 : -1, count);
    } else if (event.key === 'ArrowUp' && draft === null && text === '' && last.current !== null) {
      event.preventDefault();
      write(last.current, '.send');
    } else if (event.key === 'Escape' && draft !== null) {
      event.preventDefault();
      if (isList) setClosed(true);
      else write(null, '.composer-text');
    } else if (event.key === 'Escape' && isList) {
      event.preventDefault();
      setClosed(true);
    } else if (isField && isList && (event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey))) {
      if (draft === null) {
        event.preventDefault();
        takeCommand(active);
      } else if (row >= 0 || event.key === 'Tab') {
        const isTaken = draft.chips.find((chip) => chip.name === focused)?.choice !== null && active === 0;
        // A chip that already holds a choice is left as it is: Enter sends, Tab goes on.
        if (isTaken && event.key === 'Tab') return;
        event.preventDefault();
        if (isTaken) void send();
        else take(Math.max(0, row));
      } else {
        event.preventDefault();
        void send();
      }
    } else if (isField && event.key === 'Enter') {
      event.preventDefault();
      void send();
    } else if (event.key === 'Backspace' && draft !== null && isField && event.target.value === '') {
      event.preventDefault();
      const at = draft.chips.findIndex((chip) => chip.name === focused);
      const before = draft.chips[at - 1]?.name;
      if (focused === null) return;
      if (draft.chips.length <= 1) write(null, '.composer-text');
      else write(withoutChip(draft, focused), before === undefined ? '.send' : chipSelector(before));
    }
  };

  const chooseFile = (file: File | undefined): void => {
    if (file === undefined) return;
    if (draft === null) {
      onFile(file);
      return;
    }
    void chosenFile(file).then((chosen) => {
      const next = withFile(draft, chosen);
      if (next === null) onFile(file);
      else write(next, '.send');
    });
  };
  const onPaste = (event: ClipboardEvent): void => {
    const file = event.clipboardData?.files[0];
    if (file === undefined) return;
    event.preventDefault();
    chooseFile(file);
  };

  const more = draft === null ? [] : moreOptions(draft);
  const file = draft?.chips.find((chip) => chip.file !== null)?.file ?? null;
  const isPicking = commands.length > 0 || (draft !== null && (shownChoices.length > 0 || isNone || more.length > 0));
  const title =
    draft === null
      ? 'Commands of Nightshift'
      : (shownChoices.length > 0 || isNone) && focused !== null
        ? focused
        : `/${draft.command.name}`;
  const facts = isNone
    ? 'No options match your search.'
    : file === null
      ? ''
      : [
          sizeText(file.size),
          ...(file.cells === null ? [] : [file.cells === 1 ? '1 cell' : `${file.cells} cells`]),
        ].join(' · ');
  const place = placeOf(channel, isPhone);
  const listId = 'composer-list';
  const activeId =
    isPicking && (draft === null ? commands.length > 0 : row >= 0 && shownChoices.length > 0)
      ? `${listId}-${draft === null ? active : row}`
      : undefined;
  const rows = draft === null ? commands.map(commandRow) : shownChoices.map((choice) => choiceRow(choice, isFree));
  return html`<div class="composer-area" ref=${box} onKeyDown=${onKey} onPaste=${onPaste}>
    ${
      isPicking &&
      html`<${Picker} id=${listId} title=${title} facts=${facts} onClose=${draft === null ? null : () => write(null, '.composer-text')} rows=${rows} active=${draft === null ? active : row} onActive=${(at: number) => setActive(isFree ? at + 1 : at)} onTake=${draft === null ? takeCommand : take}>
      ${
        draft !== null &&
        more.length > 0 &&
        html`<div class="more-options"><span class="more-name">more options</span>${more.map(
          (option) =>
            html`<button key=${option.name} type="button" class="more-option" title=${option.description} aria-label="Add the option ${option.name}: ${option.description}" onClick=${() => write(withChip(draft, option.name), chipSelector(option.name))}><span>+ ${option.name}</span></button>`,
        )}</div>`
      }
    <//>`
    }
    <form class="composer ${isOff ? 'off' : ''}" aria-label="Write" onSubmit=${(event: Event) => {
      event.preventDefault();
      void send();
    }}>
      <button type="button" class="plus" aria-label="Choose a notebook to commit" title="Choose a notebook" disabled=${isOff} onClick=${() => picked.current?.click()}>${plusIcon()}</button>
      <input ref=${picked} class="unseen-file" type="file" tabindex="-1" aria-hidden="true" onChange=${(
        event: Event,
      ) => {
        const input = event.currentTarget as HTMLInputElement;
        chooseFile(input.files?.[0]);
        input.value = '';
      }} />
      ${
        draft === null
          ? html`<input class="composer-text" type="text" autocomplete="off" spellcheck=${false} role="combobox" aria-expanded=${commands.length > 0} aria-controls=${listId} aria-autocomplete="list" aria-activedescendant=${activeId} aria-label=${place} placeholder=${place} disabled=${isOff} value=${text} onInput=${(
              event: Event,
            ) => {
              setText((event.currentTarget as HTMLInputElement).value);
              setActive(0);
              setClosed(false);
            }} />`
          : html`<div class="command" role="group" aria-label="The command ${draft.command.name}"><span class="command-name">/${draft.command.name}</span>
        ${draft.chips.map(
          (
            chip,
          ) => html`<${ChipField} key=${chip.name} chip=${chip} option=${optionOf(draft, chip.name)} error=${sending.errors.get(chip.name) ?? null} listId=${listId} activeId=${focused === chip.name ? activeId : undefined} hasList=${focused === chip.name && shownChoices.length > 0}
            onText=${(value: string) => {
              setDraft(changeChip(draft, chip.name, { text: value, choice: null }));
              setActive(0);
              setClosed(false);
            }}
            onFocus=${() => {
              setFocused(chip.name);
              setActive(0);
              setClosed(false);
            }}
            onBlur=${() => setFocused((now) => (now === chip.name ? null : now))}
            onChoose=${() => picked.current?.click()}
            onRemove=${() => write(withoutChip(draft, chip.name), '.send')} />`,
        )}</div>
        <button type="submit" class="button primary send" disabled=${isOff} aria-busy=${sending.isSending}>Send</button>`
      }
    </form>
  </div>`;
}
