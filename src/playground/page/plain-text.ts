import { type Block, type Inline, parseMarkdown } from './markdown.ts';
import { timeText } from './time.ts';

/** Who is called what; enough for mentions. */
export type Names = {
  readonly you: { readonly id: string; readonly name: string };
  readonly bot: { readonly id: string; readonly name: string };
};

/** Which links read as their text alone, by address; the others have the address behind it. */
export type TextAlone = (address: string) => boolean;

/** Markdown as plain text, line by line. Pure but for the time zone. `now` in ms. */
export function plainText(
  source: string,
  names: Names,
  isTextAlone: TextAlone = () => true,
  now: number = Date.now(),
): string {
  const inline = (nodes: readonly Inline[]): string => nodes.map(piece).join('');
  const piece = (node: Inline): string => {
    switch (node.type) {
      case 'text':
      case 'code':
        return node.text;
      case 'break':
        return '\n';
      case 'link': {
        const text = inline(node.children);
        return text === node.url || isTextAlone(node.url) ? text : `${text} (${node.url})`;
      }
      case 'user':
        return `@${node.id === names.you.id ? names.you.name : node.id === names.bot.id ? names.bot.name : 'someone'}`;
      case 'channel':
        return '#channel';
      case 'command':
        return `/${node.name}`;
      case 'time':
        return timeText(node.seconds, node.style, now / 1_000);
      default:
        return inline(node.children);
    }
  };
  const block = (one: Block): string => {
    switch (one.type) {
      case 'code':
        return one.text;
      case 'list':
        return one.items
          .map(
            (item, at) =>
              `${'  '.repeat(item.depth)}${one.ordered ? `${one.start + at}.` : '-'} ${inline(item.children)}`,
          )
          .join('\n');
      case 'gap':
        return '';
      default:
        return inline(one.children);
    }
  };
  return parseMarkdown(source)
    .map(block)
    .join('\n')
    .replace(/[\u2066-\u2069\u200e\u200f]/g, '');
}
