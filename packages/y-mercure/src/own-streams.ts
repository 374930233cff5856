import { MAX_STREAM_DOCUMENTS } from '@cahier/protocol';
import { HubStream, type StreamConnection } from './hub-stream.ts';
import { Members, NOT_STANDING } from './members.ts';
import { isHidden, onVisibilityChange } from './page.ts';
import type { DocumentStreams } from './streams.ts';

/**
 * Streams for this process, or page, alone: all documents that are open in it share one.
 *
 * @param whileVisible - has no stream while nobody sees the page: browsers allow six connections to an HTTP/1.1 server
 */
export function createOwnStreams(
  connection: StreamConnection,
  { whileVisible = false } = {},
): DocumentStreams & { close(): void } {
  const members = new Members();
  const stream = new HubStream({
    ...connection,
    onStanding: standing => members.stand(standing),
    onEvent: event => members.deliver(event),
    onUnknownEvent: () => members.deliverUnknown(),
    onRefused: (documentId, code) => members.refuse(documentId, code),
    onEnd: error => members.end(error),
  });
  const refresh = () => {
    const isWanted = !whileVisible || !isHidden();
    stream.setDocuments(isWanted ? members.documents.slice(0, MAX_STREAM_DOCUMENTS) : []);
    if (!isWanted) members.stand(NOT_STANDING);
  };
  const stopWatching = whileVisible ? onVisibilityChange(refresh) : () => {};
  return {
    listen(documentId, listener) {
      members.add(documentId, listener);
      refresh();
      return {
        retryNow: () => stream.retryNow(),
        probe: () => stream.probe(),
        close() {
          members.remove(documentId, listener);
          refresh();
        },
      };
    },
    close() {
      stopWatching();
      stream.close();
    },
  };
}
