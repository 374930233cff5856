// Says again and again how late it is: in its main thread, and in another.
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

const PAUSE_MS = 20;

if (isMainThread) {
  const thread = new Worker(new URL(import.meta.url));
  thread.on('message', other => process.stdout.write(`${JSON.stringify([Date.now(), other])}\n`));
  setInterval(() => thread.postMessage('?'), PAUSE_MS);
} else {
  parentPort?.on('message', () => parentPort?.postMessage(Date.now()));
}
