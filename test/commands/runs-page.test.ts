import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatPage, type PageAsked, parsePage, STATES } from '../../commands/runs-page.ts';
import { customId } from '../../src/discord/command.ts';

const KEY = 'abcDEF0123456789-_zzzz';

test('a page is read back as it was written, and fits a button', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.constantFrom(null, ...STATES.map(({ value }) => value)),
      fc.option(fc.record({ side: fc.constantFrom('before', 'after'), at: fc.nat({ max: 8_640_000_000_000_000 }) })),
      fc.integer({ min: 1, max: 999_999 }),
      fc.constantFrom(null, KEY),
      (isMine, state, cursor, page, of) => {
        const asked = { isMine, state, cursor, page, of } as PageAsked;
        const written = formatPage(asked);
        expect(parsePage(written)).toEqual(asked);
        expect(customId('runsPage', '-', written).length).toBeLessThanOrEqual(100);
      },
    ),
  );
});

test.each(['', 'newest', 'e', 'x*.1', 'e*.0x', 'e*b.1', 'e*.1.short', "e*.1'; drop table runs", `e*.1.${KEY}x`])(
  '%j is none of ours',
  (text) => {
    expect(parsePage(text)).toBeNull();
  },
);
