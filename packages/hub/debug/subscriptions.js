import { readEventStream, reasonOf } from './event-stream.js';

/** Longest list that is shown. */
const MAX_ROWS = 500;

/**
 * Shows the hub's active subscriptions and follows them: each of the hub's own events about them has the list fetched
 * again, which is simpler than patching it and cannot drift.
 */
export async function watchSubscriptions({ hub, headers, signal, table, say }) {
  const url = new URL(`${hub.href}/subscriptions`);
  let isOld = false;
  let isLoading = false;
  let isStale = false;
  const load = async () => {
    isStale = true;
    if (isLoading) return;
    isLoading = true;
    try {
      while (isStale) {
        isStale = false;
        const response = await fetch(url, { headers, signal });
        if (response.status === 404) throw new Error('This hub does not tell its subscriptions');
        if (!response.ok) throw new Error(await reasonOf(response));
        const list = await response.json();
        isOld = '@context' in list;
        show(table, list, say);
      }
    } finally {
      isLoading = false;
    }
  };
  await load();
  const stream = new URL(hub);
  // Each generation sees the subscriptions of its own, and asks for them in its own way.
  if (isOld) stream.searchParams.set('topic', `${url.pathname}/{topic}/{subscriber}`);
  else stream.searchParams.set('match_urlpattern', `${url.pathname}/:type/:match/:subscriber`);
  await readEventStream(stream, {
    headers,
    signal,
    onOpen: load,
    onEvent: () => load().catch(error => say(error.message, 'failed')),
  });
  say('The hub has ended the stream', 'failed');
}

function show(table, { subscriptions = [] }, say) {
  const active = subscriptions.filter(subscription => subscription.active !== false);
  const rows = active.slice(0, MAX_ROWS).map(subscription => {
    const row = document.createElement('tr');
    const { subscriber, payload } = subscription;
    const topic = subscription.topic ?? subscription.match ?? subscription.id;
    for (const text of [topic, subscriber, payload === undefined ? '' : JSON.stringify(payload)]) {
      row.insertCell().textContent = text;
    }
    return row;
  });
  table.tBodies[0].replaceChildren(...rows);
  table.hidden = rows.length === 0;
  const more = active.length > rows.length ? `, the first ${rows.length} of them here` : '';
  say(`${active.length} active${more}`, 'open');
}
