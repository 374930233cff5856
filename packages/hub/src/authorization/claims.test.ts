import { expect, it } from 'vitest';
import { DETAIL_TYPE, grantOfAuthorizationDetails, grantOfMercureClaim } from './claims.ts';

const hubUrl = new URL('https://hub.example/.well-known/mercure');
const detail = (topics: number) => ({
  type: DETAIL_TYPE,
  actions: ['publish'],
  topics: Array.from({ length: topics }, (_, index) => ({ match: `t${index}` })),
});
const grantOf = (details: readonly object[]) =>
  grantOfAuthorizationDetails({ authorization_details: details }, hubUrl);

// Longer than what fits into a header by default, but servers may take longer ones.
it('K21 counts the details and topics of a token, and takes it as a whole or not at all', () => {
  const many = Array.from({ length: 100 }, () => detail(10));
  expect(grantOf(many).publish.matches('t9')).toBe(true);
  expect(() => grantOf([...many, detail(1)])).toThrow(/more than 100 Mercure authorization details/);
  expect(() => grantOf([detail(999), detail(2)])).toThrow(/more than 1000 topics/);
  const others = Array.from({ length: 200 }, () => ({ type: 'https://other.example' }));
  expect(grantOf([...others, detail(1)]).publish.matches('t0')).toBe(true);
  const selectors = Array.from({ length: 1_001 }, (_, index) => `t${index}`);
  expect(() => grantOfMercureClaim({ mercure: { publish: selectors } })).toThrow(/more than 1000 topics/);
});

it('V5 the patterns and templates of a token that are too large together make it invalid', () => {
  const part = '(x{480})';
  const pattern = `${part}://${part}:${part}/${part}?${part}#${part}`;
  const topics = Array.from({ length: 100 }, (_, index) => ({
    match: pattern + index,
    match_type: 'urlpattern',
  }));
  const refusal = expect.objectContaining({ code: 'token_invalid', status: 401 });
  const details = (count: number) => [{ ...detail(1), topics: topics.slice(0, count) }];
  expect(grantOf(details(2)).bytes).toBeGreaterThan(80_000);
  expect(() => grantOf(details(100))).toThrow(refusal);
  const selectors = Array.from({ length: 100 }, (_, index) => `{a:32}${index}`);
  const [publish, subscribe] = [selectors.slice(0, 25), selectors.slice(25, 50)];
  expect(() => grantOfMercureClaim({ mercure: { publish } })).not.toThrow();
  expect(() => grantOfMercureClaim({ mercure: { publish, subscribe } })).toThrow(refusal);
});
