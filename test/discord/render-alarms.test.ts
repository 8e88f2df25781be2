import { describe, expect, it, test } from 'vitest';
import { type RunAlarmView, renderAlarm } from '../../src/discord/render/alarms.ts';
import type { Alarm } from '../../src/domain/alarms.ts';
import { codePoints } from '../../src/domain/words.ts';
import { at, MARA, NOW, runIn, shown, stamp, states, WEB } from './render-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const view = (alarm: Alarm, over: Partial<RunAlarmView> = {}): RunAlarmView => ({
  run: runIn(states.running),
  web: WEB,
  mention: MARA,
  reduced: 0,
  alarm,
  now: NOW,
  late: null,
  cardLink: null,
  ...over,
});

const nan: Alarm = {
  kind: 'notANumber',
  name: 'val_loss',
  value: 'NaN',
  unit: 'epoch',
  since: 18,
  last: { value: 0.4127, at: 17 },
};
const silent: Alarm = { kind: 'silent', since: NOW - 25 * MINUTE, usualMs: 12_000, line: 'saving checkpoint' };
const overLimit: Alarm = {
  kind: 'overLimit',
  needsMs: 10 * HOUR,
  limitMs: 9 * HOUR,
  paceMs: 514_000,
  unit: 'epoch',
  cutAt: at('05:16', 24),
  cutIn: 63,
  of: 70,
};
const BUTTONS = '[Log] [Stop…] [No more alarms for #42]';

describe('alarms are, word for word, what people were promised', () => {
  test.each<[Alarm, string, string]>([
    [
      nan,
      '⚠️ **#42: val_loss is NaN** since epoch 18',
      'The last number was 0.4127 at epoch 17. The run goes on and uses GPU hours until it ends or is stopped.',
    ],
    [
      silent,
      '⚠️ **#42 has been silent for 25 min**',
      'Before, a line came about every 12 s. Last line: `saving checkpoint`',
    ],
    [
      overLimit,
      '⚠️ **#42 will miss its limit** · needs about 10 h, has 9 h',
      `At 8 min 34 s per epoch it would be cut off at ${stamp(at('05:16', 24), 't')}, in epoch 63 of 70. The limit cannot be changed while it runs.`,
    ],
  ])('%#', (alarm, first, second) => {
    expect(shown(renderAlarm(view(alarm))).replaceAll('val\\_loss', 'val_loss')).toBe(
      `${first} · <@${MARA}>\n${second}\n${BUTTONS}`,
    );
  });
});

it('mentions nobody in a direct message, and has no buttons where they were refused', () => {
  const body = renderAlarm(view(silent, { mention: null, reduced: 2 }));
  expect(shown(body)).not.toContain('<@');
  expect(body).not.toHaveProperty('mentions');
  expect(body).not.toHaveProperty('components');
});

it('says when it comes late, and where the card is when it cannot reply to it', () => {
  const text = shown(
    renderAlarm(view(nan, { late: { what: 'discord', until: NOW }, cardLink: 'https://discord.com/channels/1/2/3' })),
  );
  expect(text).toContain(`-# Told late: Discord was not reachable until ${stamp(NOW, 't')}`);
  expect(text).toContain('[card](https://discord.com/channels/1/2/3)');
});

describe('what is foreign stays text', () => {
  const hostile = '`@everyone` <@1> [x](https://evil.example) \u202e```\n# big **bold** '.repeat(40);
  test.each<[string, Alarm]>([
    ['a name', { ...nan, name: hostile }],
    ['a line', { ...silent, line: hostile }],
  ])('%s', (_, alarm) => {
    const body = renderAlarm(view(alarm));
    const content = body.kind === 'notice' ? body.content : '';
    const [first = '', ...rest] = content.split('\n');
    expect(codePoints(first)).toBeLessThanOrEqual(140);
    expect(rest).toHaveLength(1);
    expect(content).not.toMatch(/[\u202e]|```|\n#/);
    expect(body.kind === 'notice' && body.mentions).toEqual([MARA]);
    // In code style, or with its signs escaped, no link and no mention comes to life.
    const outside = content.replace(/`[^`]*`/g, '').replace(/\\./g, '');
    expect(outside).not.toMatch(/\]\(https:\/\/evil|<@1>|@everyone/);
  });
});
