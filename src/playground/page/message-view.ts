import type { APIMessage } from 'discord-api-types/v10';
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useCallback } from 'preact/hooks';
import { Attachments } from './attachments-view.ts';
import { type Component, ComponentView } from './components-view.ts';
import { fullTime, usePage, useTicking } from './context.ts';
import { eyeIcon, letter, moon } from './icons.ts';
import { Markdown } from './markdown-view.ts';
import { memo } from './memo.ts';
import { commandOf, FLAG, has, mentionsYou, textsOf } from './message-facts.ts';
import { plainText } from './plain-text.ts';
import { messageTime } from './time.ts';

/** One message, whoever sent it, of either kind. */
export function MessageView({ message, marked }: { readonly message: APIMessage; readonly marked: boolean }): VNode {
  const { view, store } = usePage();
  const { state } = view;
  const isEphemeral = has(message, FLAG.ephemeral);
  const isLoading = has(message, FLAG.loading);
  const command = commandOf(message);
  const isBot = message.author.bot === true;
  const name = message.author.global_name ?? message.author.username;
  const look = ['message', isEphemeral && 'ephemeral', mentionsYou(message, state) && 'mentioned', marked && 'marked'];
  const isFirst = state.firstStartInteraction !== null && interactionOf(message) === state.firstStartInteraction;
  return html`<li class=${look.filter(Boolean).join(' ')} id="message-${message.id}" data-message=${message.id} tabindex="-1">
    ${command !== null && html`<div class="above"><span class="above-avatar">${letter(command.user.name, 16)}</span><b>${command.user.name}</b><span>used</span><${CommandChip} name=${command.name} /></div>`}
    ${command === null && message.message_reference !== undefined && html`<${ReplyLine} message=${message} />`}
    <div class="picture-column">${isBot ? moon(40) : letter(name, 40)}</div>
    <div class="message-body">
      <${Header} name=${name} isBot=${isBot} at=${message.timestamp} />
      ${isLoading ? html`<p class="thinking"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span> ${name} is thinking…</p>` : html`<${Body} message=${message} isFirst=${isFirst} />`}
      ${!isEphemeral && !isBot && html`<${Menu} message=${message} />`}
      ${isEphemeral && html`<div class="only-you">${eyeIcon()} Only you can see this · <button type="button" class="as-link" onClick=${() => void dismiss(store, message)}>Dismiss message</button></div>`}
    </div>
  </li>`;
}

const RUNNABLE = /\.(?:ipynb|py|r|rmd)$/i;
const LINK = /https:\/\/(?:(?:www\.)?kaggle\.com|(?:gist\.)?github\.com|raw\.githubusercontent\.com)\//i;

/** The entries Discord has in a message's menu under *Apps*, where the message has something they could be meant for. */
function Menu({ message }: { readonly message: APIMessage }): VNode | null {
  const { view, store } = usePage();
  const channel = view.state.channels.find((one) => one.id === message.channel_id);
  const entries = (channel?.commands ?? []).filter((one) => one.type === 3);
  const isMeant = LINK.test(message.content) || message.attachments.some(({ filename }) => RUNNABLE.test(filename));
  if (!isMeant || entries.length === 0) return null;
  const choose = (name: string) => (): void =>
    void store.ask(`${message.id} menu`, () => store.wire.menu(message.channel_id, name, message.id));
  return html`<div class="only-you">⋯ Apps ${entries.map(({ name }) => html`<button type="button" class="as-link" key=${name} disabled=${view.busy.has(`${message.id} menu`)} onClick=${choose(name)}>${name}</button>`)}</div>`;
}

const dismiss = (store: ReturnType<typeof usePage>['store'], message: APIMessage): Promise<unknown> =>
  store.ask(`${message.id} dismiss`, async () => {
    await store.wire.dismiss(message.id);
    store.see({ type: 'delete', channelId: message.channel_id, messageId: message.id });
    return { failed: null, modal: null, problems: {} };
  });

const interactionOf = (message: APIMessage): string | null =>
  message.interaction_metadata?.id ?? message.interaction?.id ?? null;

/** Who said it and when. */
export function Header({
  name,
  isBot,
  at,
}: {
  readonly name: string;
  readonly isBot: boolean;
  readonly at: string;
}): VNode {
  const time = useTicking(useCallback((now: number) => messageTime(Date.parse(at), now), [at]));
  return html`<div class="message-head"><span class="author">${name}</span>${isBot && html`<span class="app">APP</span>`}<time datetime=${at} title=${fullTime(Date.parse(at))}>${time}</time></div>`;
}

/** Everything below the header. It is drawn again only when the message is another one. */
const Body = memo(({ message, isFirst }: { readonly message: APIMessage; readonly isFirst: boolean }): VNode => {
  const components = (message.components ?? []) as unknown as readonly Component[];
  const isPanel = has(message, FLAG.panel);
  return html`<div class="content">
    ${!isPanel && message.content !== '' && html`<${Markdown} text=${isFirst ? withFirstStart(message.content) : message.content} />`}
    ${!isPanel && html`<${Attachments} files=${message.attachments} />`}
    ${components.length > 0 && html`<div class="components">${components.map((one, at) => html`<${ComponentView} key=${at} component=${one} message=${message} />`)}</div>`}
  </div>`;
});

const FIRST_START = 'first start: this command was sent for you';

/** Says that nobody here has sent the command: at the end of the small print, where there is some, unless the bot says so itself. */
function withFirstStart(content: string): string {
  if (content.includes(FIRST_START)) return content;
  const isSmall = (content.split('\n').at(-1) ?? '').startsWith('-# ');
  return `${content}${isSmall ? ' · ' : '\n-# '}${FIRST_START}`;
}

function CommandChip({ name }: { readonly name: string }): VNode {
  const { fillCommand } = usePage();
  return html`<button type="button" class="mention" onClick=${() => fillCommand(name)}>/${name}</button>`;
}

/** The message it answers, in one line, as that one reads now. */
function ReplyLine({ message }: { readonly message: APIMessage }): VNode {
  const { view, goTo } = usePage();
  const id = message.message_reference?.message_id ?? '';
  const channel = view.state.channels.find((one) => one.id === message.channel_id);
  const target = channel?.messages.find((one) => one.id === id) ?? message.referenced_message ?? null;
  if (target === null) return html`<div class="above"><span>The message this answers was deleted</span></div>`;
  const name = target.author.global_name ?? target.author.username;
  const line = (plainText(textsOf(target)[0] ?? '', view.state).split('\n')[0] ?? '').replace(
    /^\p{Extended_Pictographic}\uFE0F?\s*/u,
    '',
  );
  return html`<div class="above"><span class="above-avatar">${target.author.bot === true ? moon(16) : letter(name, 16)}</span><b>${name}</b>
    <button type="button" class="reply-text" onClick=${() => goTo(message.channel_id, id)}>${line === '' ? 'a message with a picture' : line}</button></div>`;
}
