import type { IncomingMessage, ServerResponse } from 'node:http';
import { HubError } from '../diagnostics/errors.ts';
import type { Transport } from '../transports/transport.ts';

/** How long the transport may take to say that it works. */
const CHECK_TIMEOUT_MS = 2_000;
/** How long it may be out of order before only a restart can be expected to help. */
const PATIENCE_MS = 30_000;

type Endpoint = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Tells orchestrators how the hub is, by trying its transport.
 *
 * `ready` fails at once, so that requests go elsewhere. `live` fails only when the transport has been out of order for
 * half a minute: restarting every hub at the first hiccup of a database would add a storm of reconnections to it.
 */
export function createHealthEndpoints(
  transport: Transport,
  now: () => number = () => performance.now(),
): { readonly ready: Endpoint; readonly live: Endpoint } {
  let brokenSince: number | undefined;

  async function works(): Promise<boolean> {
    const timeout = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => timeout.resolve(false), CHECK_TIMEOUT_MS);
    const ready = await Promise.race([transport.ready().catch(() => false), timeout.promise]);
    clearTimeout(timer);
    if (ready) brokenSince = undefined;
    else brokenSince ??= now();
    return ready;
  }
  const endpoint =
    (isWell: () => Promise<boolean>): Endpoint =>
    async (_request, response) => {
      if (!(await isWell())) throw new HubError('transport_unavailable', 'The transport does not answer');
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
      response.end('ok\n');
    };
  return {
    ready: endpoint(works),
    live: endpoint(async () => {
      await works();
      return brokenSince === undefined || now() - brokenSince < PATIENCE_MS;
    }),
  };
}
