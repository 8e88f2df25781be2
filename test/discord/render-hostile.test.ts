import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MessageBody } from '../../src/discord/chat.ts';
import { renderAccepted } from '../../src/discord/render/accepted.ts';
import { renderAgain } from '../../src/discord/render/again.ts';
import { renderCard } from '../../src/discord/render/card.ts';
import { renderCurve } from '../../src/discord/render/curve.ts';
import { renderEnd } from '../../src/discord/render/end.ts';
import { renderLinked, renderLinkPanel, renderUnlinked } from '../../src/discord/render/link.ts';
import { renderLog } from '../../src/discord/render/log.ts';
import { renderInputDropped, renderLost } from '../../src/discord/render/notices.ts';
import { renderImages, renderLinks, renderOutputs } from '../../src/discord/render/outputs.ts';
import { renderRuns } from '../../src/discord/render/runs.ts';
import { renderAmbiguous, renderNotUnderstood, renderStatus } from '../../src/discord/render/status.ts';
import { renderStop } from '../../src/discord/render/stop.ts';
import type { CardView } from '../../src/discord/views.ts';
import type { OutputFile, Progress, Report } from '../../src/domain/results.ts';
import type { Run, RunState } from '../../src/domain/run.ts';
import { wrongWith } from './render-limits.ts';
import { cardView, endView, MARA, mention, NOW, report, runIn, settings, states, WEB } from './render-world.ts';

/** Whatever a notebook, a log, a file name or a person may be called: no message breaks. */

