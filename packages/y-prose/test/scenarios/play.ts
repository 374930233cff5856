import * as Y from 'yjs';
import type { Act } from './acts.ts';
import type { Contender, OpenEditor } from './contender.ts';
import { notation } from './notation.ts';
import type { Scenario } from './scenarios.ts';

/** What two people see in the end. */
export interface Outcome {
  /** After everything has arrived everywhere. */
  readonly merged: string;
  /** After the first person has then taken back what they did. */
  readonly firstUndid: string;
  /** After the second person has taken back what they did, instead of the first. */
  readonly secondUndid: string;
}

/**
 * Lets two people act at the same moment and brings their edits together, with either of them being the one whom Yjs prefers
 * among edits at one place. If that makes a difference, both outcomes are given, as “… or …”; if the two people end up
 * with different documents, these are given, as “… ≠ …”.
 */
export function play(contender: Contender, scenario: Scenario): Outcome {
  const outcomes = [
    [1, 2],
    [2, 1],
  ].map(clients => ({
    ...playOnce(contender, scenario, clients, 0),
    secondUndid: playOnce(contender, scenario, clients, 1).undone,
  }));
  const either = (seen: readonly string[]) => [...new Set(seen)].sort().join(' or ');
  return {
    merged: either(outcomes.map(({ merged }) => merged)),
    firstUndid: either(outcomes.map(({ undone }) => undone)),
    secondUndid: either(outcomes.map(({ secondUndid }) => secondUndid)),
  };
}

function playOnce(
  contender: Contender,
  { start, first, second }: Scenario,
  clients: readonly number[],
  whoUndoes: number,
): { merged: string; undone: string } {
  const seed = new Y.Doc();
  seed.clientID = 9;
  contender.seed(seed, start);
  const docs = clients.map(client => {
    const doc = new Y.Doc();
    doc.clientID = client;
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(seed));
    return doc;
  });
  const editors = docs.map(doc => contender.open(doc));
  try {
    const acts: readonly Act[] = [first, second];
    for (const [index, editor] of editors.entries()) acts[index]?.(editor);
    exchange(docs);
    const merged = seen(editors);
    editors[whoUndoes]?.undo();
    exchange(docs);
    return { merged, undone: seen(editors) };
  } finally {
    for (const editor of editors) editor.close();
  }
}

function exchange(docs: readonly Y.Doc[]): void {
  const updates = docs.map(doc => Y.encodeStateAsUpdate(doc));
  for (const doc of docs) for (const update of updates) Y.applyUpdate(doc, update);
}

function seen(editors: readonly OpenEditor[]): string {
  const [mine, yours] = editors.map(({ state }) => notation(state.doc));
  return mine === yours ? `${mine}` : `${mine} ≠ ${yours}`;
}
