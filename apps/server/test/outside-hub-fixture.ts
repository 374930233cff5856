import { createHub, type HubOptions } from '@cahier/hub';
import { type Listening, listen } from '@cahier/testing';

export const HUB_SECRET = 'a secret that both sides know, for HS256';

export interface OutsideHubFixture extends AsyncDisposable {
  /** The hub's whole URL. */
  readonly url: string;
  /** What makes the application use it. */
  readonly environment: Record<string, string>;
  /** Cuts all connections, and takes new ones from then on only as told. `whom` defaults to everybody. */
  setReachable(isReachable: boolean, whom?: 'everybody' | 'publishers'): void;
}

/** A hub on a port of its own. */
export async function startOutsideHub(options: Partial<HubOptions> = {}): Promise<OutsideHubFixture> {
  const key = { secret: HUB_SECRET };
  const hub = createHub({ publisherKey: key, subscriberKey: key, retryMs: 1, ...options });
  let isOpenFor = (_method: string | undefined) => true;
  const server: Listening = await listen((request, response) => {
    if (isOpenFor(request.method)) hub.handler(request, response);
    else request.socket.destroy();
  });
  const url = `${server.url}/.well-known/mercure`;
  return {
    url,
    environment: { MERCURE_URL: url, MERCURE_PUBLIC_URL: url, MERCURE_JWT_SECRET_KEY: HUB_SECRET },
    setReachable(isReachable, whom = 'everybody') {
      isOpenFor = method => isReachable && (whom === 'everybody' || method === 'POST');
      server.server.closeAllConnections();
    },
    async [Symbol.asyncDispose]() {
      await hub.close();
      await server.close();
    },
  };
}
