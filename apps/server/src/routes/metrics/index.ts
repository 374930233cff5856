import { createHash, timingSafeEqual } from 'node:crypto';
import { METRICS_CONTENT_TYPE, renderMetrics } from '@cahier/hub';
import type { IRouter } from 'express';
import { CodedError } from '../../errors.ts';
import type { Services } from '../../services.ts';

/**
 * Serves what has been counted since the process began at `/metrics`, in Prometheus' text format, to who brings `token`
 * as a bearer token (RFC 6750, section 2.1).
 */
export function registerMetrics(
  router: IRouter,
  { comparisons, hub, log }: Pick<Services, 'comparisons' | 'hub' | 'log'>,
  token: string,
): void {
  const expected = hashOf(`Bearer ${token}`);
  router.get('/metrics', (request, response) => {
    if (!timingSafeEqual(hashOf(request.headers.authorization ?? ''), expected)) {
      response.set('www-authenticate', 'Bearer');
      throw new CodedError('unauthenticated');
    }
    const { verdicts, differences, mendings } = comparisons;
    const text = [
      counter('cahier_commits_total', 'Commits of edits to the disk', { '': log.stats.commits }),
      counter('cahier_appends_total', 'Batches of edits that were committed', { '': log.stats.appends }),
      counter('cahier_comparisons_total', 'Comparisons of clients with the log', verdicts, 'verdict'),
      counter('cahier_differences_total', 'Differences that clients have found', differences, 'kind'),
      counter('cahier_mendings_total', 'Whether they were gone afterwards', mendings, 'outcome'),
      hub.statistics === undefined ? '' : renderMetrics(hub.statistics()),
    ];
    response.set('cache-control', 'no-store').set('content-type', METRICS_CONTENT_TYPE).send(text.join(''));
  });
}

/** Of equal length for all: how long the comparison takes tells nothing. */
const hashOf = (text: string) => createHash('sha256').update(text).digest();

/** Names and labels are ours: nothing in them has to be escaped. */
function counter(name: string, help: string, values: Record<string, number>, label?: string): string {
  const samples = Object.entries(values).map(
    ([key, value]) => `${name}${label === undefined ? '' : `{${label}="${key}"}`} ${value}\n`,
  );
  return `# HELP ${name} ${help}\n# TYPE ${name} counter\n${samples.join('')}`;
}
