import * as Y from 'yjs';

interface Range {
  readonly clock: number;
  readonly end: number;
}

/** What a series of transactions did to a text, in terms of its items. */
export class Changes {
  readonly text: Y.Text;
  readonly #transactions: Y.Transaction[] = [];
  /** By client: what was deleted of the text itself, formatting left out. */
  readonly #deleted = new Map<number, Range[]>();

  constructor(text: Y.Text) {
    this.text = text;
  }

  /** Takes note of a transaction, or of what it has done so far, before Yjs clears what it deleted. */
  add(transaction: Y.Transaction): void {
    if (!concerns(transaction, this.text)) return;
    this.#transactions.push(transaction);
    for (const [client, ranges] of transaction.deleteSet.clients) {
      for (const { clock, len } of ranges) {
        for (const item of this.#items(client, clock, clock + len)) {
          if (!item.countable) continue;
          const from = Math.max(item.id.clock, clock);
          const end = Math.min(item.id.clock + item.length, clock + len);
          const known = this.#deleted.get(client);
          if (known === undefined) this.#deleted.set(client, [{ clock: from, end }]);
          else known.push({ clock: from, end });
        }
      }
    }
  }

  /** Whether attributes of the text have changed. */
  get containers(): boolean {
    return this.#transactions.some(({ changed }) =>
      [...changed].some(([type, keys]) => isText(type, this.text) && [...keys].some(key => key !== null)),
    );
  }

  /** Items of the text that are new or deleted, and those with changed attributes. */
  get items(): Set<Y.Item> {
    const items = new Set<Y.Item>();
    const collect = (client: number, from: number, to: number) => {
      for (const item of this.#items(client, from, to)) items.add(item);
    };
    for (const transaction of this.#transactions) {
      const { beforeState, deleteSet, changed } = transaction;
      for (const [client, clock] of statesAfter(transaction))
        collect(client, beforeState.get(client) ?? 0, clock);
      for (const [client, ranges] of deleteSet.clients) {
        for (const { clock, len } of ranges) collect(client, clock, clock + len);
      }
      for (const type of changed.keys()) {
        if (type._item?.parent === this.text && !type._item.deleted) items.add(type._item);
      }
    }
    return items;
  }

  *#items(client: number, from: number, to: number): Generator<Y.Item> {
    if (from >= to) return;
    const structs = this.text.doc?.store.clients.get(client) ?? [];
    for (let index = Y.findIndexSS(structs, from); index < structs.length; index++) {
      const struct = structs[index];
      if (struct === undefined || struct.id.clock >= to) return;
      if (struct instanceof Y.Item && struct.parent === this.text && struct.parentSub === null) yield struct;
    }
  }

  /** How much of an item was there before, counted from its start: Yjs may have joined it with a new one. */
  knownLength({ id, length }: Y.Item): number {
    return Math.min(Math.max(this.#before(id.client) - id.clock, 0), length);
  }

  /** How much was there before and deleted since, in a range of clocks. */
  deletedLength(client: number, from: number, to: number): number {
    const last = Math.min(to, this.#before(client));
    let length = 0;
    for (const { clock, end } of this.#deleted.get(client) ?? []) {
      length += Math.max(0, Math.min(last, end) - Math.max(from, clock));
    }
    return length;
  }

  /** Which clocks of an item, within a range, were there before the changes and not deleted: starts and lengths. */
  before(item: Y.Item, from: number, to: number): [clock: number, length: number][] {
    const { client } = item.id;
    const last = Math.min(to, this.#before(client));
    if (!item.deleted) return last > from ? [[from, last - from]] : [];
    return (this.#deleted.get(client) ?? [])
      .map(({ clock, end }): [number, number] => [Math.max(clock, from), Math.min(end, last)])
      .filter(([start, end]) => end > start)
      .sort(([a], [b]) => a - b)
      .map(([start, end]) => [start, end - start]);
  }

  #before(client: number): number {
    return this.#transactions[0]?.beforeState.get(client) ?? 0;
  }
}

/** How much a transaction has done so far: more with everything that it does. */
export function extentOf(transaction: Y.Transaction): number {
  let extent = 0;
  for (const clock of statesAfter(transaction).values()) extent += clock;
  for (const ranges of transaction.deleteSet.clients.values()) for (const { len } of ranges) extent += len;
  return extent;
}

/** How many clocks of each client there are; Yjs says so only at the end of a transaction. */
function statesAfter({ afterState, doc: { store } }: Y.Transaction): Map<number, number> {
  if (afterState.size > 0) return afterState;
  const states = new Map<number, number>();
  for (const client of store.clients.keys()) states.set(client, Y.getState(store, client));
  return states;
}

function concerns({ changed }: Y.Transaction, text: Y.Text): boolean {
  for (const type of changed.keys()) if (isText(type, text) || type._item?.parent === text) return true;
  return false;
}

const isText = (type: object, text: Y.Text) => type === text;
