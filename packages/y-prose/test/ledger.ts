import type { Node } from 'prosemirror-model';
import type { Transaction } from 'prosemirror-state';
import type { Sequence } from '../src/index.ts';
import { hasLetter, isLetter } from './letters.ts';

/**
 * Keeps account of every letter that was ever inserted, so that it can say at the end what must be in the text. Each letter
 * occurs once (see `Letters`), so a letter that is gone after somebody's edit was deleted by somebody who saw it.
 */
export class Ledger {
  readonly #inserted = new Set<string>();
  readonly #deleted = new Set<string>();
  readonly #moved = new Set<string>();
  /** Of which somebody deleted one of two: what is on its way may have moved the other one from there. */
  readonly #halved = new Set<string>();

  /**
   * Enters what an edit did.
   *
   * @param carried - letters that it moved to another place. Default: those that stand in another order than before
   */
  enter(before: string, after: string, carried: Iterable<string> = displaced(before, after)): void {
    const [old, now] = [new Set(before), new Set(after)];
    for (const letter of now) {
      if (old.has(letter)) continue;
      // Somebody's undo brings it back: as a new copy, beside which another one may have come back too.
      if (this.#inserted.has(letter)) this.#moved.add(letter);
      this.#inserted.add(letter);
      this.#deleted.delete(letter);
    }
    for (const letter of old) if (!now.has(letter)) this.#deleted.add(letter);
    const still = doubled(after);
    for (const letter of doubled(before)) if (!still.has(letter)) this.#halved.add(letter);
    for (const letter of carried) this.#moved.add(letter);
  }

  /** Letters that are not in a text although nobody deleted them. */
  lostFrom(text: string): string[] {
    const present = new Set(text);
    const isGone = (letter: string) => this.#deleted.has(letter) || this.#halved.has(letter);
    return [...this.#inserted].filter(letter => !isGone(letter) && !present.has(letter));
  }

  /** Letters that are in a text more often than they may be. Moving at two places at once may double a letter, nothing else. */
  surplusIn(text: string): string[] {
    const seen = new Set<string>();
    const surplus: string[] = [];
    for (const letter of text) {
      if (this.#moved.has(letter)) continue;
      if (this.#deleted.has(letter) || seen.has(letter)) surplus.push(letter);
      seen.add(letter);
    }
    return surplus;
  }

  /** Whether a letter has always been where it is: what stands at it must still stand at it. */
  isAtHome(letter: string): boolean {
    return !this.#moved.has(letter) && !this.#deleted.has(letter);
  }

  hasMoved(letter: string): boolean {
    return this.#moved.has(letter);
  }
}

/** The letters that are in a text more than once. */
function doubled(text: string): Set<string> {
  return new Set([...text].filter((letter, index) => text.indexOf(letter) !== index));
}

/** The letters that stand in another order than before, with those between them: which of them moved is a matter of view. */
function displaced(before: string, after: string): string {
  const [old, now] = [new Set(before), new Set(after)];
  const stayed = [...before].filter(letter => now.has(letter));
  const standing = [...after].filter(letter => old.has(letter));
  const first = stayed.findIndex((letter, index) => letter !== standing[index]);
  if (first === -1) return '';
  const last = stayed.findLastIndex((letter, index) => letter !== standing[index]);
  return stayed.slice(first, last + 1).join('');
}

/** Letters that a transaction takes away in one place and puts back in another. */
export function carriedBy({ before, doc, mapping }: Transaction): string[] {
  const now = positionsOf(doc);
  return [...positionsOf(before)].flatMap(([letter, pos]) =>
    now.has(letter) && mapping.map(pos, 1) !== now.get(letter) ? [letter] : [],
  );
}

/** The text of a document, in order. */
export function textOf(doc: Node): string {
  let text = '';
  doc.descendants(node => {
    if (node.isText) text += node.text;
  });
  return text;
}

/**
 * The letters of a document, in order, those of inline nodes among them, without the line breaks and blanks that commands
 * put between them.
 */
export function lettersOf(doc: Node): string {
  return [...positions(doc)].map(([letter]) => letter).join('');
}

/** The letters of a sequence, in order: also of inline nodes that the document has no room for. */
export function lettersIn({ blocks }: Sequence): string {
  return blocks
    .flatMap(({ content }) =>
      content.map(part => ('text' in part ? part.text : `${part.attributes.letter ?? ''}`)),
    )
    .join('')
    .split('')
    .filter(isLetter)
    .join('');
}

/** Each letter of a document with its position. */
export function positionsOf(doc: Node): Map<string, number> {
  return new Map(positions(doc));
}

function positions(doc: Node): [letter: string, position: number][] {
  const found: [string, number][] = [];
  doc.descendants((node, pos) => {
    const letters = hasLetter(node) ? node.attrs.letter : (node.text ?? '');
    for (const [offset, letter] of [...letters].entries())
      if (isLetter(letter)) found.push([letter, pos + offset]);
  });
  return found;
}
