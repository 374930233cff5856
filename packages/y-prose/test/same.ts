import type { Node } from 'prosemirror-model';
import { expect } from 'vitest';

/** Root name of the text in the tests' documents. */
export const ROOT = 'document';

/** Equality of documents, with a difference that can be read. */
export function expectSame(actual: Node, expected: Node, message: string): void {
  if (!actual.eq(expected)) expect(readable(actual), message).toBe(readable(expected));
}

/** A document with all its attributes and marks. */
function readable(node: Node): string {
  return JSON.stringify(node.toJSON(), null, 1);
}
