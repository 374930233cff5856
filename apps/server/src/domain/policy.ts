import type { Role } from '@cahier/protocol';

/** What can be done with a document. */
export type Action = 'read' | 'write' | 'rename' | 'share' | 'trash' | 'restore';

const allowed: Record<Role, ReadonlySet<Action>> = {
  owner: new Set(['read', 'write', 'rename', 'share', 'trash', 'restore']),
  editor: new Set(['read', 'write', 'rename']),
  commenter: new Set(['read']),
  viewer: new Set(['read']),
};

/** The one place that decides. Whoever has no role may do nothing; what is not listed is not allowed. */
export function can(role: Role | undefined, action: Action): boolean {
  return role !== undefined && (allowed[role]?.has(action) ?? false);
}
