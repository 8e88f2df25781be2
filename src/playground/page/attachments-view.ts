import type { APIAttachment } from 'discord-api-types/v10';
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { downloadIcon, fileIcon } from './icons.ts';
import { Link } from './markdown-view.ts';
import { sizeText } from './time.ts';

/** The name in an address, readable. */
export function fileName(url: string): string {
  const last = url.split(/[?#]/)[0]?.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

const isPicture = (file: APIAttachment): boolean => /^image\/(png|jpeg|gif|webp)\b/.test(file.content_type ?? '');

type PictureFacts = {
  readonly url: string;
  readonly alt?: string | null | undefined;
  readonly width?: number | null | undefined;
  readonly height?: number | null | undefined;
  readonly className?: string;
};

/** A picture in the text's width; a click opens it alone. Without a description its name is read. */
export function Picture({ url, alt, width, height, className }: PictureFacts): VNode {
  const text = alt === undefined || alt === null || alt === '' ? `Picture ${fileName(url)}` : alt;
  const image = html`<img src=${url} alt=${text} title=${alt ?? ''} width=${width ?? undefined} height=${height ?? undefined} loading="eager" decoding="async" />`;
  return html`<${Link} url=${url} className="picture ${className ?? ''}">${image}<//>`;
}

type FileFacts = { readonly url: string; readonly name: string; readonly size?: number | undefined };

/** Any other file: its name, its size, and the way to get it. */
export function FileCard({ url, name, size }: FileFacts): VNode {
  return html`<div class="file-card">
    ${fileIcon()}
    <div class="file-facts">
      <a class="file-name" href=${url} download=${name}>${name}</a>
      ${size !== undefined && html`<span class="file-size">${sizeText(size)}</span>`}
    </div>
    <a class="file-get" href=${url} download=${name} aria-label="Download ${name}" title="Download">${downloadIcon()}</a>
  </div>`;
}

/** The files of a plain message: pictures first, as the client does. */
export function Attachments({ files }: { readonly files: readonly APIAttachment[] }): VNode | null {
  if (files.length === 0) return null;
  const pictures = files.filter(isPicture);
  return html`<div class="attachments">
    ${
      pictures.length > 0 &&
      html`<div class="gallery count-${Math.min(pictures.length, 4)}">${pictures.map(
        (file) =>
          html`<${Picture} key=${file.id} url=${file.url} alt=${file.description} width=${file.width} height=${file.height} />`,
      )}</div>`
    }
    ${files
      .filter((file) => !isPicture(file))
      .map(
        (file) =>
          html`<${FileCard} key=${file.id} url=${file.url} name=${file.title ?? file.filename} size=${file.size} />`,
      )}
  </div>`;
}
