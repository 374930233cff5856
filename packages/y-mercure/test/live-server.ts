import { createHub, type Hub } from '@cahier/hub';
import { documentTopics, HUB_PATH, streamTopic } from '@cahier/protocol';
import { listen, mintClaimToken } from '@cahier/testing';
import { DocumentServer, PERSON } from './document-server.ts';

const SECRET = 'a secret that is long enough for HS256';

export interface LiveServer extends AsyncDisposable {
  readonly url: string;
  readonly hub: Hub;
  readonly documentId: string;
  readonly documents: DocumentServer;
  /** Withdraws everybody's present topics, as the removal of a member does. */
  withdraw(): Promise<void>;
}

/** One document served over real HTTP, with a real hub on the same origin. */
export async function startLiveServer(): Promise<LiveServer> {
  const documentId = crypto.randomUUID();
  const hub = createHub({ publisherKey: { secret: SECRET }, subscriberKey: { secret: SECRET }, retryMs: 1 });
  let generation = 0;
  const current = () => documentTopics('https://app.example', documentId, generation);
  const ownTopic = (connection: string) => streamTopic('https://app.example', PERSON.id, connection);
  const publish = (topic: string, event: unknown) => {
    // A request that comes while everything is being closed may find the hub gone.
    hub.publish({ topics: [topic], data: JSON.stringify(event), private: true }).catch(() => {});
  };
  const documents = new DocumentServer(
    event => {
      const topic = event.type === 'presence' ? current().presence : current().document;
      publish(topic, { documentId, ...event });
    },
    (event, connection) => publish(ownTopic(connection), event),
    async () => {
      const connection = crypto.randomUUID();
      const topics = [
        ...Object.values(documentTopics('https://app.example', documentId, generation)),
        ownTopic(connection),
      ];
      const token = await mintClaimToken({
        secret: SECRET,
        subscribe: topics,
        payload: { connection, documentId },
      });
      return { hub: HUB_PATH, topics, token, connection, expiresInSeconds: 600, refused: [] };
    },
  );
  const server = await listen(async (request, response) => {
    if (request.url?.startsWith(HUB_PATH)) {
      hub.handler(request, response);
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = await documents.handle(
      new Request(`http://app.example${request.url}`, {
        method: request.method ?? 'GET',
        ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
      }),
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  return {
    url: server.url,
    hub,
    documentId,
    documents,
    async withdraw() {
      const old = current();
      generation += 1;
      await hub.publish({
        topics: [old.document],
        data: JSON.stringify({ type: 'access', documentId }),
        private: true,
      });
      hub.endStreams({ topic: old.document });
    },
    async [Symbol.asyncDispose]() {
      await hub.close();
      await server.close();
    },
  };
}