const WORST = [
  '葉の病害を見つけるための大きなモデルを一晩かけて訓練するための長い長い題名でありますよこれはとても長い題名',
  '**bold** __under__ ~~gone~~ ||spoiler|| `code` ```fence```',
  '@everyone @here <@999999999999999999> <@&5> <#6> <t:1:R> </link:7> <:e:8>',
  '[click](https://evil.example/a) https://evil.example discord.gg/evil <https://evil.example>',
  '\u202eevil\u202c \u2067rtl\u2069 \u200bzero\u200d \ufeff \x1b[31mred\x1b[0m \x00',
  '# heading\n> quote\n- item\n1. one\n-# small\n```\nnew block',
  `a${'\u0301'.repeat(900)}`,
  '\u1100'.repeat(3_000),
  '👩‍👩‍👧‍👦'.repeat(60),
  '\\'.repeat(80),
  '`'.repeat(200),
  '](https://evil.example)',
  '',
  ' ',
  'x'.repeat(5_000),
];
const foreign = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...WORST) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
  { weight: 2, arbitrary: fc.array(fc.constantFrom(...WORST), { maxLength: 4 }).map((parts) => parts.join(' ')) },
  { weight: 1, arbitrary: fc.constant('val_acc') },
);
const number = fc.oneof(fc.constantFrom('0.9124', 'nan', '-inf', '1e309', '', '99.5%', '0.00000001'), foreign);
const size = fc.option(fc.integer({ min: 0, max: 2e12 }), { nil: null });
const file: fc.Arbitrary<OutputFile> = fc.record({
  name: fc.oneof(
    foreign,
    fc.string({ minLength: 48, maxLength: 48 }).map((name) => `fold_0/${name}.csv`),
  ),
  kind: fc.constantFrom('model', 'table', 'image', 'other'),
  size,
});
const files = fc.oneof(
  { weight: 5, arbitrary: fc.array(file, { maxLength: 30 }) },
  {
    weight: 1,
    arbitrary: fc
      .array(file, { minLength: 1, maxLength: 3 })
      .map((few) =>
        Array.from(
          { length: 5_000 },
          (_, n) => ({ ...few[n % few.length], name: `${few[n % few.length]?.name}${n}` }) as OutputFile,
        ),
      ),
  },
);
const count = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constant(2_000_000_000));
const progress: fc.Arbitrary<Progress> = fc.record({
  unit: fc.constantFrom('epoch', 'step', 'fold'),
  at: fc.option(count, { nil: null }),
  of: fc.option(count, { nil: null }),
  paceMs: fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: null }),
  series: fc.array(
    fc.record({
      name: foreign,
      points: fc.constant([[1, Number.NaN]] as const),
      lastText: number,
      better: fc.constantFrom('lower', 'higher', null),
      best: fc.option(fc.record({ at: count, value: fc.double(), text: number }), { nil: null }),
    }),
    { maxLength: 5 },
  ),
});
const lines = fc.array(foreign, { maxLength: 12 });
const reports: fc.Arbitrary<Report> = fc.record({
  logTail: lines,
  logLines: count,
  progress: fc.option(progress, { nil: null }),
  failure: fc.option(
    fc.record({
      class: fc.oneof(
        fc.constantFrom(
          'GPU out of memory',
          'module missing',
          'GPU hours used up',
          'at Kaggle, not in your code',
          'no working GPU',
        ),
        foreign,
      ),
      cell: fc.option(count, { nil: null }),
      line: fc.option(fc.integer({ min: 1, max: 9 }), { nil: null }),
      excerpt: fc.array(foreign, { maxLength: 7 }),
      excerptFrom: fc.integer({ min: 1, max: 5 }),
      frames: lines,
      error: fc.option(foreign, { nil: null }),
      advice: foreign,
    }),
    { nil: null },
  ),
  table: fc.option(
    fc.record({
      name: foreign,
      columns: fc.array(foreign, { maxLength: 40 }),
      rows: fc.array(fc.array(foreign, { maxLength: 40 }), { maxLength: 10 }),
      rowCount: fc.option(count, { nil: null }),
    }),
    { nil: null },
  ),
  quota: fc.option(
    fc.record({
      used: fc.double({ min: 0, max: 30, noNaN: true }),
      left: fc.constantFrom(0, 11.4),
      refillAt: fc.option(fc.constant(NOW), { nil: null }),
    }),
    { nil: null },
  ),
  gaps: fc.constant([]),
});
const anyState: fc.Arbitrary<RunState> = fc
  .tuple(fc.constantFrom<RunState>(...Object.values(states)), foreign, fc.array(foreign, { maxLength: 5 }))
  .map(([state, words, inputsDropped]) => {
    const known = 'pushed' in state && state.pushed !== null ? { pushed: { ...state.pushed, inputsDropped } } : {};
    const said =
      state.phase === 'waiting' && state.reason.for === 'slot' ? { reason: { for: 'slot', said: words } } : {};
    return { ...state, ...known, ...said, ...('message' in state ? { message: words } : {}) } as RunState;
  });
const run: fc.Arbitrary<Run> = fc
  .record({
    state: anyState,
    title: foreign,
    note: fc.option(foreign, { nil: null }),
    name: foreign,
    origin: foreign,
    number: fc.constantFrom(1, 42, 123_456),
    progress: fc.option(progress, { nil: null }),
    report: fc.option(reports, { nil: null }),
    accelerator: fc.constantFrom('none', 'NvidiaTeslaT4', 'TpuV5E8'),
  })
  .map((of) =>
    runIn(of.state, {
      number: of.number,
      launcher: { id: MARA, name: of.name },
      settings: {
        ...settings,
        title: of.title,
        note: of.note,
        accelerator: of.accelerator as Run['settings']['accelerator'],
        origin: { from: 'url', name: of.origin, link: of.origin },
      },
      progress: of.progress,
      report: of.report,
    }),
  );
