import { connect, type Socket } from 'node:net';
import { stampedData, topicName, type Wave } from './events.ts';

/** How many requests are sent together when a wave goes to many topics, and how many may be unanswered before more are. */
const MAX_PIPELINED = 100;

/** Publishes by HTTP over one kept connection. Requests are pipelined, so that a burst arrives as one. */
export class HttpPublisher {
  readonly #socket: Socket;
  readonly #request: (topic: string, data: string) => string;
  #unanswered = 0;
  #rest = '';
  #answered: () => void = () => {};

  /** Called with the reason when publishing does not work. */
  onFailure: (reason: string) => void = () => {};

  /** @param request - the raw HTTP request that publishes data to a topic */
  constructor(port: number, request: (topic: string, data: string) => string) {
    this.#request = request;
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', chunk => this.#read(chunk.toString('latin1')));
    this.#socket.on('error', error => this.onFailure(`the publisher's connection: ${error.message}`));
    this.#socket.on('close', () => this.onFailure('the server closed the publisher’s connection'));
  }

  async publish({ topics, eventsPerTopic }: Wave): Promise<void> {
    let batch = '';
    let size = 0;
    for (let topic = 0; topic < topics; topic++) {
      for (let event = 0; event < eventsPerTopic; event++) {
        batch += this.#request(topicName(topic), stampedData());
        size++;
      }
      if (size < MAX_PIPELINED && topic < topics - 1) continue;
      await this.#send(batch, size);
      batch = '';
      size = 0;
    }
  }

  close(): void {
    this.onFailure = () => {};
    this.#socket.destroy();
  }

  /** Sends requests as soon as not too many are unanswered. */
  async #send(requests: string, count: number): Promise<void> {
    while (this.#unanswered >= MAX_PIPELINED) {
      await new Promise<void>(resolve => {
        this.#answered = resolve;
      });
    }
    this.#unanswered += count;
    this.#socket.write(requests);
  }

  /** Counts status lines; what the servers answer otherwise contains none. */
  #read(text: string): void {
    const unread = this.#rest + text;
    let end = 0;
    const before = this.#unanswered;
    for (const { 0: line, 1: status, index } of unread.matchAll(/HTTP\/1\.1 (\d{3})/g)) {
      end = index + line.length;
      if (!status?.startsWith('2')) this.onFailure(`publishing was answered with ${status}`);
      this.#unanswered--;
    }
    if (this.#unanswered < before) this.#answered();
    // A status line may be cut between two reads.
    this.#rest = unread.slice(Math.max(end, unread.length - 'HTTP/1.1 20'.length));
  }
}
