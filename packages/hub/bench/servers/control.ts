import type { AddressInfo, Server } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { stampedData, topicName, type Wave } from '../events.ts';

/** How many of a wave's topics are published to in one turn of the event loop. */
const TOPICS_PER_TURN = 100;
/** Thousands of subscribers connect within a second. */
const BACKLOG = 4_096;

export type ServerCommand =
  | { readonly kind: 'publish'; readonly wave: Wave }
  /** Publishes so many events to the first topic, before anybody listens. */
  | { readonly kind: 'fill'; readonly events: number; readonly missed: number }
  | { readonly kind: 'memory' };

export type ServerReport =
  | { readonly kind: 'listening'; readonly port: number }
  /** `recentId` is the id of the event that the `missed` last ones follow. */
  | { readonly kind: 'filled'; readonly recentId: string }
  /** What JavaScript and its buffers hold after a garbage collection. */
  | { readonly kind: 'memory'; readonly bytes: number };

export interface ServedStreams {
  readonly server: Server;
  /** Gives the event's id where the server keeps a history. */
  publish(topic: string, data: string): Promise<{ id: string }> | undefined;
}

/** Serves event streams on a free port and publishes in this process whatever the parent asks for. */
export function serve({ server, publish }: ServedStreams): void {
  const report = (message: ServerReport) => process.send?.(message);

  async function publishWave({ topics, eventsPerTopic, oneByOne }: Wave): Promise<void> {
    for (let topic = 0; topic < topics; topic++) {
      // Like a real caller, the next event does not wait for the one before.
      for (let event = 0; event < eventsPerTopic; event++) {
        void publish(topicName(topic), stampedData());
        if (oneByOne) await turn();
      }
      if (!oneByOne && topic % TOPICS_PER_TURN === TOPICS_PER_TURN - 1) await turn();
    }
  }

  async function fill(events: number, missed: number): Promise<string> {
    let recentId = '';
    for (let left = events - 1; left >= 0; left--) {
      const published = await publish(topicName(0), stampedData());
      if (left === missed) recentId = published?.id ?? '';
    }
    return recentId;
  }

  // Waves that arrive together are still published one per turn: events of different waves are single events.
  let last = Promise.resolve();
  process.on('message', (command: ServerCommand) => {
    last = last.then(async () => {
      switch (command.kind) {
        case 'publish':
          await publishWave(command.wave);
          await turn();
          break;
        case 'fill':
          report({ kind: 'filled', recentId: await fill(command.events, command.missed) });
          break;
        case 'memory': {
          globalThis.gc?.();
          await turn();
          globalThis.gc?.();
          const { heapUsed, external } = process.memoryUsage();
          report({ kind: 'memory', bytes: heapUsed + external });
        }
      }
    });
  });
  process.on('disconnect', () => process.exit());
  server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG }, () => {
    report({ kind: 'listening', port: (server.address() as AddressInfo).port });
  });
}
