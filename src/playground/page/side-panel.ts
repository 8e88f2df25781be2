import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { usePage } from './context.ts';
import { nextStep, stepNames, stepTexts } from './first-minute.ts';
import { closeIcon, tickIcon } from './icons.ts';
import { useFocusTrap } from './modal-view.ts';

/** What to do in the first minute, and what this computer's Kaggle is doing. */
export function SidePanel({ level = 2 }: { readonly level?: 2 | 3 }): VNode {
  const { view } = usePage();
  const next = nextStep(view.steps);
  const [isHow, setHow] = useState(false);
  return html`<div class="side-content">
    ${
      next !== null &&
      html`<section class="first-minute" aria-label="Your first minute"><div class="side-title" role="heading" aria-level=${level}>Your first minute</div>
      <ol>${stepNames.map((step, at) => {
        const isDone = view.steps.done.includes(step);
        const state = isDone ? 'done' : step === next ? 'next' : 'open';
        return html`<li key=${step} class="step ${state}" aria-current=${state === 'next' ? 'step' : undefined}>
          <span class="step-mark" aria-hidden="true">${isDone ? tickIcon() : at + 1}</span>
          <span class="step-texts"><span class="step-title">${stepTexts[step].title}${isDone && html`<span class="unseen">, done</span>`}</span><span class="step-hint">${stepTexts[step].hint}</span></span>
        </li>`;
      })}</ol></section>`
    }
    <${KaggleFacts} level=${level} />
    <p class="for-real">To use it for real, put a Discord token into <code>.env</code> and start again. <button type="button" class="as-link" onClick=${() => setHow(true)}>How</button></p>
    ${isHow && html`<${HowDialog} onClose=${() => setHow(false)} />`}
  </div>`;
}

function KaggleFacts({ level }: { readonly level: number }): VNode {
  const { kaggle } = usePage().view.state;
  const rows: readonly (readonly [string, string])[] = [
    ['Runs with', `${kaggle.runsWith}, CPU only`],
    ['GPU sessions', `${kaggle.gpuSessions.used} of ${kaggle.gpuSessions.of} in use`],
    ['GPU hours', `${kaggle.gpuHours.used.toFixed(1)} of ${kaggle.gpuHours.of} h`],
    ['Versions', String(kaggle.versions)],
  ];
  return html`<section class="kaggle" aria-label="Kaggle on this computer"><div class="side-title" role="heading" aria-level=${level}>Kaggle on this computer</div>
    <dl>${rows.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    <a href=${kaggle.url} target="_blank" rel="noopener noreferrer">Open the stand-in of Kaggle</a>
  </section>`;
}

function HowDialog({ onClose }: { readonly onClose: () => void }): VNode {
  const trap = useFocusTrap(onClose);
  return html`<div class="backdrop"><div class="dialog" role="dialog" aria-modal="true" aria-label="How to use it for real" ref=${trap}>
    <header><h2>How to use it for real</h2><button type="button" class="icon-button" aria-label="Close" onClick=${onClose}>${closeIcon(20)}</button></header>
    <div class="dialog-body how"><ol>
      <li>Create an application with a bot in Discord’s developer portal and copy the bot’s token.</li>
      <li>Run <code>npm run keygen</code>. It prints a key that seals the Kaggle tokens.</li>
      <li>Put both into a file <code>.env</code> beside <code>package.json</code>:
        <pre><code>DISCORD_TOKEN=…${'\n'}SECRET_KEY=…</code></pre></li>
      <li>Invite the bot to your server and run <code>npm start</code> again. In the server, <code>/link</code> takes your Kaggle token.</li>
    </ol></div>
    <footer><button type="button" class="button primary" data-first onClick=${onClose}>Close</button></footer>
  </div></div>`;
}

/** The side panel where there is no room for it. */
export function PanelDialog({ onClose }: { readonly onClose: () => void }): VNode {
  const trap = useFocusTrap(onClose);
  return html`<div class="backdrop side" onClick=${(event: MouseEvent) => event.target === event.currentTarget && onClose()}><div class="drawer right" role="dialog" aria-modal="true" aria-label="First minute" ref=${trap}>
    <button type="button" class="icon-button close" aria-label="Close" onClick=${onClose}>${closeIcon(20)}</button><${SidePanel} level=${2} />
  </div></div>`;
}
