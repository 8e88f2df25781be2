import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Component } from './components-view.ts';
import { usePage } from './context.ts';
import { closeIcon } from './icons.ts';
import { Markdown } from './markdown-view.ts';
import type { OpenForm } from './store.ts';

/** A field of a form, out of a label (18) or of an old row (1). */
type Field = {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly placeholder: string;
  readonly initial: string;
  readonly isLong: boolean;
  readonly isRequired: boolean;
  readonly least: number;
  readonly most: number;
};

type Part = { readonly text: string } | { readonly field: Field };

/** Pure. Text displays and text inputs in their order; what the bot never sends is left out. */
export function partsOf(components: readonly Component[]): readonly Part[] {
  return components.flatMap((component): readonly Part[] => {
    if (component.type === 10) return [{ text: String(component.content ?? '') }];
    const inner = (
      component.type === 18 ? [component.component] : (component.components ?? [])
    ) as readonly Component[];
    return inner
      .filter((one) => one?.type === 4)
      .map((input) => ({
        field: {
          id: String(input.custom_id),
          label: String(component.label ?? input.label ?? ''),
          description: String(component.description ?? ''),
          placeholder: String(input.placeholder ?? ''),
          initial: String(input.value ?? ''),
          isLong: input.style === 2,
          isRequired: input.required !== false,
          least: Number(input.min_length ?? 0),
          most: Number(input.max_length ?? 4_000),
        },
      }));
  });
}

function problemOf(field: Field, value: string): string | null {
  if (value === '') return field.isRequired ? 'This is needed.' : null;
  if (value.length < field.least) return `At least ${field.least} characters; these are ${value.length}.`;
  return null;
}

/** The elements of a dialog that take the focus, in their order. */
const reachable = (within: HTMLElement): readonly HTMLElement[] =>
  [...within.querySelectorAll<HTMLElement>('button, input, textarea, select, a[href], [tabindex="0"]')].filter(
    (one) => !one.hasAttribute('disabled') && one.offsetParent !== null,
  );

/** Keeps Tab inside and gives the focus back to where it was. Escape closes. */
export function useFocusTrap(onClose: () => void): (element: HTMLElement | null) => void {
  const box = useRef<HTMLElement | null>(null);
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const before = document.activeElement;
    const element = box.current;
    const first =
      element?.querySelector<HTMLElement>('[data-first]') ?? (element === null ? undefined : reachable(element)[0]);
    first?.focus();
    const onKey = (event: KeyboardEvent): void => {
      if (element === null) return;
      if (event.key === 'Escape') {
        event.preventDefault();
        close.current();
        return;
      }
      if (event.key !== 'Tab') return;
      const all = reachable(element);
      const at = all.indexOf(document.activeElement as HTMLElement);
      const isLeaving = at === -1 || (event.shiftKey ? at === 0 : at === all.length - 1);
      if (!isLeaving) return;
      event.preventDefault();
      all.at(event.shiftKey ? -1 : 0)?.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      else document.querySelector<HTMLElement>('.composer-text')?.focus();
    };
  }, []);
  return (element) => {
    box.current = element;
  };
}

/** The form the bot answered with. */
export function FormDialog({ open }: { readonly open: OpenForm }): VNode {
  const { store, view } = usePage();
  const { form, interactionId } = open;
  const parts = partsOf(form.components as unknown as readonly Component[]);
  const fields = parts.flatMap((part) => ('field' in part ? [part.field] : []));
  const [values, setValues] = useState<Readonly<Record<string, string>>>(
    Object.fromEntries(fields.map((field) => [field.id, field.initial])),
  );
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const id = useId();
  const busy = `form ${interactionId}`;
  const trap = useFocusTrap(() => store.closeForm());
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const found = fields.flatMap((field) => {
      const problem = problemOf(field, values[field.id] ?? '');
      return problem === null ? [] : [[field.id, problem] as const];
    });
    setProblems(Object.fromEntries(found));
    if (found.length > 0) {
      document.getElementById(`${id}-${found[0]?.[0]}`)?.focus();
      return;
    }
    const outcome = await store.ask(busy, () => store.wire.submit(interactionId, values));
    if (outcome?.failed === null) store.closeForm();
    else if (outcome !== null) setProblems(outcome.problems);
  };
  const draw = (part: Part, at: number): VNode => {
    if ('text' in part) return html`<div key=${at} class="form-text"><${Markdown} text=${part.text} /></div>`;
    const { field } = part;
    const key = `${id}-${field.id}`;
    const problem = problems[field.id];
    const facts = {
      id: key,
      class: 'form-input',
      placeholder: field.placeholder,
      maxlength: field.most,
      value: values[field.id] ?? '',
      autocomplete: 'off',
      spellcheck: false,
      'aria-required': field.isRequired,
      'aria-invalid': problem !== undefined,
      'aria-describedby': `${key}-hint`,
      'data-first': field === fields[0] ? '' : undefined,
      onInput: (event: Event) => setValues({ ...values, [field.id]: (event.currentTarget as HTMLInputElement).value }),
    };
    return html`<div key=${field.id} class="form-field">
      <label for=${key}>${field.label}${field.isRequired && html`<span class="needed" aria-hidden="true"> *</span>`}</label>
      <span class="form-hint" id="${key}-hint">${field.description}${problem !== undefined && html`<span class="form-problem" role="alert">${problem}</span>`}</span>
      ${field.isLong ? html`<textarea rows="4" ...${facts}></textarea>` : html`<input type="text" ...${facts} />`}
    </div>`;
  };
  return html`<div class="backdrop">
    <form class="dialog" role="dialog" aria-modal="true" aria-labelledby="${id}-title" ref=${trap} onSubmit=${submit} novalidate>
      <header><h2 id="${id}-title">${form.title}</h2><button type="button" class="icon-button" aria-label="Close" onClick=${() => store.closeForm()}>${closeIcon(20)}</button></header>
      <div class="dialog-body">${parts.map(draw)}</div>
      <footer><button type="button" class="button secondary" onClick=${() => store.closeForm()}>Cancel</button><button type="submit" class="button primary" aria-busy=${view.busy.has(busy)} disabled=${!view.state.online}>Submit</button></footer>
    </form>
  </div>`;
}
