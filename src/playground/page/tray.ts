import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { usePage } from './context.ts';
import { downIcon } from './icons.ts';
import type { Sample } from './wire.ts';

/** From this many runs on, the samples are one line. */
const FOLD_AFTER = 3;

/** Three notebooks to try. A click fills the composer and sends nothing. */
export function SampleTray({
  chosen,
  onChoose,
}: {
  readonly chosen: string | null;
  readonly onChoose: (sample: Sample) => void;
}): VNode | null {
  const { view } = usePage();
  const { samples } = view.state;
  const [isOpen, setOpen] = useState<boolean | null>(null);
  if (samples.length === 0) return null;
  const isFolded = isOpen === null ? view.steps.runs >= FOLD_AFTER : !isOpen;
  const toggle = html`<button type="button" class="tray-toggle ${isFolded ? '' : 'up'}" aria-expanded=${!isFolded} aria-label="Sample notebooks" onClick=${() => setOpen(isFolded)}>${downIcon()}</button>`;
  return html`<section class="tray ${isFolded ? 'folded' : ''}" aria-label="Sample notebooks">
    <div class="tray-head"><span><b>Try a notebook</b><span class="tray-hint wide-only"> · click one, then press Enter</span><span class="tray-hint phone-only"> · tap one, then Send</span></span>
      <span class="tray-hint wide-only tray-drop">or drop your own .ipynb or .py here</span>${(view.steps.runs >= FOLD_AFTER || isFolded) && toggle}</div>
    ${
      !isFolded &&
      html`<ul class="tiles">${samples.map(
        (sample, at) =>
          html`<li key=${sample.name}><button type="button" class="tile ${sample.name === chosen || (chosen === null && at === 0 && !view.steps.done.includes('sample')) ? 'lit' : ''}" disabled=${!view.connected || !view.state.online} onClick=${() => onChoose(sample)}><span class="tile-title">${sample.title}</span><span class="tile-hint">${sample.hint}</span></button></li>`,
      )}</ul>`
    }
  </section>`;
}
