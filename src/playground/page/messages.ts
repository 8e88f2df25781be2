import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { usePage } from './context.ts';
import { downIcon, moon } from './icons.ts';
import { isYours, textsOf } from './message-facts.ts';
import { Header, MessageView } from './message-view.ts';
import { plainText } from './plain-text.ts';
import type { Channel } from './wire.ts';

/** Within this of the end, new messages take the view along. */
const NEAR_END_PX = 60;

/** The messages of one channel, oldest first. */
export function Messages({ channel, marked }: { readonly channel: Channel; readonly marked: string | null }): VNode {
  const { view } = usePage();
  const { messages } = channel;
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  const [waiting, setWaiting] = useState(0);
  const known = useRef(messages.at(-1)?.id ?? '');

  const toEnd = (): void => {
    const element = scroller.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
    atEnd.current = true;
    setWaiting(0);
  };
  useLayoutEffect(toEnd, [channel.id]);
  // Whatever grows (an edit, a picture that arrives, the tray that folds): who was at the end stays there, all others stay where they are.
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      if (atEnd.current && scroller.current !== null) scroller.current.scrollTop = scroller.current.scrollHeight;
    });
    if (content.current !== null) observer.observe(content.current);
    if (scroller.current !== null) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const newest = messages.at(-1);
    const from = messages.findIndex((one) => one.id === known.current) + 1;
    const added = newest === undefined || newest.id === known.current ? [] : messages.slice(from);
    known.current = newest?.id ?? '';
    if (added.length === 0) return;
    if (atEnd.current || added.some((one) => isYours(one, view.state))) toEnd();
    else setWaiting((count) => count + added.length);
  }, [messages]);
  const onScroll = (): void => {
    const element = scroller.current;
    if (element === null) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
    if (atEnd.current && waiting > 0) setWaiting(0);
  };
  return html`<section class="messages" aria-label="Messages of ${channel.name}">
    <div class="scroller" ref=${scroller} onScroll=${onScroll} tabindex="0" role="log" aria-live="off" aria-label="Messages of ${channel.name}">
      <ol class="message-list" ref=${content}>
        ${channel.kind === 'channel' ? html`<${Welcome} at=${messages[0]?.timestamp ?? null} />` : html`<${DirectStart} name=${channel.name} />`}
        ${messages.map((message) => html`<${MessageView} key=${message.id} message=${message} marked=${marked === message.id} />`)}
      </ol>
    </div>
    ${waiting > 0 && html`<button type="button" class="new-messages" onClick=${toEnd}>New messages ${downIcon()}</button>`}
    <${Announcer} channel=${channel} />
  </section>`;
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
