import { html } from 'htm/preact';
import type { VNode } from 'preact';

/** Our own drawings. Each is decoration beside a word or inside a named control, so none is read aloud. */

const icon = (paths: VNode, size: number, box = 24): VNode =>
  html`<svg class="icon" width=${size} height=${size} viewBox="0 0 ${box} ${box}" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${paths}</svg>`;

export const hashIcon = (size = 20): VNode =>
  icon(html`<path d="M9.5 4 7.5 20M16.5 4l-2 16M4.5 9h16M3.5 15h16" />`, size);
export const plusIcon = (): VNode => icon(html`<path d="M12 6.5v11M6.5 12h11" stroke-width="2.6" />`, 20);
export const menuIcon = (): VNode => icon(html`<path d="M4 6h16M4 12h16M4 18h16" />`, 22);
export const backIcon = (): VNode => icon(html`<path d="m14.5 5-7 7 7 7" stroke-width="2.4" />`, 22);
export const closeIcon = (size = 18): VNode => icon(html`<path d="m5.5 5.5 13 13M18.5 5.5l-13 13" />`, size);
export const outIcon = (): VNode =>
  icon(
    html`<path d="M18.5 13.5v5a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2v-11a2 2 0 0 1 2-2h5M14.5 3.5h6v6M20.5 3.5 11 13" />`,
    16,
  );
export const eyeIcon = (): VNode =>
  icon(
    html`<path d="M2 12s3.5-6.5 10-6.5S22 12 22 12s-3.5 6.5-10 6.5S2 12 2 12Z" /><circle cx="12" cy="12" r="2.6" />`,
    16,
  );
export const downIcon = (): VNode => icon(html`<path d="m6 9.5 6 6 6-6" />`, 18);
export const downloadIcon = (): VNode => icon(html`<path d="M12 4v11M7 10.5l5 5 5-5M5 20h14" />`, 20);
export const tickIcon = (): VNode => icon(html`<path d="m5.5 12.5 4.5 4.5 8.5-10" stroke-width="2.6" />`, 14);
export const warnIcon = (): VNode => icon(html`<path d="M12 3.5 22 20.5H2ZM12 10v5M12 17.7v.1" />`, 18);
export const fileIcon = (): VNode =>
  html`<svg class="icon file-icon" width="26" height="34" viewBox="0 0 26 34" fill="none" stroke="currentColor" stroke-width="2.6" aria-hidden="true" focusable="false"><path d="M2 2h14l8 8v22H2Z M16 2v8h8" /><path d="M7 17h12M7 22h12M7 27h8" stroke-width="2.2" /></svg>`;

/** The moon: the bot's picture everywhere. */
export const moon = (size: number): VNode =>
  html`<img class="avatar" src="/page/moon.svg" width=${size} height=${size} alt="" />`;

/** A person's picture: the first letter of the name. */
export const letter = (name: string, size: number): VNode =>
  html`<span class="avatar letter size-${size}" aria-hidden="true">${[...name][0]?.toUpperCase() ?? '?'}</span>`;
