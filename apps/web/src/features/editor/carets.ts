import type { Person } from '@cahier/protocol';

/** How long a name stays beside a cursor that has come to rest. */
const NAME_SHOWN_MS = 2_000;

/**
 * Draws other people's cursors: a thin line with a flag, which unrolls into the name while the cursor moves. Cursors
 * are told apart by the client id of the editor they belong to; one person may have several.
 */
export class Carets {
  readonly #colourOf: (personId: string) => string;
  readonly #drawn = new Map<number, HTMLElement>();
  readonly #moving = new Map<number, ReturnType<typeof setTimeout>>();

  /** @param colourOf - a person's colour among those who are here; it may change when somebody comes or goes */
  constructor(colourOf: (personId: string) => string) {
    this.#colourOf = colourOf;
  }

  /** Draws a cursor, possibly anew: the editor asks again when the text around it is redrawn. */
  draw(client: number, person: Pick<Person, 'id' | 'name'>): HTMLElement {
    const caret = document.createElement('span');
    caret.className = 'caret';
    caret.dataset.cursor = '';
    caret.dataset.person = person.id;
    this.#colour(caret);
    if (this.#moving.has(client)) caret.dataset.moving = '';
    // Written by the style sheet: a click beside text in the element would put one's own cursor into it.
    caret.dataset.name = person.name;
    this.#drawn.set(client, caret);
    return caret;
  }

  /** Somebody came or went. */
  recolour(): void {
    for (const caret of this.#drawn.values()) this.#colour(caret);
  }

  #colour(caret: HTMLElement): void {
    caret.style.setProperty('--person', this.#colourOf(caret.dataset.person ?? ''));
  }

  /** The cursor has moved: shows the name for a moment. */
  moved(client: number): void {
    clearTimeout(this.#moving.get(client));
    this.#moving.set(
      client,
      setTimeout(() => {
        this.#moving.delete(client);
        delete this.#drawn.get(client)?.dataset.moving;
      }, NAME_SHOWN_MS),
    );
    const caret = this.#drawn.get(client);
    if (caret !== undefined) caret.dataset.moving = '';
  }

  /** The editor it belonged to has gone. */
  forget(client: number): void {
    clearTimeout(this.#moving.get(client));
    this.#moving.delete(client);
    this.#drawn.delete(client);
  }

  clear(): void {
    for (const client of [...this.#drawn.keys(), ...this.#moving.keys()]) this.forget(client);
  }
}
