/**
 * Discord's markdown as a tree, as far as a bot's messages use it. Pure: the page draws the tree, the terminal reads it as text.
 * Everything that is no known form stays the text it is.
 */

export type Inline =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'bold' | 'italic' | 'underline' | 'strike' | 'spoiler'; readonly children: readonly Inline[] }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'link'; readonly url: string; readonly children: readonly Inline[] }
  | { readonly type: 'user'; readonly id: string }
  | { readonly type: 'channel'; readonly id: string }
  | { readonly type: 'command'; readonly name: string; readonly id: string }
  /** Seconds since the epoch, and one of Discord's styles. */
  | { readonly type: 'time'; readonly seconds: number; readonly style: TimeStyle }
  | { readonly type: 'break' };

export type TimeStyle = 't' | 'T' | 'd' | 'D' | 'f' | 'F' | 'R';

export type Block =
  | { readonly type: 'paragraph' | 'small' | 'quote'; readonly children: readonly Inline[] }
  | { readonly type: 'heading'; readonly level: 1 | 2 | 3; readonly children: readonly Inline[] }
  | { readonly type: 'code'; readonly text: string; readonly language: string }
  | { readonly type: 'list'; readonly ordered: boolean; readonly start: number; readonly items: readonly ListItem[] }
  /** An empty line between two blocks: it takes room, as in the client. */
  | { readonly type: 'gap' };

export type ListItem = { readonly depth: number; readonly children: readonly Inline[] };

const MAX_DEPTH = 8;

/** Only what a browser may open from a chat message. */
export function isWebAddress(url: string): boolean {
  return /^https?:\/\/[^\s/]/i.test(url) && URL.canParse(url);
}

type Rule = { readonly pattern: RegExp; readonly read: (match: RegExpExecArray, depth: number) => Inline | null };

const wrapping =
  (type: 'bold' | 'italic' | 'underline' | 'strike' | 'spoiler') =>
  (match: RegExpExecArray, depth: number): Inline => ({ type, children: parseInline(match[1] ?? '', depth + 1) });

/** The first that matches at a position wins; each is anchored there. */
const rules: readonly Rule[] = [
  { pattern: /\\([^\sA-Za-z0-9])/y, read: (match) => ({ type: 'text', text: match[1] ?? '' }) },
  {
    pattern: /(`+)([\s\S]*?[^`])\1(?!`)/y,
    read: (match) => ({ type: 'code', text: (match[2] ?? '').replace(/^ (?=.*\S)([\s\S]*) $/, '$1') }),
  },
  { pattern: /<@!?(\d{1,20})>/y, read: (match) => ({ type: 'user', id: match[1] ?? '' }) },
  { pattern: /<#(\d{1,20})>/y, read: (match) => ({ type: 'channel', id: match[1] ?? '' }) },
  {
    pattern: /<\/([\p{L}\p{N}_ -]{1,98}):(\d{1,20})>/uy,
    read: (match) => ({ type: 'command', name: match[1] ?? '', id: match[2] ?? '' }),
  },
  {
    pattern: /<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y,
    read: (match) => ({ type: 'time', seconds: Number(match[1]), style: (match[2] ?? 'f') as TimeStyle }),
  },
  {
    pattern: /\[((?:\\.|[^[\]\\]|\[[^[\]]*\])+)\]\(\s*<?(https?:\/\/(?:[^\s()<>]|\([^\s()<>]*\))+)>?\s*\)/y,
    read: (match, depth) =>
      isWebAddress(match[2] ?? '')
        ? { type: 'link', url: match[2] ?? '', children: parseInline(match[1] ?? '', depth + 1) }
        : null,
  },
  {
    pattern: /<(https?:\/\/[^\s<>]+)>/y,
    read: (match) => link(match[1] ?? ''),
  },
  {
    pattern: /https?:\/\/[^\s<>\u2068\u2069]*[^\s<>.,:;"')\]\u2068\u2069]/y,
    read: (match) => link(match[0]),
  },
  { pattern: /\*\*((?:\\.|[^\\])+?)\*\*(?!\*)/sy, read: wrapping('bold') },
  { pattern: /__((?:\\.|[^\\])+?)__(?!_)/sy, read: wrapping('underline') },
  { pattern: /\*(?!\s)((?:\\.|\*\*[^*]+\*\*|[^\\*])+?)(?<!\s)\*(?!\*)/sy, read: wrapping('italic') },
  { pattern: /(?<![\p{L}\p{N}])_((?:\\.|__[^_]+__|[^\\_])+?)_(?![\p{L}\p{N}])/suy, read: wrapping('italic') },
  { pattern: /~~((?:\\.|[^\\])+?)~~(?!~)/sy, read: wrapping('strike') },
  { pattern: /\|\|((?:\\.|[^\\])+?)\|\|/sy, read: wrapping('spoiler') },
  { pattern: /\n/y, read: () => ({ type: 'break' }) },
];

const link = (url: string): Inline | null =>
  isWebAddress(url) ? { type: 'link', url, children: [{ type: 'text', text: url }] } : null;

/** Text without blocks, as in a link's label or one line. */
export function parseInline(source: string, depth = 0): readonly Inline[] {
  const found: Inline[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') found.push({ type: 'text', text });
    text = '';
  };
  for (let at = 0; at < source.length; ) {
    const read = depth < MAX_DEPTH && /[\\`<[*_~|\nh]/.test(source[at] ?? '') ? readAt(source, at, depth) : null;
    if (read === null) {
      text += source[at];
      at += 1;
    } else {
      if (read.node.type === 'text') text += read.node.text;
      else {
        flush();
        found.push(read.node);
      }
      at = read.end;
    }
  }
  flush();
  return found;
}

