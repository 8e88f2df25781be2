import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ChannelList } from './channel-list.ts';
import { Composer, type Filling } from './composer.ts';
import { chosenFile } from './composer-state.ts';
import { type Page, PageContext } from './context.ts';
import { type ChosenFile, draftOfSample, startDraft, withFile } from './draft.ts';
import { useDrop } from './drop.ts';
import { closeIcon, warnIcon } from './icons.ts';
import { Messages } from './messages.ts';
import { FormDialog, useFocusTrap } from './modal-view.ts';
import { PanelDialog, SidePanel } from './side-panel.ts';
import { type Store, useView } from './store.ts';
import { TopBar } from './top-bar.ts';
import { SampleTray } from './tray.ts';
import type { Channel, Sample } from './wire.ts';

const MARK_MS = 2_000;

/** The whole page, once the server has said what there is. */
export function App({ store }: { readonly store: Store }): VNode | null {
  const view = useView(store);
  const [drawer, setDrawer] = useState<'list' | 'panel' | null>(null);
  const [filling, setFilling] = useState<Filling | null>(null);
  const [sample, setSample] = useState<string | null>(null);
  const [marked, setMarked] = useState<string | null>(null);
  const fillings = useRef(0);
  const channel = view.state.channels.find((one) => one.id === view.open) ?? view.state.channels[0];

  const fill = (draft: Filling['draft'], focus: Filling['focus']): void => {
    fillings.current += 1;
    setFilling({ draft, focus, at: fillings.current });
  };
  const commit = channel?.commands.find((one) => one.name === 'commit');
  const fillFile = async (file: File): Promise<void> => {
    const chosen: ChosenFile = await chosenFile(file);
    const draft = commit === undefined ? null : withFile(startDraft(commit), chosen);
    if (draft === null) store.toast('The bot has no /commit here yet.');
    else fill(draft, 'send');
  };
  const chooseSample = (one: Sample): void => {
    if (commit === undefined) {
      store.toast('The bot has no /commit here yet.');
      return;
    }
    setSample(one.name);
    store.did('sample');
    fill(draftOfSample(commit, one), 'send');
  };
  const dropping = useDrop((file) => void fillFile(file));

  const openChannel = (id: string): void => {
    setDrawer(null);
    setFilling(null);
    store.openChannel(id);
  };
  const page = useMemo<Page>(
    () => ({
      store,
      view,
      fillCommand: (name) => {
        const command = channel?.commands.find((one) => one.name === name);
        if (command !== undefined) fill(startDraft(command), 'first');
      },
      goTo: (channelId, messageId) => {
        store.openChannel(channelId);
        setMarked(messageId);
        setTimeout(() => {
          const element = document.getElementById(`message-${messageId}`);
          const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
          element?.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' });
          element?.focus({ preventScroll: true });
        });
        setTimeout(() => setMarked(null), MARK_MS);
      },
    }),
    [store, view, channel],
  );
  useEffect(() => {
    const seen = (): void => {
      if (document.visibilityState === 'visible') store.openChannel(store.view.open);
    };
    document.addEventListener('visibilitychange', seen);
    return () => document.removeEventListener('visibilitychange', seen);
  }, [store]);
  if (channel === undefined) return null;
  const isAway = !view.connected || !view.state.online;
  return html`<${PageContext.Provider} value=${page}>
    <div class="page ${view.form !== null || drawer !== null ? 'covered' : ''}">
      <nav class="list" aria-label="Channels"><${ChannelList} onChoose=${openChannel} onPanel=${null} /></nav>
      <main class="middle">
        <${TopBar} channel=${channel} onList=${() => setDrawer('list')} onPanel=${() => setDrawer('panel')} onBack=${() => openChannel(view.state.channels[0]?.id ?? '')} />
        <${Messages} key=${channel.id} channel=${channel} marked=${marked} />
        <div class="bottom">
          ${isAway && html`<div class="offline" role="status">${warnIcon()}<span>The bot is not running. Start it again with <code>npm start</code>.</span></div>`}
          ${dropping === null ? channel.kind === 'channel' && html`<${SampleTray} chosen=${sample} onChoose=${chooseSample} />` : html`<div class="drop-zone"><b>Drop to commit ${dropping}</b><span>/commit is filled in; nothing starts until you press Enter</span></div>`}
          <${Composer} key=${channel.id} channel=${channel} filling=${filling} onFile=${(file: File) => void fillFile(file)} />
        </div>
      </main>
      <aside class="side" aria-label="First minute and Kaggle"><${SidePanel} /></aside>
      ${drawer === 'list' && html`<${ListDrawer} onClose=${() => setDrawer(null)} onChoose=${openChannel} onPanel=${() => setDrawer('panel')} />`}
      ${drawer === 'panel' && html`<${PanelDialog} onClose=${() => setDrawer(null)} />`}
      ${view.form !== null && html`<${FormDialog} key=${view.form.interactionId} open=${view.form} />`}
      <${Toasts} store=${store} toasts=${view.toasts} />
    </div>
  <//>`;
}

type DrawerFacts = {
  readonly onClose: () => void;
  readonly onChoose: (id: Channel['id']) => void;
  readonly onPanel: () => void;
};

function ListDrawer({ onClose, onChoose, onPanel }: DrawerFacts): VNode {
  const trap = useFocusTrap(onClose);
  return html`<div class="backdrop side" onClick=${(event: MouseEvent) => event.target === event.currentTarget && onClose()}>
    <div class="drawer left" role="dialog" aria-modal="true" aria-label="Channels" ref=${trap}><${ChannelList} onChoose=${onChoose} onPanel=${onPanel} /></div>
  </div>`;
}

function Toasts({
  store,
  toasts,
}: {
  readonly store: Store;
  readonly toasts: readonly { id: number; text: string }[];
}): VNode {
  return html`<div class="toasts" role="status">${toasts.map(
    (toast) =>
      html`<div key=${toast.id} class="toast">${warnIcon()}<span>${toast.text}</span><button type="button" class="icon-button" aria-label="Close" onClick=${() => store.dropToast(toast.id)}>${closeIcon(16)}</button></div>`,
  )}</div>`;
}
