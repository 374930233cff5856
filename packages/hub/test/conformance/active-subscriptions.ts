import { beforeEach, describe, expect, it } from 'vitest';
import type { ConformanceClient } from './client.ts';

const root = '/.well-known/mercure/subscriptions';

interface Document extends Record<string, unknown> {
  readonly id: string;
  readonly subscriptions: readonly Document[];
}

/** How one generation asks for, names and describes subscriptions. */
const SHAPES = {
  '0.x': {
    follow: { topic: `${root}{/topic}{/subscriber}` },
    path: (topic: string) => `${root}/${encodeURIComponent(topic)}`,
    fields: (topic: string) => ({ type: 'Subscription', topic }),
    eventType: undefined,
    mediaType: 'application/ld+json',
    collection: 'Subscriptions',
  },
  '1.0': {
    follow: { match_urlpattern: `${root}/:match_type/:match/:subscriber` },
    path: (topic: string) => `${root}/exact/${encodeURIComponent(topic)}`,
    fields: (topic: string) => ({ type: 'subscription', match_type: 'exact', match: topic }),
    eventType: 'mercure',
    mediaType: 'application/json',
    collection: 'subscriptions',
  },
} as const;

/** Left out where the hub does not tell its subscriptions. */
export function describeActiveSubscriptions(client: ConformanceClient): void {
  const { hub, generation, parameter, newTopic, subscribe } = client;
  const shape = SHAPES[generation];
  const get = async (path: string, headers: Record<string, string> = {}) =>
    fetch(hub().url + path, {
      headers: { authorization: `Bearer ${await hub().mintSubscriberToken(['*'])}`, ...headers },
    });
  const read = async (path: string) => (await (await get(path)).json()) as Document;

  describe('active subscriptions', () => {
    beforeEach(({ skip }) => skip(!hub().subscriptions, 'The hub does not tell its subscriptions'));

    it('W1 announces a subscription privately when it begins and when it ends', async () => {
      const topic = newTopic();
      await using followers = await subscribe(shape.follow);
      const stranger = await hub().mintSubscriberToken([newTopic()]);
      await using strangers = await subscribe(shape.follow, { token: stranger });
      const stream = await subscribe({ [parameter]: topic });
      const isOfTopic = ({ data }: { data: string }) => JSON.stringify(JSON.parse(data)).includes(topic);
      const begun = await followers.nextMatching(isOfTopic);
      const document = JSON.parse(begun.data);
      expect(begun.type).toBe(shape.eventType);
      expect(document).toMatchObject({
        ...shape.fields(topic),
        id: `${shape.path(topic)}/${encodeURIComponent(document.subscriber)}`,
        active: true,
      });
      await stream.close();
      const ended = await followers.nextMatching(isOfTopic);
      expect(JSON.parse(ended.data)).toEqual({ ...document, active: false });
      expect(strangers.events).toEqual([]);
    });

    it('W4 lists all subscriptions, those of a topic, and one', async () => {
      const topic = newTopic();
      await using _first = await subscribe({ [parameter]: topic });
      await using _second = await subscribe({ [parameter]: topic });
      const response = await get(root);
      expect(response.headers.get('content-type')).toContain(shape.mediaType);
      expect(response.headers.get('link')).toMatch(/^<[^>]*\/\.well-known\/mercure>; rel="mercure"/);
      const all = (await response.json()) as Document;
      expect(all).toMatchObject({ id: root, type: shape.collection });

      const ofTopic = await read(shape.path(topic));
      expect(ofTopic).toMatchObject({ id: shape.path(topic), type: shape.collection });
      expect(ofTopic.subscriptions).toHaveLength(2);
      for (const document of ofTopic.subscriptions) {
        expect(all.subscriptions).toContainEqual(document);
        expect(document).toMatchObject({ ...shape.fields(topic), active: true });
        expect(await read(document.id)).toMatchObject(document);
      }
    });

    it('W5 tells nothing to whose token does not cover the path', async () => {
      const token = await hub().mintSubscriberToken([newTopic()]);
      expect((await get(root, { authorization: `Bearer ${token}` })).status).toBe(403);
      expect((await fetch(hub().url + root)).status).toBe(401);
    });

    it('W6 answers 404 to a subscription that there is not', async () => {
      expect((await get(`${shape.path(newTopic())}/urn%3Auuid%3Anobody`)).status).toBe(404);
    });

    it('W7 answers 304 while a list has not changed', async () => {
      const topic = newTopic();
      await using _first = await subscribe({ [parameter]: topic });
      const list = shape.path(topic);
      const etag = String((await get(list)).headers.get('etag'));
      expect(etag).not.toBe('null');
      const unchanged = await get(list, { 'if-none-match': etag });
      expect(unchanged.status).toBe(304);
      expect(unchanged.headers.get('etag')).toBe(etag);
      await using _second = await subscribe({ [parameter]: topic });
      const changed = await get(list, { 'if-none-match': etag });
      expect(changed.status).toBe(200);
      expect(((await changed.json()) as Document).subscriptions).toHaveLength(2);
    });

    it('W8 gives a cursor after which the next changes come', async () => {
      const topic = newTopic();
      const response = await get(root);
      const body = (await response.json()) as { lastEventID?: string };
      const [, ofHeader] = response.headers.get('link')?.match(/last-event-id="([^"]+)"/) ?? [];
      const cursor = (generation === '1.0' ? ofHeader : body.lastEventID) ?? '';
      await using _stream = await subscribe({ [parameter]: topic });
      await using followers = await subscribe({ ...shape.follow, last_event_id: cursor });
      expect(followers.headers['mercure-last-event-id']).toBe(cursor);
      await followers.nextMatching(({ data }) => data.includes(JSON.stringify(topic)));
    });
  });
}
