import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { useCallback, useMemo, useState } from 'preact/hooks';
import { fullTime, messageLink, usePage, useTicking } from './context.ts';
import { type Block, type Inline, type ListItem, parseMarkdown, type TimeStyle } from './markdown.ts';
import { timeText } from './time.ts';

/** Text as the bot sent it, drawn. */
export function Markdown({ text }: { readonly text: string }): VNode {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  return html`<div class="markdown">${blocks.map((block, at) => html`<${BlockView} key=${at} block=${block} />`)}</div>`;
}

function BlockView({ block }: { readonly block: Block }): VNode {
  switch (block.type) {
    case 'heading':
      // Headings of a message stand below the page's own two levels.
      return html`<div class="heading heading-${block.level}" role="heading" aria-level=${block.level + 2}>${inline(block.children)}</div>`;
    case 'small':
      return html`<div class="small">${inline(block.children)}</div>`;
    case 'quote':
      return html`<blockquote>${inline(block.children)}</blockquote>`;
    case 'code':
      return html`<pre tabindex="0"><code>${block.text}</code></pre>`;
    case 'list':
      return block.ordered
        ? html`<ol start=${block.start}>${items(block.items)}</ol>`
        : html`<ul>${items(block.items)}</ul>`;
    case 'gap':
      return html`<div class="gap"></div>`;
    default:
      return html`<p>${inline(block.children)}</p>`;
  }
}

const items = (all: readonly ListItem[]): VNode[] =>
  all.map((item, at) => html`<li key=${at} class="depth-${item.depth}">${inline(item.children)}</li>`);

const inline = (nodes: readonly Inline[]): ComponentChildren => nodes.map((node, at) => piece(node, at));

function piece(node: Inline, at: number): ComponentChildren {
  switch (node.type) {
    case 'text':
      return node.text;
    case 'break':
      return html`<br key=${at} />`;
    case 'bold':
      return html`<strong key=${at}>${inline(node.children)}</strong>`;
    case 'italic':
      return html`<em key=${at}>${inline(node.children)}</em>`;
    case 'underline':
      return html`<u key=${at}>${inline(node.children)}</u>`;
    case 'strike':
      return html`<s key=${at}>${inline(node.children)}</s>`;
    case 'spoiler':
      return html`<${Spoiler} key=${at}>${inline(node.children)}<//>`;
    case 'code':
      return html`<code key=${at}>${node.text}</code>`;
    case 'link':
      return html`<${Link} key=${at} url=${node.url}>${inline(node.children)}<//>`;
    case 'user':
      return html`<${Mention} key=${at} id=${node.id} />`;
    case 'channel':
      return html`<${ChannelMention} key=${at} id=${node.id} />`;
    case 'command':
      return html`<${CommandMention} key=${at} name=${node.name} />`;
    default:
      return html`<${Time} key=${at} seconds=${node.seconds} style=${node.style} />`;
  }
}

function Spoiler({ children }: { readonly children?: ComponentChildren }): VNode {
  const [open, setOpen] = useState(false);
  return open
    ? html`<span class="spoiler open">${children}</span>`
    : html`<button type="button" class="spoiler" aria-label="Show the hidden text" onClick=${() => setOpen(true)}><span aria-hidden="true">${children}</span></button>`;
}

/** A link out of the page; one that names a message of this page leads there instead. */
export function Link({
  url,
  className,
  children,
}: {
  readonly url: string;
  readonly className?: string;
  readonly children?: ComponentChildren;
}): VNode {
  const { view, goTo } = usePage();
  const target = messageLink(url);
  const isHere = target !== null && view.state.channels.some((one) => one.id === target.channelId);
  const follow = (event: MouseEvent): void => {
    if (target === null || !isHere) return;
    event.preventDefault();
    goTo(target.channelId, target.messageId);
  };
  return html`<a class=${className} href=${url} target="_blank" rel="noopener noreferrer" onClick=${follow}>${children}</a>`;
}

function Mention({ id }: { readonly id: string }): VNode {
  const { state } = usePage().view;
  const name = id === state.you.id ? state.you.name : id === state.bot.id ? state.bot.name : 'someone';
  return html`<span class="mention">@${name}</span>`;
}

function ChannelMention({ id }: { readonly id: string }): VNode {
  const { view, store } = usePage();
  const channel = view.state.channels.find((one) => one.id === id);
  if (channel === undefined) return html`<span class="mention"># another channel</span>`;
  return html`<button type="button" class="mention" onClick=${() => store.openChannel(id)}>#${channel.name}</button>`;
}

function CommandMention({ name }: { readonly name: string }): VNode {
  const { fillCommand } = usePage();
  return html`<button type="button" class="mention" title="Put this command into the composer" onClick=${() => fillCommand(name)}>/${name}</button>`;
}

function Time({ seconds, style }: { readonly seconds: number; readonly style: TimeStyle }): VNode {
  const text = useTicking(useCallback((now: number) => timeText(seconds, style, now / 1_000), [seconds, style]));
  return html`<time class="time" datetime=${isoOf(seconds)} title=${Math.abs(seconds) > 8.64e12 ? '' : fullTime(seconds * 1_000)}>${text}</time>`;
}

const isoOf = (seconds: number): string => (Math.abs(seconds) > 8.64e12 ? '' : new Date(seconds * 1_000).toISOString());
