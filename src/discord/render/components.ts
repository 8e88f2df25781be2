import {
  type APIActionRowComponent,
  type APIButtonComponent,
  type APIComponentInContainer,
  type APIComponentInMessageActionRow,
  type APIContainerComponent,
  type APIFileComponent,
  type APIMediaGalleryComponent,
  type APIMessageTopLevelComponent,
  type APISectionComponent,
  type APISeparatorComponent,
  type APIStringSelectComponent,
  type APITextDisplayComponent,
  ButtonStyle,
  ComponentType,
  SeparatorSpacingSize,
} from 'discord-api-types/v10';
import { clean, cutEnd } from '../../domain/words.ts';
import type { MessageBody, OutFile } from '../chat.ts';
import { customId } from '../command.ts';

/** Small typed makers of the JSON that Discord takes. Texts are markdown; labels are not. */

export type Row = APIActionRowComponent<APIComponentInMessageActionRow>;
export type Part = APIComponentInContainer;

/** The accent of each state. */
export const ACCENTS = {
  grey: 0x80848e,
  blue: 0x5b8def,
  amber: 0xf0b232,
  green: 0x23a55a,
  red: 0xda373c,
} as const;

export type Look = 'primary' | 'secondary' | 'success' | 'danger';

const STYLES = {
  primary: ButtonStyle.Primary,
  secondary: ButtonStyle.Secondary,
  success: ButtonStyle.Success,
  danger: ButtonStyle.Danger,
} as const;

/** The most a label may have; longer ones squeeze a phone. */
export const LABEL_MAX = 34;

const labelOf = (text: string, most: number): string => {
  const safe = cutEnd(clean(text).trim(), most);
  return safe === '' ? '–' : safe;
};

/** Consecutive lines of one text; empty ones among them are left out. */
export const text = (...lines: readonly (string | null)[]): APITextDisplayComponent => ({
  type: ComponentType.TextDisplay,
  content: lines.filter((line) => line !== null && line !== '').join('\n'),
});

/** Like `text`, but null when there is no line at all: an empty text is refused by Discord. */
export const textIfAny = (...lines: readonly (string | null)[]): APITextDisplayComponent | null => {
  const made = text(...lines);
  return made.content === '' ? null : made;
};

export const small = (line: string): string => `-# ${line}`;

export const button = (
  label: string,
  id: { verb: string; key: string; argument?: string },
  look: Look = 'secondary',
  disabled = false,
): APIButtonComponent => ({
  type: ComponentType.Button,
  style: STYLES[look],
  label: labelOf(label, LABEL_MAX),
  custom_id: id.argument === undefined ? customId(id.verb, id.key) : customId(id.verb, id.key, id.argument),
  ...(disabled ? { disabled } : {}),
});

/** Opens a page; null when the address is missing, is not http(s) or is longer than Discord takes. */
export function linkButton(label: string, url: string | null): APIButtonComponent | null {
  if (url === null || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return null;
  const { href } = new URL(url);
  if (href.length > 512) return null;
  return { type: ComponentType.Button, style: ButtonStyle.Link, label: labelOf(label, LABEL_MAX), url: href };
}

/** At most five buttons; null when none is left. */
export function row(...buttons: readonly (APIButtonComponent | null)[]): Row | null {
  const components = buttons.filter((one) => one !== null).slice(0, 5);
  return components.length === 0 ? null : { type: ComponentType.ActionRow, components };
}

export type Option = { readonly value: string; readonly label: string; readonly description?: string | undefined };

/** A select in its row, of at most 25 options; null when there is none. */
export function select(
  placeholder: string,
  id: { verb: string; key: string; argument?: string },
  options: readonly Option[],
  of: { readonly most?: number; readonly chosen?: string } = {},
): Row | null {
  if (options.length === 0) return null;
  const shown = options.slice(0, 25);
  const component: APIStringSelectComponent = {
    type: ComponentType.StringSelect,
    custom_id: id.argument === undefined ? customId(id.verb, id.key) : customId(id.verb, id.key, id.argument),
    placeholder: labelOf(placeholder, 100),
    min_values: 1,
    max_values: Math.min(of.most ?? 1, shown.length),
    options: shown.map(({ value, label, description }) => ({
      value,
      label: labelOf(label, 50),
      ...(description === undefined ? {} : { description: labelOf(description, 50) }),
      ...(value === of.chosen ? { default: true } : {}),
    })),
  };
  return { type: ComponentType.ActionRow, components: [component] };
}

/** Up to three texts with one button at their side. */
export const section = (lines: readonly string[], accessory: APIButtonComponent): APISectionComponent => ({
  type: ComponentType.Section,
  components: [text(...lines)],
  accessory,
});

export const separator = (divider = true): APISeparatorComponent => ({
  type: ComponentType.Separator,
  divider,
  spacing: SeparatorSpacingSize.Small,
});

/** Uploaded pictures, at most ten. */
export const gallery = (files: readonly OutFile[]): APIMediaGalleryComponent => ({
  type: ComponentType.MediaGallery,
  items: files.slice(0, 10).map(({ name, description }) => ({
    media: { url: `attachment://${name}` },
    ...(description === undefined ? {} : { description: cutEnd(clean(description), 500) }),
  })),
});

/** An uploaded file shown in a panel. */
export const file = ({ name }: OutFile): APIFileComponent => ({
  type: ComponentType.File,
  file: { url: `attachment://${name}` },
});

const present = <T>(parts: readonly (T | null)[]): T[] => parts.filter((part) => part !== null);

/** A panel with a frame; `accent` null leaves its colour to the reader's theme. */
export function framed(
  accent: number | null,
  parts: readonly (Part | null)[],
  files: readonly OutFile[] = [],
): MessageBody {
  const container: APIContainerComponent = {
    type: ComponentType.Container,
    ...(accent === null ? {} : { accent_color: accent }),
    components: present(parts),
  };
  return panel([container], files);
}

/** A panel without a frame: short answers. */
export const panel = (
  parts: readonly (APIMessageTopLevelComponent | null)[],
  files: readonly OutFile[] = [],
): MessageBody => ({
  kind: 'panel',
  components: present(parts),
  ...(files.length === 0 ? {} : { files }),
});
