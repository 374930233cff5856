import { parentPort, workerData } from 'node:worker_threads';
import { openHistory, type SqliteHistory } from './history.ts';
import { lockHistory } from './lock.ts';
import {
  type Call,
  type CallName,
  describe,
  type HistoryCalls,
  type HistoryThreadData,
  type Message,
} from './messages.ts';

/** One of the two threads of a history: the one that writes, or the one that reads and never waits for a commit. */
const { file, role, bounds } = workerData as HistoryThreadData;
const port = parentPort;
if (port === null) throw new Error('This module is the entry of a worker thread');
const send = (message: Message) => port.postMessage(message);

function open(): { history: SqliteHistory; close: () => void } {
  const lock = role === 'writer' ? lockHistory(file) : undefined;
  try {
    const history = openHistory(file);
    return {
      history,
      close: () => {
        history.close();
        lock?.close();
      },
    };
  } catch (error) {
    lock?.close();
    throw error;
  }
}

function serve({ history, close }: ReturnType<typeof open>): void {
  const calls: HistoryCalls = {
    commit: updates => ({ ...history.commit(updates, bounds), size: history.size }),
    discard: () => ({ more: history.discard(bounds), size: history.size }),
    probe: () => {
      history.probe();
      return null;
    },
    find: id => history.find(id),
    read: ({ after, limit }) => history.read(after, limit),
  };
  const answer = ({ id, name, request }: Call): Message => {
    try {
      const call = calls[name as CallName] as (request: unknown) => unknown;
      return { kind: 'answer', id, value: call(request) };
    } catch (error) {
      return { kind: 'failure', id, failure: describe(error, 'transport_unavailable') };
    }
  };
  port?.on('message', (call: Call | 'close') => {
    if (call !== 'close') return send(answer(call));
    close();
    port?.close();
  });
  send({ kind: 'opened', opened: { lastEventId: history.lastEventId, size: history.size } });
}

let opened: ReturnType<typeof open> | undefined;
try {
  opened = open();
} catch (error) {
  send({ kind: 'refused', failure: describe(error, 'history_unusable') });
}
if (opened) serve(opened);
