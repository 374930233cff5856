import * as Y from 'yjs';

/** A document, and the updates that changes of it give, in order. */
export class Writer {
  readonly doc = new Y.Doc();
  readonly updates: Uint8Array[] = [];

  constructor() {
    this.doc.on('update', update => this.updates.push(update));
  }

  /** Appends to the text; gives the update. */
  write(text: string): Uint8Array {
    const content = this.doc.getText('content');
    content.insert(content.length, text);
    return this.updates.at(-1) as Uint8Array;
  }
}

/** What a document reads after these updates. */
export function textOf(...updates: Uint8Array[]): string {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc.getText('content').toString();
}
