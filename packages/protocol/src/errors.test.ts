import { expect, test } from 'vitest';
import { operations } from './api.ts';
import { errors } from './errors.ts';

test('every error is a failure by its status, and is worded for a person', () => {
  for (const [code, { status, title }] of Object.entries(errors)) {
    expect(status, code).toBeGreaterThanOrEqual(400);
    expect(title, code).toMatch(/^[A-Z].{15,}[^.]$/);
  }
});

test('no two operations share a method and a path', () => {
  const seen = Object.values(operations).map(({ method, path }) => `${method} ${path}`);
  expect(new Set(seen).size).toBe(seen.length);
});
