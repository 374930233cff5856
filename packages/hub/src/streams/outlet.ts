import type { ServerResponse } from 'node:http';
import { DetachableConnection } from './detachable-connection.ts';
import type { Frame } from './frame.ts';
import { isPlain, ResponseOutlet } from './response-outlet.ts';
import { SocketOutlet } from './socket-outlet.ts';

/** Where the frames of one stream go. */
export interface Outlet {
  /** Bytes that the client has not taken yet. */
  readonly queuedBytes: number;
  /** Whether the client has no room for more. */
  readonly isFull: boolean;
  write(frame: Frame): void;
  /** Resolves when the client has room for more, or is gone. */
  room(): Promise<void>;
  /** Ends the stream after what is queued. */
  end(): void;
  /** Breaks the connection off, dropping what is queued. */
  destroy(): void;
  /** Calls back when the connection is over. */
  onClose(listener: () => void): void;
}

/** Whether the stream that a response begins goes on without it, and ends with its connection. */
export function canDetach(response: ServerResponse): boolean {
  return connectionOf(response) !== undefined;
}

/**
 * Where the stream goes on that a response has begun. If the connection can be detached it is, and the response ends for
 * everybody who follows it: what a stream needs for the rest of its life is then its socket and nothing else.
 *
 * @param response - its head has been written
 */
export function openOutlet(response: ServerResponse): Outlet {
  const socket = isPlain(response) ? connectionOf(response)?.detachStream() : undefined;
  if (socket === undefined) return new ResponseOutlet(response);
  response.end();
  return new SocketOutlet(socket);
}

function connectionOf({ socket }: ServerResponse): DetachableConnection | undefined {
  const connection: unknown = socket;
  return connection instanceof DetachableConnection ? connection : undefined;
}
