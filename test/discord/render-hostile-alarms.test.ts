import { describe, expect, it } from 'vitest';
import { renderAlarm } from '../../src/discord/render/alarms.ts';
import { renderComparison } from '../../src/discord/render/compare.ts';
import { renderOtherGpu } from '../../src/discord/render/notices.ts';
import { ACCELERATORS } from '../../src/domain/accelerator.ts';
import type { Alarm } from '../../src/domain/alarms.ts';
import type { Run } from '../../src/domain/run.ts';
import { wrongWith } from './render-limits.ts';
import { endProgress, MARA, NOW, pushed, report, runIn, settings, WEB } from './render-world.ts';

/** What a title, a server, a metric or a line of a log may be, at its longest and worst. */
const FOREIGN = [
  '*_~`|>[](https://x.y)'.repeat(40),
  '漢'.repeat(200),
  '<@1>@everyone<#2>'.repeat(40),
  '\\'.repeat(300),
  '||x||\n# x\n> y\n'.repeat(40),
  '\u202e\u200b\u2066'.repeat(100),
  '```'.repeat(100),
  '',
] as const;

const running = { phase: 'running', pushed, startedAt: NOW - 10_000_000, stopping: false } as const;

const compared = (foreign: string, index: number): Run =>
  runIn(running, {
    key: `${index}`.padStart(22, 'k'),
    number: 999_999_990 + index,
    settings: {
      ...settings,
      title: `${index}${foreign}`,
      kernel: { owner: 'o'.repeat(50), slug: `${index}${'s'.repeat(49)}` },
      accelerator: ACCELERATORS[index]?.id ?? 'none',
    },
    report: {
      ...report,
      progress: {
        ...endProgress,
        series: endProgress.series.map((one) => ({ ...one, name: `${foreign}${one.name}` })),
      },
    },
  });

describe('whatever things are called', () => {
  it.each(FOREIGN)('a comparison keeps to the limits: %j', (foreign) => {
    for (const count of [2, 6]) {
      const runs = Array.from({ length: count }, (_, index) => compared(foreign, index));
      const values = runs.map((_, index) => `${index}${foreign}`);
      const body = renderComparison({
        runs,
        names: runs.map(({ number }) => `#${number} ${foreign}`),
        differing: ['Notebook', 'Kind', 'Accelerator', 'Inputs', 'Limit', 'Internet', 'Visibility'].map((what) => ({
          what,
          values,
        })),
        cells: runs.map((_, index) =>
          index === 0 ? null : { count: 900, at: [901, 902, 903, 904, 905, 906, 907, 908], kind: 'notebook' as const },
        ),
        curve: null,
      });
      expect(wrongWith(body)).toEqual([]);
    }
  });

  const alarms = (foreign: string): readonly Alarm[] => [
    {
      kind: 'notANumber',
      name: foreign,
      value: 'infinite',
      unit: 'epoch',
      since: 1e12,
      last: { value: -1e-300, at: 1e12 },
    },
    { kind: 'silent', since: NOW - 1e10, usualMs: 1e9, line: foreign },
    {
      kind: 'overLimit',
      needsMs: 1e12,
      limitMs: 43_200_000,
      paceMs: 1e11,
      unit: 'epoch',
      cutAt: NOW + 1e9,
      cutIn: 1e9,
      of: 1e9,
    },
  ];

  it.each(FOREIGN)('an alarm keeps to the limits, and its first line names the run: %j', (foreign) => {
    const late = { what: 'discord', until: NOW - 900_000_000 } as const;
    const shared = { run: compared(foreign, 9), web: WEB, mention: MARA, reduced: 0 };
    const bodies = [
      ...alarms(foreign).map((alarm) =>
        renderAlarm({ ...shared, alarm, now: NOW, late, cardLink: 'https://discord.com/channels/1/2/3' }),
      ),
      renderOtherGpu({ ...shared, got: foreign, isAsAsked: false, works: false }),
    ];
    for (const body of bodies) {
      expect(wrongWith(body, [MARA])).toEqual([]);
      const first = body.kind === 'notice' ? (body.content.split('\n')[0] ?? '') : '';
      expect(first).toContain('#999999999');
      expect(first.endsWith(`<@${MARA}>`)).toBe(true);
    }
  });
});
