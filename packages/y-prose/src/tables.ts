import type { Attrs, Node, NodeType } from 'prosemirror-model';
import { type Placed, placeholder } from './shape.ts';

/** Columns times rows up to which a table is made rectangular: keeps a cell from asking for all memory. */
const MAX_GRID = 200_000;

/**
 * The rows of a table such that every row has as many columns: cells that run into others are narrowed, those that reach
 * below the last row shortened, missing ones added at the end of their row, and column widths that contradict each other
 * settled. These are the rules of prosemirror-tables, whose own repair then finds nothing to do.
 *
 * @param children - of a node with `tableRole` “table”; those that are no rows stay as they are
 * @param asBefore - for what is made here the equal one that was made before, if there is one
 */
export function rectangular(
  children: readonly Placed[],
  asBefore: (made: Placed) => Placed,
): readonly Placed[] {
  const rows = children.filter(isRow);
  if (rows.length === 0) return children;
  const grid = new Grid(rows.map(cellsOf));
  if (!grid.changed) return children;
  let index = 0;
  return children.map(child => (isRow(child) ? withCells(child, grid, index++, asBefore) : child));
}

const isRow = (placed: Placed) => placed.node.type.spec.tableRole === 'row';
const isCell = (node: Node) => /^(?:header_)?cell$/.test(String(node.type.spec.tableRole));
const cellsOf = (row: Placed) => (row.children ?? []).filter(child => isCell(child.node));

interface Cell {
  readonly placed: Placed;
  readonly row: number;
  readonly column: number;
  colspan: number;
  rowspan: number;
  colwidth: readonly number[] | null | undefined;
  changed: boolean;
}

/** Where the cells of a table lie, from the first row to the last, from left to right. */
class Grid {
  readonly cells: Cell[][] = [];
  /** For each row the columns that none of its cells covers. Cells added at its end come to lie there. */
  readonly free: number[][] = [];
  /** Widths that are not the same in all cells of a column, by column: those that it gets. */
  readonly widths = new Map<number, number>();
  readonly #height: number;
  /** How much of the grid is taken. */
  #area = 0;

  constructor(rows: readonly Placed[][]) {
    this.#height = rows.length;
    const taken: boolean[][] = rows.map(() => []);
    for (const [row, cells] of rows.entries()) {
      this.cells.push(cells.map(placed => this.#lay(placed, row, taken)));
    }
    const width = Math.max(...taken.map(columns => columns.length));
    // A table without any cell gets one.
    const every = Array.from({ length: Math.max(width, 1) }, (_, column) => column);
    for (const columns of taken) this.free.push(every.filter(column => !columns[column]));
    this.#settleWidths();
  }

  get changed(): boolean {
    return (
      this.free.some(columns => columns.length > 0) || this.cells.some(row => row.some(cell => cell.changed))
    );
  }

  #lay(placed: Placed, row: number, taken: boolean[][]): Cell {
    const { attrs } = placed.node;
    const columns = taken[row] as boolean[];
    let column = 0;
    while (columns[column]) column++;
    const rest = Math.max(1, MAX_GRID - this.#area);
    const wanted = span(attrs.colspan, Math.floor(rest / this.#height) || 1);
    let colspan = 1;
    while (colspan < wanted && !columns[column + colspan]) colspan++;
    const rowspan = span(attrs.rowspan, Math.min(this.#height - row, Math.ceil(rest / colspan)));
    this.#area += colspan * rowspan;
    for (let below = row; below < row + rowspan; below++) {
      for (let across = column; across < column + colspan; across++) {
        (taken[below] as boolean[])[across] = true;
      }
    }
    const colwidth = trimmedWidths(attrs.colwidth, colspan);
    const changed =
      ('colspan' in attrs && attrs.colspan !== colspan) ||
      ('rowspan' in attrs && attrs.rowspan !== rowspan) ||
      colwidth !== attrs.colwidth;
    return { placed, row, column, colspan, rowspan, colwidth, changed };
  }

  /** Each column is as wide as most of its cells say, as far as they are asked in order. */
  #settleWidths(): void {
    const columns = new Map<number, { width: number; count: number }>();
    for (const cell of this.cells.flat()) {
      if (!cell.colwidth) continue;
      for (let repeat = 0; repeat < cell.rowspan; repeat++) {
        for (const [index, width] of cell.colwidth.entries()) {
          if (!width) continue;
          const column = columns.get(cell.column + index);
          if (column === undefined || (column.width !== width && column.count === 1)) {
            columns.set(cell.column + index, { width, count: 1 });
          } else if (column.width === width) column.count++;
        }
      }
    }
    const agreed = (column: { count: number }) => column.count >= this.#height;
    if ([...columns.values()].every(agreed)) return;
    for (const [column, { width }] of columns) this.widths.set(column, width);
    for (const cell of this.cells.flat()) {
      if (cell.colwidth === undefined) continue;
      const widths = Array.from({ length: cell.colspan }, (_, index) => cell.colwidth?.[index] ?? 0);
      const settled = widths.map((width, index) => this.widths.get(cell.column + index) ?? width);
      if (settled.every((width, index) => width === widths[index])) continue;
      cell.colwidth = settled;
      cell.changed = true;
    }
  }
}

function span(value: unknown, most: number): number {
  return typeof value === 'number' && value >= 1 ? Math.min(Math.floor(value), most) : 1;
}

function trimmedWidths(colwidth: unknown, colspan: number): readonly number[] | null | undefined {
  if (colwidth === undefined || colwidth === null) return colwidth;
  if (!Array.isArray(colwidth)) return null;
  // A list may have holes, which arrive at others as `undefined`: everybody is to find the same in it.
  const widths: unknown[] = [...colwidth];
  if (widths.length <= colspan && widths.every(isWidth)) return colwidth;
  const trimmed = widths.slice(0, colspan).map(width => (isWidth(width) ? width : 0));
  return trimmed.some(width => width > 0) ? trimmed : null;
}

const isWidth = (width: unknown): width is number => typeof width === 'number' && width >= 0;

function withCells(row: Placed, grid: Grid, index: number, asBefore: (made: Placed) => Placed): Placed {
  const cells = new Map(grid.cells[index]?.map(cell => [cell.placed, cell]));
  const children = (row.children ?? []).map(child => {
    const cell = cells.get(child);
    return cell?.changed ? asBefore(reshaped(cell)) : child;
  });
  const type = children[0]?.node.type ?? cellType(row.node.type);
  for (const column of grid.free[index] ?? []) {
    const width = grid.widths.get(column);
    const node = type?.createAndFill(width === undefined ? null : { colwidth: [width] }) ?? null;
    if (node !== null) children.push(asBefore(placeholder(node, `${row.id}/${children.length}`)));
  }
  if (children.every((child, at) => child === row.children?.[at])) return row;
  const node = row.node.type.create(
    row.node.attrs,
    children.map(child => child.node),
    row.node.marks,
  );
  return asBefore({ ...row, node, children });
}

function reshaped({ placed, colspan, rowspan, colwidth }: Cell): Placed {
  const { node } = placed;
  const attrs: Attrs = { ...node.attrs, colspan, rowspan, ...(colwidth === undefined ? {} : { colwidth }) };
  return { ...placed, node: node.type.create(attrs, node.content, node.marks) };
}

function cellType(row: NodeType): NodeType | null {
  const types = Object.values(row.schema.nodes);
  return types.find(type => type.spec.tableRole === 'cell') ?? null;
}
