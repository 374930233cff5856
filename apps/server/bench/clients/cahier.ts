import { randomUUID } from 'node:crypto';
import type { DocumentEvent, LogPage, Subscription } from '@cahier/protocol';
import { mergeUpdates } from 'yjs';
import type { Client, Connect } from './client.ts';
import { ThinEventStream } from './event-stream.ts';
import { HttpConnection } from './http-connection.ts';

/** How many events are remembered as parsed: every receiver gets the same ones at about the same time. */
const MAX_PARSED = 64;

/** @param cookies - of the prepared people */
export function cahierConnect(port: number, cookies: readonly string[]): Connect {
  const parsed = new Map<string, Uint8Array[]>();
  const updatesOf = (id: string, data: string): Uint8Array[] => {
    let updates = parsed.get(id);
    if (updates === undefined) {
      const event = JSON.parse(data) as DocumentEvent;
      updates = event.type === 'updates' ? event.updates.map(({ update }) => decode(update)) : [];
      parsed.set(id, updates);
      for (const oldest of parsed.keys()) {
        if (parsed.size <= MAX_PARSED) break;
        parsed.delete(oldest);
      }
    }
    return updates;
  };

  return async (documentId, person, events) => {
    const http = new HttpConnection(port, cookies[person % cookies.length] as string);
    const path = `/api/documents/${documentId}`;
    const asked = JSON.stringify({ documents: [documentId] });
    const granted = await ok(http.request('POST', '/api/subscription', asked));
    const { hub, topics, token } = JSON.parse(granted) as Subscription;
    const query = new URLSearchParams(topics.map((topic): [string, string] => ['topic', topic]));
    const stream = await new Promise<ThinEventStream>((resolve, reject) => {
      const opening = new ThinEventStream(port, `${hub}?${query}`, token, {
        onOpen: () => resolve(opening),
        onEvent(id, data) {
          for (const update of updatesOf(id, data)) events.onUpdate(update);
        },
        onFailure(reason) {
          reject(new Error(reason));
          events.onFailure(reason);
        },
      });
    });
    for (let after = 0, more = true; more; ) {
      const page: LogPage = JSON.parse(await ok(http.request('GET', `${path}/updates?after=${after}`)));
      if (page.snapshot) events.onUpdate(decode(page.snapshot.update));
      for (const { update } of page.updates) events.onUpdate(decode(update));
      ({ more, seq: after } = page);
    }

    let waiting: Uint8Array[] = [];
    let isSending = false;
    let isClosed = false;
    /** As the provider does it: one request in flight, and what is typed meanwhile goes together into the next. */
    const drain = async () => {
      isSending = true;
      while (waiting.length > 0) {
        const sent = waiting;
        waiting = [];
        const [first] = sent;
        const update = sent.length === 1 && first ? first : mergeUpdates(sent);
        const body = JSON.stringify({ batch: randomUUID(), update: Buffer.from(update).toString('base64') });
        await ok(http.request('POST', `${path}/updates`, body));
        events.onAcknowledged?.(sent.length);
      }
      isSending = false;
    };
    const client: Client = {
      get bytesReceived() {
        return stream.bytesReceived + http.bytesReceived;
      },
      send(update) {
        waiting.push(update);
        if (isSending) return;
        drain().catch((error: Error) => {
          if (!isClosed) events.onFailure(error.message);
        });
      },
      close() {
        isClosed = true;
        stream.close();
        http.close();
      },
    };
    return client;
  };
}

const decode = (base64: string): Uint8Array => Buffer.from(base64, 'base64');

async function ok(answer: ReturnType<HttpConnection['request']>): Promise<string> {
  const { status, body } = await answer;
  const text = body.toString();
  if (status !== 200) throw new Error(`a request was answered with ${status}: ${text}`);
  return text;
}
