// A process full of subscribers: plain sockets that count events. The parent (load.ts) steers it by messages.
import { connect, type Socket } from 'node:net';
import { EventCounter } from './event-counter.ts';
import { nowUs } from './events.ts';

/** Few enough at once that no server's accept queue overflows. */
const MAX_CONNECTING = 128;
const READ_BUFFER_BYTES = 64 * 1024;
/** Waves that may be on their way at the same time; a server that is further ahead fails the run. */
const MAX_WAVES_AHEAD = 256;

export type LoadCommand =
  | {
      readonly kind: 'connect';
      readonly port: number;
      /** Where the connections come from, so that many processes do not share one address's ephemeral ports. */
      readonly localAddress: string | undefined;
      /** One raw HTTP request for each connection. */
      readonly requests: readonly string[];
      readonly eventsPerWave: number;
    }
  /** Measures the latency of every event on each `every`th connection; 0 ends that. */
  | { readonly kind: 'sample'; readonly every: number }
  /** Sleeps so long between one round of reading and the next; 0 ends that. */
  | { readonly kind: 'rest'; readonly ms: number };

export type LoadReport =
  | { readonly kind: 'started' }
  | { readonly kind: 'connected' }
  /** All subscribers of this process have received everything of one more wave. */
  | { readonly kind: 'wave' }
  | { readonly kind: 'samples'; readonly latenciesUs: readonly number[] }
  | { readonly kind: 'failed'; readonly reason: string };

const buffer = Buffer.allocUnsafe(READ_BUFFER_BYTES);
const sockets: Socket[] = [];
const missing = new Int32Array(MAX_WAVES_AHEAD);
const latenciesUs: number[] = [];
let sampleEvery = 0;

function report(message: LoadReport): void {
  process.send?.(message);
}

class Subscriber {
  readonly #index: number;
  readonly #eventsPerWave: number;
  readonly #counter = new EventCounter();
  readonly #connected: () => void;
  #open = false;
  #leftInWave: number;
  #wave = 0;

  constructor(index: number, eventsPerWave: number, connected: () => void) {
    this.#index = index;
    this.#eventsPerWave = eventsPerWave;
    this.#leftInWave = eventsPerWave;
    this.#connected = connected;
  }

  /** Takes what has been read into the shared buffer. */
  receive(length: number): void {
    const sampled = sampleEvery > 0 && this.#index % sampleEvery === 0;
    const stamps: number[] | undefined = sampled ? [] : undefined;
    let events = this.#counter.count(buffer, length, stamps);
    if (stamps !== undefined) {
      const now = nowUs();
      for (const stamp of stamps) latenciesUs.push(now - stamp);
    }
    if (!this.#open) this.#opened(length);
    for (; events >= this.#leftInWave; this.#endWave()) events -= this.#leftInWave;
    this.#leftInWave -= events;
  }

  #opened(length: number): void {
    const answer = buffer.toString('latin1', 0, Math.min(length, 200));
    if (!answer.startsWith('HTTP/1.1 200')) {
      report({ kind: 'failed', reason: `a subscription was answered with “${answer.split('\r\n')[0]}”` });
    }
    this.#open = true;
    this.#connected();
  }

  #endWave(): void {
    const slot = this.#wave++ % MAX_WAVES_AHEAD;
    this.#leftInWave = this.#eventsPerWave;
    const left = (missing[slot] ?? 0) - 1;
    missing[slot] = left > 0 ? left : sockets.length;
    if (left === 0) report({ kind: 'wave' });
  }
}

function open(command: LoadCommand & { kind: 'connect' }): void {
  const { requests, port, localAddress, eventsPerWave } = command;
  missing.fill(requests.length);
  let next = 0;
  let connected = 0;
  const openNext = () => {
    const index = next++;
    const request = requests[index];
    if (request === undefined) return;
    const subscriber = new Subscriber(index, eventsPerWave, () => {
      connected++;
      if (connected === requests.length) report({ kind: 'connected' });
      openNext();
    });
    const socket = connect({
      port,
      host: '127.0.0.1',
      ...(localAddress !== undefined && { localAddress }),
      noDelay: true,
      onread: {
        buffer,
        callback: length => {
          subscriber.receive(length);
          return true;
        },
      },
    });
    socket.write(request);
    socket.on('error', error =>
      report({ kind: 'failed', reason: `a subscriber's socket: ${error.message}` }),
    );
    socket.on('close', () => report({ kind: 'failed', reason: 'the server closed a stream' }));
    sockets.push(socket);
  };
  for (let count = 0; count < MAX_CONNECTING; count++) openNext();
}

let restMs = 0;
const clock = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

function rest(): void {
  if (restMs === 0) return;
  Atomics.wait(clock, 0, 0, restMs);
  setImmediate(rest);
}

process.on('message', (command: LoadCommand) => {
  switch (command.kind) {
    case 'connect':
      open(command);
      break;
    case 'sample':
      sampleEvery = command.every;
      if (sampleEvery === 0) report({ kind: 'samples', latenciesUs: latenciesUs.splice(0) });
      break;
    case 'rest':
      restMs = command.ms;
      rest();
  }
});
process.on('disconnect', () => {
  // Closed in good order, thousands of ports would stay taken for a minute, in the way of the next to look for one.
  for (const socket of sockets) socket.resetAndDestroy();
  setImmediate(() => process.exit());
});
report({ kind: 'started' });
