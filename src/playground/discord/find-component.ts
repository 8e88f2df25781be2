import { isObject, type Json } from './check/form.ts';

/** The button or menu with that custom id, wherever it stands in a message. */
export function findComponent(tree: unknown, customId: string): Json | null {
  if (Array.isArray(tree)) {
    for (const one of tree) {
      const found = findComponent(one, customId);
      if (found !== null) return found;
    }
    return null;
  }
  if (!isObject(tree)) return null;
  if (tree.custom_id === customId) return tree;
  return findComponent(tree.components, customId) ?? findComponent(tree.accessory, customId);
}

/** What the client does not let a person choose. Null: it can be sent. */
export function selectProblem(component: Json, values: readonly string[]): string | null {
  if (![3, 5, 6, 7, 8].includes(Number(component.type))) return 'That is not a menu.';
  const [min, max] = [Number(component.min_values ?? 1), Number(component.max_values ?? 1)];
  if (values.length < min || values.length > max) return `Choose ${min === max ? min : `${min} to ${max}`}.`;
  if (!Array.isArray(component.options)) return null;
  const offered = component.options.filter(isObject).map((option) => option.value);
  return values.every((value) => offered.includes(value)) ? null : 'That is not in the menu.';
}
