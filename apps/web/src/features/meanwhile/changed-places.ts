import { Extension } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';
import { NO_PLACES, nextPlaces, type Places, type PlacesAction, placesKey } from './places.ts';
import { watchPlaces } from './watch-places.ts';

/** Marks in the text where others have changed it in one's absence; a mark goes once it has been looked at. */
export const ChangedPlaces = Extension.create({
  name: 'changedPlaces',
  addProseMirrorPlugins: () => [
    new Plugin<Places>({
      key: placesKey,
      state: {
        init: () => NO_PLACES,
        apply(transaction, places, _, { doc }) {
          const action = transaction.getMeta(placesKey) as PlacesAction | undefined;
          const marks = places.marks.map(transaction.mapping, transaction.doc);
          const mapped = marks === places.marks ? places : { ...places, marks };
          return action === undefined ? mapped : nextPlaces(mapped, action, doc);
        },
      },
      props: { decorations: state => placesKey.getState(state)?.marks },
      view: watchPlaces,
    }),
  ],
});