const view: fc.Arbitrary<CardView> = fc
  .record({
    run,
    outputs: files,
    words: foreign,
    line: fc.option(
      fc.record({
        place: count,
        kind: fc.constantFrom('GPU', 'TPU', 'CPU'),
        holders: fc.array(count, { maxLength: 30 }),
        foreign: fc.integer({ min: 0, max: 9 }),
        nextSlotAt: fc.option(fc.constant(NOW), { nil: null }),
        nextSlotRun: fc.option(count, { nil: null }),
      }),
      { nil: null },
    ),
    kaggleDown: fc.option(fc.constant({ since: NOW - 1, nextLookAt: NOW }), { nil: null }),
    tokenRefusedSince: fc.option(fc.constant(NOW), { nil: null }),
    earlier: fc.option(fc.constant({ count: 4, minMs: 1e6, maxMs: 2e7, medianMs: 1e7 }), { nil: null }),
    newerVersion: fc.option(fc.integer({ min: 1, max: 99 }), { nil: null }),
    playground: fc.boolean(),
    server: fc.option(foreign, { nil: null }),
    endLink: fc.constantFrom(
      null,
      'https://discord.com/channels/1/2/3',
      'not a link',
      `https://x.example/${'e'.repeat(600)}`,
    ),
  })
  .map(({ run, words, ...rest }) => cardView(run, { ...rest, receipt: { kind: 'works', got: words } }));

const holds = (body: MessageBody, mayMention: readonly string[] = [MARA]): void => {
  expect(wrongWith(body, mayMention)).toEqual([]);
};

