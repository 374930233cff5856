import type { Role } from '@cahier/protocol';

/**
 * What the screen offers to each role. The server decides, whatever is offered; this only avoids showing controls that
 * would be refused.
 */
export const rights = {
  owner: { write: true, share: true, trash: true, leave: false },
  editor: { write: true, share: false, trash: false, leave: true },
  commenter: { write: false, share: false, trash: false, leave: true },
  viewer: { write: false, share: false, trash: false, leave: true },
} as const satisfies Record<Role, { write: boolean; share: boolean; trash: boolean; leave: boolean }>;

/** Roles in words. */
export const roleLabels = {
  owner: 'Owner',
  editor: 'Can edit',
  commenter: 'Can comment',
  viewer: 'Can view',
} as const satisfies Record<Role, string>;

export const UNTITLED = 'Untitled';

/** What to call a document that may not have been named yet. */
export function titleOf(document: { title: string }): string {
  return document.title === '' ? UNTITLED : document.title;
}
