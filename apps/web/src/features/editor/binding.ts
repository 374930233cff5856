import { DOCUMENT_ROOT, type Person } from '@cahier/protocol';
import type { CursorOptions } from '@cahier/y-prose';
import { Collaborative } from '@cahier/y-prose/tiptap';
import { Extension, type Extensions } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';
import type { Awareness } from 'y-protocols/awareness';
import type { Doc } from 'yjs';
import { coloursAmong, personColour } from '../../ui/person-colour.ts';
import { Carets } from './carets.ts';
import { peopleHere } from './use-people.ts';

export interface BindingOptions {
  doc: Doc;
  /** Its states carry `user`, a {@link Person}, and `cursor`. */
  awareness: Awareness;
  /** Who is writing here: their cursors in other tabs are marked as their own. */
  me: Person;
}

interface AwarenessChange {
  added: number[];
  updated: number[];
  removed: number[];
}

/** Binds an editor to a shared document: its text, everybody's cursors, and an undo that takes back only one's own. */
export function binding({ doc, awareness, me }: BindingOptions): Extensions {
  let colours = coloursAmong([]);
  const lookAround = () => {
    colours = coloursAmong(peopleHere(awareness.getStates().values(), me).map(person => person.id));
  };
  const colourOf = (personId: string) => colours.get(personId) ?? personColour(personId);
  const carets = new Carets(colourOf);
  lookAround();
  const onChange = ({ added, updated, removed }: AwarenessChange) => {
    for (const client of [...added, ...updated]) carets.moved(client);
    for (const client of removed) carets.forget(client);
    if (added.length > 0 || removed.length > 0) {
      lookAround();
      carets.recolour();
    }
  };
  const watchPeople = new Plugin({
    view: () => {
      awareness.on('change', onChange);
      return {
        destroy: () => {
          awareness.off('change', onChange);
          carets.clear();
        },
      };
    },
  });
  return [
    Collaborative.configure({
      text: doc.getText(DOCUMENT_ROOT),
      awareness,
      cursors: cursorsOf(carets, colourOf, me),
    }),
    Extension.create({ name: 'people', addProseMirrorPlugins: () => [watchPeople] }),
  ];
}

function cursorsOf(carets: Carets, colourOf: (personId: string) => string, me: Person): CursorOptions {
  const nameOf = ({ id, name }: Person) => (id === me.id ? `${name} (you)` : name);
  return {
    cursorBuilder: (user, client) => {
      const person = user as unknown as Person;
      return carets.draw(client, { id: person.id, name: nameOf(person) });
    },
    selectionBuilder: user => ({
      class: 'remote-selection',
      style: `--person: ${colourOf(String(user.id))}`,
    }),
  };
}
