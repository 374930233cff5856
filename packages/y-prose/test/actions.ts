import fc from 'fast-check';
import type { Edit } from './commands/edits.ts';
import type { Action } from './world.ts';

const who = fc.nat(5);
const which = fc.nat(99);

/** Edits of these kinds, and deliveries and all else that happens between them. */
export const actions = (edits: fc.Arbitrary<Edit>): fc.Arbitrary<Action> =>
  fc.oneof(
    { weight: 24, arbitrary: fc.record({ act: fc.constant('edit'), who, edit: edits }) },
    { weight: 8, arbitrary: fc.record({ act: fc.constant('deliver'), who, which }) },
    {
      weight: 3,
      arbitrary: fc.record({
        act: fc.constant('deliverSeveral'),
        who,
        count: fc.integer({ min: 1, max: 9 }),
        merged: fc.boolean(),
      }),
    },
    { weight: 3, arbitrary: fc.record({ act: fc.constant('anchor'), who, which }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('reopen'), who, which }) },
  );

export const undoings: fc.Arbitrary<Action> = fc.record({ act: fc.constantFrom('undo', 'redo'), who, which });
