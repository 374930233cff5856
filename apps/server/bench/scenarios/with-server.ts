import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contender, PreparedDocument, RunningServer } from '../contenders.ts';

/** Runs a server on these documents in a directory of its own, and cleans up. */
export async function withServer<Result>(
  contender: Contender,
  documents: readonly PreparedDocument[],
  use: (server: RunningServer) => Promise<Result>,
): Promise<Result> {
  return inDirectory(async directory => {
    await contender.prepare?.(directory, documents);
    const server = await contender.start(directory);
    try {
      if (contender.prepare === undefined) await upload(server, documents);
      return await use(server);
    } finally {
      await server.process.stop('SIGTERM');
    }
  });
}

export async function inDirectory<Result>(use: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'cahier-bench-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Gives the documents to a server that keeps them in memory only. */
export async function upload(
  { connect }: RunningServer,
  documents: readonly PreparedDocument[],
): Promise<void> {
  for (const { id, edits } of documents) {
    const sent = Promise.withResolvers<void>();
    const fail = (reason: string) => sent.reject(new Error(reason));
    const sender = await connect(id, 0, { onUpdate: () => {}, onFailure: fail });
    for (const edit of edits) sender.send(edit);
    // Whatever is asked for on the same connection afterwards is answered after it.
    const reader = await connect(id, 0, { onUpdate: () => sent.resolve(), onFailure: fail });
    await sent.promise;
    sender.close();
    reader.close();
  }
}