describe('whatever things are called', () => {
  it('the card keeps to the limits and to its layout, in every state', () => {
    fc.assert(
      fc.property(view, (one) => holds(renderCard(one))),
      { numRuns: 150 },
    );
  }, 60_000);

  it('the final notice keeps to the limits, and its first line tells run and fate', () => {
    const ended = fc.record({
      view,
      report: reports,
      reduced: fc.constantFrom(0, 1, 2),
      words: foreign,
      many: fc.boolean(),
      lasting: fc.boolean(),
    });
    fc.assert(
      fc.property(
        ended,
        ({ view: { run, outputs, playground, newerVersion }, report, reduced, words, many, lasting }) => {
          fc.pre(['complete', 'error', 'cancelled'].includes(run.state.phase));
          const body = renderEnd(
            endView(run, {
              outputs,
              playground,
              newerVersion,
              report,
              reduced,
              privateOf: words,
              fileLink: (name) =>
                lasting
                  ? `https://bot.example/f/${name.length}`
                  : `${WEB}/code/a/b/output?select=${encodeURIComponent(name.toWellFormed())}`,
              bestBefore: many ? { number: 37, text: words, value: 0.1, changed: words } : null,
              late: many ? { what: 'bot', until: NOW } : null,
              cardLink: many ? 'https://discord.com/channels/1/2/3' : null,
              moreBelow: many ? 12 : 0,
              receipt: many ? { kind: 'works', got: words } : null,
            }),
          );
          holds(body);
          const first = body.kind === 'notice' ? (body.content.split('\n')[0] ?? '') : '';
          expect(first).toMatch(
            new RegExp(`^(✅|❌|⏹️) \\*\\*#${run.number} (complete|failed|refused|ended early|stopped)`),
          );
          expect(first.endsWith(`<@${MARA}>`)).toBe(true);
          expect(body.kind === 'notice' && body.mentions).toEqual([MARA]);
        },
      ),
      { numRuns: 250 },
    );
  }, 120_000);

  it('alarms keep to the limits', () =>
    fc.assert(
      fc.property(run, fc.array(foreign, { minLength: 1, maxLength: 4 }), (run, inputs) => {
        holds(renderInputDropped({ run, web: WEB, mention: MARA, inputs, reduced: 0 }));
        holds(renderLost({ run, web: WEB, mention: MARA, since: NOW, reduced: 0 }));
      }),
    ));

  it('lists keep to the limits', () => {
    const lists = fc.record({ views: fc.array(view, { maxLength: 9 }), name: foreign, kernel: foreign });
    fc.assert(
      fc.property(lists, ({ views, name, kernel }) => {
        const runs = views.map(({ run }, n) => ({ ...run, key: `${n}`.padStart(22, 'k') }));
        const alive = views.map((one, n) => ({ ...one, run: runs[n] ?? one.run }));
        holds(renderStatus({ alive, ended: runs, guildName: () => name, mention, now: NOW, direct: true }), []);
        const cursor = 'c'.repeat(80);
        holds(
          renderRuns({
            server: name,
            who: name,
            state: null,
            kernel,
            page: 1,
            pages: 9,
            runs,
            bests: new Set(),
            newer: cursor,
            older: `${cursor}2`,
            mine: { label: 'Only mine', argument: 'm' },
            now: NOW,
          }),
          [],
        );
        if (runs.length > 1)
          holds(renderAmbiguous({ number: 42, choices: runs.map((run) => ({ run, server: name })) }), []);
        holds(renderNotUnderstood({ newest: runs[0] ?? null }), []);
      }),
      { numRuns: 50 },
    );
  }, 120_000);

  it('outputs and their links keep to the limits', () => {
    fc.assert(
      fc.property(run, files, count, fc.boolean(), foreign, (run, files, page, onlyMain, url) => {
        holds(renderOutputs({ run, web: WEB, files, page, onlyMain }), []);
        const signed = [
          `https://storage.example/${'s'.repeat(900)}`,
          `https://storage.example/${'s'.repeat(9_000)}`,
          url,
        ];
        holds(
          renderLinks({
            run,
            web: WEB,
            links: files.slice(0, 3).map(({ name, size }, n) => ({ name, size, url: signed[n] ?? null })),
          }),
          [],
        );
      }),
      { numRuns: 50 },
    );
  }, 120_000);

  it('logs keep to the limits, also a line of ten megabytes', () => {
    const huge = '```'.repeat(3_400_000);
    for (const lines of [[huge], Array.from({ length: 50 }, () => huge), ['葉'.repeat(10_000)]])
      holds(
        renderLog({ run: runIn(states.running), web: WEB, lines, total: 2_318, following: true, paused: null }),
        [],
      );
    fc.assert(
      fc.property(run, lines, (run, lines) =>
        holds(renderLog({ run, web: WEB, lines, total: null, following: false, paused: NOW }), []),
      ),
    );
  }, 60_000);

  it('a failure with a log line of ten megabytes keeps to the limits and takes no time', () => {
    const huge = '葉`'.repeat(3_000_000);
    const failure = {
      class: 'error in your code',
      cell: 1,
      line: 1,
      excerpt: [huge],
      excerptFrom: 1,
      frames: [huge, huge],
      error: huge,
      advice: 'reading the lines above.',
    };
    const started = performance.now();
    for (const of of [failure, { ...failure, cell: null }])
      holds(renderEnd(endView(runIn(states.failed), { report: { ...report, logTail: [huge], failure: of } })));
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('answers about accounts and commits keep to the limits', () =>
    fc.assert(
      fc.property(run, foreign, (run, name) => {
        const goesOn = { run, cardLink: null, checkedMs: 400, where: 'channel', name } as const;
        holds(renderAccepted(goesOn), []);
        holds(renderLinkPanel({ key: 'k'.repeat(22), draftName: name, web: WEB, mention }), []);
        holds(
          renderLinked({
            account: name,
            instead: name,
            quota: { left: 30, refillAt: NOW },
            sessions: { used: 0, total: 2 },
            goesOn,
          }),
          [],
        );
        holds(renderUnlinked({ account: name, running: 2 }), []);
        holds(renderAgain({ run, accelerator: 'NvidiaTeslaT4', needsMs: 2e7, hoursLeft: 11.4 }), []);
        holds(renderStop({ run, web: WEB, now: NOW, limitAt: NOW }), []);
        const picture = { name: 'a.png', bytes: Buffer.from('x'), description: name };
        holds(renderCurve({ run, line: name, file: picture, now: NOW }), []);
        holds(renderImages({ run, web: WEB, files: [picture], total: 40 }), []);
      }),
    ));
});

it('every phase of a run has a card that names the run', () => {
  for (const state of Object.values(states)) {
    const body = renderCard(cardView(runIn(state)));
    expect(JSON.stringify(body)).toMatch(/### (⏳|🔵|⏹️|✅|❌|⚠️) #42 /);
    holds(body);
  }
});
