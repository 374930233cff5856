import type { Node } from '@tiptap/pm/model';
import type { NodeView } from '@tiptap/pm/view';

/** A formula as it is read. Until the part of the application that typesets it is there, as it was written. */
export class FormulaView implements NodeView {
  readonly dom = document.createElement('span');
  #latex: string;

  constructor(node: Node) {
    this.dom.className = 'formula';
    this.dom.dataset.formula = '';
    this.#latex = String(node.attrs.latex);
    this.dom.textContent = this.#latex;
    void this.#typeset();
  }

  update(node: Node): boolean {
    return node.type.name === 'formula' && node.attrs.latex === this.#latex;
  }

  async #typeset(): Promise<void> {
    try {
      const { default: temml } = await import('temml');
      temml.render(this.#latex, this.dom, { throwOnError: true });
    } catch {
      // Not LaTeX, or the part that typesets could not be loaded: what was written can be read, too.
      this.dom.textContent = this.#latex;
      this.dom.dataset.source = '';
    }
  }

  ignoreMutation(): boolean {
    return true;
  }
}
