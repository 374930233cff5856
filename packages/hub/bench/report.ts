import { decimal, percent, type Results, resultRows, succeeded, table, times } from '@cahier/testing';
import type { FanOutResult, IdleResult, ResumeResult } from './scenarios.ts';

/** From here on a core counts as fully used. */
const SATURATED = 0.9;

export function fanOutTable(results: Results<FanOutResult>): string {
  const ours = succeeded(results.get('hub'));
  const compared = (name: string, numerator: number | undefined, denominator: number | undefined) =>
    name === 'hub' ? '' : times(numerator, denominator);
  return table(
    [
      '',
      'deliveries/s',
      'hub ÷ this',
      'p50 ms',
      'p99 ms',
      'CPU µs/delivery',
      'hub ÷ this',
      'server',
      'load',
      '',
    ],
    resultRows(results, (result, name) => [
      Math.round(result.deliveriesPerS).toLocaleString('en'),
      compared(name, ours?.deliveriesPerS, result.deliveriesPerS),
      decimal(result.p50Ms),
      decimal(result.p99Ms),
      decimal(result.cpuUsPerDelivery),
      compared(name, result.cpuUsPerDelivery, ours?.cpuUsPerDelivery),
      percent(result.serverBusy),
      percent(result.loadBusy),
      isSaturated(result) ? '' : 'the server had time left',
    ]),
  );
}

export function idleTable(results: Results<IdleResult>): string {
  const kibibytes = (bytes: number | undefined) => (bytes === undefined ? '–' : (bytes / 1024).toFixed(1));
  return table(
    ['', 'resident KiB/stream', 'JavaScript KiB/stream'],
    resultRows(results, result => [
      kibibytes(result.residentBytesPerStream),
      kibibytes(result.usedBytesPerStream),
    ]),
  );
}

export function resumeTable(results: readonly ResumeResult[]): string {
  const crowds = results[0]?.crowds.map(({ subscribers }) => subscribers.toLocaleString('en')) ?? [];
  return table(
    [
      'events in history',
      'one, missed 100: ms',
      ...crowds.flatMap(many => [`${many}, missed 100: ms`, 'CPU ms']),
      'one, whole history: ms',
      'events/s',
    ],
    results.map(result => [
      result.historyEvents.toLocaleString('en'),
      decimal(result.recentMs),
      ...result.crowds.flatMap(({ tookMs, cpuMs }) => [decimal(tookMs), decimal(cpuMs)]),
      decimal(result.wholeMs),
      Math.round((result.historyEvents / result.wholeMs) * 1e3).toLocaleString('en'),
    ]),
  );
}

/** Whether it was the server that could do no more, and not what surrounds it: subscribers, publisher, other programs. */
function isSaturated({ serverBusy }: FanOutResult): boolean {
  return serverBusy === undefined || serverBusy >= SATURATED;
}
