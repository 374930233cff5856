import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { ConformanceClient } from './client.ts';

export function describeHttp(client: ConformanceClient): void {
  const { hub, endpoint, newTopic, publish } = client;
  describe('HTTP', () => {
    it('T1 refuses other methods with 405 and says which there are', async () => {
      for (const method of ['PUT', 'DELETE', 'PATCH']) {
        const response = await fetch(endpoint(), { method });
        expect(response.status).toBe(405);
        expect(response.headers.get('allow')).toMatch(/GET.*POST/);
      }
    });

    it('T2 answers OPTIONS', async () => {
      const response = await fetch(endpoint(), { method: 'OPTIONS' });
      expect(response.status).toBe(204);
    });

    it('T3 is healthy', async () => {
      expect((await fetch(`${hub().url}/healthz`)).status).toBe(200);
    });

    it('T4 a client that gives up in the middle of a body does no harm', async () => {
      const token = await hub().mintPublisherToken(['*']);
      await new Promise<void>(resolve => {
        const sending = request(endpoint(), {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/x-www-form-urlencoded',
            'content-length': '1000',
          },
        });
        sending.on('error', () => {}).on('close', resolve);
        sending.write('topic=a&data=', () => sending.destroy());
      });
      expect((await publish({ topic: newTopic() }, token)).status).toBe(200);
    });
  });
}
