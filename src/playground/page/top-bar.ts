import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { usePage } from './context.ts';
import { nextStep, stepNames, stepTexts } from './first-minute.ts';
import { backIcon, hashIcon, menuIcon, moon } from './icons.ts';
import type { Channel } from './wire.ts';

type TopBarFacts = {
  readonly channel: Channel;
  readonly onList: () => void;
  readonly onPanel: () => void;
  readonly onBack: () => void;
};

export function TopBar({ channel, onList, onPanel, onBack }: TopBarFacts): VNode {
  const { view } = usePage();
  const next = nextStep(view.steps);
  const isDirect = channel.kind === 'dm';
  const unread = Object.entries(view.unread).reduce((sum, [id, count]) => (id === channel.id ? sum : sum + count), 0);
  return html`<header class="top-bar">
    ${
      isDirect
        ? html`<button type="button" class="icon-button phone-only" aria-label="Back to the channel" onClick=${onBack}>${backIcon()}</button>`
        : html`<button type="button" class="icon-button phone-only" aria-label="Channels${unread > 0 ? `, ${unread} new` : ''}" onClick=${onList}>${menuIcon()}${unread > 0 && html`<span class="dot" aria-hidden="true"></span>`}</button>`
    }
    <span class="top-icon ${isDirect ? 'wide-only' : ''}">${isDirect ? moon(24) : hashIcon(22)}</span>
    <h1>${channel.name}</h1>
    <span class="top-honest">Playground on ${location.hostname}: the real bot, no Kaggle GPU</span>
    <button type="button" class="panel-button" onClick=${onPanel}>First minute</button>
    ${next !== null && html`<button type="button" class="step-chip" onClick=${onPanel}><span>${stepNames.indexOf(next) + 1} of ${stepNames.length} · ${stepTexts[next].chip}</span></button>`}
  </header>`;
}
