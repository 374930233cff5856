import type { IncomingMessage, ServerResponse } from 'node:http';
import { METRICS_CONTENT_TYPE, metric, renderMetrics } from '../diagnostics/prometheus.ts';
import type { Hub } from '../hub.ts';

/** Answers requests for the metrics of the hub and of its process; returns false for requests for anything else. */
export function createMetricsHandler(hub: Hub, path: string) {
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (request.url?.split('?', 1)[0] !== path) return false;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return true;
    }
    response.writeHead(200, { 'content-type': METRICS_CONTENT_TYPE, 'cache-control': 'no-store' });
    response.end(renderMetrics(hub.statistics()) + renderProcessMetrics());
    return true;
  };
}

/** Under the names that Prometheus' client libraries have agreed on. */
function renderProcessMetrics(): string {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const startTimeS = Date.now() / 1_000 - process.uptime();
  return [
    metric('counter', 'process_cpu_seconds_total', 'Processor time of the process, in seconds', [
      { value: (user + system) / 1_000_000 },
    ]),
    metric('gauge', 'process_resident_memory_bytes', 'Memory of the process', [{ value: rss }]),
    metric('gauge', 'process_start_time_seconds', 'When the process began, since the epoch', [
      { value: startTimeS },
    ]),
    metric('gauge', 'nodejs_heap_size_used_bytes', "Memory that JavaScript's objects take", [
      { value: heapUsed },
    ]),
  ].join('');
}
