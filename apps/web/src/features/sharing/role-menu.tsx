import { type GrantableRole, grantableRoles } from '@cahier/protocol';
import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { Menu, MenuChoice } from '../../ui/menu.tsx';
import { roleLabels } from '../documents/rights.ts';

export interface RoleMenuProps {
  /** Its accessible name, before the role: "Role of Ada". */
  label: string;
  role: GrantableRole;
  onChange: (role: GrantableRole) => void;
  /** Further items below the roles. */
  children?: ReactNode;
}

/** Chooses what somebody may do. */
export function RoleMenu({ label, role, onChange, children }: RoleMenuProps) {
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`${label}: ${roleLabels[role]}`}
          className="inline-flex min-h-11 shrink-0 items-center gap-1 rounded-lg px-2.5 text-sm text-soft transition-colors hover:bg-hover hover:text-ink pointer-fine:min-h-9"
        >
          {roleLabels[role]}
          <ChevronDown aria-hidden className="size-4" />
        </button>
      }
    >
      <MenuChoice
        label="May"
        value={role}
        onChange={onChange}
        options={grantableRoles.map(value => ({ value, label: roleLabels[value] }))}
      />
      {children}
    </Menu>
  );
}
