import {
  addColumnAfter,
  addColumnBefore,
  addRowAfter,
  addRowBefore,
  deleteColumn,
  deleteRow,
  deleteTable,
  mergeCells,
  moveTableColumn,
  moveTableRow,
  setCellAttr,
  splitCell,
  TableMap,
  toggleHeaderCell,
  toggleHeaderColumn,
  toggleHeaderRow,
} from 'prosemirror-tables';
import { schema } from '../schema.ts';
import { type Command, nodesOf, pickFrom, plain, transactionOf } from './command.ts';

export const insertTable: Command = (state, { pick, to }, letters) => {
  const cell = (header: boolean) =>
    schema.node(
      header ? 'tableHeader' : 'tableCell',
      null,
      schema.node('paragraph', null, pick % 2 === 0 ? [schema.text(letters.take(1))] : []),
    );
  const rows = Array.from({ length: 1 + (pick % 3) }, (_, row) =>
    schema.node(
      'tableRow',
      null,
      Array.from({ length: 1 + (to % 3) }, () => cell(row === 0)),
    ),
  );
  return state.tr.replaceSelectionWith(schema.node('table', null, rows));
};

export const rowAfter = plain(addRowAfter);
export const rowBefore = plain(addRowBefore);
export const columnAfter = plain(addColumnAfter);
export const columnBefore = plain(addColumnBefore);
export const removeRow = plain(deleteRow);
export const removeColumn = plain(deleteColumn);
export const removeTable = plain(deleteTable);
export const merge = plain(mergeCells);
export const split = plain(splitCell);
export const headRow = plain(toggleHeaderRow);
export const headColumn = plain(toggleHeaderColumn);
export const headCell = plain(toggleHeaderCell);

export const setColumnWidth: Command = (state, { pick }) =>
  transactionOf(state, setCellAttr('colwidth', pick % 2 === 0 ? null : [100]));

const moving =
  (move: typeof moveTableRow | typeof moveTableColumn, count: (map: TableMap) => number): Command =>
  (state, { at, to, pick }) => {
    const table = pickFrom(
      nodesOf(state.doc, node => node.type.spec.tableRole === 'table'),
      pick,
    );
    const size = table && count(TableMap.get(table.node));
    if (!size || at % size === to % size) return undefined;
    return transactionOf(state, move({ from: at % size, to: to % size, pos: table.pos + 2 }));
  };

export const moveRow = moving(moveTableRow, map => map.height);
export const moveColumn = moving(moveTableColumn, map => map.width);
