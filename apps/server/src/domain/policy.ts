import type { ErrorCode, Role } from '@cahier/protocol';

/** What can be done with a document. */
export type Action = 'read' | 'write' | 'rename' | 'share' | 'trash' | 'restore';

const allowed: Record<Role, ReadonlySet<Action>> = {
  owner: new Set(['read', 'write', 'rename', 'share', 'trash', 'restore']),
  editor: new Set(['read', 'write', 'rename']),
  commenter: new Set(['read']),
  viewer: new Set(['read']),
};

/** Whoever has no role may do nothing; what is not listed is not allowed. */
function can(role: Role | undefined, action: Action): boolean {
  return role !== undefined && (allowed[role]?.has(action) ?? false);
}

/** What a decision depends on: the role of who asks, and whether the document is in the trash. */
interface Standing {
  readonly role: Role;
  readonly trashedAt: number | null;
}

/**
 * The one place that decides. To strangers a document is not there, and in the trash it is so to all but its owner.
 *
 * @param standing - undefined: there is no such document, or who asks is no member of it
 * @param inTrash - whether the action is possible on a document in the trash. Default: false.
 * @returns why the action is refused; undefined when it is not
 */
export function refusalOf(
  standing: Standing | undefined,
  action: Action,
  { inTrash = false } = {},
): Extract<ErrorCode, 'document_not_found' | 'forbidden' | 'document_in_trash'> | undefined {
  if (!standing || (standing.trashedAt !== null && standing.role !== 'owner')) return 'document_not_found';
  if (!can(standing.role, action)) return 'forbidden';
  if (standing.trashedAt !== null && !inTrash) return 'document_in_trash';
  return undefined;
}
