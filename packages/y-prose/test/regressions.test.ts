import type { Node } from 'prosemirror-model';
import { describe, expect, test } from 'vitest';
import { code, doc, h, p, table, td, tr } from './scenarios/build.ts';
import { schema } from './schema.ts';
import { type Action, World } from './world.ts';

// What random runs have found, as they shrank it.

const nothing = doc(p());

const edit = (
  who: number,
  name: string,
  choice: Partial<Record<'at' | 'to' | 'pick', number>> = {},
  content = nothing,
): Action => ({
  act: 'edit',
  who,
  edit: { name, at: 0, to: 0, pick: 0, ...choice, content },
});
const deliver = (who: number): Action => ({ act: 'deliver', who, which: 0 });
const undo = (who: number): Action => ({ act: 'undo', who, which: 0 });

const commented = (node: Node, ...ids: string[]) => node.mark(ids.map(id => schema.mark('comment', { id })));
const image = schema.node('image', { src: 'a.png' });
const wide = (content: Node) => schema.node('tableCell', { colspan: 2 }, content);
const math = schema.node('math');
const rule = schema.node('rule');

describe('nothing is lost, written anew or displaced', () => {
  test.each<[title: string, start: Node, actions: Action[]]>([
    [
      'a table between a rule and text that has no marker of its own',
      nothing,
      [edit(0, 'type'), edit(0, 'insertBlock'), edit(0, 'insertTable', { at: 6 })],
    ],
    [
      'a table behind a rule that undo has put before the text of another',
      doc(rule),
      [
        edit(0, 'eraseNode'),
        deliver(1),
        edit(1, 'type'),
        deliver(0),
        undo(0),
        edit(0, 'insertTable', { at: 476 }),
      ],
    ],
    [
      'comments in another order than the text keeps them',
      nothing,
      [edit(0, 'paste', { to: 1, pick: 4 }, doc(p('xxx', commented(image, 'c1', 'c2')), rule))],
    ],
    [
      'a comment on an inline node that has one',
      doc(p(commented(schema.node('mention', { person: 'ann' }), 'c1'))),
      [edit(0, 'addMark', { at: 2764, to: 290, pick: 5613 })],
    ],
    [
      'an inline node in a block that another makes code of',
      nothing,
      [
        edit(1, 'insertAtom', { pick: 1 }),
        edit(0, 'setKindOfSeveral', { pick: 9898 }),
        { act: 'anchor', who: 1, which: 0 },
      ],
    ],
    [
      'an inline node in what another makes code of and the first a paragraph again',
      nothing,
      [
        edit(0, 'insertAtom', { pick: 1 }),
        edit(1, 'setKindOfSeveral', { pick: 5208 }),
        deliver(0),
        edit(0, 'setKindOfSeveral'),
      ],
    ],
    [
      'one of two copies of a block that is deleted while it is on its way to a third place',
      doc(p(schema.node('mention', { person: 'ann' }), 'xxxx'), p('xxx'), p('xxx')),
      [
        edit(1, 'moveBlock', { to: 4569 }),
        deliver(0),
        edit(0, 'moveBlock', { at: 3581, to: 2142 }),
        { act: 'deliver', who: 2, which: 82 },
        edit(2, 'eraseRange', { at: 3202, to: 259 }),
      ],
    ],
    [
      'a cell that reaches into the row below, when its own row is removed',
      doc(table(tr(td(p()), td(p('x'))))),
      [edit(0, 'rowAfter'), edit(0, 'mergeCells', { at: 1, to: 19 }), edit(0, 'removeRow')],
    ],
    [
      'cells in rows that need more of them when something is pasted over the cell above',
      doc(
        table(tr(wide(p('x')))),
        table(tr(td(p()), td(p('x'), p())), tr(td(p('x'))), tr(td(p(math)), td(p(), p('x')))),
      ),
      [
        edit(0, 'columnAfter'),
        edit(1, 'eraseRange', { at: 18, to: 5 }),
        deliver(1),
        edit(1, 'pasteRange', { to: 20 }),
      ],
    ],
    [
      'columns whose widths have a hole in their list',
      doc(table(tr(wide(p())), tr(td(p()), td(p()), td(p())))),
      [edit(0, 'mergeCells', { at: 12, to: 4 }), edit(0, 'setColumnWidth', { to: 2, pick: 1 })],
    ],
    [
      'an anchor behind the letter before an inline node that is out of sight',
      doc(h(1, image, 'xxxxxxxxx'), code(), h(1), p('x')),
      [
        edit(1, 'backspaceAtStart', { at: 1 }),
        edit(1, 'setKind', { pick: 13 }),
        deliver(0),
        edit(0, 'insertAtom', { at: 10 }),
        edit(1, 'setKind'),
        deliver(0),
        { act: 'anchor', who: 0, which: 7 },
      ],
    ],
  ])('%s', (_, start, actions) => {
    const world = new World(start, { peers: 3 });
    try {
      const done = actions.map(action => world.act(action));
      expect(done).toContain(true);
      world.settle();
    } finally {
      world.close();
    }
  });
});
