import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contrast } from '../ui/contrast.ts';

const css = readFileSync(`${import.meta.dirname}/tokens.css`, 'utf8');

const tokens = new Map(
  [...css.matchAll(/--color-([\w-]+): light-dark\((#\w{6}), (#\w{6})\);/g)].map(
    ([, name, light, dark]) => [name, { light, dark }] as const,
  ),
);

function colour(name: string, appearance: 'light' | 'dark'): string {
  const value = tokens.get(name)?.[appearance];
  if (value === undefined) throw new Error(`no colour token named ${name}`);
  return value;
}

const surfaces = ['desk', 'paper', 'raised'];
const text = ['ink', 'soft', 'faint', 'accent', 'accent-strong', 'danger', 'warning'];
const textPairs = [
  ...text.flatMap(front => surfaces.map(back => [front, back] as const)),
  ['ink', 'hover'],
  ['soft', 'hover'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-strong'],
  ['danger', 'danger-wash'],
  ['warning', 'warning-wash'],
  ['tip', 'tip-wash'],
  ...['accent-wash', 'warning-wash', 'tip-wash'].flatMap(wash =>
    ['ink', 'soft', 'accent'].map(front => [front, wash] as const),
  ),
] as const;

describe.each(['light', 'dark'] as const)('in the %s appearance', appearance => {
  test.each(textPairs)('%s on %s is readable text (WCAG 1.4.3, AA)', (front, back) => {
    expect(contrast(colour(front, appearance), colour(back, appearance))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(surfaces)('the edge of a field stands out from %s (WCAG 1.4.11)', back => {
    expect(contrast(colour('edge', appearance), colour(back, appearance))).toBeGreaterThanOrEqual(3);
  });
});
