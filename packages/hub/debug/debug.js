import { readEventStream, reasonOf } from './event-stream.js';
import { watchSubscriptions } from './subscriptions.js';

/** Oldest events beyond these go away. */
const MAX_EVENTS = 200;
const RECONNECT_DELAY_MS = 2_000;

const find = id => document.getElementById(id);
const lines = text => text.split('\n').filter(line => line.trim() !== '');

const hub = new URL('..', location.href);
hub.pathname = hub.pathname.replace(/\/$/, '');
hub.search = '';
hub.hash = '';
find('hub-url').textContent = hub.href;

const authorization = () => {
  const token = find('token').value.trim();
  return token === '' ? {} : { authorization: `Bearer ${token}` };
};

/** Makes the function that says how something is, beside its button. */
const speaker = output => (text, state) => {
  output.textContent = text;
  output.dataset.state = state;
};

// Token: what it says, without judging whether it is true.
find('token').addEventListener('input', () => {
  const [, payload] = find('token').value.trim().split('.');
  let claims = '';
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), character =>
      character.charCodeAt(0),
    );
    claims = new TextDecoder().decode(bytes);
  } catch {
    // Not (yet) a token.
  }
  find('token-claims').textContent = claims;
});

// Subscribing
let stream;
const sayStream = speaker(find('stream-state'));

function addEvent({ id, type, data }) {
  const item = document.createElement('li');
  const about = document.createElement('div');
  about.className = 'about';
  const part = (className, text) => {
    const span = document.createElement('span');
    span.className = className;
    span.textContent = text;
    about.append(span);
  };
  part('time', new Date().toLocaleTimeString());
  if (type !== 'message') part('type', type);
  part('id', id === '' ? 'not in the history' : id);
  const body = document.createElement('pre');
  body.textContent = data;
  item.append(about, body);
  find('events').prepend(item);
  while (find('events').children.length > MAX_EVENTS) find('events').lastChild.remove();
}

function setConnected(isConnected) {
  find('connect').disabled = isConnected;
  find('disconnect').disabled = !isConnected;
}

async function subscribe(form, controller) {
  const url = new URL(hub);
  for (const topic of lines(form.topics.value)) url.searchParams.append(form.matcher.value, topic.trim());
  let lastEventId = form.lastEventId.value.trim();
  const { signal } = controller;
  while (!signal.aborted) {
    try {
      sayStream('Connecting…', 'closed');
      await readEventStream(url, {
        headers: { ...authorization(), ...(lastEventId !== '' && { 'last-event-id': lastEventId }) },
        signal,
        onOpen: response => {
          const resumed =
            response.headers.get('mercure-last-event-id') ?? response.headers.get('last-event-id');
          const isLost = lastEventId !== '' && resumed !== null && resumed !== lastEventId;
          sayStream(isLost ? 'Connected; events before these may be lost' : 'Connected', 'open');
        },
        onEvent: event => {
          if (event.id !== '') lastEventId = event.id;
          addEvent(event);
        },
      });
      sayStream('The hub has ended the stream; connecting again…', 'closed');
    } catch (error) {
      if (signal.aborted) break;
      sayStream(error.message, 'failed');
      // A refusal stays one; a broken connection is worth another try.
      if (/^\d{3}:/.test(error.message)) break;
    }
    await new Promise(resolve => setTimeout(resolve, RECONNECT_DELAY_MS));
  }
  if (signal.aborted) sayStream('Not connected', 'closed');
  if (stream === controller) setConnected(false);
}

find('subscribe').addEventListener('submit', event => {
  event.preventDefault();
  stream?.abort();
  stream = new AbortController();
  setConnected(true);
  void subscribe(event.target.elements, stream);
});
find('disconnect').addEventListener('click', () => stream?.abort());
find('clear').addEventListener('click', () => find('events').replaceChildren());

// Publishing
const sayPublished = speaker(find('publish-state'));

find('publish').addEventListener('submit', async event => {
  event.preventDefault();
  const form = event.target.elements;
  const body = new URLSearchParams();
  for (const topic of lines(form.topics.value)) body.append('topic', topic.trim());
  body.set('data', form.data.value);
  for (const name of ['id', 'type', 'retry']) {
    if (form[name].value !== '') body.set(name, form[name].value);
  }
  if (form.private.checked) body.set('private', 'on');
  try {
    const response = await fetch(hub, { method: 'POST', headers: authorization(), body });
    if (response.ok) sayPublished(await response.text(), 'done');
    else sayPublished(await reasonOf(response), 'failed');
  } catch (error) {
    sayPublished(error.message, 'failed');
  }
});

// Active subscriptions
let watching;
const saySubscriptions = speaker(find('subscriptions-state'));

find('watch').addEventListener('click', async () => {
  watching?.abort();
  const controller = new AbortController();
  watching = controller;
  try {
    await watchSubscriptions({
      hub,
      headers: authorization(),
      signal: controller.signal,
      table: find('subscriptions'),
      say: saySubscriptions,
    });
  } catch (error) {
    if (!controller.signal.aborted) saySubscriptions(error.message, 'failed');
  }
});
