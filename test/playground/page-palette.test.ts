import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/** 4.5 : 1 for text, 3 : 1 for edges, in both schemes. Read from the style sheet itself. */
const css = readFileSync(new URL('../../src/playground/page/base.css', import.meta.url), 'utf8');

function coloursOf(block: string): Record<string, string> {
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((match) => [match[1] ?? '', match[2] ?? '']),
  );
}
const [, dark = '', light = ''] = css.split(':root {');
const schemes: Readonly<Record<string, Record<string, string>>> = {
  dark: coloursOf(dark.split('}')[0] ?? ''),
  light: { ...coloursOf(dark.split('}')[0] ?? ''), ...coloursOf(light.split('}')[0] ?? '') },
};

/** WCAG 2: relative luminance. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [bright = 0, dim = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (bright + 0.05) / (dim + 0.05);
}

const grounds = ['main', 'list', 'panel', 'raised', 'deep', 'well', 'only-you', 'called', 'active', 'hover'];
const texts: readonly (readonly [string, readonly string[]])[] = [
  ['text', grounds],
  ['strong', grounds],
  ['muted', [...grounds, 'step']],
  ['link', ['main', 'list', 'panel', 'only-you', 'called']],
  ['problem', ['main', 'panel', 'raised']],
  ['mention', ['mention-ground']],
  ['text', ['time-ground', 'step']],
  ['muted', ['time-ground']],
  ['on-chip', ['chip']],
  ['on-primary', ['primary', 'success', 'danger', 'badge']],
  ['on-secondary', ['secondary']],
];
const edges: readonly (readonly [string, readonly string[]])[] = [
  ['edge-control', ['main', 'panel', 'raised', 'deep', 'called', 'only-you']],
  ['ring', ['main', 'list', 'panel', 'raised', 'only-you', 'called']],
  ['file', ['panel']],
];

describe.each(['dark', 'light'])('%s', (scheme) => {
  const colours = schemes[scheme] ?? {};
  const pairs = (of: typeof texts) => of.flatMap(([front, backs]) => backs.map((back) => [front, back] as const));
  const ratio = (front: string, back: string): number => contrast(colours[front] ?? '', colours[back] ?? '');

  test.each(pairs(texts))('text %s on %s', (front, back) => {
    expect(ratio(front, back)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(pairs(edges))('edge %s on %s', (front, back) => {
    expect(ratio(front, back)).toBeGreaterThanOrEqual(3);
  });
});
