/** One event of a stream of Server-Sent Events. */
export type StreamEvent = { readonly id: string | null; readonly type: string; readonly data: string };

/**
 * Reads a stream of Server-Sent Events from text in pieces of any size. EventSource itself cannot be used: it sends no header, and
 * the key must not stand in an address.
 */
export class EventStream {
  #rest = '';

  /** @returns the events that this piece completed; comments and unfinished ones are not among them. */
  push(piece: string): readonly StreamEvent[] {
    const blocks = (this.#rest + piece).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => {
      let id: string | null = null;
      let type = 'message';
      const data: string[] = [];
      for (const line of block.split('\n')) {
        const colon = line.indexOf(':');
        const field = colon === -1 ? line : line.slice(0, colon);
        const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
        if (field === 'id') id = value;
        else if (field === 'event') type = value;
        else if (field === 'data') data.push(value);
      }
      return data.length === 0 ? [] : [{ id, type, data: data.join('\n') }];
    });
  }
}
