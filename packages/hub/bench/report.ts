import { table } from '@cahier/testing';
import type { FanOutResult, IdleResult, ResumeResult } from './scenarios.ts';

/** A result for each contender by name; a failure says why there is none. */
export type Results<Result> = ReadonlyMap<string, Result | Failure>;

export interface Failure {
  readonly failed: string;
}

/** From here on a core counts as fully used. */
const SATURATED = 0.9;

export function fanOutTable(results: Results<FanOutResult>): string {
  const ours = succeeded(results.get('hub'));
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
    rows(results, (name, result) => [
      name,
      Math.round(result.deliveriesPerS).toLocaleString('en'),
      times(name, ours?.deliveriesPerS, result.deliveriesPerS),
      decimal(result.p50Ms),
      decimal(result.p99Ms),
      decimal(result.cpuUsPerDelivery),
      times(name, result.cpuUsPerDelivery, ours?.cpuUsPerDelivery),
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
    rows(results, (name, result) => [
      name,
      kibibytes(result.residentBytesPerStream),
      kibibytes(result.usedBytesPerStream),
    ]),
  );
}

export function resumeTable(results: readonly ResumeResult[]): string {
  return table(
    [
      'events in history',
      'one, missed 100: ms',
      'crowd, missed 100: ms',
      'one, whole history: ms',
      'events/s',
    ],
    results.map(({ historyEvents, recentMs, crowdMs, wholeMs }) => [
      historyEvents.toLocaleString('en'),
      decimal(recentMs),
      decimal(crowdMs),
      decimal(wholeMs),
      Math.round((historyEvents / wholeMs) * 1e3).toLocaleString('en'),
    ]),
  );
}

/** Whether it was the server that could do no more, and not what surrounds it: subscribers, publisher, other programs. */
function isSaturated({ serverBusy }: FanOutResult): boolean {
  return serverBusy === undefined || serverBusy >= SATURATED;
}

function rows<Result>(results: Results<Result>, row: (name: string, result: Result) => string[]): string[][] {
  return [...results].map(([name, result]) => {
    const success = succeeded(result);
    return success === undefined ? [name, `failed: ${(result as Failure).failed}`] : row(name, success);
  });
}

function succeeded<Result>(result: Result | Failure | undefined): Result | undefined {
  return result === undefined || isFailure(result) ? undefined : result;
}

function isFailure(result: unknown): result is Failure {
  return typeof result === 'object' && result !== null && 'failed' in result;
}

function times(name: string, numerator: number | undefined, denominator: number | undefined): string {
  if (name === 'hub' || numerator === undefined || denominator === undefined) return '';
  return `${(numerator / denominator).toFixed(2)} ×`;
}

function decimal(value: number | undefined): string {
  if (value === undefined) return '–';
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

function percent(share: number | undefined): string {
  return share === undefined ? '–' : `${Math.round(share * 100)} %`;
}
