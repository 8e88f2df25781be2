import type { APIAttachment, APIMessage } from 'discord-api-types/v10';
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { FileCard, fileName, Picture } from './attachments-view.ts';
import { usePage } from './context.ts';
import { outIcon } from './icons.ts';
import { Link, Markdown } from './markdown-view.ts';
import { SelectMenu } from './select-menu.ts';

/**
 * Components of both kinds, as they stand in the message's JSON. Types by number, as the platform has them (discord-api-types
 * ComponentType): 1 row, 2 button, 3 select, 9 section, 10 text, 11 thumbnail, 12 gallery, 13 file, 14 separator, 17 container.
 */
export type Component = { readonly type: number } & Readonly<Record<string, unknown>>;

type Media = { readonly url: string; readonly width?: number | null; readonly height?: number | null };
type Part = { readonly component: Component; readonly message: APIMessage };

export function ComponentView({ component, message }: Part): VNode | null {
  const inner = (component.components ?? []) as readonly Component[];
  const parts = (): VNode[] =>
    inner.map((one, at) => html`<${ComponentView} key=${at} component=${one} message=${message} />`);
  switch (component.type) {
    case 1:
      return html`<div class="row">${parts()}</div>`;
    case 2:
      return html`<${Button} component=${component} message=${message} />`;
    case 3:
      return html`<${SelectMenu} component=${component} message=${message} />`;
    case 9:
      return html`<div class="section"><div class="section-texts">${parts()}</div><div class="accessory"><${ComponentView} component=${component.accessory} message=${message} /></div></div>`;
    case 10:
      return html`<${Markdown} text=${String(component.content ?? '')} />`;
    case 11:
      return html`<${Hideable} spoiler=${component.spoiler}><${Picture} url=${mediaOf(component.media, message).url} alt=${component.description} className="thumbnail" /><//>`;
    case 12:
      return html`<${Gallery} component=${component} message=${message} />`;
    case 13: {
      const media = mediaOf(component.file, message);
      const known = message.attachments.find((one) => one.url === media.url);
      return html`<${FileCard} url=${media.url} name=${component.name ?? known?.filename ?? fileName(media.url)} size=${component.size ?? known?.size} />`;
    }
    case 14:
      return html`<hr class="separator ${component.divider === false ? 'blank' : ''} ${component.spacing === 2 ? 'wide' : ''}" />`;
    case 17:
      return html`<${Container} component=${component}>${parts()}<//>`;
    default:
      return null;
  }
}

function Container({ component, children }: { readonly component: Component; readonly children?: VNode[] }): VNode {
  const colour = component.accent_color;
  const accent = typeof colour === 'number' ? `#${colour.toString(16).padStart(6, '0')}` : null;
  // The colour is drawn by an SVG attribute: the page's policy allows no inline style.
  return html`<div class="container ${accent === null ? '' : 'accented'}">
    ${accent !== null && html`<svg class="accent" aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 1 1"><rect width="1" height="1" fill=${accent} /></svg>`}
    <${Hideable} spoiler=${component.spoiler}>${children}<//>
  </div>`;
}

function Hideable({ spoiler, children }: { readonly spoiler: unknown; readonly children?: unknown }): VNode {
  const [open, setOpen] = useState(false);
  if (spoiler !== true || open) return html`${children}` as VNode;
  return html`<button type="button" class="button secondary" onClick=${() => setOpen(true)}>Show what is hidden</button>`;
}

/** A picture's own address, also where the message still says `attachment://`. */
function mediaOf(media: unknown, message: APIMessage): Media {
  const given = media as Media;
  const name = /^attachment:\/\/(.+)$/.exec(given.url)?.[1];
  const found: APIAttachment | undefined = message.attachments.find((one) =>
    name === undefined ? one.url === given.url : one.filename === name,
  );
  return {
    url: found?.url ?? given.url,
    width: given.width ?? found?.width ?? null,
    height: given.height ?? found?.height ?? null,
  };
}

function Gallery({ component, message }: Part): VNode {
  const all = (component.items ?? []) as readonly { media: Media; description?: string | null; spoiler?: boolean }[];
  return html`<div class="gallery count-${Math.min(all.length, 4)}">
    ${all.map((item) => {
      const media = mediaOf(item.media, message);
      return html`<${Hideable} key=${media.url} spoiler=${item.spoiler}><${Picture} url=${media.url} alt=${item.description} width=${media.width} height=${media.height} /><//>`;
    })}
  </div>`;
}

const styles: Readonly<Record<number, string>> = {
  1: 'primary',
  2: 'secondary',
  3: 'success',
  4: 'danger',
  5: 'secondary',
};

function Button({ component, message }: Part): VNode {
  const { store, view } = usePage();
  const look = `button ${styles[Number(component.style)] ?? 'secondary'}`;
  const emoji = (component.emoji as { name?: string } | undefined)?.name;
  const label = html`${emoji !== undefined && html`<span aria-hidden="true">${emoji}</span> `}${component.label}`;
  const url = component.url;
  if (typeof url === 'string') {
    if (component.disabled === true) return html`<button type="button" class=${look} disabled>${label}</button>`;
    return html`<${Link} url=${url} className=${look}>${label} ${outIcon()}<//>`;
  }
  const customId = String(component.custom_id);
  const busy = `${message.id} ${customId}`;
  const isBusy = view.busy.has(busy);
  const press = (): void => {
    if (!isBusy) void store.ask(busy, () => store.wire.press(message.id, customId));
  };
  return html`<button type="button" class=${look} disabled=${component.disabled === true || !view.state.online} aria-busy=${isBusy} onClick=${press}>
    <span class=${isBusy ? 'unseen' : ''}>${label}</span>${isBusy && html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>`}
  </button>`;
}
