import type { IncomingMessage, ServerResponse } from 'node:http';
import { HubError } from '../diagnostics/errors.ts';
import type { Transport } from '../transports/transport.ts';

/** `GET /healthz`: 200 while updates can be stored and delivered. */
export function createHealthEndpoint(transport: Transport) {
  return async (_request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!(await transport.ready()))
      throw new HubError('transport_unavailable', 'The transport does not answer');
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
    response.end('ok\n');
  };
}
