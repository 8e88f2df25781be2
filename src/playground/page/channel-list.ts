import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { usePage } from './context.ts';
import { hashIcon, letter, moon, tickIcon } from './icons.ts';
import type { Channel } from './wire.ts';

/** The list at the left; on a phone the drawer behind ☰, which also leads to the panel. */
export function ChannelList({
  onChoose,
  onPanel,
}: {
  readonly onChoose: (id: string) => void;
  readonly onPanel: (() => void) | null;
}): VNode {
  const { view } = usePage();
  const { state, unread } = view;
  const entry = (channel: Channel): VNode => {
    const count = unread[channel.id] ?? 0;
    const isOpen = channel.id === view.open;
    return html`<li key=${channel.id}><button type="button" class="entry ${isOpen ? 'open' : ''} ${count > 0 ? 'unread' : ''}" aria-current=${isOpen ? 'page' : undefined} onClick=${() => onChoose(channel.id)}>
      <span class="entry-icon">${channel.kind === 'dm' ? moon(22) : hashIcon(22)}</span><span class="entry-name">${channel.name}</span>
      ${count > 0 && html`<span class="badge">${count}<span class="unseen"> new</span></span>`}
    </button></li>`;
  };
  const { kaggle } = state;
  return html`<div class="list-content">
    <div class="list-title">Playground</div>
    <div class="list-scroll">
      <h2 class="list-group">Channel</h2><ul>${state.channels.filter((one) => one.kind === 'channel').map(entry)}</ul>
      <h2 class="list-group">Direct messages</h2><ul>${state.channels.filter((one) => one.kind === 'dm').map(entry)}</ul>
      ${
        onPanel !== null &&
        html`<ul class="list-panels"><li><button type="button" class="entry" onClick=${onPanel}><span class="entry-icon">${tickIcon()}</span><span class="entry-name">Your first minute</span></button></li>
        <li><button type="button" class="entry" onClick=${onPanel}><span class="entry-icon" aria-hidden="true">K</span><span class="entry-name">Kaggle on this computer</span></button></li></ul>
        <p class="list-honest">Playground on ${location.hostname}: the real bot, no Kaggle GPU</p>`
      }
    </div>
    <div class="user-bar">${letter(state.you.name, 32)}<div class="user-texts"><span class="user-name">${state.you.name}</span>
      ${kaggle.account !== undefined && html`<span class="user-account">${kaggle.account === null ? 'No Kaggle account is linked' : `Kaggle account “${kaggle.account}” is linked`}</span>`}</div></div>
  </div>`;
}
