import type { Node } from '@tiptap/pm/model';
import type { Decoration, NodeView, ViewMutationRecord } from '@tiptap/pm/view';

const CHEVRON =
  '<svg aria-hidden="true" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.25" stroke-linecap="round" stroke-linejoin="round"><path d="m9 18 6-6-6-6"/></svg>';

/** A section on the page: a button that opens and closes it, beside its summary and what that sums up. */
export class SectionView implements NodeView {
  readonly dom = document.createElement('div');
  readonly contentDOM = document.createElement('div');
  readonly #button = document.createElement('button');
  #node: Node;

  constructor(node: Node, decorations: readonly Decoration[], onToggle: () => void) {
    this.#node = node;
    this.dom.className = 'section';
    this.dom.dir = 'auto';
    this.#button.type = 'button';
    this.#button.contentEditable = 'false';
    this.#button.innerHTML = CHEVRON;
    // A press leaves the cursor in the text.
    this.#button.addEventListener('mousedown', event => event.preventDefault());
    this.#button.addEventListener('click', onToggle);
    this.dom.append(this.#button, this.contentDOM);
    this.#show(decorations);
  }

  update(node: Node, decorations: readonly Decoration[]): boolean {
    if (node.type !== this.#node.type) return false;
    this.#node = node;
    this.#show(decorations);
    return true;
  }

  #show(decorations: readonly Decoration[]): void {
    const isClosed = decorations.some(({ spec }) => spec.closed === true);
    const summary = this.#node.firstChild?.textContent.trim();
    this.#button.ariaExpanded = String(!isClosed);
    this.#button.ariaLabel = summary ? `Section: ${summary}` : 'Section';
  }

  stopEvent(event: Event): boolean {
    return event.target instanceof globalThis.Node && this.#button.contains(event.target);
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    return mutation.type !== 'selection' && !this.contentDOM.contains(mutation.target);
  }
}
