import { contentsDigest } from '@cahier/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import { batchOf, startApp, type TestApp, Writer } from './support.ts';

const METRICS_TOKEN = 'a token for the metrics alone';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ environment: { METRICS_TOKEN } });
});
afterAll(() => app[Symbol.asyncDispose]());

const scrape = (authorization?: string) =>
  fetch(`${app.url}/metrics`, authorization === undefined ? {} : { headers: { authorization } });

/** The value of each of our counters. */
async function counters(): Promise<Record<string, number>> {
  const text = await (await scrape(`Bearer ${METRICS_TOKEN}`)).text();
  const samples = text.matchAll(/^(cahier_\S+) (\d+)$/gm);
  return Object.fromEntries([...samples].map(([, name, value]) => [name, Number(value)]));
}

test('comparisons and what came of them are counted', async () => {
  const owner = app.actor();
  const documentId = await app.document(owner);
  const params = { documentId };
  const writer = new Writer();
  const { seq } = await owner.api.sendUpdate({ params, body: batchOf(writer.type('hello')) });
  const digest = contentsDigest({ vector: Y.snapshot(writer.doc).sv, deleted: new Map() });
  const other = '0'.repeat(16);
  const compare = async (body: Parameters<typeof owner.api.compareDocument>[0]['body']) =>
    (await owner.api.compareDocument({ params, body })).verdict;

  const before = await counters();
  expect(await compare({ seq, digest, mended: null })).toBe('equal');
  expect(await compare({ seq, digest: other, mended: null })).toBe('different');
  expect(await compare({ seq, digest: other, mended: 'behind' })).toBe('different');
  expect(await compare({ seq, digest, mended: 'behind' })).toBe('equal');
  expect(await compare({ seq: 0, digest, mended: 'ahead' })).toBe('undecided');
  const after = await counters();
  const counted = Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]);
  expect(Object.fromEntries(counted)).toMatchObject({
    'cahier_comparisons_total{verdict="equal"}': 2,
    'cahier_comparisons_total{verdict="different"}': 2,
    'cahier_comparisons_total{verdict="undecided"}': 1,
    'cahier_differences_total{kind="behind"}': 2,
    'cahier_differences_total{kind="ahead"}': 0,
    'cahier_mendings_total{outcome="healed"}': 1,
    'cahier_mendings_total{outcome="not_healed"}': 1,
  });
});

test('what somebody who may only read holds, and the log lacks, is counted apart, and nothing is written', async () => {
  const owner = app.actor();
  const [viewer, editor] = [app.actor(), app.actor()];
  const documentId = await app.document(owner, [
    [viewer, 'viewer'],
    [editor, 'editor'],
  ]);
  const params = { documentId };
  const { seq } = await owner.api.sendUpdate({ params, body: batchOf(new Writer().type('hello')) });
  const before = await counters();
  const differs = { seq, digest: '0'.repeat(16) };
  for (const actor of [viewer, editor]) {
    for (const mended of ['ahead', 'diverged', 'behind'] as const) {
      await actor.api.compareDocument({ params, body: { ...differs, mended } });
    }
  }
  const after = await counters();
  const grown = (outcome: string) => {
    const name = `cahier_mendings_total{outcome="${outcome}"}`;
    return (after[name] ?? 0) - (before[name] ?? 0);
  };
  expect([grown('held_by_reader'), grown('not_healed'), grown('healed')]).toEqual([2, 4, 0]);
  expect((await owner.api.readLog({ params, query: { after: 0 } })).seq).toBe(seq);
});

test.each([
  ['no digest', { seq: 0 }],
  ['a digest of another length', { seq: 0, digest: 'abc' }],
  ['a number below zero', { seq: -1, digest: '0'.repeat(16) }],
  ['a number that is none', { seq: 1e300, digest: '0'.repeat(16) }],
  ['a difference nobody has heard of', { seq: 0, digest: '0'.repeat(16), mended: 'all of it' }],
])('%s is refused', async (_, body) => {
  const owner = app.actor();
  const documentId = await app.document(owner);
  const response = await fetch(`${app.url}/api/documents/${documentId}/compare`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: owner.cookie },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: 'invalid_request' });
});

test('metrics are for who has the token, those of the hub among them', async () => {
  for (const authorization of [undefined, 'Bearer', 'Bearer another token', METRICS_TOKEN]) {
    expect((await scrape(authorization)).status).toBe(401);
  }
  const response = await scrape(`Bearer ${METRICS_TOKEN}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch('text/plain; version=0.0.4');
  const text = await response.text();
  expect(text).toContain('# TYPE cahier_comparisons_total counter\n');
  expect(text).toMatch(/^mercure_subscribers_connected \d+$/m);
  expect(text).toMatch(/^cahier_commits_total \d+$/m);
});

test('without a token there are no metrics', async () => {
  await using other = await startApp();
  const response = await fetch(`${other.url}/metrics`, { headers: { authorization: 'Bearer undefined' } });
  expect(response.status).toBe(404);
});
