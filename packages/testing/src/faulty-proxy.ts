import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { listen } from './listen.ts';
import type { Random } from './random.ts';

/** What can happen to a request or to an event on its way, and how probable it is. */
export interface FaultRates {
  /** A request never arrives: the connection is cut. */
  readonly dropRequest: number;
  /** A request arrives, and its answer is lost. */
  readonly dropAnswer: number;
  /** A request arrives twice; the answer to one of them is passed on. */
  readonly duplicateRequest: number;
  /** An answer ends in the middle. */
  readonly truncateAnswer: number;
  /** A page of somebody else's, with status 200, instead of an answer. */
  readonly captivePortal: number;
  /** A request, or its answer, waits up to `maxDelayMs`: those sent at the same time arrive in another order. */
  readonly delay: number;
  readonly maxDelayMs: number;
  readonly dropEvent: number;
  readonly duplicateEvent: number;
  /** An event arrives after the one that follows it. */
  readonly reorderEvent: number;
  /** Everything on a stream is held back up to `maxHoldMs`, then comes at once. */
  readonly holdStream: number;
  readonly maxHoldMs: number;
  /** A stream is cut at an event. */
  readonly cutStream: number;
}

export interface FaultyProxy extends AsyncDisposable {
  /** The origin to send requests to, without a trailing slash. */
  readonly url: string;
  /** Does harm at these rates from now on; undefined: passes everything on as it is. */
  harm(rates: FaultRates | undefined): void;
  /** Cuts all connections that are open at the moment. */
  cut(): void;
}

/**
 * A proxy in front of an HTTP server that delays, drops, duplicates, truncates, reorders, holds back and cuts. While
 * the server cannot be reached, connections are cut, too. It answers on a free port until it is disposed of.
 */
export async function startFaultyProxy(targetPort: number, random: Random): Promise<FaultyProxy> {
  let rates: FaultRates | undefined;
  const sockets = new Set<Socket>();
  const happens = (fault: Exclude<keyof FaultRates, 'maxDelayMs' | 'maxHoldMs'>) =>
    rates !== undefined && random.chance(rates[fault]);
  const delay = async () => {
    if (rates && happens('delay')) await wait(random.integer(1, rates.maxDelayMs));
  };

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    if (happens('captivePortal')) {
      outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome to our network</h1>');
      return;
    }
    await delay();
    if (happens('dropRequest')) return cutConnection(outgoing);
    if (happens('duplicateRequest')) forward(incoming, body).then(copy => copy.resume(), ignore);
    const answer = await forward(incoming, body);
    outgoing.on('close', () => answer.destroy());
    if (answer.headers['content-type']?.startsWith('text/event-stream')) {
      await relayStream(answer, outgoing);
      return;
    }
    const answered: Buffer[] = [];
    for await (const chunk of answer) answered.push(chunk as Buffer);
    const bytes = Buffer.concat(answered);
    await delay();
    if (happens('dropAnswer')) return cutConnection(outgoing);
    outgoing.writeHead(answer.statusCode ?? 502, {
      ...endToEnd(answer.headers),
      'content-length': bytes.length,
    });
    if (happens('truncateAnswer')) {
      outgoing.write(bytes.subarray(0, bytes.length / 2), () => cutConnection(outgoing));
      return;
    }
    outgoing.end(bytes);
  }

  function forward({ method, url, headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sending = request(
        { port: targetPort, host: '127.0.0.1', method, path: url, headers: endToEnd(headers), agent: false },
        resolve,
      );
      sending.on('error', reject);
      sending.end(body);
    });
  }

  /** Passes events on, one block after the other. */
  async function relayStream(answer: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    outgoing.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
    outgoing.flushHeaders();
    let rest = '';
    let late = '';
    for await (const chunk of answer.setEncoding('utf8')) {
      if (rates && happens('holdStream')) await wait(random.integer(1, rates.maxHoldMs));
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = `${block}\n\n`;
        if (happens('cutStream')) return cutConnection(outgoing);
        if (happens('dropEvent')) continue;
        if (late === '' && happens('reorderEvent')) {
          late = event;
          continue;
        }
        outgoing.write(event + (happens('duplicateEvent') ? event : '') + late);
        late = '';
      }
      // A heartbeat may be half a block for long.
      if (rest.startsWith(':')) {
        outgoing.write(rest);
        rest = '';
      }
    }
    outgoing.end();
  }

  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => cutConnection(outgoing));
  });
  server.on('connection', socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', ignore);
  });
  const { url, close } = await listen(server);
  return {
    url,
    harm(next) {
      rates = next;
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    [Symbol.asyncDispose]: close,
  };
}

const ignore = () => {};

/** Without the fields that concern one connection only (RFC 9110, section 7.6.1). */
function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { 'transfer-encoding': _, connection: __, 'keep-alive': ___, ...fields } = headers;
  return fields;
}

function cutConnection(response: ServerResponse): void {
  response.socket?.destroy();
}
