import { type HubStatistics, LATENCY_BOUNDS_S } from './statistics.ts';

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

interface Sample {
  /** Default: none. */
  readonly suffix?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Writes the statistics in Prometheus' text format. The first four names are those of the reference hub, so that its
 * dashboards and alerts go on working.
 */
export function renderMetrics(statistics: HubStatistics): string {
  const { subscribersDropped, requestsRefused, history } = statistics;
  return [
    metric('gauge', 'mercure_subscribers_connected', 'Streams that are open', [
      { value: statistics.subscribersConnected },
    ]),
    metric('counter', 'mercure_subscribers_total', 'Streams that have been opened', [
      { value: statistics.subscribersTotal },
    ]),
    metric('counter', 'mercure_updates_total', 'Updates that have been accepted', [
      { value: statistics.updatesTotal },
    ]),
    metric('counter', 'mercure_updates_failed_total', 'Updates that could not be stored', [
      { value: statistics.updatesFailed },
    ]),
    metric(
      'counter',
      'mercure_subscribers_dropped_total',
      'Streams that ended because their client read too slowly',
      Object.entries(subscribersDropped).map(([reason, value]) => ({ labels: { reason }, value })),
    ),
    metric('counter', 'mercure_deliveries_total', 'Events handed to subscribers as they were published', [
      { value: statistics.deliveriesTotal },
    ]),
    metric(
      'histogram',
      'mercure_delivery_latency_seconds',
      'From the acceptance of an update until all its subscribers were sent it',
      latencySamples(statistics.deliveryLatency),
    ),
    metric(
      'counter',
      'mercure_requests_refused_total',
      'Requests that were refused, by error code',
      Object.entries(requestsRefused).map(([code, value]) => ({ labels: { code }, value })),
    ),
    metric('gauge', 'mercure_queue_bytes', "Bytes that wait in subscribers' queues", [
      { value: statistics.queueBytes },
    ]),
    ...(history === undefined
      ? []
      : [
          metric('gauge', 'mercure_history_events', 'Events in the history', [{ value: history.events }]),
          metric('gauge', 'mercure_history_bytes', 'Bytes of the events in the history', [
            { value: history.bytes },
          ]),
        ]),
  ].join('');
}

/** One metric with its samples, as its lines of the text format. */
export function metric(
  type: 'counter' | 'gauge' | 'histogram',
  name: string,
  help: string,
  samples: readonly Sample[],
): string {
  const lines = samples.map(({ suffix = '', labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    return `${name}${suffix}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function latencySamples({ counts, beyond, sumS }: HubStatistics['deliveryLatency']): Sample[] {
  let cumulative = 0;
  const buckets = LATENCY_BOUNDS_S.map((bound, index) => {
    cumulative += counts[index] ?? 0;
    return { suffix: '_bucket', labels: { le: String(bound) }, value: cumulative };
  });
  const count = cumulative + beyond;
  return [
    ...buckets,
    { suffix: '_bucket', labels: { le: '+Inf' }, value: count },
    { suffix: '_sum', value: sumS },
    { suffix: '_count', value: count },
  ];
}

function escapeLabel(text: string): string {
  return text.replace(/[\\"\n]/g, character => (character === '\n' ? '\\n' : `\\${character}`));
}
