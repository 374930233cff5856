/**
 * Reads a stream of Server-Sent Events by `fetch`, which unlike `EventSource` can send a token.
 *
 * @param {URL} url
 * @param {{ headers: Record<string, string>, signal: AbortSignal, onOpen: (response: Response) => void,
 *   onEvent: (event: { id: string, type: string, data: string }) => void }} options
 * @returns {Promise<void>} resolves when the hub ends the stream
 */
export async function readEventStream(url, { headers, signal, onOpen, onEvent }) {
  const response = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal });
  if (!response.ok) throw new Error(await reasonOf(response));
  onOpen(response);

  let unread = '';
  let event = { id: '', type: 'message', data: [] };
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (unread + value).split('\n');
    unread = lines.pop();
    for (const line of lines) {
      if (line === '') {
        if (event.data.length > 0) onEvent({ ...event, data: event.data.join('\n') });
        event = { id: '', type: 'message', data: [] };
        continue;
      }
      const [, field, text] = line.match(/^([^:]*):? ?(.*)$/);
      if (field === 'data') event.data.push(text);
      else if (field === 'event') event.type = text;
      else if (field === 'id') event.id = text;
    }
  }
}

/** What the hub says about a request that it refused. */
export async function reasonOf(response) {
  const text = await response.text();
  try {
    const { title, detail } = JSON.parse(text);
    return `${response.status}: ${detail || title}`;
  } catch {
    return `${response.status}: ${text.trim() || response.statusText}`;
  }
}
