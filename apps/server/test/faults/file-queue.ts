import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { QueuedEdit, UpdateQueue } from '@cahier/y-mercure';

type Line =
  | { readonly kind: 'append'; readonly batch: string; readonly update: string }
  | { readonly kind: 'remove'; readonly batch: string };

/** A queue in a file, as a desktop program would have it: what it has taken survives the end of its process. */
export function createFileQueue(file: string): UpdateQueue {
  const write = (line: Line) => appendFileSync(file, `${JSON.stringify(line)}\n`);
  return {
    async adopt() {
      if (!existsSync(file)) return [];
      let edits: QueuedEdit[] = [];
      const lines = readFileSync(file, 'utf8').split('\n');
      // The last line may have been cut off; what it was to say has then not been promised to anybody.
      if (lines.pop() !== '') appendFileSync(file, '\n');
      for (const text of lines) {
        const line = parse(text);
        if (line?.kind === 'append') {
          edits.push({ batch: line.batch, update: Buffer.from(line.update, 'base64') });
        } else if (line !== undefined) {
          edits = edits.filter(({ batch }) => batch !== line.batch);
        }
      }
      return edits;
    },
    async append({ batch, update }) {
      write({ kind: 'append', batch, update: Buffer.from(update).toString('base64') });
    },
    async remove(batch) {
      write({ kind: 'remove', batch });
    },
    async setAside(batch) {
      throw new Error(`The server refuses batch ${batch} for good`);
    },
    async close() {},
  };
}

function parse(text: string): Line | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
