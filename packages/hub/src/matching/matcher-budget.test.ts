import { expect, it } from 'vitest';
import { HubError } from '../diagnostics/errors.ts';
import { createMatcher, createSelector, type TopicMatcher } from './matcher.ts';
import { MatcherBudget } from './matcher-budget.ts';

const hubUrl = new URL('https://hub.example/.well-known/mercure');
const urlPattern = (pattern: string) => createMatcher('urlpattern', pattern, hubUrl);

/** How many of them one request may have; no more than 1,000 are tried. */
function accepted(matcher: TopicMatcher): number {
  const budget = new MatcherBudget();
  for (let count = 0; count < 1_000; count++) {
    try {
      budget.spend(matcher);
    } catch (error) {
      expect(error).toBeInstanceOf(HubError);
      expect(error).toMatchObject({ code: 'matcher_unsupported', status: 400 });
      return count;
    }
  }
  return 1_000;
}

it('V5 as many ordinary matchers as a request and a token may have are not too large together', () => {
  expect(accepted(createMatcher('exact', 'https://example.com/documents/1', hubUrl))).toBe(1_000);
  expect(accepted(createSelector('https://example.com/documents/{id}'))).toBeGreaterThan(300);
  expect(accepted(urlPattern('https://example.com/documents/:id/comments/:comment'))).toBeGreaterThan(100);
});

it('V5 few are accepted whose short text needs a large automaton', () => {
  const part = '(x{480})';
  const everywhere = `${part}://${part}:${part}@${part}:${part}/${part}?${part}#${part}`;
  expect(accepted(urlPattern(everywhere))).toBeLessThan(10);
  expect(accepted(urlPattern(`/(${'[^ab]'.repeat(380)})`))).toBeLessThan(50);
  expect(accepted(createSelector('{a:32}'))).toBeLessThan(50);
  expect(accepted(createSelector(`{?${'x'.repeat(60)},${Array(31).fill('y'.repeat(60))}}`))).toBeLessThan(20);
});

it('V5 what has to be compiled for one request has 20,000 characters at most, however little memory it takes', () => {
  const escapes = `/${'\\x'.repeat(500)}`;
  expect(accepted(urlPattern(escapes))).toBe(Math.floor(20_000 / escapes.length));
  const classes = `/([${'\\d'.repeat(1_000)}])`;
  expect(accepted(urlPattern(classes))).toBe(Math.floor(20_000 / classes.length));
  const literal = `${'x'.repeat(1_900)}{id}`;
  expect(accepted(createSelector(literal))).toBe(Math.floor(20_000 / literal.length));
  expect(accepted(createMatcher('exact', 'x'.repeat(2_000), hubUrl))).toBe(1_000);
});
