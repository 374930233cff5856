import type { ContentMatch, NodeType } from 'prosemirror-model';
import { attributesFrom } from './kinds.ts';
import { NONE } from './values.ts';

/** How a node gets into a container: behind others that must come first, and inside others. */
export interface Route {
  readonly before: readonly NodeType[];
  readonly around: readonly NodeType[];
}

const DIRECT: Route = { before: [], around: [] };

export function directly(match: ContentMatch, type: NodeType): Route | null {
  return match.matchType(type) ? DIRECT : null;
}

/** The shortest route, searched in the order of the schema. */
export function findRoute(match: ContentMatch, type: NodeType): Route | null {
  if (match.matchType(type)) return DIRECT;
  const seen = new Set([match]);
  let level: { match: ContentMatch; before: NodeType[] }[] = [{ match, before: [] }];
  while (level.length > 0) {
    for (const { match: at, before } of level) {
      if (at.matchType(type)) return { before, around: [] };
      const around = at.findWrapping(type);
      if (around !== null) return { before, around };
    }
    level = level.flatMap(({ match: at, before }) =>
      Array.from({ length: at.edgeCount }, (_, index) => at.edge(index))
        .filter(edge => {
          if (edge.type.isText || hasRequiredAttributes(edge.type) || seen.has(edge.next)) return false;
          seen.add(edge.next);
          return true;
        })
        .map(edge => ({ match: edge.next, before: [...before, edge.type] })),
    );
  }
  return null;
}

function hasRequiredAttributes(type: NodeType): boolean {
  return attributesFrom(NONE, type) === null;
}
