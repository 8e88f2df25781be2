import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { usePage } from './context.ts';
import { useFollowing } from './following.ts';
import { downIcon, moon } from './icons.ts';
import { isYours, textsOf } from './message-facts.ts';
import { Header, MessageView } from './message-view.ts';
import { plainText } from './plain-text.ts';
import type { Channel } from './wire.ts';

/** The messages of one channel, oldest first. */
export function Messages({ channel, marked }: { readonly channel: Channel; readonly marked: string | null }): VNode {
  const { view } = usePage();
  const { messages } = channel;
  const [waiting, setWaiting] = useState<readonly string[]>([]);
  const { scroller, content, isFollowing, goToEnd, onScroll } = useFollowing(channel.id, () => setWaiting([]));
  const known = useRef(messages.at(-1)?.id ?? '');

  useLayoutEffect(() => {
    const added = addedAfter(messages, known.current);
    known.current = messages.at(-1)?.id ?? '';
    const first = added[0];
    if (first === undefined) return;
    if (isFollowing() || added.some((one) => isYours(one, view.state))) {
      goToEnd(first.id);
      setWaiting([]);
    } else {
      setWaiting((before) => [...before, ...added.map((one) => one.id)]);
    }
  }, [messages]);
  const goToWaiting = (): void => {
    goToEnd(waiting[0] ?? null);
    setWaiting([]);
  };
  return html`<section class="messages" aria-label="Messages of ${channel.name}">
    <div class="scroller" ref=${scroller} onScroll=${onScroll} tabindex="0" role="log" aria-live="off" aria-label="Messages of ${channel.name}">
      <ol class="message-list" ref=${content}>
        ${channel.kind === 'channel' ? html`<${Welcome} at=${messages[0]?.timestamp ?? null} />` : html`<${DirectStart} name=${channel.name} />`}
        ${messages.map((message) => html`<${MessageView} key=${message.id} message=${message} marked=${marked === message.id} />`)}
      </ol>
    </div>
    ${waiting.length > 0 && html`<button type="button" class="new-messages" onClick=${goToWaiting}>New messages ${downIcon()}</button>`}
    <${Announcer} channel=${channel} />
  </section>`;
}

/** What came after the message `known`. That one may be gone meanwhile; ids grow with time. */
function addedAfter(messages: Channel['messages'], known: string): Channel['messages'] {
  const at = messages.findIndex((one) => one.id === known);
  return at >= 0 ? messages.slice(at + 1) : messages.filter(({ id }) => BigInt(id) > BigInt(known || '0'));
}

/** Says each new message to a screen reader, once. Edits are silent: a card that runs would never stop talking. */
function Announcer({ channel }: { readonly channel: Channel }): VNode {
  const { view } = usePage();
  const [text, setText] = useState('');
  const last = useRef({ channel: channel.id, count: channel.messages.length, newest: channel.messages.at(-1)?.id });
  useEffect(() => {
    const newest = channel.messages.at(-1);
    const before = last.current;
    last.current = { channel: channel.id, count: channel.messages.length, newest: newest?.id };
    if (newest === undefined || before.channel !== channel.id || before.newest === newest.id) return;
    if (channel.messages.length < before.count || isYours(newest, view.state)) return;
    const said = textsOf(newest).map((one) => plainText(one, view.state));
    setText(`${newest.author.global_name ?? newest.author.username}: ${said.join('. ').slice(0, 400)}`);
  }, [channel.id, channel.messages]);
  return html`<div class="unseen" aria-live="polite" aria-atomic="true">${text}</div>`;
}

/** How it starts, said by the page itself. */
function Welcome({ at }: { readonly at: string | null }): VNode {
  const { view } = usePage();
  const [now] = useState(() => new Date().toISOString());
  return html`<li class="message welcome" tabindex="-1">
    <div class="picture-column">${moon(40)}</div>
    <div class="message-body"><${Header} name=${view.state.bot.name} isBot=${true} at=${at ?? now} />
      <div class="container"><div class="markdown">
        <div class="heading heading-3" role="heading" aria-level="2">Nightshift runs your notebooks on Kaggle GPUs</div>
        <p>This is its playground. The bot is real; Discord and Kaggle are stand-ins on this computer, so nothing leaves it and there is no GPU.</p>
        <p><strong>Click a sample below, then press Enter.</strong> The result is here about a minute later.</p>
      </div></div>
    </div>
  </li>`;
}

function DirectStart({ name }: { readonly name: string }): VNode {
  return html`<li class="direct-start">${moon(56)}<h2>${name}</h2><p>Only you and ${name} read this. Write <code>status</code>, <code>status 1</code>, <code>log 1</code> or <code>help</code>, or use a command.</p></li>`;
}
