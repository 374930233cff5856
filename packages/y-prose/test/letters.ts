import { Fragment, type Node, Slice } from 'prosemirror-model';

/** Unified Han and Hangul: 32,000 letters of one code unit each, more than any run inserts. */
const RANGES = [
  { first: 0x4e00, last: 0x9fff },
  { first: 0xac00, last: 0xd7a3 },
] as const;

/** Letters of which no two are ever the same, so that a test can follow each of them through every merge. */
export class Letters {
  #used = 0;

  /** `count` letters that have not been given out before. */
  take(count: number): string {
    let letters = '';
    for (let i = 0; i < count; i++) letters += letterAt(this.#used++);
    return letters;
  }

  /** The node with every letter of its text and of its inline nodes replaced by a new one. */
  renew(node: Node): Node {
    if (node.isText) return node.type.schema.text(this.take(node.text?.length ?? 0), node.marks);
    if (hasLetter(node)) return node.type.create({ ...node.attrs, letter: this.take(1) }, null, node.marks);
    return node.copy(this.renewFragment(node.content));
  }

  renewSlice(slice: Slice): Slice {
    return new Slice(this.renewFragment(slice.content), slice.openStart, slice.openEnd);
  }

  renewFragment(fragment: Fragment): Fragment {
    return Fragment.fromArray(fragment.content.map(child => this.renew(child)));
  }
}

/** Whether a node is an inline node that carries a letter. */
export function hasLetter({ attrs }: Node): boolean {
  return typeof attrs.letter === 'string';
}

/** Whether it may have come from {@link Letters}. */
export function isLetter(character: string): boolean {
  const code = character.charCodeAt(0);
  return RANGES.some(({ first, last }) => first <= code && code <= last);
}

function letterAt(index: number): string {
  let rest = index;
  for (const { first, last } of RANGES) {
    if (rest <= last - first) return String.fromCharCode(first + rest);
    rest -= last - first + 1;
  }
  throw new RangeError('More letters than there are');
}
