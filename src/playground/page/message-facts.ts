import type { APIMessage } from 'discord-api-types/v10';
import type { Names } from './plain-text.ts';

/** What a message says of itself, from its raw JSON. Numbers: discord-api-types MessageFlags, InteractionType. */

export const FLAG = { ephemeral: 1 << 6, loading: 1 << 7, silent: 1 << 12, panel: 1 << 15 } as const;

export const has = (message: APIMessage, flag: number): boolean => ((message.flags ?? 0) & flag) !== 0;

export const isYours = (message: APIMessage, names: Names): boolean => message.author.id === names.you.id;

/** Whether it calls for you: named, and not by yourself. */
export function mentionsYou(message: APIMessage, names: Names): boolean {
  return !isYours(message, names) && message.mentions.some((user) => user.id === names.you.id);
}

/** The components of a message with everything inside them, in reading order. */
export function* componentsOf(value: unknown): Generator<Record<string, unknown>> {
  if (Array.isArray(value)) {
    for (const one of value) yield* componentsOf(one);
  } else if (typeof value === 'object' && value !== null) {
    const component = value as Record<string, unknown>;
    yield component;
    yield* componentsOf(component.components);
    yield* componentsOf(component.accessory);
  }
}

/** All the text of a message, one piece per text display. */
export function textsOf(message: APIMessage): readonly string[] {
  const texts = message.content === '' ? [] : [message.content];
  for (const component of componentsOf(message.components ?? [])) {
    if (typeof component.content === 'string') texts.push(component.content);
  }
  return texts;
}

/** The command whose answer it is; null for anything else. */
export function commandOf(message: APIMessage): { name: string; user: { id: string; name: string } } | null {
  // The command's name stands in the metadata on the wire, though the typed documentation leaves it out.
  const of = message.interaction_metadata as (APIMessage['interaction_metadata'] & { name?: string }) | undefined;
  if (of === undefined || of.type !== 2 || of.name === undefined) return null;
  const { id, global_name, username } = of.user;
  return { name: of.name, user: { id, name: global_name ?? username } };
}