function readAt(source: string, at: number, depth: number): { node: Inline; end: number } | null {
  for (const { pattern, read } of rules) {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match === null) continue;
    // Reading children moves `lastIndex` of the shared patterns, so the end is taken before.
    const end = at + match[0].length;
    const node = read(match, depth);
    if (node !== null) return { node, end };
  }
  return null;
}

const FENCE = /^```(?:([\w+#.-]*)\n)?([\s\S]*?)\n?```/;

/** A whole message or text display. */
export function parseMarkdown(source: string): readonly Block[] {
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  const flush = (): void => {
    if (paragraph.length > 0) blocks.push({ type: 'paragraph', children: parseInline(paragraph.join('\n')) });
    paragraph = [];
  };
  let rest = source.replace(/\r\n?/g, '\n').replace(/^\n+|\s+$/g, '');
  while (rest !== '') {
    const fence = FENCE.exec(rest);
    if (fence !== null) {
      flush();
      blocks.push({ type: 'code', language: fence[1] ?? '', text: fence[2] ?? '' });
      rest = rest.slice(fence[0].length).replace(/^[ \t]*\n/, '');
      continue;
    }
    const list = readList(rest);
    if (list !== null) {
      flush();
      blocks.push(list.block);
      rest = rest.slice(list.length);
      continue;
    }
    const { line, length } = readLine(rest);
    rest = rest.slice(length);
    const block = readLineBlock(line, rest);
    if (block === null) {
      paragraph.push(line);
    } else {
      flush();
      blocks.push(block.block);
      rest = rest.slice(block.length);
    }
  }
  flush();
  return blocks;
}

/** The line at the start, which ends before a fence that opens in its middle. */
function readLine(rest: string): { line: string; length: number } {
  const end = rest.indexOf('\n');
  const line = end === -1 ? rest : rest.slice(0, end);
  const fence = line.indexOf('```');
  if (fence > 0 && FENCE.test(rest.slice(fence))) return { line: line.slice(0, fence), length: fence };
  return { line, length: end === -1 ? rest.length : end + 1 };
}

/** A line that is a block of its own; `length`: what it takes of the lines after it. */
function readLineBlock(line: string, after: string): { block: Block; length: number } | null {
  if (line.trim() === '') return { block: { type: 'gap' }, length: 0 };
  const heading = /^(#{1,3})\s+(\S.*)$/.exec(line);
  if (heading !== null) {
    const level = (heading[1] ?? '').length as 1 | 2 | 3;
    return { block: { type: 'heading', level, children: parseInline(heading[2] ?? '') }, length: 0 };
  }
  const small = /^-#\s+(\S.*)$/.exec(line);
  if (small !== null) return { block: { type: 'small', children: parseInline(small[1] ?? '') }, length: 0 };
  if (/^>>>\s/.test(line)) {
    const text = after === '' ? line.slice(4) : `${line.slice(4)}\n${after}`;
    return { block: { type: 'quote', children: parseInline(text) }, length: after.length };
  }
  if (/^>\s/.test(line)) {
    const more = /^(?:>\s.*(?:\n|$))+/.exec(after)?.[0] ?? '';
    const lines = [line, ...more.split('\n').filter((one) => one !== '')].map((one) => one.slice(2));
    return { block: { type: 'quote', children: parseInline(lines.join('\n')) }, length: more.length };
  }
  return null;
}

function readList(rest: string): { block: Block; length: number } | null {
  const first = /^( *)(?:[-*]|(\d{1,9})\.) +\S/.exec(rest);
  if (first === null || rest.startsWith('-#')) return null;
  const ordered = first[2] !== undefined;
  const line = ordered ? /^( *)\d{1,9}\. +(\S.*)(?:\n|$)/ : /^( *)[-*] +(\S.*)(?:\n|$)/;
  const items: ListItem[] = [];
  let length = 0;
  for (;;) {
    const match = line.exec(rest.slice(length));
    if (match === null || match[0] === '') break;
    items.push({ depth: Math.min(3, Math.floor((match[1] ?? '').length / 2)), children: parseInline(match[2] ?? '') });
    length += match[0].length;
  }
  return { block: { type: 'list', ordered, start: Number(first[2] ?? 1), items }, length };
}
