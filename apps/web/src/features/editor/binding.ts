import { DOCUMENT_ROOT, type Person } from '@cahier/protocol';
import { Extension, type Extensions } from '@tiptap/core';
import { Collaboration } from '@tiptap/extension-collaboration';
import type { EditorState } from '@tiptap/pm/state';
import { Plugin } from '@tiptap/pm/state';
import { yCursorPlugin, yUndoPluginKey } from '@tiptap/y-tiptap';
import type { Awareness } from 'y-protocols/awareness';
import type { Doc } from 'yjs';
import { coloursAmong, personColour } from '../../ui/person-colour.ts';
import { Carets } from './carets.ts';
import { peopleHere } from './use-people.ts';

// Everything this application knows of the stock binding between ProseMirror and Yjs is in this file.

/** What a provider's `userOf` makes of a person: the binding insists on a colour. */
export function awarenessUser(person: Person): Person & { color: string } {
  return { ...person, color: personColour(person.id) };
}

export interface BindingOptions {
  doc: Doc;
  /** Its states carry `user` as {@link awarenessUser} makes it, and `cursor`. */
  awareness: Awareness;
  /** Who is writing here: their cursors in other tabs are marked as their own. */
  me: Person;
}

/** Binds an editor to a shared document: its text, everybody's cursors, and an undo that takes back only one's own. */
export function binding({ doc, awareness, me }: BindingOptions): Extensions {
  return [
    Collaboration.configure({ fragment: doc.getXmlFragment(DOCUMENT_ROOT) }),
    Extension.create({ name: 'carets', addProseMirrorPlugins: () => caretPlugins(awareness, me) }),
  ];
}

/** Whether there is something of one's own to take back, or to do again. */
export function undoState(state: EditorState): { canUndo: boolean; canRedo: boolean } {
  const undoManager = yUndoPluginKey.getState(state)?.undoManager;
  return {
    canUndo: (undoManager?.undoStack.length ?? 0) > 0,
    canRedo: (undoManager?.redoStack.length ?? 0) > 0,
  };
}

interface AwarenessChange {
  added: number[];
  updated: number[];
  removed: number[];
}

function caretPlugins(awareness: Awareness, me: Person): Plugin[] {
  let colours = coloursAmong([]);
  const lookAround = () => {
    colours = coloursAmong(peopleHere(awareness.getStates().values(), me).map(person => person.id));
  };
  const colourOf = (personId: string) => colours.get(personId) ?? personColour(personId);
  const carets = new Carets(colourOf);
  lookAround();
  const nameOf = (person: Person) => (person.id === me.id ? `${person.name} (you)` : person.name);
  const onChange = ({ added, updated, removed }: AwarenessChange) => {
    for (const client of [...added, ...updated]) carets.moved(client);
    for (const client of removed) carets.forget(client);
    if (added.length > 0 || removed.length > 0) {
      lookAround();
      carets.recolour();
    }
  };
  return [
    yCursorPlugin(deafToOneself(awareness), {
      cursorBuilder: (user: Person, client: number) =>
        carets.draw(client, { id: user.id, name: nameOf(user) }),
      selectionBuilder: (user: Person) => ({
        class: 'remote-selection',
        style: `--person: ${colourOf(user.id)}`,
      }),
    }),
    new Plugin({
      view: () => {
        awareness.on('change', onChange);
        return {
          destroy: () => {
            awareness.off('change', onChange);
            carets.clear();
          },
        };
      },
    }),
  ];
}

/**
 * The awareness for the stock cursor plugin, without news of one's own cursor: the plugin redraws the selection at every
 * change, and at its own ones, a moment late, it would put the cursor back to where it was before the last key.
 */
function deafToOneself(awareness: Awareness): Awareness {
  const heard = new Map<(change: AwarenessChange) => void, (change: AwarenessChange) => void>();
  const used = {
    getStates: () => awareness.getStates(),
    getLocalState: () => awareness.getLocalState(),
    setLocalStateField(field: string, value: unknown) {
      // The plugin repeats an unmoved cursor after every edit of somebody else; nobody needs to hear that.
      const known = awareness.getLocalState()?.[field] ?? null;
      if (JSON.stringify(known) !== JSON.stringify(value)) awareness.setLocalStateField(field, value);
    },
    on(_: 'change', listener: (change: AwarenessChange) => void) {
      const filtered = (change: AwarenessChange) => {
        const others = [...change.added, ...change.updated, ...change.removed];
        if (others.some(client => client !== awareness.clientID)) listener(change);
      };
      heard.set(listener, filtered);
      awareness.on('change', filtered);
    },
    off(_: 'change', listener: (change: AwarenessChange) => void) {
      const filtered = heard.get(listener);
      heard.delete(listener);
      if (filtered !== undefined) awareness.off('change', filtered);
    },
  };
  // The plugin uses nothing else of it.
  return used as unknown as Awareness;
}
