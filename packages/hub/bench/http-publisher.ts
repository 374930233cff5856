import { connect, type Socket } from 'node:net';
import { stampedData, topicName, type Wave } from './events.ts';

/** How many requests are sent together when a wave goes to many topics. */
const PIPELINED = 100;

/**
 * Publishes by HTTP over one kept connection. Requests of different waves wait for each other's answers; those of one
 * wave are pipelined, so that a burst arrives as one.
 */
export class HttpPublisher {
  readonly #socket: Socket;
  readonly #request: (topic: string, data: string) => string;
  #unanswered = 0;
  #rest = '';
  #answered: () => void = () => {};
  #failed: (error: Error) => void = () => {};

  /** @param request - the raw HTTP request that publishes data to a topic */
  constructor(port: number, request: (topic: string, data: string) => string) {
    this.#request = request;
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', chunk => this.#read(chunk.toString('latin1')));
    this.#socket.on('error', error => this.#failed(error));
    this.#socket.on('close', () => this.#failed(new Error('the server closed the publisher’s connection')));
  }

  async publish({ topics, eventsPerTopic }: Wave): Promise<void> {
    let batch = '';
    let size = 0;
    for (let topic = 0; topic < topics; topic++) {
      for (let event = 0; event < eventsPerTopic; event++) {
        batch += this.#request(topicName(topic), stampedData());
        size++;
      }
      if (size < PIPELINED && topic < topics - 1) continue;
      await this.#send(batch, size);
      batch = '';
      size = 0;
    }
  }

  close(): void {
    this.#failed = () => {};
    this.#socket.destroy();
  }

  #send(requests: string, count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#unanswered = count;
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(requests);
    });
  }

  /** Counts status lines; what the servers answer otherwise contains none. */
  #read(text: string): void {
    const unread = this.#rest + text;
    let end = 0;
    for (const { 0: line, 1: status, index } of unread.matchAll(/HTTP\/1\.1 (\d{3})/g)) {
      end = index + line.length;
      if (!status?.startsWith('2')) this.#failed(new Error(`publishing was answered with ${status}`));
      if (--this.#unanswered === 0) this.#answered();
    }
    // A status line may be cut between two reads.
    this.#rest = unread.slice(Math.max(end, unread.length - 'HTTP/1.1 20'.length));
  }
}
