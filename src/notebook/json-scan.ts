/** Where JSON goes wrong, in words, or how deep it is: looked at before JSON.parse sees a byte of a stranger's file. */
export type JsonFault = { readonly line: number; readonly column: number; readonly reason: string };

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const SPACE = /[ \t\n\r]*/y;
// A string up to the first thing that may not stand in one.
const STRING_BODY = /(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;
const WORD = /true|false|null/y;

type Expect = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'commaOrEnd';

/**
 * Reads JSON without recursion and without building anything: linear in the text, memory only for the open brackets.
 * @returns null when JSON.parse will take it and no bracket stands deeper than `maxDepth`
 */
export function scanJson(text: string, maxDepth: number): JsonFault | null {
  const open: ('{' | '[')[] = [];
  let expect: Expect = 'value';
  let at = 0;

  const fault = (reason: string, where = at): JsonFault => {
    const before = text.slice(0, where);
    const line = before.split('\n').length;
    return { line, column: where - before.lastIndexOf('\n'), reason };
  };
  const take = (pattern: RegExp): number => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0].length ?? 0;
  };
  const close = (bracket: '{' | '['): boolean => {
    if (open.at(-1) !== bracket) return false;
    open.pop();
    expect = 'commaOrEnd';
    return true;
  };
  const string = (): JsonFault | null => {
    at += 1;
    at += take(STRING_BODY);
    const next = text[at];
    if (next === '"') {
      at += 1;
      return null;
    }
    if (next === undefined) return fault('the file ends inside a string');
    return fault(next === '\\' ? 'a wrong escape in a string' : 'a line break or control character in a string');
  };

  for (;;) {
    at += take(SPACE);
    const char = text[at];
    if (open.length === 0 && expect === 'commaOrEnd') {
      return char === undefined ? null : fault('something stands after the end');
    }
    if (char === undefined) return fault(text.trim() === '' ? 'it is empty' : 'the file ends too early');

    if (expect === 'colon') {
      if (char !== ':') return fault('a colon is missing');
      at += 1;
      expect = 'value';
    } else if (expect === 'commaOrEnd') {
      if (char === ',') {
        at += 1;
        expect = open.at(-1) === '{' ? 'key' : 'value';
      } else if (char === '}' || char === ']') {
        if (!close(char === '}' ? '{' : '[')) return fault('the wrong bracket closes here');
        at += 1;
      } else return fault('a comma is missing');
    } else if (expect === 'key' || expect === 'keyOrEnd') {
      if (char === '}' && expect === 'keyOrEnd') {
        close('{');
        at += 1;
      } else if (char === '"') {
        const wrong = string();
        if (wrong !== null) return wrong;
        expect = 'colon';
      } else return fault(char === '}' ? 'a comma too many' : 'a name in double quotes is missing');
    } else if (char === '{' || char === '[') {
      open.push(char);
      if (open.length > maxDepth) return fault(`it is nested deeper than ${maxDepth} levels`);
      at += 1;
      expect = char === '{' ? 'keyOrEnd' : 'valueOrEnd';
    } else if (char === '"') {
      const wrong = string();
      if (wrong !== null) return wrong;
      expect = 'commaOrEnd';
    } else if (char === ']' && expect === 'valueOrEnd') {
      close('[');
      at += 1;
    } else {
      const length = take(WORD) || take(NUMBER);
      if (length === 0) return fault(char === ']' || char === '}' ? 'a value is missing' : 'this is not JSON');
      at += length;
      expect = 'commaOrEnd';
    }
  }
}
